"""Kernel SGD on the circle in the Mercer basis, O(T K) instead of O(T^2): momentum, mini-batches.

    f(x) = Re sum_(k <= K) conj(z_k) e^(ik phi),            x = (cos phi, sin phi),
    v_k <- beta v_k - eta lambda z_k - (eta/b) sum_(i <= b) l'(f(x_i), y_i) w_k e^(ik phi_i),
    z_k <- z_k + v_k,                                       w_k = lambda_k N_k,
which is f <- (1 - eta lambda) f - (eta/b) sum_i l'_i K(x_i, .) + beta (f - f_before) for the kernel
K = sum_k lambda_k N_k P_k, truncated at degree K. The expected risk for the square loss is
`exact.expected_risk(..., tail=False)`; with beta and b, `momentum.heavy_ball_risk`.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.models.losses import loss_code, residual
from ntksgd.problems.samples import Samples
from ntksgd.problems.schedules import Schedule
from ntksgd.sgd.inputs import checked


def spectral_sgd(spectrum: Spectrum, samples: Samples, step_sizes: Schedule | ArrayLike, *,
                 times: ArrayLike, points: ArrayLike, weight_decay: float = 0.0,
                 loss: str = "square", momentum: float = 0.0, batch: int = 1) -> np.ndarray:
    """Values of f_t at the points after each of `times` steps, along one path.

    Parameters
    ----------
    spectrum : Spectrum
        With d = 2.
    samples : Samples
        x (N, 2) on the circle, y (N,), of which each step uses the next b = `batch`.
    step_sizes, times, weight_decay, loss
        As in `network.train`.
    points : array, shape (n, 2)
        On the circle.
    momentum : float
        beta in [0, 1).
    batch : int

    Returns
    -------
    ndarray, shape (len(times), n)

    Raises
    ------
    ValueError
        If d is not 2, inputs do not fit each other or an option is not allowed.
    """
    check.instance("spectrum", spectrum, Spectrum)
    if spectrum.d != 2:
        raise ValueError(f"spectrum.d = {spectrum.d}: the Fourier basis of the circle needs d = 2")
    code, batch = loss_code(loss), check.integer("batch", batch, 1)
    momentum = check.number("momentum", momentum, 0.0, 1.0, open_high=True)
    x, y, step_sizes, times, points = checked(samples, step_sizes, times, points, 2, batch=batch,
                                              weight_decay=weight_decay, sphere=True)
    weights = spectrum.eigenvalues * spectrum.multiplicities
    cosine, sine = _harmonics(weights.size, points.tobytes())
    z, velocity = np.zeros((2, 2, weights.size))
    values, done = np.empty((times.size, len(points))), 0
    for k, t in enumerate(times):
        seen = slice(done * batch, t * batch)
        stream = x[seen], y[seen], step_sizes[done:t], float(weight_decay)
        if momentum == 0 and batch == 1:
            _plain(z, weights, *stream, code)
        else:
            _run(z, velocity, weights, *stream, momentum, batch, code)
        values[k], done = z[0] @ cosine + z[1] @ sine, t
    return values


@lru_cache(8)
def _harmonics(count, points):
    """cos k phi and sin k phi of points given as bytes; kept, as replicates share their points."""
    x, y = np.frombuffer(points).reshape(-1, 2).T
    angle = np.outer(np.arange(count), np.arctan2(y, x))
    return np.cos(angle), np.sin(angle)


@compiled(inline=True)
def _fill(x, basis):
    """(cos k phi, sin k phi) by doubling: the degrees [L, 2L) from [0, L) and e^(iL phi)."""
    n = basis.shape[1]
    basis[0, 0], basis[1, 0] = 1.0, 0.0
    length, p, q = 1, x[0], x[1]
    while length < n:
        count = min(length, n - length)
        cosine, sine = basis[0, length : length + count], basis[1, length : length + count]
        for k in range(count):
            cosine[k] = basis[0, k] * p - basis[1, k] * q
            sine[k] = basis[1, k] * p + basis[0, k] * q
        length, p, q = 2 * length, p * p - q * q, 2.0 * p * q


@compiled(inline=True)
def _value(z, basis):
    f = 0.0
    for k in range(z.shape[1]):
        f += z[0, k] * basis[0, k] + z[1, k] * basis[1, k]
    return f


@compiled
def _plain(z, weights, x, y, step_sizes, weight_decay, loss):
    """Steps on z without momentum, a sample each: one sweep, 1.6 times as fast as `_run`."""
    basis = np.empty(z.shape)
    for t in range(step_sizes.size):
        _fill(x[t], basis)
        e = step_sizes[t] * residual(loss, _value(z, basis), y[t])
        keep = 1.0 - step_sizes[t] * weight_decay
        for j in range(2):
            for k in range(weights.size):
                z[j, k] = keep * z[j, k] - e * weights[k] * basis[j, k]


@compiled
def _run(z, velocity, weights, x, y, step_sizes, weight_decay, momentum, batch, loss):
    """Steps on z and its velocity, with momentum or batches."""
    basis, gradient = np.empty(z.shape), np.empty(z.shape)
    for t in range(step_sizes.size):
        gradient[:] = 0.0
        for i in range(t * batch, (t + 1) * batch):
            _fill(x[i], basis)
            e = step_sizes[t] / batch * residual(loss, _value(z, basis), y[i])
            for j in range(2):
                for k in range(weights.size):
                    gradient[j, k] += e * basis[j, k]
        decay = step_sizes[t] * weight_decay
        for j in range(2):
            for k in range(weights.size):
                velocity[j, k] = (momentum * velocity[j, k] - decay * z[j, k]
                                  - weights[k] * gradient[j, k])
                z[j, k] += velocity[j, k]
