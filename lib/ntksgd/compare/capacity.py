r"""What a rate without capacity gives away: the last iterate against the minimax rate, over beta.

    2 r beta/(2 r beta + 1) - 2r/(2r+1) = 2 r (beta - 1) / ((2 r beta + 1)(2 r + 1)) -> 0 as beta -> 1.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ntksgd import check
from ntksgd.compare.rates import RESOLVED, degrees
from ntksgd.compare.schemes import best_of_steps
from ntksgd.kernels.power_law import power_law, source_power
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk import predicted
from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.ridge import best_ridge
from ntksgd.stats.numerical import Bracket, window
from ntksgd.stats.sweep import map_tasks

NODES = 8  # an octave of eigenvalues: to 1e-6
ETAS = 9


@dataclass(frozen=True)
class Gap:
    """Exponents a of T^(-a) at one beta and r, as brackets, and risks.

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
    loss, ridge : float
        Risk of the last iterate, and of the best ridge regression (deterministic equivalent), over
        that of the tail average, each with the best step for the horizon asked for.
    """

    kernel: str
    beta: float
    r: float
    last: Bracket
    average: Bracket
    gap: Bracket
    derived: float
    loss: float
    ridge: float


def minimax_decay(r, beta):
    """zeta >= 0 of the tail average's step T^(-zeta): eta T = T^(beta/(2 r beta + 1)) if it can."""
    return max(0.0, 1 - 1 / (2 * r + 1 / beta))


def capacity_gaps(cases, rs, times, horizon, noise=1.0, step=1.0, excess=0.01, workers=None):
    """`Gap` of each case and r; one that the degrees kept do not resolve is left out.

    Parameters
    ----------
    cases : list of (str, float)
        ("power", beta): `power_law`; ("relu", d): the tangent kernel on S^(d-1), beta = d/(d-1).
    rs : list of float
    times : array, shape (3,)
        The `window_times` of the exponents.
    horizon : int
        T of the risks with the best step.
    noise, step, excess, workers
        As in `rates`; noise > 0. With eta = (step/kappa(1)) T^(-zeta) a gap is resolved while
        2 lambda_K eta T < `RESOLVED`.

    Raises
    ------
    ValueError
        If a kernel is unknown, or a number out of range.
    """
    for kind, number in cases:
        check.one_of("case", kind, ("power", "relu"))
        check.number("beta or d", number, 1.0, open_low=True)
    times, noise = check.finite_array("times", times, 1), check.positive("noise", noise)
    horizon = check.integer("horizon", horizon, 1000)
    items = [(*case, tuple(rs), times, horizon, noise, step, excess) for case in cases]
    return [gap for gaps in map_tasks(_gaps, items, 0, workers) for gap in gaps]


def _gaps(item, seed):
    kind, number, rs, times, horizon, noise, step, excess = item
    if kind == "power":
        beta, name, spectrum = float(number), "prescribed decay", power_law(number)
        powers = [source_power(spectrum, beta, r, excess) for r in rs]
    else:
        beta, name = number / (number - 1), f"ReLU, d = {number}"
        spectrum = mercer_spectrum("relu", number, degrees("relu", number))
        powers = [source_target(spectrum, r, excess).power for r in rs]
    eta1, last_lambda = step / spectrum.trace, spectrum.eigenvalues[-2:].max()
    tuned, gaps = _tuned(spectrum, powers, eta1, horizon, noise), []
    for r, power, (last, average, ridge) in zip(rs, powers, tuned, strict=True):
        decays = float(predicted.capacity_free(r)), minimax_decay(r, beta)
        if 2 * last_lambda * eta1 * times[-1] ** (1 - min(decays)) >= RESOLVED:
            continue
        m, unit = cluster(sphere_modes(spectrum, [power]), NODES), np.array([1.0, noise])
        risks = np.array([[
            observe(m, schedules.constant(eta1 * T**-decay), [T], kept)[0, column] @ unit
            for T in times] for decay, kept, column in zip(decays, (None, "tail"), (0, 2))])
        exponents = [_rate(times, risk) for risk in (*risks, risks[1] / risks[0])]
        derived = float(predicted.tail_average(r, beta) - predicted.capacity_free(r))
        gaps.append(Gap(name, beta, r, *exponents, derived, last / average, ridge / average))
    return gaps


def _tuned(spectrum, powers, eta1, T, noise):
    """Least risks of last iterate, tail average and ridge regression for each power, at T."""
    m, etas = cluster(sphere_modes(spectrum, powers), NODES), np.geomspace(eta1, 30 / T, ETAS)
    seen = np.array([observe(m, schedules.constant(eta), [T], "tail")[0, [0, 2]] for eta in etas])
    best = best_of_steps(etas, seen[..., :-1] + noise * seen[..., -1:])
    ridge = [best_ridge(spectrum, SimpleNamespace(power=power), T, noise)[1] for power in powers]
    return np.array([*best, ridge]).T


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
