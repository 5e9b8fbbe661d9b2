"""Tables of the width that deeper networks need.

A case is (activation, d); laws are `WidthLaw`s by (case, L, tau), L the number of hidden layers.
"""

import numpy as np
import pandas as pd

from ntksgd.kernels.deep import deep_kernel, relu_circle_tail
from ntksgd.kernels.spectrum import quadrature_spectrum
from ntksgd.report.tables import law_table
from ntksgd.stats import intervals
from ntksgd.stats.slopes import curve_slope
from ntksgd.width.comparisons import exponent_between


def limit_kernels(depths, degree):
    """ReLU's kernels on the circle by depth: against the angle, and eigenvalues with their tail."""
    angle, k, profile, spectra = np.linspace(0, np.pi, 181), np.arange(degree + 1), [], []
    for L in depths:
        kernel = deep_kernel("relu", L)
        profile.append(pd.DataFrame({"depth": L, "angle": angle,
                                     "kernel": kernel(np.cos(angle)) / kernel.trace}))
        spectra.append(pd.DataFrame({
            "depth": L, "degree": k, "eigenvalue": quadrature_spectrum(kernel, 2, degree
                                                                       ).eigenvalues,
            "tail": np.append(np.nan, relu_circle_tail(L, k[1:]))}))
    return tuple(pd.concat(part, ignore_index=True) for part in (profile, spectra))


def shifts(depth, drawn, derived):
    """Relative mean shift by degree: drawn starts (starts, K + 1), with an interval, and derived.
    """
    found = intervals.of(lambda means: means, drawn)
    return pd.DataFrame({"panel": f"{depth} hidden layers", "depth": depth,
                         "degree": range(len(derived)), "derived": derived, "drawn": found.value,
                         "half": found.half})


def requirement(laws, titles, times, lines):
    """m*(T) of the laws, and c_L/tau at those of times[case] that they reach: two tables.

    lines: {(case, L): c_L at times[case]}; titles: {case: str}.
    """
    rows, curves = [], []
    for (case, L, tau), law in laws.items():
        rows.append(law_table({L: law}, "depth").assign(panel=titles[case], tau=tau))
        at = times[case] <= law.times[-1]
        curves.append(pd.DataFrame({"panel": titles[case], "tau": tau, "depth": L,
                                    "T": times[case][at], "width": lines[case, L][at] / tau}))
    return tuple(pd.concat(part, ignore_index=True) for part in (rows, curves))


def beside_line(laws, times, lines):
    """How m* lies about c_L/tau where its interval is among the widths: a sentence."""
    gaps = np.concatenate([
        np.log(law.required * tau / lines[case, L][np.isin(times[case], law.times)])[law.seen]
        for (case, L, tau), law in laws.items()])
    return (f"Of {gaps.size} points whose interval lies among the widths, {np.mean(gaps < 0):.0%} "
            f"are below their line, by up to {-np.expm1(gaps.min()):.0%}; the highest is "
            f"{np.expm1(gaps.max()):.0%} above.")


def exponents(found, laws, titles):
    """`decades` of each law, beside those of the line, as words; and m* at the end."""
    rows = []
    for key, law in laws.items():
        words = [word for *_, one, line in found[key]
                 for word in (str(one or "censored"), f"{line:.2f}")]
        rows.append([titles[key[0]], *key[1:], *words, law.text(-1)])
    return pd.DataFrame(rows, columns=["", "L", "tau", "100..1000", "c_L", "last decade", "c_L",
                                       "m* at the end"])


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
