"""Pieces that several figures share: panels, selections, axes, error bars, legends."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import LogLocator, NullFormatter

from ntksgd.report.figures import THEORY, WIDTH


def panels(rows, columns, height, **options):
    """Axes in a `rows` x `columns` array, over the width of a page, `height` inches high."""
    return plt.subplots(rows, columns, figsize=(WIDTH, height), squeeze=False, **options)


def select(table, **values):
    """Rows of a table in which every named column has the given value."""
    kept = np.logical_and.reduce([table[name] == value for name, value in values.items()])
    return table[kept]


def log_axes(ax):
    """Logarithmic axes with few labels."""
    ax.set(xscale="log", yscale="log")
    ax.xaxis.set_major_locator(LogLocator(10, numticks=6))
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.yaxis.set_minor_formatter(NullFormatter())


def measured(ax, data, name, colour, marker="o", **options):
    """Points of column `name` against m, with the interval of its _low and _high columns."""
    y = data[name].to_numpy()
    spread = np.abs(np.stack([data[f"{name}_low"], data[f"{name}_high"]]) - y)
    ax.errorbar(data["m"], y, spread, fmt=marker, color=colour, markersize=3, elinewidth=0.9,
                **options)


def grey_legend(fig, kinds, lines, ncols=3):
    """Legend of line kinds that stand for every colour, then of lines in a colour of their own."""
    handles = [Line2D([], [], color="0.35", ls=ls, marker=marker, markersize=3, label=label)
               for ls, marker, label in kinds]
    handles += [Line2D([], [], color=colour, lw=1, label=label) for colour, label in lines]
    fig.legend(handles=handles, loc="outside lower center", ncols=ncols)


def reference_law(ax, x, y, exponent):
    """A reference power law through the last point, over the upper half of x."""
    x = np.asarray(x, dtype=float)[len(x) // 2 :]
    ax.plot(x, y * (x / x[-1]) ** exponent, color=THEORY, ls="--", lw=1)
    ax.annotate(rf"$m^{{{exponent:g}}}$", (x[-1], y), textcoords="offset points", xytext=(6, -3),
                fontsize=8)
