"""The scoreboard: every measured interval against what theory says of it."""

import textwrap

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ntksgd.report.figures import THEORY, WIDTH, palette

HOLDS, FAILS = palette[0], palette[1]
MARKERS = {"=": "o", "<=": "<", ">=": ">"}
LINEAR_TO, LIMIT = 0.1, 10.0  # the axis is linear up to 10 % off, logarithmic beyond
LABEL_WIDTH = 60  # characters a line
LINE_HEIGHT = 0.115  # inches


def deviations(table: pd.DataFrame) -> pd.DataFrame:
    """Measured value and interval as (value - theory) / |theory|, one row a claim.

    Where theory is 0 the unit is the largest absolute value among estimate and interval ends.
    """
    values = table[["measured", "ci_low", "ci_high"]].to_numpy(float)
    theory = table["theory"].to_numpy(float)
    largest = np.abs(np.where(np.isfinite(values), values, 0.0)).max(axis=1)
    unit = np.where(theory != 0, np.abs(theory), np.where(largest > 0, largest, 1.0))
    relative = (values - theory[:, None]) / unit[:, None]
    kept = table[["claim", "quantity", "activation", "d", "r", "relation", "holds"]]
    # d and r may apply to no row at all: labels here, not numbers to check
    kept = kept.astype({"d": object, "r": object})
    return kept.assign(deviation=relative[:, 0], low=relative[:, 1], high=relative[:, 2])


def scoreboard(table: pd.DataFrame) -> Figure:
    """Draw `deviations`: a panel per claim, a line per quantity, theory at zero.

    The intervals of one quantity (activations, dimensions, regularities) share its line.

    Raises
    ------
    ValueError
        If `table` has no row.
    """
    if table.empty:
        raise ValueError("table: no claims to draw")
    rows = deviations(table)
    panels = {claim: dict(list(part.groupby("quantity", sort=False)))
              for claim, part in rows.groupby("claim", sort=False)}
    labels = {claim: [_label(name, part) for name, part in quantities.items()]
              for claim, quantities in panels.items()}
    heights = [sum(_height(label) for label in of) + 1.5 for of in labels.values()]
    fig, axes = plt.subplots(
        len(panels), 1, sharex=True, squeeze=False, height_ratios=heights,
        figsize=(WIDTH, 0.9 + LINE_HEIGHT * sum(heights)),
    )
    for ax, (claim, quantities) in zip(axes.flat, panels.items(), strict=True):
        _panel(ax, claim, quantities, labels[claim])
    axes[-1, 0].set_xlabel("(measured $-$ theory) / |theory|")
    fig.legend(handles=_legend(), loc="outside upper right", ncols=2, fontsize=7)
    return fig


def _height(label: str) -> float:
    return 0.25 + label.count("\n") + 1


def _panel(ax, claim: str, quantities: dict, labels: list[str]) -> None:
    ends = np.cumsum([_height(label) for label in labels])
    centres = ends - np.array([_height(label) for label in labels]) / 2
    ax.axvline(0.0, color=THEORY, linewidth=1.0, zorder=1)
    for centre, group in zip(centres, quantities.values(), strict=True):
        shifts = np.linspace(-0.4, 0.4, len(group)) if len(group) > 1 else [0.0]
        for y, row in zip(centre + np.asarray(shifts), group.itertuples(), strict=True):
            colour = HOLDS if row.holds else FAILS
            low, middle, high = np.clip([row.low, row.deviation, row.high], -LIMIT, LIMIT)
            ax.plot([low, high], [y, y], color=colour, linewidth=0.9, zorder=2)
            ax.plot(middle, y, MARKERS[row.relation], color=colour, markersize=2.8, zorder=3,
                    clip_on=False, markerfacecolor=colour if row.holds else "white")
    ax.set_xscale("symlog", linthresh=LINEAR_TO, linscale=1.0)
    ax.set_xlim(-LIMIT, LIMIT)
    ax.set_xticks([-10, -1, -0.1, 0, 0.1, 1, 10], ["$-10$", "$-1$", "$-0.1$", 0, 0.1, 1, 10])
    ax.minorticks_off()
    ax.set_ylim(ends[-1] + 0.2, -0.2)
    ax.set_yticks(centres, labels, fontsize=6.2)
    ax.tick_params(axis="y", length=0)
    ax.grid(visible=False, axis="y")
    holds = np.concatenate([group["holds"] for group in quantities.values()])
    ax.set_title(f"Claim {claim}: {holds.sum()} of {len(holds)} hold", loc="left", fontsize=8)


def _label(quantity: str, group: pd.DataFrame) -> str:
    count = f" ×{len(group)}" if len(group) > 1 else ""
    return textwrap.fill((quantity + count).replace("$", r"\$"), LABEL_WIDTH)


def _legend() -> list[Line2D]:
    def entry(marker, colour, label, face=None):
        return Line2D([], [], marker=marker, color=colour, label=label, linewidth=1.6,
                      markersize=4.5, markerfacecolor=face or colour)

    return [
        entry("o", HOLDS, "claimed equal, holds"),
        entry("<", HOLDS, "claimed at most, holds"),
        entry(">", HOLDS, "claimed at least, holds"),
        entry("o", FAILS, "does not hold (any symbol, open)", face="white"),
    ]
