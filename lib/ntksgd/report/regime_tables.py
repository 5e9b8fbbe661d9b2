"""Tables and rows of the page on your data: widths predicted against widths measured.

A score table has a row for each target ("network", "linearised", "regime"), data set and
activation: the columns of a `width.factor_of_two.Comparison`, and hit, above, below.
"""

from dataclasses import asdict

import numpy as np
import pandas as pd

from ntksgd.report.statements import Statement
from ntksgd.stats.binomial import share

CASE = ["data", "activation"]


def score_table(compared):
    """The score table of {(data set, activation): {target: Comparison}}."""
    return pd.DataFrame([{"target": target, **dict(zip(CASE, case, strict=True)), **asdict(pair),
                          "hit": pair.hit, "above": pair.above, "below": pair.below}
                         for case, pairs in compared.items() for target, pair in pairs.items()])


def pair_table(score):
    """Predicted / measured width as text, targets across, "!" where a factor of 2 is exceeded."""
    bound = score["side"].map({-1: "at most ", 0: "", 1: "more than "})
    pair = (score["predicted"].map("{:.0f} / ".format) + bound
            + score["measured"].map("{:.0f}".format) + np.where(score["hit"], "", " !"))
    return score.assign(pair=pair).pivot(index=CASE[::-1], columns="target", values="pair")


def shares(part):
    """Shares of cases, and of data sets with all activations, within a factor of 2."""
    return [share(int(v.sum()), len(v)) for v in (part["hit"], part.groupby("data")["hit"].all())]


def share_table(score):
    """For each target: widths within a factor of 2, `shares`, bounds, the best constant's score."""
    return pd.DataFrame(
        [[target, f"{part['hit'].sum()} of {len(part)}", *map(str, shares(part)),
          (part["side"] != 0).sum(), _constant(part["measured"].to_numpy())]
         for target, part in score.groupby("target")],
        columns=["width of", "within", "share of cases", "share of sets", "bounds",
                 "best constant"])


def _constant(measured):
    """How many measured widths the best constant would have within a factor of 2."""
    return max(np.sum((measured <= 2 * w) & (measured >= w / 2)) for w in 2 * measured)


def by_linearised(score, target):
    """How many widths the linearised network's prediction, theory without drift, gets right."""
    ours, lazy = (score[score["target"] == one].set_index(CASE) for one in (target, "linearised"))
    return int((ours["measured"] / lazy["predicted"]).between(0.5, 2).sum())


def percent(interval):
    """A share and its interval in per cent."""
    return f"{interval.value:.0%} [{interval.low:.0%}, {interval.high:.0%}]"


def board(score, dimensions, steps, tau):
    """Rows of claim F: shares, and measured over predicted widths of the kernel regime.

    `dimensions`: d by (data set, activation).
    """
    where = f"T = {steps}, tau = {tau:g}"
    rows = []
    for target, part in score.groupby("target"):
        found = shares(part)[0]
        rows.append(Statement("F", f"share of widths within a factor 2: {target}", "finding",
                              measured=found.value, interval=found, interval_kind="statistical",
                              range=f"{where}, {len(part)} cases"))
    seen = score[(score["target"] == "regime") & (score["side"] == 0)]
    return rows + [
        Statement("F", f"{row.data}: width of the kernel regime, measured over predicted",
                  "prediction", measured=row.measured / row.predicted, theory=1.0, relation="=",
                  interval=(row.measured_low / row.predicted, row.measured_high / row.predicted),
                  interval_kind="statistical", range=where, activation=row.activation,
                  d=dimensions[row.data, row.activation]) for row in seen.itertuples()]
