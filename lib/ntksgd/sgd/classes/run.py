"""What the learners with C outputs share: what is recorded, and which points are seen when.

Samples are seen by index, in a given order: a first pass over the training points is one-pass SGD,
what follows is several passes.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.models.many_outputs import Parameters
from ntksgd.sgd.network import Diverged


class Run(NamedTuple):
    """What a learner has become, recorded at some times.

    Attributes
    ----------
    values : ndarray, shape (len(times), q, C)
        g_t at the points.
    size : ndarray, shape (len(times),)
        ||f_t||_H^2 = sum_k ||f_t,k||_H^2 for kernel SGD, ||Theta_t - Theta_0||^2 for the others.
    observed : list
        What `observe` returned at each time, else None.
    parameters : Parameters or None
        At the end; None for kernel SGD.
    """

    values: np.ndarray
    size: np.ndarray
    observed: list
    parameters: Parameters | None = None


def checked_order(order, step_sizes, times, n):
    """Order (T,), indices below n, step sizes (T,) and times as arrays; ValueError for misfits."""
    times, order = check.times("times", times, 0), np.asarray(order)
    T = int(times[-1])
    if order.dtype.kind not in "iu" or order.ndim != 1 or len(order) < T or not np.all(
            (order >= 0) & (order < n)):
        raise ValueError(f"order: must be at least {T} integers in [0, {n - 1}]")
    step_sizes = check.finite_array("step_sizes", step_sizes, 1, non_negative=True)
    if len(step_sizes) < T:
        raise ValueError(f"step_sizes: {len(step_sizes)} of them, must be at least {T}")
    return order.astype(np.int64), step_sizes, times


def recorded(advance, record, times, name):
    """Values and sizes after each of the times."""
    done, kept = 0, []
    for t in times.tolist():
        taken = advance(slice(done, t))
        if taken < t - done:
            raise Diverged(f"SGD on the {name} diverged after {done + taken} steps")
        done = t
        kept.append(record(t))
    values, size, observed = zip(*kept, strict=True)
    return np.array(values), np.array(size), list(observed)
