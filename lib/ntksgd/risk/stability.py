"""Mean-square stability of SGD: how large a step may be."""

from __future__ import annotations

import numpy as np

from ntksgd.problems.schedules import Schedule
from ntksgd.risk.modes import sphere_modes


def stability_load(spectrum, eta, weight_decay=0.0, batch=1) -> float:
    """sum_k (eta^2/b) w_k / (1 - q_k): second moments stay bounded for this step iff it is < 1.

    1 - q_k is the decay of C_k; with lambda = 0 and b = 1 it is eta kappa(1) / 2.
    """
    silent = np.zeros(len(spectrum.eigenvalues))
    m = sphere_modes(spectrum, [silent], weight_decay, batch, tail=False)
    live = m.eigenvalues > 0
    gap = m.decay(eta)[live]
    if np.any(gap <= 0):
        return np.inf
    tail = eta * max(spectrum.tail, 0.0) / 2  # lambda_k -> 0: (eta^2 lambda_k^2)/(2 eta lambda_k)
    return float((np.sum(eta**2 * m.weights[live] / gap) + tail) / batch)


def largest_stable_step(spectrum, weight_decay=0.0, batch=1) -> float:
    """The step at which `stability_load` reaches 1: 2/kappa(1) when lambda = 0, b = 1."""
    low, high = 0.0, 2.0 * batch / spectrum.trace + 2.0 / spectrum.eigenvalues.max()
    if weight_decay > 0:
        high = min(high, 1 / weight_decay)
    for _ in range(60):
        mid = (low + high) / 2
        stable = stability_load(spectrum, mid, weight_decay, batch) < 1
        low, high = (mid, high) if stable else (low, mid)
    return low


def check_stable(spectrum, schedule: Schedule, weight_decay=0.0, batch=1) -> None:
    """Raise a ValueError, naming the largest stable step, if the schedule's first step is not."""
    eta = schedule.largest
    if weight_decay * eta >= 1:
        raise ValueError(f"weight_decay = {weight_decay!r}: must be below 1/eta = {1 / eta:.4g}")
    if stability_load(spectrum, eta, weight_decay, batch) >= 1:
        limit = largest_stable_step(spectrum, weight_decay, batch)
        raise ValueError(
            f"schedule {schedule.name}: with the step {eta:.4g} second moments grow without bound;"
            f" the largest stable step is {limit:.6g} (kappa(1) = {spectrum.trace:.4g})"
        )
