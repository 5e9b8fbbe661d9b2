"""Figures of the width question: phase diagram, requirement, headline, rate."""

import matplotlib as mpl
import numpy as np
import seaborn as sns
from matplotlib.patheffects import withStroke

from ntksgd.report.figures import THEORY, marks, palette, panels

# one colour a tolerance, in every figure
LEVELS = {0.05: palette[0], 0.1: palette[1], 0.5: palette[2]}
SHOWN = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)  # excesses marked on the colour bar; ends: clipped


def _colour(tau):
    return LEVELS.get(tau, palette[3])


def _points(ax, law, **style):
    widths = law.excess.widths  # an interval that leaves their range is drawn to its end
    low, high = (np.clip(end, widths[0], widths[-1]) for end in (law.low, law.high))
    marks.censored_points(ax, law.times, law.required, low, high, law.censored,
                          **{"colour": _colour(law.tau)} | style)


def _place(known, values):
    """Places of `values` on the axis of a heatmap, whose cells at `known` are unit squares."""
    return 0.5 + np.interp(np.log(values), np.log(known.to_numpy(float)), np.arange(known.size))


def phase_diagram(cells, required):
    """Excess over (T, m) in colour, one panel a regularity, with the lines m*(T, tau).

    Crosses: within two standard errors of 0. Columns r, m, T, excess, standard_error of `cells`;
    r, tau, T, required, censored of `required`.
    """
    fig, axes, parts = panels.facets(cells, None, "r", 3.1, "r = {r:g}", sharey=True)
    for ax, part in parts:
        grid = part.pivot(index="m", columns="T", values="excess")
        last = ax is axes[0, -1]
        sns.heatmap(grid.clip(SHOWN[0], SHOWN[-1]), norm=mpl.colors.LogNorm(SHOWN[0], SHOWN[-1]),
                    cmap="cividis", ax=ax, rasterized=True, xticklabels=False, yticklabels=False,
                    cbar=last, cbar_kws={"label": r"$\mathbb{E}R_m/R-1$", "extend": "both"})
        noise = part[part["excess"] < 2 * part["standard_error"]]
        ax.plot(_place(grid.columns, noise["T"]), _place(grid.index, noise["m"]), "x",
                color="white", ms=3, mew=0.7)
        lines_here = required[(required["r"] == part["r"].iloc[0]) & (required["censored"] == 0)]
        for tau, line in lines_here.groupby("tau"):
            ax.plot(_place(grid.columns, line["T"]), _place(grid.index, line["required"]),
                    color=_colour(tau), lw=1.8, label=rf"$\tau$ = {tau:g}",
                    path_effects=[withStroke(linewidth=3.2, foreground="white")])
        decades = [10**k for k in range(1, 10) if grid.columns[0] <= 10**k <= grid.columns[-1]]
        ax.set_xticks(_place(grid.columns, decades),
                      [f"$10^{{{np.log10(T):.0f}}}$" for T in decades])
        ax.set_yticks(_place(grid.index, grid.index[::2]), [f"{m:g}" for m in grid.index[::2]])
        ax.set(ylim=(0, len(grid)), xlabel="steps $T$", ylabel="")
    if last:
        ax.collections[0].colorbar.set_ticks(SHOWN, labels=[f"{v:g}" for v in SHOWN], minor=False)
        ax.collections[0].colorbar.minorticks_off()
    axes[0, 0].set_ylabel("width $m$")
    axes[0, -1].legend(loc="lower right", framealpha=0.95)
    return fig


def requirement(laws, predictions):
    """m*(T) with intervals, fitted laws and the first-order prediction c(T)/tau (dashed).

    `laws` maps a title to a list of WidthLaw, `predictions` to (times, c).
    """
    fig, axes = panels.grid(1, len(laws), 2.9, sharey=True)
    for ax, (title, of) in zip(axes[0], laws.items(), strict=True):
        times, c = predictions[title]
        for law, _, marker in marks.styled(of):
            _points(ax, law, label=rf"$\tau$ = {law.tau:g}", marker=marker)
            ax.plot(times, c / law.tau, "--", color=THEORY, lw=1)
            if law.slope is not None:
                seen = law.times[law.seen]
                ax.fill_between(seen, *law.band(seen), color=_colour(law.tau), alpha=0.2, lw=0)
        panels.log_axes(ax, y=2)
        ax.set_title(title)
    panels.outer_labels(axes, "steps $T$", r"required width $m^*(T,\tau)$")
    return panels.legend_below(fig, axes[0, 0], 4, {"first order in $1/m$, nothing fitted": "k--"})


def headline(plane):
    """The (T, m) plane: the paper's width, the heuristic, the measurement, the earlier requirement.

    `plane` maps a title to (WidthLaw, table): columns T, paper, heuristic, earlier, first_order
    (widths at T), and measured, low, high (the fitted law and its band).
    """
    ceiling = 1e18  # the earlier requirement leaves the figure here
    fig, axes = panels.grid(1, len(plane), 3.7, sharey=True)
    for ax, (title, (law, data)) in zip(axes[0], plane.items(), strict=True):
        T = data["T"].to_numpy()
        below = data["earlier"] <= 1e8 * ceiling
        ax.plot(T[below], data["earlier"][below], ":", color=palette[3],
                label="earlier work: exponential (our reading, schematic)")
        for key, style, colour, label in (
            ("paper", "-", THEORY, r"this paper: $T^{1+5/(2r+1)}$ suffices"),
            ("heuristic", "-.", palette[5],
             r"drift heuristic: $T^{2/(2r+1)}$, through the first point"),
            ("first_order", "--", palette[2], "linearised network, first order (exact)"),
        ):
            ax.plot(T, data[key], style, color=colour, label=label)
        ax.fill_between(T, data["low"], data["high"], color=palette[1], alpha=0.3, lw=0)
        ax.plot(T, data["measured"], color=palette[1], lw=1.2)
        _points(ax, law, colour=palette[1], label=rf"measured, $\tau$ = {law.tau:g}")
        ax.axvspan(law.times[-1], T[-1], color="0.93", lw=0, zorder=0)
        panels.log_axes(ax)
        ax.set(title=title, ylim=(3, ceiling), xlim=(T[0], T[-1]))
        ax.text(0.975, 0.03, "extrapolated", transform=ax.transAxes, ha="right", fontsize=8,
                color="0.35")
    panels.outer_labels(axes, "steps $T$", "width $m$")
    return panels.legend_below(fig, axes[0, 0], 2)


def rate(table):
    """Network risk along m = m*(T) against the exact kernel risk and the theoretical rate.

    Columns r, T, risk, low, high, exact, theory.
    """
    fig, axes, parts = panels.facets(table, None, "r", 2.8, "r = {r:g}")
    for ax, part in parts:
        marks.family(ax, part, "T", "risk", "r", ["low", "high"], colours=palette[1:], ls="",
                     label="network, $m=m^*(T)$")
        ax.plot(part["T"], part["exact"], color=palette[0], label="kernel, exact")
        marks.theory(ax, part, "T", "theory", label=r"$T^{-2r/(2r+1)}$", ls="--", lw=1.4)
        panels.log_axes(ax)
    panels.outer_labels(axes, "steps $T$", r"risk $\mathbb{E}\|g_T-f^*\|^2$")
    return panels.legend_below(fig, axes[0, 0], 3)
