"""Claim B in tables: exact risks of kernel SGD with their parts, bounds and exponents.

The steps are (step/kappa(1)) t^(-2r/(2r+1)) and the targets those of `source_target`; `nodes` is
that of `expected_risk`. Every table has a row a time or a case, with the columns named.
"""

import numpy as np
import pandas as pd

from ntksgd.compare import rates
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk import predicted
from ntksgd.risk.bound import risk_bound
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.memory import first_step_bound
from ntksgd.risk.parts import risk_parts
from ntksgd.stats.numerical import window, window_times


def _problems(spectrum, rs, step, excess):
    for r in rs:
        yield r, source_target(spectrum, r, excess), schedules.source_polynomial(
            step / spectrum.trace, r)


def holders(spectrum, rs, times, noise, step, excess, nodes):
    """Columns r, T, bias, fresh noise, memory (shares of the risk); risk, and coarse by `nodes`."""
    frames = []
    for r, target, steps in _problems(spectrum, rs, step, excess):
        exact = expected_risk(spectrum, target, steps, times, noise).risk
        parts = risk_parts(spectrum, target, steps, times, noise)
        frames.append(pd.DataFrame({
            "r": r, "T": times, "bias": parts.bias / exact, "fresh noise": parts.fresh / exact,
            "memory": parts.memory / exact, "risk": exact,
            "coarse": expected_risk(spectrum, target, steps, times, noise, nodes=nodes).risk}))
    return pd.concat(frames, ignore_index=True)


def between(spectrum, rs, times, noise, step, excess, nodes, beta):
    """Columns r, T, and risk, upper, lower times T^(2r/(2r+1)); beta is the capacity."""
    frames = []
    for r, target, steps in _problems(spectrum, rs, step, excess):
        at = spectrum, target, steps, times, noise
        scale = times ** predicted.capacity_free(r)
        frames.append(pd.DataFrame({
            "r": r, "T": times, "risk": scale * expected_risk(*at, nodes=nodes).risk,
            "upper": scale * risk_bound(*at, beta=beta).total,
            "lower": scale * first_step_bound(*at)}))
    return pd.concat(frames, ignore_index=True)


def exponent(r, times, values, T, decades=None):
    """Exponent of a curve before T with its bracket: a Series of r, exponent, low, high."""
    e = rates.last_exponent(times, values, T, decades)
    return pd.Series({"r": r, "exponent": e.value, "low": e.low, "high": e.high})


def exponents(curves, noises, T, far):
    """`rates.exponents` with what theory says: paper, memory (the least of three), remembers."""
    found = pd.DataFrame(rates.exponents(curves, noises, T, far))
    beta = np.where(found["activation"] == "relu", predicted.relu_capacity(found["d"]), np.inf)
    paper = predicted.capacity_free(found["r"])
    return found.assign(paper=-paper, memory=-predicted.last_iterate(found["r"], paper, beta),
                        remembers=found["r"] > predicted.largest_r(beta))


def tied(spectrum, rs, T, noise, step, excess, nodes):
    """Exponents of the constant step tied to T: r, exponent, low, high, and of its formulas.

    `here` is the exponent of `balanced_risks` on the same horizons, `settles` the words of
    `settles_at`.
    """
    horizons, rows = window_times(T, 3), []
    risks = rates.tied_risks(spectrum, rs, horizons, noise, step, excess=excess, nodes=nodes)
    for r, risk in zip(rs, risks, strict=True):
        balance = rates.balanced_risks(spectrum, r, horizons, noise, step, excess)
        rows.append({**exponent(r, horizons, risk, T, 3), "here": window(horizons, balance).value,
                     "settles": rates.settles_at(spectrum, r, T, noise, step, excess)})
    return pd.DataFrame(rows)


def averaged(spectrum, r, T, noise, step, excess, nodes):
    """Exponents over three decades before T: of the last iterate, the tail and uniform average."""
    (_, target, steps), = _problems(spectrum, [r], step, excess)
    times, found = window_times(T, 3), {}
    for average in ("tail", "uniform"):
        e = expected_risk(spectrum, target, steps, times, noise, average=average, nodes=nodes)
        found |= {"last": window(times, e.risk).value, average: window(times, e.averaged).value}
    return found


def saturation(limits, tied_exponents, dimensions):
    """Exponents of ReLU far out and of the tied step, by case; and the curves they should follow.

    Two tables: case, r, exponent, low, high; and r, paper, a column a dimension's case.
    """
    case = {d: f"t^(-θ), d = {d}" for d in dimensions}
    relu = limits[limits["activation"] == "relu"]
    attained = pd.concat([relu.assign(case=relu["d"].map(case)),
                          tied_exponents.assign(case="step tied to T, d = 2")], ignore_index=True)
    grid = np.linspace(0.2, 1.6, 57)
    paper = predicted.capacity_free(grid)
    return attained[["case", "r", "exponent", "low", "high"]], pd.DataFrame(
        {"r": grid, "paper": paper} | {
            name: predicted.last_iterate(grid, paper, predicted.relu_capacity(d))
            for d, name in case.items()})


def decayed(names, r, times, risks):
    """Columns decay, T, ratio (over the first of `names`: none), scaled by T^(2r/(2r+1))."""
    scale = times ** predicted.capacity_free(r)
    return pd.concat([pd.DataFrame({"decay": name, "T": times, "ratio": risk / risks[0],
                                    "scaled": risk * scale})
                      for name, risk in zip(names, risks, strict=True)], ignore_index=True)


def rkhs(spectrum, rs, times, noise, step, excess, nodes, beta):
    """Columns r, T, rkhs (squared distance), slope: what is predicted for its exponent."""
    frames = []
    for r, target, steps in _problems(spectrum, rs, step, excess):
        found = expected_risk(spectrum, target, steps, times, noise, nodes=nodes)
        slope = -float(predicted.rkhs_last_iterate(r, predicted.capacity_free(r), beta))
        frames.append(pd.DataFrame({"r": r, "T": times, "rkhs": found.rkhs, "slope": slope}))
    return pd.concat(frames, ignore_index=True)


def gaps(found):
    """The `Gap`s of `capacity.capacity_gaps`: kernel, beta, r, gap, low, high, derived."""
    return pd.DataFrame([{"kernel": g.kernel, "beta": g.beta, "r": g.r, "gap": g.gap.value,
                          "low": g.gap.low, "high": g.gap.high, "derived": g.derived}
                         for g in found])


def gap_curves(rs, end):
    """Columns beta from 1 to `end`, r, gap: the derived minimax minus capacity-free exponent."""
    beta = np.linspace(1, end, 101)
    return pd.concat([pd.DataFrame({
        "beta": beta, "r": r, "gap": predicted.minimax(r, beta) - predicted.capacity_free(r)})
        for r in rs])
