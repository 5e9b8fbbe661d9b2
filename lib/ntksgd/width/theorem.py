"""The width that provably suffices for the network: E ||g_T - f*||^2 <= (1 + tau) R(T).

R is the exact risk of kernel SGD. By Minkowski it is enough that
    F + N <= (sqrt(1 + tau) - 1) sqrt(R(T)),
N the bound on network minus linearised network (`compare.network_bound`), F that on linearised
network minus kernel SGD: the less of the two averages over starts of `compare.mean_fluctuation`,
for most starts by Markov. The numbers of the start are those of `probable_start`.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from ntksgd import check
from ntksgd.compare.mean_fluctuation import fluctuation_bounds, sums
from ntksgd.compare.network_bound import event_bound, path_bound
from ntksgd.models.smoothness import neuron_constants
from ntksgd.width.probable_start import EVENTS, probable_start

WIDEST = 1e60


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
    """Exponents of T in the width, up to logarithms, 1/2 < r <= 1.

    ``paper`` 1 + 5/(2r+1), our reading; ``path`` each path, bounded labels, no source condition;
    ``mean`` bounded labels, in mean; ``event`` with probability 1 - delta; ``linearised`` what the
    linearised network needs.
    """
    r = np.asarray(r, dtype=float)
    n = 2 * r + 1
    return {"paper": 1 + 5 / n, "path": 0.5 + 2 / n, "mean": 2 / n, "event": 0.5 + 0.5 / n,
            "linearised": 2 * r / n}


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
    start = probable_start(problem, m, share, total.steps.sum)
    constants = neuron_constants(problem.activation, problem.gamma)
    if labels is None:
        proxy = np.sqrt(problem.noise) if proxy is None else proxy
        bound = event_bound(start, constants, total.steps, problem.noise, proxy, x)
    else:
        bound = path_bound(start, constants, total.steps, np.sqrt(total.steps.sum) * labels)
    scale = min(fluctuation_bounds(problem, total, (start.kernel * start.operator) ** 2))
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
