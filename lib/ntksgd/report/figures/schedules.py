"""Figures of step schedules: their shapes, rates, constants, and the price of a wrong step."""

from ntksgd.report.figures import THEORY, marks, palette, panels

EXPONENT = "rate exponent a in $T^{-a}$"
INTERVAL = ["slowest", "fastest"]
COLOURS = (*palette, "#666666", "#8C510A")


def _rates(data):
    """Rate exponents a of T^(-a) with their interval: the sign of fitted slopes turned round."""
    return data.assign(a=-data["exponent"], slowest=-data["high"], fastest=-data["low"])


def rates(data, curves, title):
    """Rate exponents of each scheme, its own prediction over them; minimax in every panel.

    data: scheme, r, exponent, low, high. curves: scheme, r, predicted, minimax.
    """
    fig, axes = panels.grid(2, 4, 4.2, sharex=True, sharey=True)
    shown = _rates(data)
    for ax, (scheme, part), colour in zip(axes.flat, shown.groupby("scheme", sort=False), COLOURS,
                                          strict=True):
        marks.family(ax, part, "r", "a", "scheme", INTERVAL, colours=[colour], label=None, ls="",
                     ms=5)
        line = curves[curves["scheme"] == scheme]
        ax.plot(line["r"], line["minimax"], color="0.6", lw=2.5, zorder=1)
        marks.theory(ax, line, "r", "predicted", lw=1.2)
        ax.set_title(scheme)
    axes[0, 0].plot([], [], "o", color="0.4", ms=5, label="measured")
    axes[0, 0].plot([], [], color="0.6", lw=2.5, label="minimax")
    axes[0, 0].plot([], [], color=THEORY, lw=1.2, label="predicted for the scheme")
    panels.outer_labels(axes, "regularity r", "exponent a")
    fig.suptitle(title)
    return panels.legend_below(fig, axes[0, 0], 3)


def powers(data, title):
    """Least risk over the power p, relative to the best power; 2 beta - 1 marked. One panel a d.

    Columns d, beta, r, p, relative, optimal.
    """
    fig, axes, parts = panels.facets(data, None, "d", 2.9, "d = {d:g},  β = {beta:.3g}",
                                     sharey=True)
    for ax, part in parts:
        marks.family(ax, part, "p", "relative", "r", label="r = {:g}")
        ax.axvline(part["optimal"].iloc[0], color=THEORY, ls="--", lw=1.2)
        ax.set(ylim=(0.98, 2))
    axes[0, 0].plot([], [], color=THEORY, ls="--", lw=1.2, label="p = 2β - 1")
    panels.outer_labels(axes, "power p of $(1-t/T)^p$", "risk / risk of the best p")
    fig.suptitle(title)
    return panels.legend_below(fig, axes[0, 0], 3)


def wrong_step(data, title):
    """Risk over the least risk against the step over the best step. Columns scheme, wrong, loss."""
    ax = panels.single(3.4, "step / best step", "risk / risk at the best step",
                       width=panels.WIDTH)
    marks.family(ax, data, "wrong", "loss", "scheme", colours=COLOURS, lw=1.2)
    panels.log_axes(ax, x=10, y=None)
    panels.plain_ticks(ax.xaxis, 1 / 12, 12, marks=(1, 2.5, 5))
    ax.set(xlim=(1 / 9, 9), ylim=(0.9, 4), title=title)
    for factor in (0.25, 4):
        ax.axvline(factor, color="grey", lw=0.8, ls=":")
    return panels.legend_below(ax.figure, ax, 4)


def theta(data, predicted, title):
    """Exponent against theta for each r, over min(2r(1-theta), theta, memory)."""
    ax = panels.single(3.3, "θ in $\\eta_t=\\eta_1 t^{-\\theta}$", EXPONENT)
    marks.family(ax, _rates(data), "theta", "a", "r", INTERVAL, label="r = {:g}", ls="")
    for _, of in predicted.groupby("r", sort=False):
        ax.plot(of["theta"], -of["exponent"], color=THEORY, lw=0.9, zorder=3)
    for (_, of), colour in zip(data.groupby("r", sort=False), palette, strict=False):
        ax.axvline(of["paper"].iloc[0], color=colour, lw=1, ls=":")
    ax.plot([], [], color=THEORY, lw=0.9, label="least of three")
    ax.plot([], [], color="0.4", lw=1, ls=":", label="$2r/(2r+1)$")
    ax.set(ylim=(0, 0.85), title=title)
    return panels.legends(ax, ncols=2)

