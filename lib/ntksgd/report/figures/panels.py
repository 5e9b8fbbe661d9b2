"""Pieces that figures share: panels, families of lines with intervals, laws, axes, legends."""

import matplotlib.pyplot as plt
import numpy as np
import seaborn as sns
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from ntksgd.report.figures import THEORY, WIDTH, palette

MARKERS = "osD^vP"
NARROW = 0.72 * WIDTH  # inches: a figure of one panel


def grid(rows, columns, height, width=WIDTH, **options):
    """Figure and axes in a `rows` x `columns` array, over a page's width, `height` inches high."""
    return plt.subplots(rows, columns, figsize=(width, height), squeeze=False, **options)


def facets(table, row, column, height, title, **options):
    """A panel for each value of `column` (across) and of `row` (down).

    Parameters
    ----------
    table : DataFrame
    row, column : str, list of str or None
        Names of columns; None: one panel in this direction.
    height : float
        Inches, of the figure.
    title : str
        Format of the panels' titles by the names of columns, e.g. ``"{activation}, $d = {d}$"``.
    **options
        Of `grid`.

    Returns
    -------
    fig : Figure
    axes : array of Axes, shape (rows, columns)
    parts : list of (Axes, DataFrame)
        Each panel and its rows of the table.
    """
    at = [np.zeros(len(table), int) if by is None else table.groupby(by, sort=False).ngroup()
          for by in (row, column)]
    fig, axes = grid(*(int(np.max(index)) + 1 for index in at), height, **options)
    parts = [(axes[i, j], table[(at[0] == i) & (at[1] == j)]) for i, j in np.ndindex(axes.shape)]
    for ax, part in parts:
        ax.set_title(title.format_map(part.iloc[0]))
    return fig, axes, parts


def bars(table, y, interval):
    """Lengths of error bars below and above column `y`, shape (2, rows).

    `interval` names the half-width, or a pair of columns with both ends.
    """
    if isinstance(interval, str):
        return np.stack([table[interval]] * 2)
    low, high = interval
    return np.maximum([table[y] - table[low], table[high] - table[y]], 0)


def family(ax, table, x, y, by, interval=None, *, colours=palette, label="{}", **style):
    """Points or lines of `y` against `x`, one colour and one marker a value of column `by`.

    `label` formats that value for the legend, None leaves it out; `interval` is that of `bars`.
    `style` goes to the lines; ``ls=""`` draws points only, ``marker=""`` lines only.
    """
    groups = zip(table.groupby(by, sort=False), colours, MARKERS * 2, strict=False)
    for i, ((name, part), colour, marker) in enumerate(groups):
        own = {"color": colour, "marker": marker, "ms": 3.5, "label": label and label.format(name)}
        if len(part) > 20 and style.get("ls") != "":  # a long line: few markers, none on another
            own["markevery"] = (0.02 + 0.03 * i, 0.2)
        errors = None if interval is None else bars(part, y, interval)
        ax.errorbar(part[x], part[y], errors, **(own | {"elinewidth": 0.9} | style))


def styled(items):
    """Each of `items` with a colour and a marker of its own."""
    return zip(items, palette, MARKERS, strict=False)


def lines(ax, table, x, y, hue, **options):
    """Lines without markers, one colour a value of column `hue`; `style` gives them dashes."""
    colours = list(palette[:table[hue].nunique()])
    sns.lineplot(table, x=x, y=y, hue=hue, palette=colours, estimator=None, ax=ax, **options)


def theory(ax, table, x, y, by=None, label=None, **style):
    """What theory says, in black over the data: a line for each value of column `by`."""
    for _, part in table.groupby(by, sort=False) if by else [(None, table)]:
        ax.plot(part[x], part[y], **{"color": THEORY, "lw": 0.9, "zorder": 3} | style, label=label)
        label = None


def reference_law(ax, x, y, exponent):
    """A reference power law in m through the last point, over the upper half of x."""
    x = np.asarray(x, dtype=float)[len(x) // 2 :]
    ax.plot(x, y * (x / x[-1]) ** exponent, color=THEORY, ls="--", lw=1)
    ax.annotate(rf"$m^{{{exponent:g}}}$", (x[-1], y), textcoords="offset points", xytext=(6, -3),
                fontsize=8)


def censored_points(ax, x, y, low, high, side, colour, **style):
    """Points with intervals; open arrows where `side` says too large (1) or small (-1) to see."""
    x, y, low, high, side = map(np.asarray, (x, y, low, high, side))
    seen = side == 0
    errors = np.maximum([(y - low)[seen], (high - y)[seen]], 0)
    ax.errorbar(x[seen], y[seen], errors, elinewidth=0.9, color=colour,
                **{"marker": "o", "ls": "", "ms": 3.5} | style)
    for end, arrow in ((1, "^"), (-1, "v")):
        ax.plot(x[side == end], y[side == end], arrow, mfc="none", color=colour, zorder=3)


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
