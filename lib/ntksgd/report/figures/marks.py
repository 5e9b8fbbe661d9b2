"""Marks that figures share: families of lines and points with intervals, what theory says."""

import numpy as np
import seaborn as sns

from ntksgd.report.figures import THEORY, palette

MARKERS = "osD^vP"


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


def censored_points(ax, x, y, low, high, side, colour, **style):
    """Points with intervals; open arrows where `side` says too large (1) or small (-1) to see."""
    x, y, low, high, side = map(np.asarray, (x, y, low, high, side))
    seen = side == 0
    errors = np.maximum([(y - low)[seen], (high - y)[seen]], 0)
    ax.errorbar(x[seen], y[seen], errors, elinewidth=0.9, color=colour,
                **{"marker": "o", "ls": "", "ms": 3.5} | style)
    for end, arrow in ((1, "^"), (-1, "v")):
        ax.plot(x[side == end], y[side == end], arrow, mfc="none", color=colour, zorder=3)
