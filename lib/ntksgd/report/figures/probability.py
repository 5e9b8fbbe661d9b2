"""Figure of the loss of single runs: its quantiles, and its spread."""

import numpy as np

from ntksgd.report.figures import marks, panels


def probability(quantiles, spreads, T):
    """Tables of `path_quantiles`: quantiles over the mean at T, and relative spreads against T."""
    fig, ((left, right),) = panels.grid(1, 2, 3.7)
    shown = quantiles[quantiles["T"] == T].assign(factor=lambda t: np.log(2 / t["delta"]))
    marks.family(left, shown, "factor", "quantile", "case", ["low", "high"], ls="")
    marks.theory(left, shown, "factor", "law", "case", "Gaussian law, exact moments")
    one = shown[shown["case"] == shown["case"].iloc[0]]
    marks.theory(left, one, "factor", "bound", label="bound for every Gaussian", ls="--")
    left.set(xlabel="log(2/δ)", ylabel="quantile at 1 − δ / expected risk",
             title=f"A factor log(2/δ) is enough (T = {T})")
    # side by side, in the order of the legend
    apart = spreads.assign(T=spreads["T"] * 1.06 ** (spreads.groupby("case", sort=False).ngroup()))
    marks.family(right, apart, "T", "spread", "case", ["low", "high"], label=None, ls="")
    marks.theory(right, spreads, "T", "law", "case")
    right.set(xlabel="steps T", ylabel="standard deviation / mean", ylim=(0, 1),
              title="The spread falls slowly, if at all")
    panels.log_axes(right, y=None)
    return panels.legend_below(fig, left, 3)
