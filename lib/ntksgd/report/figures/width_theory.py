"""Figures of notebook 05 on theory: linearised network, exponents, drift.
"""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from ntksgd.report.figures import THEORY, WIDTH, palette, shades


def two_curves(panels):
    """Excess against width: network (filled) and linearised network (open), theory c/m dashed.

    `panels` maps a title to (network Excess, linearised Excess, indices of times, c of those).
    """
    fig, axes = plt.subplots(1, len(panels), figsize=(WIDTH, 3.1), sharey=True, squeeze=False)
    for ax, (title, (network, lazy, chosen, c)) in zip(axes[0], panels.items(), strict=True):
        for colour, j, level in zip(palette, chosen, c, strict=False):
            for excess, fill, line in ((network, colour, "-"), (lazy, "none", ":")):
                mean, error = excess.mean[:, j], excess.error[:, j]
                show = mean > error
                low = np.minimum(error, 0.9 * mean)  # a bar that ends inside the log axis
                ax.errorbar(excess.widths[show], mean[show], (low[show], error[show]), fmt="o",
                            mfc=fill, color=colour, ls=line, lw=1, elinewidth=0.8)
            ax.plot(network.widths, level / network.widths, "--", color=THEORY, lw=0.8)
        ax.set(xscale="log", yscale="log", xlabel="width $m$", title=title, ylim=(8e-3, 100))
        ax.set_xscale("log", base=2)
    axes[0, 0].set_ylabel(r"$\mathbb{E}R_m/R-1$")
    axes[0, 0].legend(handles=[
        mpl.lines.Line2D([], [], color=colour, marker="o", label=f"$T$ = {network.times[j]:,.0f}")
        for colour, j in zip(palette, chosen, strict=False)])
    axes[0, -1].legend(handles=[
        mpl.lines.Line2D([], [], color="0.3", marker="o", label="network"),
        mpl.lines.Line2D([], [], color="0.3", marker="o", mfc="none", ls=":", label="linearised"),
        mpl.lines.Line2D([], [], color=THEORY, ls="--", lw=0.8, label="first order, $c(T)/m$")])
    return fig


def exponents(local):
    """Local exponent of c(T), so of the linearised network's m*, against its asymptotic value.

    `local` is the table of `width.theory_tables.local_exponents`.
    """
    fig, ax = plt.subplots(figsize=(WIDTH, 3.2))
    dashes = dict(zip(local["activation"].unique(), ("-", "--", ":"), strict=False))
    colours = dict(zip(local["r"].unique(), palette, strict=False))
    for (name, r), part in local.groupby(["activation", "r"], sort=False):
        colour, fill = colours[r], colours[r] if dashes[name] == "-" else "none"
        ax.plot(part["T"], part["exponent"], color=colour, ls=dashes[name],
                label=f"{name}, r = {r:g}")
        ax.plot(part["T"].max() * 1.6, part["asymptotic"].iloc[0], "<", color=colour, ms=6,
                mfc=fill, clip_on=False)
    ax.set(xscale="log", xlabel="steps $T$", ylim=(-0.15, 0.85),
           ylabel=r"$\mathrm{d}\log m^*/\mathrm{d}\log T$ (linearised)")
    ax.legend(ncols=2, title="line: exact first order; triangle: asymptotic value",
              loc="upper right")
    return fig


def drift(times, series, limits):
    """Distance from the start against t, one line a width, and its limit at infinite width."""
    fig, ax = plt.subplots(figsize=(WIDTH * 0.7, 3))
    for colour, (m, values) in zip(shades(len(series)), series.items(), strict=True):
        ax.plot(times, values, "o-", color=colour, label=f"m = {m}")
    ax.plot(times, limits, "--", color=THEORY, label=r"$(\mathbb{E}\|f_t\|_H^2)^{1/2}$, exact")
    ax.set(xscale="log", xlabel="steps $t$", ylabel=r"$(\mathbb{E}\|\Theta_t-\Theta_0\|^2)^{1/2}$")
    ax.set_ylim(bottom=0)
    ax.legend(ncols=2)
    return fig
