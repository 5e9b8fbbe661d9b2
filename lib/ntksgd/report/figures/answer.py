"""The answer as one picture: exponents in T, one line a regularity, beside those claimed."""

import pandas as pd
from matplotlib.figure import Figure

from ntksgd.report.exponents import CLAIMED, EXACT, MEASURED, PROVED, RATE, WIDTH
from ntksgd.report.figures import THEORY, palette, panels
from ntksgd.report.figures.marks import bars

_STYLE = {
    CLAIMED: {"marker": "|", "ms": 13, "mew": 1.6, "color": THEORY, "zorder": 3},
    PROVED: {"marker": "d", "ms": 5, "mfc": "white", "color": palette[2]},
    EXACT: {"marker": "s", "ms": 5, "mfc": "white", "color": palette[1]},
    MEASURED: {"marker": "o", "ms": 4, "color": palette[0], "elinewidth": 1.2},
}


def answer(table: pd.DataFrame) -> Figure:
    """A panel for the risk and one for the width; `table` is that of `report.exponents`."""
    if table.empty:
        raise ValueError("table: no exponent to draw")
    titles = {RATE: _reach(table), WIDTH: "Width (squareplus): a smaller power sufficed"}
    names = [name for name in titles if name in set(table["panel"])]
    fig, (axes,) = panels.grid(1, len(names), 2.3)
    for ax, name in zip(axes, names, strict=True):
        panel = table[table["panel"] == name]
        levels = sorted(panel["r"].unique())
        for kind, style in _STYLE.items():
            part = panel[panel["kind"] == kind].reset_index(drop=True)
            if len(part):
                errors = bars(part, "exponent", ("low", "high")) if kind == MEASURED else None
                ax.errorbar(part["exponent"], part["r"].map(levels.index), xerr=errors, ls="",
                            label=kind, **style)
        ax.set_yticks(range(len(levels)), [f"r = {r:g}" for r in levels])
        ax.set(title=titles[name], xlabel=f"exponent in $T$: {name}",
               ylim=(len(levels) - 0.5, -0.5))
        ax.grid(axis="y", visible=False)
        # of the width between what is proved and what is claimed, where nothing stands
        at = {"loc": "best"} if name == RATE else {"loc": "center", "bbox_to_anchor": (0.52, 0.5)}
        ax.legend(handletextpad=0.3, **at)
    return fig


def _reach(table):
    """Title of the rates: up to which r the intervals contain what is claimed."""
    rates = table[table["panel"] == RATE].pivot(index="r", columns="kind",
                                                values=["exponent", "low", "high"])
    if rates.empty:
        return ""
    claimed = rates["exponent", CLAIMED]
    held = rates["low", MEASURED].le(claimed) & rates["high", MEASURED].ge(claimed)
    reached = rates.index[held.cumprod().astype(bool)]
    return f"Rate (ReLU): as claimed up to r = {reached.max():g}" if len(reached) else "Rate (ReLU)"
