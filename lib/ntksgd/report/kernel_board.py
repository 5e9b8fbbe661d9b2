"""Rows of the scoreboard on claim E: limits of the decay laws, lost degrees, concentration."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ntksgd.kernels import decay
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.report.statements import Statement
from ntksgd.stats.numerical import Bracket, extrapolate

#: Quantity of the rows on degrees that a kernel does not see.
LOST = "degrees with lambda_k = 0"


class Limit(NamedTuple):
    """A limit of the decay law of one kernel: what is derived, and its bracket."""

    quantity: str
    activation: str
    d: int
    where: str
    derived: float
    bracket: Bracket


def relu_spectra(dimensions, max_degree, gamma):
    """Eigenvalues of ReLU and their law at `decay.parity_pairs`: columns d, k, law, eigenvalue."""
    k = decay.parity_pairs(max_degree)
    return pd.concat([pd.DataFrame({
        "d": d, "k": k, "law": decay.relu_law(d, k, gamma),
        "eigenvalue": mercer_spectrum("relu", d, max_degree, gamma).eigenvalues[k]})
        for d in dimensions], ignore_index=True)


def relu_limits(dimensions, max_degree, gamma):
    """`Limit`s of exponent and constant for ReLU, even and odd degrees apart."""
    limits = []
    for d, parity in [(d, parity) for d in dimensions for parity in (0, 1)]:
        at, local, over = decay.relu_octaves(d, max_degree, parity, gamma)
        case, word = ("relu", d, f"k = {at[0]}..{at[-1]}"), ("even", "odd")[parity]
        limits += [Limit(f"decay exponent, {word} k", *case, -d, extrapolate(at, local, 1)),
                   Limit(f"decay constant/derived, {word} k", *case, 1, extrapolate(at, over, 1))]
    return limits


def squareplus_limits(scales, dimensions, gamma):
    """`Limit`s of the power of q in the exponential, and of the constant, for squareplus."""
    limits = []
    for s, d in [(s, d) for s in scales for d in dimensions]:
        q, over, powers = decay.squareplus_octaves(s, d, gamma)
        case = (f"squareplus({s:g})", d, f"q = {q[0]:g}..{q[-1]:g}")
        limits += [Limit("power of q in log(lambda_k/prefactor)", *case, 2 / 3,
                         extrapolate(q[1:], powers, 4 / 3)),
                   Limit("decay constant/derived", *case, 1, extrapolate(q, over, 2 / 3))]
    return limits


def statement(kind, quantity, activation, d, where, theory, measured, **rest):
    """`Statement` on claim E; `measured` is a number, or an interval or bracket."""
    if hasattr(measured, "value"):
        rest["interval"], measured = measured, measured.value
    return Statement("E", quantity, kind, measured=float(measured), range=where,
                     theory=float(theory), activation=activation, d=d, **{"relation": "="} | rest)


def lost_degrees(zeros, names, top):
    """Rows of tables with columns activation, d, gamma, rule, lost, wrong, for k <= top.

    The claim for the activations `names` with a bias; what the rule told wrongly for all others at
    d = 3.
    """
    rows = []
    for at in zeros.itertuples():
        if at.gamma > 0 and at.activation in names:
            rows.append(statement("claim", LOST, at.activation, at.d, f"k <= {top}", 0, at.lost,
                                  relation="<="))
        elif at.d == 3:
            rows.append(statement("prediction", f"{LOST}, told wrongly", at.activation, at.d,
                                  f"k <= {top}, gamma = {at.gamma:g}", 0, at.wrong, relation="<="))
    return rows


def limits_held(limits):
    """Rows of `Limit`s, with their brackets."""
    return [statement("prediction", *limit, interval_kind="numerical") for limit in limits]


def concentrations(cases, slopes, ratios):
    """Rows of `compare.concentration`: slope in m and constant, statistical intervals."""
    return [statement("prediction", quantity, c.activation, c.d,
                      f"m = {c.widths[0]}..{c.widths[-1]}", theory, interval,
                      interval_kind="statistical")
            for quantity, theory, measured in (("slope of E|K_m-K|^2 in m", -1, slopes),
                                               ("E|K_m-K|^2 over 2C/m", 1, ratios))
            for c, interval in zip(cases, measured, strict=True)]


def eigenvalues_seen(spectra):
    """Columns activation, d, gamma, k, eigenvalue of (activation, d, gamma, eigenvalues)."""
    return pd.concat([pd.DataFrame({"activation": name, "d": d, "gamma": g,
                                    "k": np.arange(len(values)), "eigenvalue": values})
                      for name, d, g, values in spectra], ignore_index=True)
