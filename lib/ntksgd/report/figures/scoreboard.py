"""The scoreboard: how many rows of each claim have which verdict, by kind of statement."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from ntksgd.report.figures import panels
from ntksgd.report.verdicts import VERDICTS

SHOWN = ("claim", "prediction", "check")


def scoreboard(counts: pd.DataFrame) -> Figure:
    """A panel each for claims, predictions and checks: claims down, verdicts across.

    `counts` are those of `ntksgd.report.claims`, the index reset: claim, kind, a column a verdict.
    """
    judged = counts[counts["kind"].isin(SHOWN) & (counts["claim"] != "F")]
    if judged.empty:
        raise ValueError("counts: no row with a verdict to draw")
    claims = judged["claim"].drop_duplicates()
    fig, (axes,) = panels.grid(1, len(SHOWN), 0.9 + 0.22 * len(claims), sharey=True)
    for ax, kind in zip(axes, SHOWN, strict=True):
        grid = judged[judged["kind"] == kind].set_index("claim")[list(VERDICTS)].reindex(claims)
        sns.heatmap(grid, mask=~(grid > 0), annot=True, fmt=".0f", cmap="Blues", vmin=0, ax=ax,
                    vmax=1.5 * judged[list(VERDICTS)].to_numpy().max(), cbar=False, linewidths=1,
                    xticklabels=True, yticklabels=True, annot_kws={"size": 9, "color": "black"})
        ax.set(title=f"{kind}s: {grid.to_numpy()[grid.notna()].sum():.0f} rows",
               ylabel="claim" if kind == SHOWN[0] else "", xlabel="")
        ax.tick_params(length=0, labelrotation=0)
        ax.set_xticks(ax.get_xticks(), ["\n".join(v.rsplit(" ", 1)) for v in VERDICTS], va="top",
                      fontsize="x-small")
        ax.grid(visible=False)
    return fig
