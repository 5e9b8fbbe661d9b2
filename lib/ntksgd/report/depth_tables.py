"""Tables of the width that deeper networks need."""

import numpy as np
import pandas as pd

from ntksgd.models.deep import count_parameters
from ntksgd.stats.slopes import curve_slope
from ntksgd.width.comparisons import exponent_between


def curve(times, q, column, **labels):
    """An interval (times,) as a table with columns T, `column`, low, high, and labels."""
    return pd.DataFrame({**labels, "T": times, column: q.value, "low": q.low, "high": q.high})


def decades(law, times, line):
    """Exponent of m* over the first and the last decade of T, and that of `line` at `times`.

    Returns
    -------
    list of (name, low, high, Interval or None, float)
        None where m* is censored.
    """
    found, last = [], law.times[-1]
    for name, low, high in (("first", 100, 1000), ("last", last / 10, last)):
        at = (times >= low) & (times <= high)
        found.append((name, low, high, exponent_between(law, low, high),
                      curve_slope(times[at], line[at]).value))
    return found


def sizes(law, one, index, depth, d):
    """m* at a time, and that times depth, against one hidden layer; parameters, and likewise.

    Four words each, "censored" where either law is.
    """
    if law.censored[index] or one.censored[index]:
        return ["censored"] * 4
    size, first = law.required[index], one.required[index]
    count, least = (count_parameters(2 * round(m / 2), d, L)
                    for m, L in ((size, depth), (first, 1)))
    return [f"{size / first:.2f}", f"{depth * size / first:.1f}", f"{count:,}",
            f"{count / least:.0f}"]


def excesses(sweep, network, T, c, depth):
    """Excess at T by width: of the linearised network, of the network, and c/m, one table."""
    rows = []
    for name, one in (("linearised", sweep), ("network", network)):
        q = one.of(lambda means: means)[:, list(one.times).index(T)]
        rows.append(pd.DataFrame({"series": name, "m": one.widths, "excess": q.value,
                                  "low": q.low, "high": q.high}))
    rows.append(pd.DataFrame({"series": "first order", "m": sweep.widths,
                              "excess": c / np.array(sweep.widths)}))
    panel = f"{depth} hidden layer{'s' * (depth > 1)}, $T=10^{{{np.log10(T):.0f}}}$"
    return pd.concat(rows, ignore_index=True).assign(depth=depth, panel=panel)


def roots(shares, whole):
    """Sum over the layers (columns) of the roots of their shares of `whole`, 1 for w_l^2."""
    return np.sqrt(shares.div(whole, axis=0)).sum(axis=1)
