"""The width that provably suffices for the network: E ||g_T - f*||^2 <= (1 + tau) R(T).

R is the exact risk of kernel SGD. By Minkowski it is enough that
    F + N <= (sqrt(1 + tau) - 1) sqrt(R(T)),
N the bound on network minus linearised network (`compare.network_bound`), F that on linearised
network minus kernel SGD. On average over the starts of a set on which sup_x ||K_0(x, .)||^2 <= t,
    F <= (2/m)^(1/2) e^(t Q / 2) [ sum eta_t (sqrt(Vb) + eta_t sqrt(t C)) sqrt(R_(t-1))
                                   + (C sum eta_t^2 (R_(t-1) + s^2))^(1/2) ],
E ||K_0(x, .) - K(x, .)||^2 = 2 C / m, E ||(L_0 - L) h||^2 <= (2/m) Vb ||h||^2 (`neuron_moments`);
for most starts, by Markov. The start's other numbers are those of `probable_start`.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from ntksgd import check
from ntksgd.compare.network_bound import Steps, event_bound, path_bound
from ntksgd.compare.start_numbers import steps_of
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant, kernel_variance
from ntksgd.models.smoothness import neuron_constants
from ntksgd.problems.grid import log_times
from ntksgd.problems.schedules import power_sums
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.width.probable_start import EVENTS, probable_start

WIDEST = 1e60
POINTS = 60  # times a decade at which the risk is known: blocks in the sums over steps


class Guarantee(NamedTuple):
    """sqrt R(T), F and N: E ||g_T - f*||^2 <= (kernel + fluctuation + drift)^2."""

    kernel: float
    fluctuation: float
    drift: float

    @property
    def excess(self):
        """The bound on E ||g_T - f*||^2 / R(T) - 1."""
        return (1 + (self.fluctuation + self.drift) / self.kernel) ** 2 - 1


def exponents(r):
    """Exponents of T in the width, by tier, up to logarithms, for 1/2 < r < 1 (drift: r <= 1).

    ``paper`` 1 + 5/(2r+1); ``path`` any path, bounded labels; ``event`` with the source condition;
    ``drift`` what the network needs beyond the linearised network.
    """
    n = 2 * np.asarray(r, dtype=float) + 1
    return {"paper": 1 + 5 / n, "path": 0.5 + 2 / n, "event": 2 / n, "drift": 0.5 + 0.5 / n}


class Sums(NamedTuple):
    """What the bound needs to know of T steps of kernel SGD.

    ``risk`` = R(T), ``steps``, and the sums of eta sqrt R, eta^2 sqrt R, eta^2 (R + s^2) with R
    before each step.
    """

    risk: float
    steps: Steps
    roots: float
    square_roots: float
    squares: float


def sums(problem, T):
    """`Sums` of a problem; between the times at which the exact risk is computed its larger end.

    ValueError for a problem that the theorem does not cover.
    """
    if (problem.labels.loss, problem.weight_decay) != ("square", 0):
        raise ValueError(f"problem: loss = {problem.labels.loss}, weight_decay = "
                         f"{problem.weight_decay:g}; the theorem is for square, 0")
    times = log_times(check.integer("T", T, 2), max(int(POINTS * np.log10(T)), 2))
    risk = np.append(problem.target.power.sum(), kernel_risk(problem, times))
    larger = np.maximum(risk[:-1], risk[1:])  # of R_(t-1) for t in a block (t_k, t_(k+1)]
    eta, eta2 = (np.diff(power_sums(problem.schedule, np.append(0, times), p)) for p in (1, 2))
    return Sums(risk[-1], steps_of(problem, T), eta @ np.sqrt(larger), eta2 @ np.sqrt(larger),
                eta2 @ (larger + problem.noise))


def mean_fluctuation(problem, total, tau):
    """m^(1/2) times the bound F of the module's docstring, for sup_x ||K_0(x, .)||^2 <= `tau`."""
    C, Vb = _variances(problem.activation, problem.d, problem.spectrum.max_degree, problem.gamma)
    forcing = np.sqrt(Vb) * total.roots + np.sqrt(tau * C) * total.square_roots
    return np.sqrt(2) * np.exp(tau * total.steps.squares / 2) * (
        forcing + np.sqrt(C * total.squares))


@lru_cache(maxsize=8)
def _variances(act, d, degree, gamma):
    """C and Vb."""
    variance = kernel_variance(act, d, degree, gamma).sum(axis=1).max()
    return hilbert_schmidt_constant(act, d, gamma), float(variance)


def guarantee(problem, total, m, *, delta_start=0.1, delta=0.05, proxy=None, labels=None):
    """`Guarantee` for width m, with probability 1 - `delta_start` over the start.

    Parameters
    ----------
    problem : Problem
    total : Sums
    m : float
    delta_start, delta : float in (0, 1)
        Probabilities left out, over the start and, given it, over the samples.
    proxy : float, optional
        Bound on the noise; default: Gaussian noise.
    labels : float, optional
        A bound on |y|: then the bound path by path, without source condition and without `delta`.
    """
    share = check.number("delta_start", delta_start, 0, 1, open_low=True) / (EVENTS + 1)
    x = np.log(5 / check.number("delta", delta, 0, 1, open_low=True))
    start = probable_start(problem, m, share)
    constants = neuron_constants(problem.activation, problem.gamma)
    if labels is None:
        proxy = np.sqrt(problem.noise) if proxy is None else proxy
        bound = event_bound(start, constants, total.steps, problem.noise, proxy, x)
    else:
        bound = path_bound(start, constants, total.steps, np.sqrt(total.steps.sum) * labels)
    scale = mean_fluctuation(problem, total, (start.kernel * start.operator) ** 2)
    return Guarantee(np.sqrt(total.risk), scale / np.sqrt(m * share), bound.gap)


def least_width(problem, T, tau, part="all", **options):
    """Least m with E ||g_T - f*||^2 <= (1 + tau) R(T) by the theorem; infinite beyond 1e60.

    `part` "drift" leaves out the fluctuation, "fluctuation" the drift; `options` as in `guarantee`.
    """
    check.positive("tau", tau)
    check.one_of("part", part, ("all", "drift", "fluctuation"))
    total = sums(problem, T)

    def missing(log_m):
        found = guarantee(problem, total, np.exp(log_m), **options)
        gap = {"all": found.fluctuation + found.drift, "drift": found.drift,
               "fluctuation": found.fluctuation}[part]
        allowed = (np.sqrt(1 + tau) - 1) * found.kernel
        return 700.0 if not np.isfinite(gap) else np.log(gap / allowed)

    low, high = np.log(2), np.log(WIDEST)
    if missing(high) > 0:
        return np.inf
    return float(np.exp(brentq(missing, low, high, xtol=1e-3))) if missing(low) > 0 else 2.0
