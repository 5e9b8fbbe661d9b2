"""Tables of the width needed on real data: foretold by linearised networks, and measured.

A case is (data set, activation); laws are `width.requirement.WidthLaw`s by case.
"""

import numpy as np
import pandas as pd

from ntksgd.report.data_tables import KEY
from ntksgd.report.tables import law_table
from ntksgd.risk.predicted_widths import sufficient_width
from ntksgd.width.on_data import drift_excess


def law_tables(foretold, measured):
    """Both laws of each case over all times, as `figures.data.widths` draws them."""
    return pd.concat([law_table({what: laws[case]}).assign(**dict(zip(KEY, case, strict=True)))
                      for case in foretold for what, laws in (("forecast", foretold),
                                                              ("network", measured))],
                     ignore_index=True)


def beyond(foretold, measured, at, act, factor=2):
    """In how many cases of an activation m* is less than 1/factor of its forecast, and how many
    more than factor times it, by both intervals, at one of the time indices `at`; and of how many.
    """
    pairs = [(foretold[case], law) for case, law in measured.items() if case[1] == act]
    less = sum(any(law.high[k] < forecast.low[k] / factor for k in at) for forecast, law in pairs)
    more = sum(any(law.low[k] > forecast.high[k] * factor for k in at) for forecast, law in pairs)
    return less, more, len(pairs)


def within(law, forecast, k, factor=2):
    """Whether m* lies "inside" a factor of its forecast, "outside", or this is "open".

    Two `WidthLaw`s, at time index k. Anything that both intervals allow counts; those of censored
    values have an infinite or zero end.
    """
    with np.errstate(divide="ignore"):
        low, high = law.low[k] / forecast.high[k], law.high[k] / forecast.low[k]
    if low >= 1 / factor and high <= factor:
        return "inside"
    return "outside" if low > factor or high < 1 / factor else "open"


def width_table(foretold, measured, at):
    """m* foretold and measured at the time indices `at`, by case."""
    def shown(law, k):
        return f"{law.text(k)} [{law.low[k]:.0f}, {law.high[k]:.0f}]"

    return pd.DataFrame(
        [[*case, f"{law.times[k]:.0f}", shown(foretold[case], k), shown(law, k),
          within(law, foretold[case], k)] for case, law in measured.items() for k in at],
        columns=[*KEY, "T", "m* foretold", "m* measured", "factor of 2"])


def width_exponents(foretold, measured, first):
    """Exponents of m* in T, those of the paper's sufficient width beside them."""
    def exponent(law):
        return f"{law.slope} on {law.seen.sum()} times" if law.slope else "-"

    return pd.DataFrame(
        [[*case, exponent(foretold[case]), exponent(law),
          f"{sufficient_width(first[case].source.r):.1f}"] for case, law in measured.items()],
        columns=[*KEY, "exponent of m* in T, foretold", "measured", "sufficient"])


def drift_table(first, excesses, moved, lazy):
    """How far parameters travel, foretold and measured; the widest network over its linearisation.

    By case: the first split's `Forecast`; `Excess` and movement as `width.on_data.measured_excess`
    returns them; samples of the linearised network of the widest width, (starts, 1).
    """
    rows = []
    for case, samples in lazy.items():
        f, m = first[case], max(moved[case])
        norm = f.source.reached_norm(f.times[-1:])[0]
        rows.append([*case, norm, moved[case][m], norm / moved[case][m], m, samples.mean(),
                     str(drift_excess(excesses[case], m, samples))])
    return pd.DataFrame(rows, columns=[
        *KEY, "||f_T||_H^2, foretold", "||Theta_T - Theta_0||^2", "ratio", "m", "linearised excess",
        "excess of the network over it"]).round(3)
