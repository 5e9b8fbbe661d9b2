"""One-pass SGD on all parameters of the deep network, compiled.

With residual e = l'(g(x), y) and step eta, every parameter p moves by -eta e dg/dp, the gradient
being that of module `deep_network`. A layer is read twice a step: W phi on the way up, then row
by row W^T D (for the signal below) together with the update of that row.
"""

from functools import lru_cache

import numpy as np
from numba import njit

from ntksgd import check
from ntksgd.kernels.deep import normalised
from ntksgd.models.activations import activation
from ntksgd.models.compiled_activations import CODES, FINGERPRINT, OPTIONS, pair
from ntksgd.models.losses import loss_code, residual

LIMIT = 1e8  # a prediction beyond this counts as divergence


def train(params, samples, rates, spec, *, steps, points, gamma=1.0, loss="square"):
    """Values g_t at the points along one-pass SGD from the given parameters.

    Parameters
    ----------
    params : DeepParameters
        Left as they are.
    samples : Samples
        x (T, d), y (T,), one a step.
    rates : Schedule or array
        eta_t for t = 1, 2, ...
    spec : str or Activation
        A built-in activation sigma; the network uses phi, sigma normalised to E phi(z)^2 = 1.
    steps : sequence of int, shape (n,)
        Increasing numbers of steps >= 0 after which to look.
    points : array, shape (p, d)
    loss : "square", "logistic" or "huber"

    Returns
    -------
    ndarray, shape (n, p)
        Infinite from the first step on whose prediction is not finite or exceeds 1e8.

    Raises
    ------
    ValueError
        For an activation that is not built in, or inputs that do not fit each other.
    """
    act, code = activation(spec), loss_code(loss)
    name = check.one_of("activation", act.name.partition("(")[0], tuple(CODES))
    steps = np.asarray(steps)
    if steps.dtype.kind not in "iu" or steps[0] < 0 or np.any(np.diff(steps) <= 0):
        raise ValueError(f"steps = {steps}: must be increasing integers >= 0")
    T, d = int(steps[-1]), params.b.shape[2]
    rates = rates.steps(T) if hasattr(rates, "steps") else rates
    rates = check.finite_array("rates", rates, 1, non_negative=True)
    if samples.x.shape != (samples.y.size, d) or samples.y.size < T or rates.size < T:
        raise ValueError(f"samples x {samples.x.shape}, y {samples.y.shape}, rates {rates.shape}: "
                         f"must serve {T} steps in d = {d}")
    points = np.ascontiguousarray(check.finite_array("points", points, 2))
    out = np.full((steps.size, len(points)), np.inf)
    _compiled(FINGERPRINT)(CODES[name], *(part.copy() for part in params), samples.x[:T],
                           samples.y[:T], rates, steps, points, float(gamma), act.scale or 0.0,
                           1 / np.sqrt(normalised(act)[1]), code, out)
    return out


@lru_cache(maxsize=1)
def _compiled(fingerprint):
    @njit(cache=True, nogil=True, **OPTIONS)
    def run(*arguments):
        source = fingerprint  # noqa: F841  ties the disk cache to the source of the activations
        _path(*arguments)

    return run


@njit(**OPTIONS)
def _path(kind, a, b, c, w, x, y, rates, steps, points, gamma, scale, unit, loss, out):
    """Train in place, writing the predictions at the points into out."""
    value, slope = np.empty(c.shape), np.empty(c.shape)
    signal, below = np.empty(a.shape[1]), np.empty(a.shape[1])
    seen = 0
    for t in range(y.size + 1):
        if t == steps[seen]:
            for j in range(len(points)):
                out[seen, j] = _predict(kind, a, b, c, w, points[j], gamma, scale, unit, value,
                                        slope)
            seen += 1
        if t == y.size:
            return
        g = _predict(kind, a, b, c, w, x[t], gamma, scale, unit, value, slope)
        if not abs(g) <= LIMIT:
            return
        push = rates[t] * residual(loss, g, y[t])
        for copy in range(2):
            _backward(a[copy], b[copy], c[:, copy], w[:, copy], x[t], push, gamma,
                      value[:, copy], slope[:, copy], signal, below)


@njit(**OPTIONS)
def _predict(kind, a, b, c, w, x, gamma, scale, unit, value, slope):
    """g(x); fills value = phi(u) and slope = phi'(u) of every layer, shape (L, 2, n)."""
    depth, _, n = value.shape
    g = 0.0
    for copy in range(2):
        for layer in range(depth):
            for i in range(n):
                u = 0.0
                if layer == 0:
                    for j in range(x.size):
                        u += b[copy, i, j] * x[j]
                else:
                    row, below = w[layer - 1, copy, i], value[layer - 1, copy]
                    for j in range(n):
                        u += row[j] * below[j]
                    u /= np.sqrt(n)
                s, ds = pair(kind, u + gamma * c[layer, copy, i], scale)
                value[layer, copy, i], slope[layer, copy, i] = s * unit, ds * unit
        for i in range(n):
            g += a[copy, i] * value[depth - 1, copy, i]
    return g / np.sqrt(a.size)


@njit(**OPTIONS)
def _backward(a, b, c, w, x, push, gamma, value, slope, signal, below):
    """One step on one copy, from the outer layer inwards; push = eta l'(g, y)."""
    depth, n = value.shape
    push = push / np.sqrt(2 * n)
    for i in range(n):
        signal[i] = push * a[i] * slope[depth - 1, i]
        a[i] -= push * value[depth - 1, i]
    for layer in range(depth - 1, 0, -1):
        inputs = value[layer - 1]
        below[:] = 0.0
        for i in range(n):
            row, back = w[layer - 1, i], signal[i] / np.sqrt(n)
            c[layer, i] -= gamma * signal[i]
            for j in range(n):
                below[j] += back * row[j]
                row[j] -= back * inputs[j]
        for j in range(n):
            signal[j] = below[j] * slope[layer - 1, j]
    for i in range(n):
        c[0, i] -= gamma * signal[i]
        for j in range(x.size):
            b[i, j] -= signal[i] * x[j]

