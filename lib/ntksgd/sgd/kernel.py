r"""Sampled kernel SGD: what the exact risk is the expectation of.

    f_t = sum_(s <= t) c_s K(x_s, .),    c_t = -eta_t (f_(t-1)(x_t) - y_t),

older coefficients shrinking by 1 - eta_t lambda. Written out this is forward substitution in a unit
lower triangular system, O(T^2) kernel values and O(T) memory.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from ntksgd import check
from ntksgd.sgd.loops.kernel_table import lookup, tabulate


@dataclass(frozen=True)
class Paths:
    """Sampled paths of R replicas.

    Attributes
    ----------
    checkpoints : (C,) numbers of steps
    last, averaged : (R, C, q), f_t and mean of f_1 ... f_t at the probes
    coefficients : (R, T), the c_s after the last step
    """

    checkpoints: np.ndarray
    last: np.ndarray
    averaged: np.ndarray
    coefficients: np.ndarray


def kernel_sgd(kernel, x, y, steps, probes, checkpoints, weight_decay: float = 0.0) -> Paths:
    """Run SGD in the RKHS of a zonal kernel, one replica a thread.

    Parameters
    ----------
    kernel : callable
        kappa(t), vectorised over t in [-1, 1].
    x : (R, T, d)
        Unit vectors, in the order in which they are seen.
    y : (R, T)
        Labels.
    steps : (T,)
        eta_1 ... eta_T.
    probes : (q, d) or (R, q, d)
        Unit vectors at which f is recorded, the same for all replicas or each its own.
    checkpoints : sequence of int
        Ascending, in [1, T].
    weight_decay : float
        lambda >= 0, below 1/max(eta).

    Raises
    ------
    ValueError
        If shapes disagree, an entry is not finite, checkpoints are out of range, or the weight
        decay is negative or not below 1/max(eta).
    """
    x, y = check.finite_array("x", x, 3), check.finite_array("y", y, 2)
    steps, probes = check.finite_array("steps", steps, 1), check.finite_array("probes", probes)
    if (y.shape != x.shape[:2] or steps.shape != y.shape[1:] or probes.ndim not in (2, 3)
            or probes.shape[-1] != x.shape[2] or probes.shape[:-2] not in ((), (len(x),))):
        raise ValueError(f"x {x.shape}, y {y.shape}, steps {steps.shape}, probes {probes.shape}: "
                         "must be (R, T, d), (R, T), (T,), (q, d) or (R, q, d)")
    probes = np.broadcast_to(probes, (len(x), *probes.shape[-2:]))
    marks = np.asarray(checkpoints, dtype=np.int64)
    ascending = marks.size > 0 and np.all(np.diff(marks) > 0)
    if not ascending or marks[0] < 1 or marks[-1] > len(steps):
        raise ValueError(f"checkpoints = {marks}: must ascend within [1, {len(steps)}]")
    if np.any(steps <= 0):
        raise ValueError(f"steps: every step must be positive, the least is {steps.min()!r}")
    check.number("weight_decay", weight_decay, 0.0, 1 / steps.max(), open_high=True)
    # copies: contiguous and writable, so that one compilation serves every caller
    columns = np.array(np.moveaxis(x, 2, 1), order="C")
    out = _run(tabulate(kernel), columns, np.array(y, order="C"), np.array(steps),
               np.array(probes, order="C"), marks, float(weight_decay))
    return Paths(marks, *out)


# what the compiler may assume to vectorise the sums; nothing about denormals or accuracy
_FAST = {"reassoc", "contract", "nsz", "nnan", "ninf"}


@numba.njit(cache=True, parallel=True, error_model="numpy", fastmath=_FAST)
def _run(table, x, y, steps, probes, marks, weight_decay):
    replicas, d, T = x.shape
    q = probes.shape[1]
    last = np.empty((replicas, len(marks), q))
    averaged = np.empty((replicas, len(marks), q))
    coefficients = np.empty((replicas, T))
    for i in numba.prange(replicas):
        c = coefficients[i]  # in units of `shrink`, the product of all 1 - eta lambda so far
        shrink, mark = 1.0, 0
        f, total, w = np.zeros(q), np.zeros(q), np.empty(T)
        for t in range(T):
            w[:t] = 0.0
            for j in range(d):
                here = x[i, j, t]
                for s in range(t):
                    gap = x[i, j, s] - here
                    w[s] += 0.25 * gap * gap
            prediction = 0.0
            for s in range(t):
                prediction += c[s] * lookup(table, w[s])
            change = -steps[t] * (shrink * prediction - y[i, t])
            factor = 1.0 - steps[t] * weight_decay
            shrink *= factor
            c[t] = change / shrink
            for p in range(q):
                chord = 0.0
                for j in range(d):
                    gap = probes[i, p, j] - x[i, j, t]
                    chord += 0.25 * gap * gap
                f[p] = factor * f[p] + change * lookup(table, chord)
                total[p] += f[p]
            if mark < len(marks) and t + 1 == marks[mark]:
                last[i, mark], averaged[i, mark] = f, total / (t + 1)
                mark += 1
        c *= shrink
    return last, averaged, coefficients
