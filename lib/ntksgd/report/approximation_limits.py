"""Claim A without draws, and for every ridge: the bias far out, and where a width leaves it."""

import numpy as np
import pandas as pd

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.target import source_target
from ntksgd.report.approximation_tables import departures
from ntksgd.risk import approximation as theory
from ntksgd.stats.numerical import window
from ntksgd.stats.slopes import local_exponents

#: Degrees of ReLU in the bias; of other activations `SMOOTH`, less those below 1e-24 of the first.
DEGREES, SMOOTH = {2: 10**5, 3: 10**4}, 400


def bias_exponents(problems, regularities, excess, widths, last):
    """Exponents in m of the bias of one target at the claim's ridge.

    Parameters
    ----------
    problems : sequence of Problem
    regularities : sequence of float
    excess : float
        h_k^2 ~ (k+1)^(-1-excess).
    widths, last : array
        Of the local exponents, and the `window_times` of the limit.

    Returns
    -------
    local : DataFrame
        Columns activation, d, r, m, exponent, theory (-r/(2r+1)).
    limits : DataFrame
        Columns activation, d, r, value, low, high: the bracket at the end.
    """
    local, limits = [], []
    for s in problems:
        degrees = DEGREES[s.d] if s.activation == "relu" else SMOOTH
        spectrum = mercer_spectrum(s.activation, s.d, degrees).truncate(1e-24)
        for r in regularities:
            target, at = source_target(spectrum, r, excess), (s.activation, s.d, r)
            far, end = (theory.bias(target, theory.claimed_ridge(m, r)) for m in (widths, last))
            local.append(pd.DataFrame(dict(zip(("activation", "d", "r"), at, strict=True)) | {
                "m": widths, "exponent": local_exponents(widths, far),
                "theory": -r / (2 * r + 1)}))
            limits.append((*at, *vars(window(last, end)).values()))
    return pd.concat(local, ignore_index=True), pd.DataFrame(
        limits, columns=["activation", "d", "r", "value", "low", "high"])


def ridge_sweep(problems, drawn, r, ridges):
    """Error against the ridge beside the bias, for the target of regularity r.

    Parameters
    ----------
    problems : sequence of Problem
    drawn : list of RidgePath
        All of `ridge_paths`, at these ridges.
    r : float
    ridges : array

    Returns
    -------
    sweep : DataFrame
        Columns activation, d, m, lam, error (root mean square), bias, claimed (the claim's ridge).
    left : DataFrame
        `approximation_tables.departures` of each problem.
    """
    sweep = pd.concat([
        pd.DataFrame({"activation": p.activation, "d": p.d, "m": p.m, "lam": ridges,
                      "error": np.sqrt(p.squared_error.mean(axis=0)[:-1])})
        for p in drawn if p.r == r], ignore_index=True)
    left = []
    for s in problems:
        mine = (sweep["activation"] == s.activation) & (sweep["d"] == s.d)
        sweep.loc[mine, "bias"] = theory.bias(s.targets[r], sweep.loc[mine, "lam"])
        left.append(departures(s, sweep[mine]))
    return sweep.assign(claimed=theory.claimed_ridge(sweep["m"], r)), pd.concat(left)
