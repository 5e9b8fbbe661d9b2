"""Figures of the width question: phase diagram, exact requirement, worst target, headline."""

from itertools import cycle

import matplotlib as mpl
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogLocator

from ntksgd.report.figures import marks, palette, panels

# one colour a tolerance, in every figure
LEVELS = {0.05: palette[0], 0.1: palette[1], 0.5: palette[2]}
SHOWN = (0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5)  # excesses marked on the colour bar; ends: clipped


def _colour(tau):
    return LEVELS.get(tau, palette[3])


def _place(known, values):
    """Places of `values` on the axis of a heatmap, whose cells at `known` are unit squares."""
    return 0.5 + np.interp(np.log(values), np.log(known.to_numpy(float)), np.arange(known.size))


def phase_diagram(cells, required):
    """Excess over (T, m) in colour, one panel a regularity, with the lines m*(T, tau).

    Crosses: within two standard errors of 0. Columns r, m, T, excess, standard_error of `cells`;
    r, tau, T, required, censored of `required`.
    """
    fig, axes, parts = panels.facets(cells, None, "r", 3.6, "$r$ = {r:g}", sharey=True)
    known = pd.Index(np.sort(cells["m"].unique()), name="m")  # blank where a panel lacks a width
    for ax, part in parts:
        grid = part.pivot(index="m", columns="T", values="excess").reindex(known)
        last = ax is axes[0, -1]
        sns.heatmap(grid.clip(SHOWN[0], SHOWN[-1]), norm=mpl.colors.LogNorm(SHOWN[0], SHOWN[-1]),
                    cmap="cividis", ax=ax, rasterized=True, xticklabels=False, yticklabels=False,
                    cbar=last, cbar_kws={"label": r"$\mathbb{E}R_m/R-1$", "extend": "both"})
        noise = part[part["excess"] < 2 * part["standard_error"]]
        ax.plot(_place(grid.columns, noise["T"]), _place(grid.index, noise["m"]), "x",
                color="white", ms=3, mew=0.7)
        lines_here = required[(required["r"] == part["r"].iloc[0]) & (required["censored"] == 0)]
        for (tau, line), mark in zip(lines_here.groupby("tau"), cycle(marks.MARKERS), strict=False):
            ax.plot(_place(grid.columns, line["T"]), _place(grid.index, line["required"]),
                    color=_colour(tau), lw=1.8, label=rf"$\tau$ = {tau:g}", marker=mark, ms=4.5,
                    markevery=3, path_effects=[withStroke(linewidth=3.2, foreground="white")])
        decades = [10**k for k in range(1, 10) if grid.columns[0] <= 10**k <= grid.columns[-1]]
        ax.set_xticks(_place(grid.columns, decades),
                      [f"$10^{{{np.log10(T):.0f}}}$" for T in decades])
        ax.set_yticks(_place(grid.index, grid.index[::2]), [f"{m:g}" for m in grid.index[::2]])
        ax.set(ylim=(0, len(grid)), xlabel="steps $T$", ylabel="")
    if last:
        ax.collections[0].colorbar.set_ticks(SHOWN, labels=[f"{v:g}" for v in SHOWN], minor=False)
        ax.collections[0].colorbar.minorticks_off()
    axes[0, 0].set_ylabel("width $m$")
    fig.suptitle("Too narrow a network is worse than its kernel, the more so the longer it learns",
                 fontsize=10)
    return panels.legend_below(fig, axes[0, -1], 4)


def exact_requirement(table):
    """m*(T, tau) of the linearised network with intervals, one panel a regularity; c/tau dashed.

    Columns r, tau, T, required, low, high, censored, first_order.
    """
    fig, axes, parts = panels.facets(table, None, "r", 2.9, "$r$ = {r:g}", sharey=True)
    for ax, part in parts:
        for (tau, line), colour, marker in marks.styled(part.groupby("tau")):
            _required(ax, line, colour=colour, marker=marker, label=rf"$\tau$ = {tau:g}")
            marks.theory(ax, line, "T", "first_order", ls="--")
        _sparse_axes(ax)
    fig.suptitle("Linearised network: the width needed follows first order in $1/m$", fontsize=10)
    panels.outer_labels(axes, "steps $T$", r"required width $m^*(T,\tau)$")
    return panels.legend_below(fig, axes[0, 0], 5, {"first order, $c(T)/\\tau$": "k--"})


def worst_target(table):
    """m*(T) for our target and for the worst of the class, one panel a regularity.

    Columns reading, r, tau (one), T, required, low, high, censored.
    """
    fig, axes, parts = panels.facets(table, None, "r", 2.9, "$r$ = {r:g}", sharey=True)
    names = {"our target": "our target", "class": "worst, against the class",
             "own": "worst, against its own risk"}
    for ax, part in parts:
        for (name, line), colour, marker in marks.styled(part.groupby("reading", sort=False)):
            _required(ax, line, colour=colour, marker=marker, label=names[name])
        _sparse_axes(ax)
    fig.suptitle("The worst target of the class, too, needs a small power of $T$ only", fontsize=10)
    panels.outer_labels(axes, "steps $T$", rf"$m^*(T,\tau)$, $\tau$ = {table['tau'].iloc[0]:g}")
    return panels.legend_below(fig, axes[0, 0], 3)


def _sparse_axes(ax):
    """Logarithmic axes of a narrow panel: every other decade of T has its label."""
    panels.log_axes(ax)
    ax.xaxis.set_major_locator(LogLocator(10, numticks=5))
    ax.xaxis.set_minor_locator(LogLocator(10, numticks=12))


def _required(ax, line, **style):
    """Points of m* with intervals; one that leaves the widths tested is drawn to its end."""
    low = np.where(line["low"] > 0, line["low"], line["required"])
    high = np.where(np.isfinite(line["high"]), line["high"], line["required"])
    marks.censored_points(ax, line["T"], line["required"], low, high, line["censored"], **style)


ZOOM = (30, 5000)  # widths of the lower panels
SERIES = (("network", "network, measured", palette[0], {"marker": "o"}),
          ("linearised", "linearised network, exact given the start", palette[1],
           {"marker": "s", "mfc": "none"}))


def headline(table):
    """m*(T) of the network and of the linearised network, one column of panels a regularity.

    Above beside the powers of T that suffice or are feared, below enlarged.

    Columns series ("network", "linearised"), r, tau (one), T, required, low, high, censored, paper,
    heuristic, theorem, first_order.
    """
    values = list(table["r"].unique())
    fig, axes = panels.grid(2, len(values), 5.2, sharex="col", sharey="row")
    for (top, below), (r, part) in zip(axes.T, table.groupby("r", sort=False), strict=True):
        for ax in (top, below):
            for series, label, colour, style in SERIES:
                _required(ax, part[part["series"] == series], colour=colour, label=label, zorder=4,
                          **style)
            long = part[part["series"] == "linearised"]
            marks.theory(ax, long, "T", "paper", label="the paper's power $1+5/(2r+1)$", lw=1.4)
            ax.plot(long["T"], long["heuristic"], "-.", color=palette[5], zorder=2,
                    label="drift heuristic's power $2/(2r+1)$")
            ax.plot(long["T"], long["theorem"], ls=(0, (1, 1.5)), color=palette[2], zorder=2,
                    label="proved power $(1+r)/(2r+1)$, up to logs")
            marks.theory(ax, long, "T", "first_order", label="first order in $1/m$", ls="--")
            panels.log_axes(ax)
        top.set(title=f"$r$ = {r:g}", ylim=(10, 1e12))
        below.set_ylim(ZOOM)
    fig.suptitle("One target's width grows far more slowly than the paper's sufficient width",
                 fontsize=10)
    tau = table["tau"].iloc[0]
    panels.outer_labels(axes, "steps $T$", rf"width $m^*$ at $\tau$ = {tau:g}")
    return panels.legend_below(fig, axes[0, 0], 2)
