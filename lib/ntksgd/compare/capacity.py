r"""What a rate without capacity gives away: the last iterate against the minimax rate, over beta.

    2 r beta/(2 r beta + 1) - 2r/(2r+1) = 2 r (beta-1) / ((2 r beta + 1)(2r+1)) -> 0 as beta -> 1.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from ntksgd import check
from ntksgd.compare.rates import RESOLVED, degrees
from ntksgd.kernels.power_law import power_law, source_power
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk import predicted
from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.modes import sphere_modes
from ntksgd.stats.numerical import Bracket, window
from ntksgd.stats.sweep import map_tasks

NODES = 8  # an octave of eigenvalues: to 1e-6


@dataclass(frozen=True)
class Gap:
    """Exponents a of T^(-a) at one beta and r, as brackets.

    Attributes
    ----------
    kernel : str
    beta, r : float
    last, average : Bracket
        Of the last iterate with the step T^(-2r/(2r+1)), and of the tail average with the step
        T^(-zeta) of `minimax_decay`.
    gap : Bracket
        average - last: the exponent of the ratio of the two risks.
    derived : float
        What the gap should be.
    """

    kernel: str
    beta: float
    r: float
    last: Bracket
    average: Bracket
    gap: Bracket
    derived: float


def minimax_decay(r, beta):
    """zeta >= 0 of the tail average's step T^(-zeta): eta T = T^(beta/(2 r beta + 1)) if it can."""
    return max(0.0, 1 - 1 / (2 * r + 1 / beta))


def capacity_gaps(cases, rs, times, noise=1.0, step=1.0, excess=0.01, workers=None, nodes=NODES):
    """`Gap` of each case and r; one that the degrees kept do not resolve is left out.

    Parameters
    ----------
    cases : list of (str, float)
        ("power", beta): `power_law`; ("relu", d): the tangent kernel on S^(d-1), beta = d/(d-1).
    rs : list of float
    times : array, shape (3,)
        The `window_times` of the exponents.
    noise, step, excess, workers, nodes
        As in `rates`; noise > 0. With eta = (step/kappa(1)) T^(-zeta) a gap is resolved while
        2 lambda_K eta T < `RESOLVED`.

    A ValueError if a kernel is unknown, or a number out of range.
    """
    times, noise = check.finite_array("times", times, 1), check.positive("noise", noise)
    items = [(*_checked(case), tuple(rs), times, noise, step, excess, nodes) for case in cases]
    return [gap for gaps in map_tasks(_gaps, items, 0, workers) for gap in gaps]


def tuned_losses(cases, r, T, noise=1.0, step=1.0, excess=0.01, workers=None, nodes=NODES):
    """Least risk of the last iterate over that of the tail average, at T, constant steps.

    Each with the best step up to step/kappa(1). Parameters and errors as in `capacity_gaps`.

    Returns an array of shape (len(cases),).
    """
    T, noise = check.integer("T", T, 1000), check.positive("noise", noise)
    items = [(*_checked(case), check.positive("r", r), T, noise, step, excess, nodes)
             for case in cases]
    return np.array(map_tasks(_loss, items, 0, workers))


def _checked(case):
    kind, number = case
    return (check.one_of("case", kind, ("power", "relu")),
            check.number("beta or d", number, 1.0, open_low=True))


def _problem(kind, number, rs, pace, excess):
    """Name, beta, spectrum, and the power of each target; resolved up to eta T = pace if it can."""
    if kind == "power":
        spectrum = power_law(number, RESOLVED / (20 * pace))
        return ("prescribed decay", number, spectrum,
                [source_power(spectrum, number, r, excess) for r in rs])
    spectrum = mercer_spectrum("relu", int(number), degrees("relu", int(number)))
    powers = [source_target(spectrum, r, excess).power for r in rs]
    return f"ReLU, d = {number:g}", predicted.relu_capacity(number), spectrum, powers


def _gaps(item, seed):
    kind, number, rs, times, noise, step, excess, nodes = item
    beta = number if kind == "power" else predicted.relu_capacity(number)
    slowest = min(minimax_decay(r, beta) for r in rs)
    name, beta, spectrum, powers = _problem(kind, number, rs, times[-1] ** (1 - slowest), excess)
    eta1, gaps, unit = step / spectrum.trace, [], np.array([1.0, noise])
    for r, power in zip(rs, powers, strict=True):
        decays = float(predicted.capacity_free(r)), minimax_decay(r, beta)
        pace = eta1 * times[-1] ** (1 - min(decays))
        if 2 * spectrum.eigenvalues[-2:].max() * pace >= RESOLVED:
            continue
        m = cluster(sphere_modes(spectrum, [power]), nodes)
        risks = np.array([[
            observe(m, schedules.constant(eta1 * T**-decay), [T], kept)[0, column] @ unit
            for T in times] for decay, kept, column in zip(decays, (None, "tail"), (0, 2))])
        exponents = [_rate(times, risk) for risk in (*risks, risks[1] / risks[0])]
        derived = float(predicted.tail_average(r, beta) - predicted.capacity_free(r))
        gaps.append(Gap(name, beta, r, *exponents, derived))
    return gaps


def _loss(item, seed):
    kind, number, r, T, noise, step, excess, nodes = item
    _, _, spectrum, powers = _problem(kind, number, [r], T**0.75, excess)
    m, eta1 = cluster(sphere_modes(spectrum, powers), nodes), step / spectrum.trace

    def best(average, column):
        def log_risk(log_eta):
            seen = observe(m, schedules.constant(np.exp(log_eta)), [T], average)
            return np.log(seen[0, column] @ [1.0, noise])

        bounds = np.log(eta1) + np.array([-0.75 * np.log(T), 0.0])
        return minimize_scalar(log_risk, bounds=bounds, method="bounded",
                               options={"xatol": 0.1}).fun

    return np.exp(best(None, 0) - best("tail", 2))


def _rate(times, values):
    """`window`, the sign of the exponent turned."""
    slope = window(times, values)
    return Bracket(-slope.value, -slope.high, -slope.low)


def at_one(gaps):
    """`Bracket` of the gap continued to beta = 1, linearly in beta from the two least beta > 1.

    Its ends are the extremes over the brackets of both. ValueError for gaps of fewer than 2 beta.
    """
    near = sorted(gaps, key=lambda one: one.beta)[:2]
    check.integer("number of beta", len({one.beta for one in near}), 2)
    (b1, g1), (b2, g2) = ((one.beta, one.gap) for one in near)
    share = (b1 - 1) / (b2 - b1)
    return Bracket(*(g1_end + share * (g1_end - g2_end) for g1_end, g2_end in
                     ((g1.value, g2.value), (g1.low, g2.high), (g1.high, g2.low))))
