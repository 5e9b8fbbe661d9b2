"""Root mean squares over replicates and their slopes in the width, for claim A."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.stats import rates


def bootstrap_rms(squares, seed, resamples=2000):
    """Root mean square over replicates (axis 0) and its 95 % percentile interval.

    Returns
    -------
    value, low, high : ndarray, the shape of squares[0]
    """
    squares = check.finite_array("squares", squares)
    count, rng = len(squares), np.random.default_rng(seed)
    draws = rng.multinomial(count, np.full(count, 1 / count), size=resamples) / count
    low, high = np.percentile(np.tensordot(draws, squares, axes=1), [2.5, 97.5], axis=0)
    return np.sqrt(squares.mean(axis=0)), np.sqrt(low), np.sqrt(high)


def rms_slope(m, squares, seed):
    """Slope in m of the root mean square over replicates (rows; one draw seen at every width).

    Returns
    -------
    rates.Slope
        Of the root mean square, with its bootstrap interval over whole replicates.
    """
    m = np.asarray(m, dtype=float)
    # the mean square against m^2 has the slope of the root mean square against m
    fitted = rates.bootstrap_slope(m**2, squares, seed)
    return replace(fitted, x_min=float(m.min()), x_max=float(m.max()),
                   intercept=fitted.intercept / 2)


def slope_table(table, squares, quantity, rule, seed, m_min=0):
    """Measured slopes in m beside those that theory predicts on the same widths.

    Parameters
    ----------
    table, squares
        As `approximation.study.measure` returns them.
    quantity : str
        "error" or "fluctuation".
    rule : str
        Of `approximation.setting.RULES`.
    seed : int
        Of the bootstrap.
    m_min : int
        Least width of the fit.

    Returns
    -------
    DataFrame
        activation, d, r, slope, low, high, expanded (slope of the expansion in 1/m), bias (slope
        of the exact bias), m_min, m_max; one row a curve.
    """
    part = ("error", "fluctuation").index(check.one_of("quantity", quantity,
                                                       ("error", "fluctuation")))
    expanded = ("expanded", "expanded_fluctuation")[part]
    rows = []
    for (activation, d, r, name), drawn in squares.items():
        if name != rule:
            continue
        match = (table["activation"] == activation) & (table["d"] == d) & (table["r"] == r)
        curve = table[match & (table["rule"] == rule)]
        kept = curve["m"].to_numpy() >= m_min
        m = curve["m"].to_numpy()[kept]
        fitted = rms_slope(m, drawn[part][:, kept], seed)
        predicted, exact = (rates.slope(m, curve[c].to_numpy()[kept]).value
                            for c in (expanded, "bias"))
        rows.append((activation, d, r, fitted.value, fitted.low, fitted.high, predicted, exact,
                     m[0], m[-1]))
    columns = ["activation", "d", "r", "slope", "low", "high", "expanded", "bias", "m_min", "m_max"]
    return pd.DataFrame(rows, columns=columns)


def limit_slopes(limits, widths, seed, m_min=0):
    """Slopes in m of the error in the limit of a vanishing ridge, as `slope_table`."""
    kept = np.asarray(widths) >= m_min
    m = np.asarray(widths, dtype=float)[kept]
    rows = []
    for (activation, d, r), drawn in limits.items():
        fitted = rms_slope(m, drawn[:, kept], seed)
        rows.append((activation, d, r, fitted.value, fitted.low, fitted.high, m[0], m[-1]))
    return pd.DataFrame(
        rows, columns=["activation", "d", "r", "slope", "low", "high", "m_min", "m_max"]
    )
