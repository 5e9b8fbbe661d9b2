"""The recursion per mode, step by step in compiled code: for many spectra and moderate horizons.

    C_i <- (1 - 2 eta_t lambda_i) C_i + eta_t^2 lambda_i^2 (R + s^2),    R = sum_i C_i,
that of :mod:`ntksgd.risk.exact` for simple eigenvalues, exact step by step.
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled


def per_mode_risk(eigenvalues, power, schedule, times, noise=0.0):
    """R after each of the times, shape (len(times),), from C_i = power_i at the start.

    Parameters
    ----------
    eigenvalues, power : array, shape (n,)
    schedule : Schedule
    times : increasing sequence of int
    noise : float
        Variance s^2 of the labels' noise.
    """
    eigenvalues = check.finite_array("eigenvalues", eigenvalues, 1, non_negative=True)
    power = check.finite_array("power", power, 1, non_negative=True)
    if eigenvalues.shape != power.shape:
        raise ValueError(f"power: has shape {power.shape}, must be {eigenvalues.shape}")
    times, noise = check.times("times", times, 0), check.number("noise", noise, 0.0)
    return _walk(eigenvalues, power.copy(), schedule.step_sizes(int(times[-1])), times, noise)


@compiled
def _walk(eigenvalues, C, step_sizes, times, noise):
    out, done, R = np.empty(times.size), 0, C.sum()
    for k in range(times.size):
        for t in range(done, times[k]):
            eta, level, total = step_sizes[t], R + noise, 0.0
            for i in range(C.size):
                x = eta * eigenvalues[i]
                C[i] += x * (x * level - 2.0 * C[i])
                total += C[i]
            R = total
        done = times[k]
        out[k] = R
    return out
