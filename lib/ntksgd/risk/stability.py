"""Mean-square stability of SGD: how large a step may be.

At a constant step eta (momentum beta, batch b, weight decay lambda) the second moments of the
degrees have the fixed point C_k = (eta^2/b) w_k (R + s^2) / D_k, w_k = lambda_k^2 N_k, with
    D_k = 2 (1 - beta) v - (1 - beta) v^2 / (1 + beta) + u^2/b,
    u = eta lambda_k,   v = eta (lambda_k + lambda);
D_k = 1 - q_k, the decay of C_k, without momentum; for lambda = 0 see `momentum`. Summed, up to what
weight decay adds, R = G (R + s^2): stable if and only if every D_k > 0 and G < 1. With lambda = 0,
b = 1 and no momentum, G = eta kappa(1)/2; for small eta it is eta kappa(1) / (2 b (1 - beta)).
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.problems.schedules import Schedule


def fixed_point_gain(spectrum, eta, momentum=0.0, batch=1, weight_decay=0.0, tail=True) -> float:
    """G = sum_k (eta^2/b) w_k / D_k; infinity if a D_k is not > 0.

    With `tail` the trace beyond the last degree counts, as the kernel has it (the limit 2/kappa(1)
    is exact then); without, the kernel is the truncated one.
    """
    beta = check.number("momentum", momentum, 0.0, 1.0, open_high=True)
    batch, decay = check.integer("batch", batch, 1), check.number("weight_decay", weight_decay, 0.0)
    live = spectrum.eigenvalues > 0
    u = check.positive("eta", eta) * spectrum.eigenvalues[live]
    v = u + eta * decay
    damping = (1 - beta) * (2 * v - v**2 / (1 + beta)) + u**2 / batch
    if np.any(damping <= 0):
        return np.inf
    gain = np.sum(spectrum.multiplicities[live] * u**2 / damping)
    # as lambda_k -> 0 without weight decay, which can only lower it: u^2 / D -> u / (2 (1 - beta))
    beyond = eta * max(spectrum.tail, 0.0) / (2 * (1 - beta)) if tail else 0.0
    return float((gain + beyond) / batch)


def largest_stable_step(spectrum, momentum=0.0, batch=1, weight_decay=0.0, tail=True) -> float:
    """The step at which `fixed_point_gain`, of the same parameters, reaches 1.

    Without momentum and weight decay and with b = 1: 2/kappa(1), or, for tail=False, 2 over the
    trace of the degrees kept.
    """
    check.instance("spectrum", spectrum, Spectrum)
    weight_decay = check.number("weight_decay", weight_decay, 0.0)
    # a gain below 1 needs v < 2 (1 + beta) in every degree, hence eta lambda_k < 4
    low, high = 0.0, 4 / spectrum.eigenvalues.max()
    if weight_decay > 0:
        high = min(high, 1 / weight_decay)
    for _ in range(60):
        middle = (low + high) / 2
        stable = fixed_point_gain(spectrum, middle, momentum, batch, weight_decay, tail) < 1
        low, high = (middle, high) if stable else (low, middle)
    return low


def check_stable(spectrum, schedule: Schedule, weight_decay=0.0, batch=1, momentum=0.0) -> None:
    """Raise a ValueError, naming the largest stable step, if the schedule's first step is not."""
    eta, options = schedule.largest, {"momentum": momentum, "batch": batch,
                                      "weight_decay": weight_decay}
    if weight_decay * eta >= 1:
        raise ValueError(f"weight_decay = {weight_decay!r}: must be below 1/eta = {1 / eta:.4g}")
    if fixed_point_gain(spectrum, eta, **options) >= 1:
        limit = largest_stable_step(spectrum, **options)
        raise ValueError(
            f"schedule {schedule.name}: with the step {eta:.4g} second moments grow without bound;"
            f" the largest stable step is {limit:.6g} (kappa(1) = {spectrum.trace:.4g})"
        )


def check_contracting(spectrum, schedule) -> None:
    """ValueError unless 2 eta_1 lambda_k <= 1: then no factor 1 - 2 eta lambda_k is negative."""
    load = 2 * schedule.largest * spectrum.eigenvalues.max()
    if load > 1:
        raise ValueError(f"schedule {schedule.name}: 2 eta_1 lambda = {load:.4g} for the largest "
                         "eigenvalue, must be <= 1")
