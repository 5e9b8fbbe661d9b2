"""The width that provably suffices for the network: E ||g_T - f*||^2 <= (1 + tau) R(T).

R is the risk of kernel SGD, exact but for the trace beyond the spectrum's last degree, which enters
as an upper bound; nothing is asked of how fast it falls. By Minkowski it is enough that
    F + N <= (sqrt(1 + tau) - 1) sqrt(R(T)),
N the bound on network minus linearised network (`compare.network_bound`), F^2 = B_T / (m share)
that on linearised network minus kernel SGD: its average over starts (`compare.fluctuation`), for
all but a `share` of them by Markov. The numbers of the start are those of `probable_start`. The
bound is that of notebook 08, but for quadrature and rounding; none of its numbers is a maximum
over a grid of inputs (`largest_gradient` has a grid in one variable, which holds the maximum).
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from ntksgd import check
from ntksgd.compare.fluctuation import fluctuation_coefficient
from ntksgd.compare.network_bound import Steps, event_bound, path_bound
from ntksgd.compare.start_numbers import steps_of
from ntksgd.models.smoothness import neuron_constants
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.width.probable_start import EVENTS, probable_start

WIDEST = 1e60
PRECISION = 1e-3  # of the least width, relative


class Horizon(NamedTuple):
    """T steps of kernel SGD: sums of the steps, R(T), and B_T of `fluctuation_coefficient`."""

    steps: Steps
    risk: float
    coefficient: float


class Guarantee(NamedTuple):
    """sqrt R(T), F, N, and what is lost where the event of the samples fails.

    E ||g_T - f*||^2 <= (kernel + fluctuation + drift)^2 + lost: without clipping on the event alone
    (and lost = 0), with clipping the whole expectation.
    """

    kernel: float
    fluctuation: float
    drift: float
    lost: float = 0.0

    @property
    def excess(self):
        """The bound on E ||g_T - f*||^2 / R(T) - 1."""
        return ((self.kernel + self.fluctuation + self.drift) ** 2 + self.lost) / self.kernel**2 - 1


def horizon(problem, T):
    """`Horizon` of a problem; ValueError for one that the theorem does not cover."""
    T = check.integer("T", T, 1)
    coefficient = fluctuation_coefficient(problem, [T])[0]
    return Horizon(steps_of(problem, T), float(kernel_risk(problem, [T])[0]), float(coefficient))


def guarantee(problem, at, m, *, delta_start=0.1, delta=0.05, level=None, proxy=None, labels=None):
    """`Guarantee` for width m, with probability 1 - `delta_start` over the start.

    Parameters
    ----------
    problem : Problem
    at : Horizon
    m : float
    delta_start, delta : float in (0, 1)
        Probabilities left out, over the start and, given it, over the samples.
    level : float, optional
        F >= sup |f*|: for the network clipped to [-F, F], whose error is at most 2 F.
    proxy : float, optional
        Bound on the noise; default: Gaussian noise.
    labels : float, optional
        A bound on |y|: then the bound path by path, without source condition and without `delta`.
    """
    share = check.number("delta_start", delta_start, 0, 1, open_low=True) / (EVENTS + 1)
    x = np.log(5 / check.number("delta", delta, 0, 1, open_low=True))
    start = probable_start(problem, m, share, at.steps.sum)
    constants = neuron_constants(problem.activation, problem.gamma)
    if labels is None:
        proxy = np.sqrt(problem.noise) if proxy is None else proxy
        drift = event_bound(start, constants, at.steps, problem.noise, proxy, x).gap
    else:
        drift = path_bound(start, constants, at.steps, np.sqrt(at.steps.sum) * labels).gap
    # the fluctuation asks for eta_1 sup K_0(x, x) <= 1; the drift's conditions imply it or not
    closed = at.steps.first * start.kernel**2 <= 1
    scale = np.sqrt(at.coefficient / (m * share)) if closed else np.inf
    lost = 0.0 if level is None else 4 * delta * check.positive("level", level) ** 2
    return Guarantee(np.sqrt(at.risk), scale, drift, lost)


def least_width(problem, at, tau, part="all", *, level=None, **options):
    """Least m with E ||g_T - f*||^2 <= (1 + tau) R(T) by the theorem; infinite beyond 1e60.

    Rounded up, by 0.2 % at most: the guarantee holds at it, and from it on.

    `at` is a `Horizon`; `part` "drift" leaves out the fluctuation, "fluctuation" the drift. With a
    `level` a tenth of tau R(T) pays for the samples' event: delta = tau R(T) / (40 level^2).
    Other `options` as in `guarantee`.
    """
    check.positive("tau", tau)
    check.one_of("part", part, ("all", "drift", "fluctuation"))
    if level is not None:
        delta = tau * at.risk / (40 * check.positive("level", level) ** 2)
        options |= {"level": level, "delta": min(delta, 0.5)}

    def missing(log_m):
        found = guarantee(problem, at, np.exp(log_m), **options)
        gap = {"all": found.fluctuation + found.drift, "drift": found.drift,
               "fluctuation": found.fluctuation}[part]
        if gap == 0:  # nothing to learn and no noise: nothing is lost either
            return -700.0
        allowed = np.sqrt((1 + tau) * at.risk - found.lost) - found.kernel
        return 700.0 if not np.isfinite(gap) else np.log(gap / allowed)

    low, high = np.log(2), np.log(WIDEST)
    if missing(high) > 0:
        return np.inf
    if missing(low) <= 0:
        return 2.0
    return float(np.exp(brentq(missing, low, high, xtol=PRECISION) + PRECISION))
