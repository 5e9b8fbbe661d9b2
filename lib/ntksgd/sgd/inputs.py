"""What every learner is given, checked in one place: samples, step sizes, times, points."""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.problems.schedules import Schedule


class Inputs(NamedTuple):
    """Contiguous, writable arrays that fit each other; T = times[-1] steps, batches of b.

    x (..., T b, d), y (..., T b), step_sizes (T,), times (n,), points (..., p, d).
    """

    x: np.ndarray
    y: np.ndarray
    step_sizes: np.ndarray
    times: np.ndarray
    points: np.ndarray


def checked(samples, step_sizes, times, points, d, *, batch=1, weight_decay=0.0, first=0, ndim=1,
            sphere=False):
    """Inputs of a learner in dimension d, cut off at the last of the times; ValueError for misfits.

    samples (x, y): x (..., N, d), y (..., N) with `ndim` axes, N at least b max(times); eta_t >= 0
    as a Schedule or an array; times increasing, at least `first`; points (p, d), or (..., p, d)
    with the leading axes of y; 0 <= weight_decay < 1/max(eta); `sphere` asks for unit vectors.
    """
    times = check.times("times", times, first)
    T, vectors = int(times[-1]), check.unit_vectors if sphere else check.finite_array
    if not isinstance(samples, tuple) or len(samples) < 2:
        raise ValueError(f"samples = {check.short(samples)}: must be a pair (x, y)")
    x, y = vectors("samples.x", samples[0]), check.finite_array("samples.y", samples[1])
    if y.ndim != ndim or x.shape != (*y.shape, d) or y.shape[-1] < T * batch:
        raise ValueError(f"samples: x {x.shape}, y {y.shape}, must be (..., N, {d}), (..., N), "
                         f"y with {ndim} axes, N >= {T * batch} (batch = {batch})")
    if isinstance(step_sizes, Schedule):
        step_sizes = step_sizes.step_sizes(max(T, 1))
    step_sizes = check.finite_array("step_sizes", step_sizes, 1, non_negative=True)
    if step_sizes.size < T:
        raise ValueError(f"step_sizes: {step_sizes.size} of them, must be at least {T}")
    check.number("weight_decay", weight_decay, 0.0, 1e100)
    largest = step_sizes[:T].max(initial=0.0)
    if weight_decay * largest >= 1:
        raise ValueError(f"weight_decay = {weight_decay}: must be below 1/max(eta) = "
                         f"{1 / largest:.4g}")
    points = vectors("points", points)
    if points.ndim < 2 or points.shape[-1] != d or points.shape[:-2] not in ((), y.shape[:-1]):
        raise ValueError(f"points: shape {points.shape}, must be (p, {d})"
                         + f" or {(*y.shape[:-1], 'p', d)}" * (ndim > 1))
    arrays = x[..., : T * batch, :], y[..., : T * batch], step_sizes[:T], times, points
    return Inputs(*(np.require(array, requirements=["C", "W"]) for array in arrays))
