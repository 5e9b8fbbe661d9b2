r"""Losses ||f_t - f*||^2 of many paths of kernel SGD on the circle.

The error e = f - f* itself is carried in the Mercer basis, so that no label is ever formed:

    e(phi) = sum_k a_k cos(k phi) + b_k sin(k phi),
    (a_k, b_k) <- (a_k, b_k) - eta (e(phi) - eps) w_k (cos(k phi), sin(k phi)),

with w_k = lambda_k N_k, phi uniform, eps Gaussian, and ||e||^2 = sum_k (a_k^2 + b_k^2)/N_k. A path
takes O(T K).
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.sgd.spectral import _fill, _value


def path_losses(target, schedule, times, paths, noise, seed) -> np.ndarray:
    """Losses of independent paths that start at f_0 = 0, one after the other.

    Parameters
    ----------
    target : Target
        On the circle; kernel and target end at its spectrum's last degree.
    schedule : Schedule
    times : sequence of int
        Increasing, >= 1.
    paths : int
        At least 1.
    noise : float
        Variance s^2 of the Gaussian noise.
    seed : SeedSequence

    Returns
    -------
    ndarray, shape (paths, len(times))

    Raises
    ------
    ValueError
        If d is not 2 or a number is out of range.
    """
    if target.d != 2:
        raise ValueError(f"target.d = {target.d}: the Fourier basis of the circle needs d = 2")
    times, s = check.times("times", times), np.sqrt(check.number("noise", noise, 0.0))
    rng, spectrum = np.random.default_rng(seed), target.spectrum
    losses = np.empty((check.integer("paths", paths, 1), times.size))
    step_sizes = schedule.step_sizes(int(times[-1]))
    weights = spectrum.eigenvalues * spectrum.multiplicities
    start = np.array([-target.coefficients, np.zeros(weights.size)])
    for one in losses:
        angle = rng.uniform(0, 2 * np.pi, times[-1])
        x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        noises = s * rng.standard_normal(times[-1])
        _path(start.copy(), weights, 1 / spectrum.multiplicities, x, noises, step_sizes, times, one)
    return losses


@compiled
def _path(e, weights, shares, x, noise, step_sizes, times, losses):
    """One path; `e` is overwritten, the loss at each of `times` goes to `losses`."""
    basis, mark = np.empty(e.shape), 0
    for t in range(step_sizes.size):
        _fill(x[t], basis)
        change = step_sizes[t] * (_value(e, basis) - noise[t])
        for j in range(2):
            for k in range(weights.size):
                e[j, k] -= change * weights[k] * basis[j, k]
        if t + 1 == times[mark]:
            total = 0.0
            for k in range(weights.size):
                total += shares[k] * (e[0, k] ** 2 + e[1, k] ** 2)
            losses[mark] = total
            mark += 1
