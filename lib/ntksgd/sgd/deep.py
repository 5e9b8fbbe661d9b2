"""One-pass SGD on all parameters of the deep network, compiled.

With residual e = l'(g(x), y) and step eta, every parameter p moves by -eta e dg/dp, the gradient
being that of module `models.deep`. A layer is read twice a step: W phi on the way up, then row
by row W^T D (for the signal below) together with the update of that row.
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.kernels.deep import normalised
from ntksgd.models.activations import activation as named_activation
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.models.deep import DeepParameters
from ntksgd.models.losses import loss_code, residual
from ntksgd.sgd.inputs import checked
from ntksgd.sgd.loops.step import LIMIT
from ntksgd.sgd.loops.training import compiled_loop


def train(params, samples, step_sizes, activation, *, times, points, gamma=1.0, loss="square"):
    """Values g_t at the points along one-pass SGD from the given parameters.

    Arguments as in `network.train`, but DeepParameters and the sigma of the network's phi.

    Returns
    -------
    ndarray, shape (len(times), len(points))
        Infinite from the first step on whose prediction is not finite or exceeds 1e8.

    Raises
    ------
    ValueError
        For an activation that numba cannot compile, or inputs that do not fit each other.
    """
    check.instance("params", params, DeepParameters)
    act, code = named_activation(activation), loss_code(loss)
    gamma = check.number("gamma", gamma, 0.0)
    pair, key = compiled_pair(act)
    x, y, step_sizes, times, points = checked(samples, step_sizes, times, points,
                                              params.b.shape[2])
    out = np.full((times.size, len(points)), np.inf)
    train_in_place = compiled_loop(deep_loop, key, pair)
    train_in_place(*(part.copy() for part in params), x, y, step_sizes, times, points, gamma,
                   act.scale or 0.0, 1 / np.sqrt(normalised(act)[1]), code, out)
    return out


def deep_loop(pair):
    """Loop over steps for the activation of this compiled pair."""
    predict = _predictor(pair)

    def run(a, b, c, w, x, y, step_sizes, times, points, gamma, scale, unit, loss, out):
        """Train in place, writing the predictions at the points into out."""
        value, slope = np.empty(c.shape), np.empty(c.shape)
        signal, below = np.empty(a.shape[1]), np.empty(a.shape[1])
        seen = 0
        for t in range(y.size + 1):
            if t == times[seen]:
                for j in range(len(points)):
                    out[seen, j] = predict(a, b, c, w, points[j], gamma, scale, unit, value, slope)
                seen += 1
            if t == y.size:
                return
            g = predict(a, b, c, w, x[t], gamma, scale, unit, value, slope)
            if not abs(g) <= LIMIT:
                return
            push = step_sizes[t] * residual(loss, g, y[t])
            for copy in range(2):
                _backward(a[copy], b[copy], c[:, copy], w[:, copy], x[t], push, gamma,
                          value[:, copy], slope[:, copy], signal, below)

    return run


def _predictor(pair):
    @compiled(cache=False)
    def predict(a, b, c, w, x, gamma, scale, unit, value, slope):
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
                    s, ds = pair(u + gamma * c[layer, copy, i], scale)
                    value[layer, copy, i], slope[layer, copy, i] = s * unit, ds * unit
            for i in range(n):
                g += a[copy, i] * value[depth - 1, copy, i]
        return g / np.sqrt(a.size)

    return predict


@compiled(cache=False)
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
