"""Figures of the linearised network: its excess, the exponent of its width, the distance moved."""

import numpy as np

from ntksgd.report.figures import THEORY, panels, shades


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
            panels.family(ax, shown[mean > error], "m", name, "T", ["low", "high"], lw=1,
                          label="$T$ = {:,.0f}" if name == "network" else None, **style)
        panels.theory(ax, part, "m", "first_order", "T", ls="--")
        panels.log_axes(ax, x=2)
        ax.set_ylim(8e-3, 100)
    panels.outer_labels(axes, "width $m$", r"$\mathbb{E}R_m/R-1$")
    panels.legend_below(fig, axes[0, 0], 3, {"network": "o-", "linearised": "s:",
                                             "first order, $c(T)/m$": "k--"})
    return fig


def exponents(local):
    """Local exponent of c(T), so of the linearised network's m*, against its asymptotic value.

    Columns activation, r, T, exponent, asymptotic.
    """
    fig, ((ax,),) = panels.grid(1, 1, 3.2)
    panels.lines(ax, local, "T", "exponent", "r", style="activation")
    ends = local.groupby(["activation", "r"], sort=False).last().reset_index()
    for name, fill in zip(ends["activation"].unique(), ("full", "none"), strict=False):
        panels.family(ax, ends[ends["activation"] == name].assign(T=1.6 * ends["T"]), "T",
                      "asymptotic",
                      "r", label=None, ls="", marker="<", ms=6, fillstyle=fill, clip_on=False)
    panels.log_axes(ax, y=None)
    ax.set(xlabel="steps $T$", ylim=(-0.15, 0.85),
           ylabel=r"$\mathrm{d}\log m^*/\mathrm{d}\log T$ (linearised)")
    ax.legend(ncols=2, title="line: exact first order; triangle: asymptotic value",
              loc="upper right")
    return fig


def drift(times, series, limits):
    """Distance from the start against t, one line a width, and its limit at infinite width."""
    fig, ((ax,),) = panels.grid(1, 1, 3, panels.NARROW)
    for colour, marker, (m, values) in zip(shades(len(series)), panels.MARKERS, series.items(),
                                           strict=False):
        ax.plot(times, values, marker=marker, color=colour, label=f"m = {m}")
    ax.plot(times, limits, "--", color=THEORY, label=r"$(\mathbb{E}\|f_t\|_H^2)^{1/2}$, exact")
    ax.set(xscale="log", xlabel="steps $t$", ylabel=r"$(\mathbb{E}\|\Theta_t-\Theta_0\|^2)^{1/2}$")
    ax.set_ylim(bottom=0)
    ax.legend(ncols=2)
    return fig
