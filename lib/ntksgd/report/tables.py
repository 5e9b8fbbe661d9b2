"""Tidy tables of what was measured: what figures draw and their csv files keep."""

import numpy as np
import pandas as pd

from ntksgd.stats import intervals


def series_table(x, series, **columns):
    """One row a point of each named series of samples (replicates, n): mean, half its interval."""
    rows = []
    for name, samples in series.items():
        mean = intervals.of(lambda means: means, np.asarray(samples, dtype=float))
        rows.append(pd.DataFrame({**columns, "series": name, "x": x, "mean": mean.value,
                                  "half": mean.half}))
    return pd.concat(rows, ignore_index=True)


def positive_table(x, series, **columns):
    """The same for samples of positive means: mean, low and high, by the rule on the log scale."""
    rows = []
    for name, samples in series.items():
        mean = intervals.of(lambda means: means, np.asarray(samples, dtype=float), transform="log")
        rows.append(pd.DataFrame({**columns, "series": name, "x": x, "mean": mean.value,
                                  "low": mean.low, "high": mean.high}))
    return pd.concat(rows, ignore_index=True)


def curve_table(x, curves, **columns):
    """The same for exact curves, without intervals."""
    rows = [pd.DataFrame({**columns, "series": name, "x": x, "mean": y, "half": np.nan})
            for name, y in curves.items()]
    return pd.concat(rows, ignore_index=True)


def law_table(laws, key="series"):
    """m*(T) with its interval, one row a time of each named WidthLaw."""
    rows = [pd.DataFrame({key: name, "T": law.times, "required": law.required, "low": law.low,
                          "high": law.high, "censored": law.censored, "fitted": law.seen})
            for name, law in laws.items()]
    return pd.concat(rows, ignore_index=True)


def excess_table(excesses, key="r"):
    """Mean excess and its standard error in every cell (m, T), one row each, of named Excesses."""
    rows = [pd.DataFrame({
        key: name, "m": np.repeat(e.widths, e.times.size), "T": np.tile(e.times, e.widths.size),
        "excess": e.mean.ravel(), "standard_error": e.error.ravel()})
        for name, e in excesses.items()]
    return pd.concat(rows, ignore_index=True)
