"""One-pass SGD on all parameters of the deep network, compiled.

With residual e = l'(g(x), y) and step eta, every parameter p moves by -eta e dg/dp, the gradient
being that of module `deep_network`. A layer is read twice a step: W phi on the way up, then row
by row W^T D (for the signal below) together with the update of that row.
"""

from functools import lru_cache

import numpy as np
from numba import njit, prange

from ntksgd import check
from ntksgd.activations import activation
from ntksgd.compiled_activations import CODES, FINGERPRINT, OPTIONS, pair
from ntksgd.deep_kernel import normalised
from ntksgd.losses import loss_code, residual

LIMIT = 1e8  # a prediction beyond this counts as divergence


def train(params, x, y, steps, times, points, spec, gamma=1.0, loss="square"):
    """Predictions at `points` along one-pass SGD, for many replicates in parallel.

    Parameters
    ----------
    params : list of DeepParameters
        One initialisation a replicate, all of one shape; left as they are.
    x, y : ndarray, shapes (replicates, T, d) and (replicates, T)
        One sample a step.
    steps : ndarray, shape (T,)
        eta_1, ..., eta_T.
    times : array of int, shape (n,)
        Ascending numbers of steps in [0, T] after which to look.
    points : ndarray, shape (p, d)
    spec : str
        A built-in activation; it is normalised to E phi(z)^2 = 1.
    loss : str
        "square", "logistic" or "huber".

    Returns
    -------
    ndarray, shape (replicates, n, p)
        NaN from the first step on whose prediction is not finite or exceeds 1e8.

    Raises
    ------
    ValueError
        For an activation that is not built in, or inputs that do not fit each other.
    """
    act, code = activation(spec), loss_code(loss)
    check.one_of("activation", act.name.partition("(")[0], tuple(CODES))
    times, steps = np.asarray(times), check.finite_array("steps", steps, 1, non_negative=True)
    if times.size == 0 or np.any(np.diff(times) <= 0) or times[0] < 0 or times[-1] > steps.size:
        raise ValueError(f"times = {times}: must ascend within [0, {steps.size}]")
    x, y = check.finite_array("x", x, 3), check.finite_array("y", y, 2)
    if x.shape[:2] != y.shape or y.shape != (len(params), steps.size):
        raise ValueError(f"x {x.shape}, y {y.shape}: must be ({len(params)}, {steps.size}, ...)")
    a, b, c, w = (np.stack(part) for part in zip(*params, strict=True))
    root = np.sqrt(normalised(act)[1])
    points = np.ascontiguousarray(check.finite_array("points", points, 2))
    return _replicates(FINGERPRINT)(CODES[act.name.partition("(")[0]], a, b, c, w, x, y, steps,
                                    times, points, float(gamma), act.scale or 0.0, 1 / root, code)


@lru_cache(maxsize=1)
def _replicates(fingerprint):
    @njit(cache=True, parallel=True, **OPTIONS)
    def replicates(kind, a, b, c, w, x, y, steps, times, points, gamma, scale, unit, loss):
        source = fingerprint  # noqa: F841  ties the disk cache to the source of the activations
        out = np.full((len(y), times.size, len(points)), np.nan)
        for r in prange(len(y)):
            _path(kind, a[r], b[r], c[r], w[r], x[r], y[r], steps, times, points, gamma, scale,
                  unit, loss, out[r])
        return out

    return replicates


@njit(**OPTIONS)
def _path(kind, a, b, c, w, x, y, steps, times, points, gamma, scale, unit, loss, out):
    """Train in place, writing the predictions at the points into out."""
    value, slope = np.empty(c.shape), np.empty(c.shape)
    signal, below = np.empty(a.shape[1]), np.empty(a.shape[1])
    seen = 0
    for t in range(y.size + 1):
        if seen < times.size and t == times[seen]:
            for j in range(len(points)):
                out[seen, j] = _predict(kind, a, b, c, w, points[j], gamma, scale, unit, value,
                                        slope)
            seen += 1
        if t == y.size or seen == times.size:
            return
        g = _predict(kind, a, b, c, w, x[t], gamma, scale, unit, value, slope)
        if not abs(g) <= LIMIT:
            return
        push = steps[t] * residual(loss, g, y[t])
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

