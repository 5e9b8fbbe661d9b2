"""Panels that figures share: their grid, axes, labels and legends."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from ntksgd.report.figures import THEORY, WIDTH

NARROW = 0.72 * WIDTH  # inches: a figure of one panel


def grid(rows, columns, height, width=WIDTH, **options):
    """Figure and axes in a `rows` x `columns` array, over a page's width, `height` inches high."""
    return plt.subplots(rows, columns, figsize=(width, height), squeeze=False, **options)


def single(height, xlabel, ylabel, x=None, y=None, width=NARROW):
    """Axes of a figure of one panel; `x`, `y`: bases of logarithmic axes."""
    _, ((ax,),) = grid(1, 1, height, width)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    log_axes(ax, x=x, y=y)
    return ax


def facets(table, row, column, height, title, **options):
    """A panel for each value of the columns `column` (across) and `row` (down; None: one panel).

    `title` is formatted by the names of columns, e.g. ``"{activation}, $d = {d}$"``. Returns the
    figure, its axes (rows, columns), and each panel with its rows of the table: (Axes, DataFrame).
    """
    at = [np.zeros(len(table), int) if by is None else table.groupby(by, sort=False).ngroup()
          for by in (row, column)]
    fig, axes = grid(*(int(np.max(index)) + 1 for index in at), height, **options)
    parts = [(axes[i, j], table[(at[0] == i) & (at[1] == j)]) for i, j in np.ndindex(axes.shape)]
    for ax, part in parts:
        ax.set_title(title.format_map(part.iloc[0]))
    return fig, axes, parts


def log_axes(*axes, x=10, y=10):
    """Logarithmic axes of these bases (None: linear) with few labels."""
    for ax in axes:
        for set_scale, axis, base in ((ax.set_xscale, ax.xaxis, x), (ax.set_yscale, ax.yaxis, y)):
            if base is not None:
                set_scale("log", base=base)
                axis.set_major_locator(LogLocator(base, numticks=7))
                axis.set_minor_formatter(NullFormatter())


def plain_ticks(axis, low, high, marks=(1, 2, 3, 5, 7)):
    """Ticks at the marks of every decade, written as plain numbers."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    ticks = [m * 10.0**k for k in decades for m in marks if low < m * 10.0**k < high]
    axis.set_ticks(ticks, [f"{v:g}" for v in ticks])
    axis.set_minor_locator(NullLocator())


def outer_labels(axes, x, y):
    """Labels below the last row and left of the first column."""
    for ax in axes[-1]:
        ax.set_xlabel(x)
    for ax in axes[:, 0]:
        ax.set_ylabel(y)


def legend_below(fig, ax, ncols, kinds=None):
    """Legend of the lines on `ax` under all panels; `kinds` adds grey lines, by their label.

    `kinds` maps it to the format of the line (``"--"``, ``"o"``), black after a leading ``"k"``.
    """
    for label, fmt in (kinds or {}).items():
        ax.plot([], [], fmt.removeprefix("k"), label=label, ms=3.5, lw=1,
                color=THEORY if fmt.startswith("k") else "0.4")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=ncols)
    return fig


def legends(*axes, **options):
    """A legend in each of the axes; returns their figure."""
    for ax in axes:
        ax.legend(**options)
    return ax.figure
