"""A network of L hidden layers in NTK parametrisation, its gradient and its tangent kernel.

    u^1 = b x + gamma c^1,   u^(l+1) = n^(-1/2) W^(l+1) phi(u^l) + gamma c^(l+1)     (one copy)
    g(x) = m^(-1/2) sum over both copies and i of a_i phi(u^L_i),       m = 2 n,
phi the normalised activation (module `deep_kernel`). At the start the two copies have the same
b, W ~ N(0, 1), c = 0 and opposite a, so that g = 0. The signs a_i = +-1 are drawn: were they equal
within a copy, the signal that comes back to layer L - 1, n^(-1/2) W^T (a phi'(u^L)), would have the
mean E phi'' instead of 0, for W_ij and phi'(u_i) are dependent, and the limit would be another.
Backwards, with D^L_i = m^(-1/2) a_i phi'(u^L_i) and D^l = phi'(u^l) n^(-1/2) W^(l+1)^T D^(l+1),
    dg/dW^(l+1) = n^(-1/2) D^(l+1) phi(u^l)^T,   dg/db = D^1 x^T,   dg/dc^l = gamma D^l.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check


class DeepParameters(NamedTuple):
    """a (2, n), b (2, n, d), c (L, 2, n), w (L - 1, 2, n, n): two copies of n = m/2 neurons."""

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    w: np.ndarray


def initialise(m, d, depth, rng):
    """Draw the antisymmetric initial parameters of width m (even) and `depth` hidden layers."""
    m, d = check.width(m), check.dimension(d)
    depth, n = check.integer("depth", depth, 1, 10**4), m // 2
    check.instance("rng", rng, np.random.Generator)
    signs = rng.choice([-1.0, 1.0], n)
    b, w = rng.standard_normal((n, d)), rng.standard_normal((depth - 1, n, n))
    return DeepParameters(np.stack([signs, -signs]), np.stack([b, b]), np.zeros((depth, 2, n)),
                          np.stack([w, w], axis=1))


class Stack(NamedTuple):
    """One copy, whose layers may differ in width: signs (n_L,), weights (n_1, d), (n_2, n_1), ...

    The weight matrix of a layer is divided by the root of the number of its inputs, but the first.
    """

    signs: np.ndarray
    weights: tuple[np.ndarray, ...]


def draw_stack(widths, d, rng):
    """Draw the start of one copy of `widths` = (n_1, ..., n_L) neurons.

    For equal widths n it is the copy that `initialise` draws from this generator, m = 2 n.
    """
    widths = [check.integer("widths", n, 1, 2**40) for n in check.sequence("widths", widths)]
    check.integer("number of widths", len(widths), 1)
    check.instance("rng", rng, np.random.Generator)
    signs = rng.choice([-1.0, 1.0], widths[-1])
    inputs = [check.dimension(d), *widths[:-1]]
    return Stack(signs, tuple(rng.standard_normal(shape) for shape in zip(widths, inputs,
                                                                          strict=True)))


def stack_of(params):
    """The first copy of parameters as `initialise` draws them.

    ValueError if they are not of that kind: c = 0, a = +-1, both copies alike.
    """
    a, b, c, w = params
    alike = np.array_equal(b[0], b[1]) and np.array_equal(w[:, 0], w[:, 1])
    if np.any(c != 0) or np.any(np.abs(a) != 1) or not alike or not np.array_equal(a[0], -a[1]):
        raise ValueError("params: must have c = 0, a = +-1 and two copies alike, as drawn")
    return Stack(a[0], (b[0], *w[:, 0]))


def count_parameters(m, d, depth):
    """Number of parameters of both copies: a, b, all c and all W."""
    n, d, depth = check.width(m) // 2, check.dimension(d), check.integer("depth", depth, 1)
    return 2 * n * (1 + d + depth + (depth - 1) * n)


def _layers(params, x, activation, gamma):
    """Preactivations u^l and values phi(u^l) of every layer, each (2, points, n)."""
    n = params.a.shape[1]
    u = [x @ params.b.transpose(0, 2, 1) + gamma * params.c[0][:, None]]
    for w, c in zip(params.w, params.c[1:], strict=True):
        u.append(activation.value(u[-1]) @ w.transpose(0, 2, 1) / np.sqrt(n) + gamma * c[:, None])
    return u, [activation.value(layer) for layer in u]


def forward(params, x, activation, gamma=1.0):
    """g(x_j) for x (points, d), shape (points,); `activation` is the normalised one."""
    values = _layers(params, x, activation, gamma)[1]
    return np.einsum("spi,si->p", values[-1], params.a) / np.sqrt(params.a.size)


def _signals(params, u, activation):
    """D^1, ..., D^L, the derivatives of g in the preactivations, each (2, points, n)."""
    n = params.a.shape[1]
    signals = [params.a[:, None] * activation.derivative(u[-1]) / np.sqrt(params.a.size)]
    for w, layer in zip(params.w[::-1], u[-2::-1], strict=True):
        signals.append(activation.derivative(layer) * (signals[-1] @ w) / np.sqrt(n))
    return signals[::-1]


def empirical_ntk(params, x, y, activation, gamma=1.0):
    """K_m(x_i, y_j) = <grad g(x_i), grad g(y_j)>, shape (p, q), without forming the gradients.

    Layer by layer <D^l, D'^l> (<h^(l-1), h'^(l-1)> + gamma^2), summed over the copies, where
    h^0 = x and h^l = n^(-1/2) phi(u^l); and <h^L, h'^L> for the outer layer.
    """
    n = params.a.shape[1]
    total, sides = 0.0, []
    for points in (x, y):
        u, values = _layers(params, points, activation, gamma)
        inputs = [np.stack([points, points])] + [value / np.sqrt(n) for value in values]
        sides.append((_signals(params, u, activation), inputs))
    (signals, inputs), (signals_y, inputs_y) = sides
    for layer, (left, right) in enumerate(zip(signals, signals_y, strict=True)):
        kernel = inputs[layer] @ inputs_y[layer].transpose(0, 2, 1) + gamma**2
        total = total + np.sum(left @ right.transpose(0, 2, 1) * kernel, axis=0)
    return total + np.sum(inputs[-1] @ inputs_y[-1].transpose(0, 2, 1), axis=0) / 2
