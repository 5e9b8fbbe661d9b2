"""Figures of the linearised network: its excess, the exponent of its width, the distance moved."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, panels, shades


def two_curves(table):
    """Excess against width: network (filled) and linearised network (open), theory c/m dashed.

    Columns panel, m, T, network, network_error, linearised, linearised_error, first_order.
    """
    fig, axes, parts = panels.facets(table, None, "panel", 3.3, "{panel}", sharey=True)
    for ax, part in parts:
        for name, style in (("network", {}), ("linearised", {"mfc": "none", "ls": ":"})):
            mean, error = part[name], part[f"{name}_error"]
            # a bar ends inside the logarithmic axis, a point needs a sign
            shown = part.assign(low=mean - np.minimum(error, 0.9 * mean), high=mean + error)
            marks.family(ax, shown[mean > error], "m", name, "T", ["low", "high"], lw=1,
                         label="$T$ = {:,.0f}" if name == "network" else None, **style)
        marks.theory(ax, part, "m", "first_order", "T", ls="--")
        panels.log_axes(ax, x=2)
        ax.set_ylim(8e-3, 100)
    panels.outer_labels(axes, "width $m$", r"$\mathbb{E}R_m/R-1$")
    return panels.legend_below(fig, axes[0, 0], 3, {"network": "o-", "linearised": "s:",
                                                    "first order, $c(T)/m$": "k--"})


def exponents(local):
    """Local exponent of c(T), so of the linearised network's m*, against its asymptotic value.

    Columns activation, r, T, exponent, asymptotic.
    """
    ax = panels.single(3.2, "steps $T$", r"$\mathrm{d}\log m^*/\mathrm{d}\log T$ (linearised)",
                       x=10, width=panels.WIDTH)
    marks.lines(ax, local, "T", "exponent", "r", style="activation")
    ends = local.groupby(["activation", "r"], sort=False).last().reset_index()
    for name, fill in zip(ends["activation"].unique(), ("full", "none"), strict=False):
        marks.family(ax, ends[ends["activation"] == name].assign(T=1.6 * ends["T"]), "T",
                     "asymptotic", "r", label=None, ls="", marker="<", ms=6, fillstyle=fill,
                     clip_on=False)
    ax.set(ylim=(-0.15, 0.85))
    return panels.legends(ax, ncols=2, title="line: exact first order; triangle: asymptotic value",
                          loc="upper right")


def drift(times, series, limits):
    """Distance from the start against t, one line a width, and its limit at infinite width."""
    ax = panels.single(3, "steps $t$", r"$(\mathbb{E}\|\Theta_t-\Theta_0\|^2)^{1/2}$", x=10)
    for colour, marker, (m, values) in zip(shades(len(series)), marks.MARKERS, series.items(),
                                           strict=False):
        ax.plot(times, values, marker=marker, color=colour, label=f"m = {m}")
    ax.plot(times, limits, "--", color=THEORY, label=r"$(\mathbb{E}\|f_t\|_H^2)^{1/2}$, exact")
    ax.set_ylim(bottom=0)
    return panels.legends(ax, ncols=2)
