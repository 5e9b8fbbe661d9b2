"""The lines of `ntksgd.report.answer` on what the paper does not claim, and both tables."""

import pandas as pd

from ntksgd.report.answer import Line, lines_of, number, span
from ntksgd.report.answer_lines import LINES, starts


def _factor_two(rows):
    ratio = rows["measured"]
    right = ((ratio >= 0.5) & (ratio <= 2)).sum()
    sets = rows["quantity"].str.split(":").str[0].nunique()
    return (f"the estimate lies within a factor 2 in {right} of {len(rows)} cases measured to the "
            f"end, {sets} data sets")


def _by_time(rows):
    rows = rows.assign(depth=rows["quantity"].str[2].astype(int),
                       T=rows["range"].str.extract(r"T = (\d+)")[0].astype(float))
    each = []
    for name, group in rows.groupby("activation", sort=False):
        for T, part in group.groupby("T"):
            ratios = ", ".join(f"{ratio:.2f}" for ratio in part.sort_values("depth")["measured"])
            each.append(f"{name}, T = {T:.0e}: {ratios}")
    return "; ".join(each)


def _each(rows):
    return "; ".join(number(row, ".2f") for row in rows.itertuples())


def _from_to(rows):
    low, high = (rows.loc[at] for at in (rows["measured"].idxmin(), rows["measured"].idxmax()))
    gains = rows.loc[rows["ci_low"] > 0, "quantity"].str.split(":").str[0].unique()
    return (f"{number(low, '.2g')} to {number(high, '.2g')} points in {len(rows)} cases; a gain "
            f"that its interval tells on: {', '.join(gains) or 'none'}")


BEYOND = (
    Line("F", "deeper networks on the circle: neurons per layer, 2 and 3 layers over one, first "
         "order", _by_time, "09_deeper_networks", "each layer fluctuates, and the mean kernel "
         "shifts", "", {"quantity": starts("c_2 / c_1", "c_3 / c_1"), "d": 2}),
    Line("F", "logistic and Huber loss: m times excess over the derived c(T), linearised (1 "
         "predicted)", _each, "10_other_losses", "near the target each loss is a weighted square",
         "", {"quantity": lambda v: v.startswith("m times excess loss") and ", linearised," in v}),
    Line("F", "real data: factor by which test error foretold from one half misses the other",
         lambda rows: span(rows, ".2f"), "11_real_data", "the whole spectrum, not one exponent", "",
         {"quantity": lambda v: "test error, typical factor" in v and v.endswith("/ kernel")}),
    Line("F", "classification: test error, limit kernel less network", _from_to,
         "12_classification", "features help where the kernel is blind to the labels", "",
         {"quantity": lambda v: v.endswith("test error, kernel SGD less network")}),
    Line("F", "your data: width of the kernel regime, measured over predicted", _factor_two,
         "13_your_data", "fluctuation and drift, computed from drawn starts", "",
         {"quantity": lambda v: v.endswith("width of the kernel regime, measured over predicted")}),
)


def answers(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The two tables: claims of the paper and of this study on them, and what lies beyond."""
    return lines_of(table, LINES), lines_of(table, BEYOND)
