r"""Sampled kernel SGD: what the exact risk is the expectation of.

    f_t = sum_(s <= t) c_s K(x_s, .),    c_t = -eta_t (f_(t-1)(x_t) - y_t),

older coefficients shrinking by 1 - eta_t lambda. Written out this is forward substitution in a unit
lower triangular system, O(T^2) kernel values and O(T) memory.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.problems.schedules import Schedule
from ntksgd.sgd.inputs import checked
from ntksgd.sgd.loops.kernel_table import lookup, tabulate


@dataclass(frozen=True)
class KernelPaths:
    """Sampled paths of R replicas, T = times[-1] steps each.

    Attributes
    ----------
    times : (n,) numbers of steps
    last, averaged : (R, n, q), f_t and mean of f_1 ... f_t at the probes
    coefficients : (R, T), the c_s after the last step
    """

    times: np.ndarray
    last: np.ndarray
    averaged: np.ndarray
    coefficients: np.ndarray


def kernel_sgd(kernel: Callable, x: ArrayLike, y: ArrayLike, step_sizes: Schedule | ArrayLike,
               probes: ArrayLike, times: ArrayLike, weight_decay: float = 0.0) -> KernelPaths:
    """Run SGD in the RKHS of a zonal kernel, one replica a thread.

    Parameters
    ----------
    kernel : callable
        kappa(t), vectorised over t in [-1, 1].
    x : (R, N, d)
        Unit vectors, in the order in which they are seen; N at least max(times).
    y : (R, N)
        Labels.
    step_sizes : Schedule or array
        eta_t for t = 1, 2, ...
    probes : (q, d) or (R, q, d)
        Unit vectors at which f is recorded, the same for all replicas or each its own.
    times : sequence of int
        Increasing, >= 1.
    weight_decay : float
        lambda >= 0, below 1/max(eta).

    Raises
    ------
    ValueError
        If shapes disagree, an entry is not finite, or another of the conditions is not met.
    """
    if not callable(kernel):
        raise ValueError(f"kernel = {check.short(kernel)}: must be a function of t")
    x = check.finite_array("x", x, 3)
    stream = checked((x, y), step_sizes, times, probes, x.shape[2], weight_decay=weight_decay,
                     first=1, ndim=2, sphere=True)
    probes = np.array(np.broadcast_to(stream.points, (len(x), *stream.points.shape[-2:])))
    columns = np.array(np.moveaxis(stream.x, 2, 1), order="C")
    return KernelPaths(stream.times, *_run(
        tabulate(kernel), columns, stream.y, stream.step_sizes, probes, stream.times,
        float(weight_decay)))


def _run(table, x, y, step_sizes, probes, times, weight_decay):
    """`_replica` of each, in as many threads as numba may have; it holds no lock."""
    replicas, _, T = x.shape
    last = np.empty((replicas, len(times), probes.shape[1]))
    averaged, coefficients = np.empty_like(last), np.empty((replicas, T))
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        list(pool.map(lambda i: _replica(table, x[i], y[i], step_sizes, probes[i], times,
                                         weight_decay, last[i], averaged[i], coefficients[i]),
                      range(replicas)))
    return last, averaged, coefficients


@compiled
def _replica(table, x, y, step_sizes, probes, times, weight_decay, last, averaged, c):
    d, T = x.shape
    q = len(probes)
    shrink, mark = 1.0, 0  # c is in units of `shrink`, the product of all 1 - eta lambda so far
    f, total, w = np.zeros(q), np.zeros(q), np.empty(T)
    for t in range(T):
        for s in range(t):
            w[s] = 0.0
        for j in range(d):
            here = x[j, t]
            for s in range(t):
                gap = x[j, s] - here
                w[s] += 0.25 * gap * gap
        prediction = 0.0
        for s in range(t):
            prediction += c[s] * lookup(table, w[s])
        change = -step_sizes[t] * (shrink * prediction - y[t])
        factor = 1.0 - step_sizes[t] * weight_decay
        shrink *= factor
        c[t] = change / shrink
        seen = mark < len(times) and t + 1 == times[mark]
        for p in range(q):
            chord = 0.0
            for j in range(d):
                gap = probes[p, j] - x[j, t]
                chord += 0.25 * gap * gap
            f[p] = factor * f[p] + change * lookup(table, chord)
            total[p] += f[p]
            if seen:
                last[mark, p], averaged[mark, p] = f[p], total[p] / (t + 1)
        mark += seen
    for s in range(T):
        c[s] *= shrink
