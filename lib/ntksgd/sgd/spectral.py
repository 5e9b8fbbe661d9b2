"""One path of kernel SGD on the circle in the Mercer basis: O(T K) instead of O(T^2).

    f(x) = Re sum_(k <= K) conj(z_k) e^(ik phi),            x = (cos phi, sin phi),
    z_k <- (1 - eta lambda) z_k - eta l'(f(x), y) w_k e^(ik phi),    w_k = lambda_k N_k,
which is f <- (1 - eta lambda) f - eta l' K(x, .) for the kernel K = sum_k lambda_k N_k P_k,
truncated at degree K. Its expected risk is `exact_risk.expected_risk(..., tail=False)`. The loop
releases the interpreter and starts no threads: it may run inside any.
"""

import numpy as np
from numba import njit

from ntksgd import check
from ntksgd.models.compiled_activations import OPTIONS
from ntksgd.models.losses import loss_code, residual


def mercer_sgd(spectrum, samples, rates, *, steps, points, weight_decay=0.0, loss="square"):
    """Values of f_t at the points after each of `steps` steps.

    Parameters
    ----------
    spectrum : Spectrum
        With d = 2.
    samples : Samples
        At least max(steps).
    rates : Schedule or array
    steps : sequence of int
        Increasing.
    points : array, shape (n, 2)
        On the circle.
    weight_decay : float
    loss : str

    Returns
    -------
    ndarray, shape (len(steps), n)

    Raises
    ------
    ValueError
        If d is not 2, there are too few samples or rates, or an option is not allowed.
    """
    if spectrum.d != 2:
        raise ValueError(f"spectrum.d = {spectrum.d}: the Fourier basis needs d = 2")
    code, weight_decay = loss_code(loss), check.number("weight_decay", weight_decay, 0.0)
    T = check.integer("max(steps)", int(np.max(steps)), 0, samples.y.size)
    rates = rates.steps(max(T, 1)) if hasattr(rates, "steps") else np.asarray(rates, dtype=float)
    check.integer("max(steps)", T, 0, rates.size)
    degrees = np.arange(spectrum.max_degree + 1)
    weights = spectrum.eigenvalues * spectrum.multiplicities
    angle = np.outer(degrees, np.arctan2(points[:, 1], points[:, 0]))
    cosine, sine = np.cos(angle), np.sin(angle)
    z = np.zeros((2, degrees.size))
    values, done = np.empty((len(steps), len(points))), 0
    for k, t in enumerate(steps):
        _run(z, weights, samples.x[done:t], samples.y[done:t], rates[done:t], weight_decay, code)
        values[k], done = z[0] @ cosine + z[1] @ sine, t
    return values


@njit(cache=True, nogil=True, **OPTIONS)
def _run(z, weights, x, y, rates, weight_decay, loss):
    n = weights.size
    real, imaginary = z[0], z[1]
    cosine, sine = np.empty(n), np.empty(n)
    cosine[0], sine[0] = 1.0, 0.0
    for t in range(y.size):
        # e^(ik phi) by doubling: the degrees [L, 2L) from [0, L) and e^(iL phi)
        length, p, q = 1, x[t, 0], x[t, 1]
        while length < n:
            count = min(length, n - length)
            c, s = cosine[length : length + count], sine[length : length + count]
            for i in range(count):
                c[i] = cosine[i] * p - sine[i] * q
                s[i] = sine[i] * p + cosine[i] * q
            length, p, q = 2 * length, p * p - q * q, 2.0 * p * q
        f = 0.0
        for k in range(n):
            f += real[k] * cosine[k] + imaginary[k] * sine[k]
        e = rates[t] * residual(loss, f, y[t])
        keep = 1.0 - rates[t] * weight_decay
        for k in range(n):
            real[k] = keep * real[k] - e * weights[k] * cosine[k]
            imaginary[k] = keep * imaginary[k] - e * weights[k] * sine[k]
