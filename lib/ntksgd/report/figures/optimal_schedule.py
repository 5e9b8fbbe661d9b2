"""Figures of the best steps of all: their shape, and what every family loses beside them."""

import numpy as np

from ntksgd.report.figures import THEORY, marks, palette, panels

BOUNDS = ("lower bound", "continuous limit", "predicted steps")


def best_steps(curves, power):
    """Best steps against what is left of the run, columns r, noise, left, best, predicted, guide.

    Rows with a guide, left^power, are a line of their own, see `schedule_tables.with_guide`.
    """
    fig, axes, parts = panels.facets(curves, None, "noise", 3.6, "noise s² = {noise:g}",
                                     sharex=True, sharey=True)
    for ax, part in parts:
        marks.family(ax, part, "left", "best", "r", label="best of all, r = {:g}", lw=1.6)
        marks.theory(ax, part, "left", "predicted", "r", "predicted", ls="--")
        guide = part.dropna(subset="guide")
        ax.plot(guide["left"], guide["guide"], ":", color="0.3")
        panels.log_axes(ax)
        ax.set_ylim(0.5 * curves["best"].min(), 1.5)
    axes[0, 0].plot([], [], ":", color="0.3", label=f"slope of $(1-t/T)^{{{power:g}}}$")
    panels.outer_labels(axes, "left of the run, 1 - t/T", "step × κ(1)")
    fig.suptitle("The predicted steps are nearly the best of all", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 3)


def ratios(table):
    """Risk over that of the best steps (columns family, noise, r, relative), a row a family."""
    fig, axes, parts = panels.facets(table, None, "noise", 3.9, "noise s² = {noise:g}",
                                     sharex=True, sharey=True)
    names = [name for name in table["family"].unique() if name not in BOUNDS]
    names = [*names, *BOUNDS]
    for ax, part in parts:
        rs = list(part["r"].unique())
        for i, (r, colour, mark) in enumerate(zip(rs, palette, marks.MARKERS, strict=False)):
            at = part[part["r"] == r].set_index("family").loc[names]
            y = np.arange(len(names)) + 0.13 * (i - (len(rs) - 1) / 2)
            ax.plot(at["relative"], y, mark, color=colour, ms=4, label=f"r = {r:g}")
        ax.axvline(1, color=THEORY, lw=0.9)
        ax.axhline(len(names) - len(BOUNDS) - 0.5, color="0.5", lw=0.8)
        ax.set_xscale("log")
        panels.plain_ticks(ax.xaxis, table["relative"].min(), table["relative"].max(), (1, 2, 5))
    axes[0, 0].set_yticks(range(len(names)), names)
    axes[0, 0].invert_yaxis()
    panels.outer_labels(axes, "risk / risk of the best steps", "")
    fig.suptitle("What every family loses beside the best steps of all", fontsize=9.5)
    return panels.legend_below(fig, axes[0, 0], 4)
