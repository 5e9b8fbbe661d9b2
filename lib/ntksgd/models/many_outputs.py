r"""The two-layer network with C outputs, one a class, that share the hidden layer.

    g_k(x) = m^(-1/2) sum_i a_ki sigma(<b_i, z>),      z = (x, gamma),   k = 1, ..., C,

the last entry of b_i being the bias c_i: a (C, m) and b (m, d + 1) are all trained. Its tangent
kernel is a C x C matrix,

    K_kl(x, x') = m^(-1) sum_i [delta_kl sigma_i sigma_i' + <z, z'> a_ki a_li sigma'_i sigma'_i'].

Start: b_i ~ N(0, I) with c_i = 0, independent signs a_ki, and with each neuron (a_i, b_i) another
one, (-a_i, b_i): so g = 0. As E a_ki a_li = delta_kl, the mean of K_kl is delta_kl kappa(<x, x'>),
kappa the kernel of one output, and so is its limit as m grows.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check


class Parameters(NamedTuple):
    """Parameters of width m with C outputs on R^d: a (C, m), b (m, d + 1)."""

    a: np.ndarray
    b: np.ndarray


def initialise(m: int, d: int, outputs: int, rng: np.random.Generator) -> Parameters:
    """Draw the start: width m (even), inputs in dimension d >= 2, at least one output."""
    half, d = check.width(m) // 2, check.dimension(d)
    outputs = check.integer("outputs", outputs, 1)
    b = np.concatenate([rng.standard_normal((half, d)), np.zeros((half, 1))], axis=1)
    a = rng.choice([-1.0, 1.0], size=(outputs, half))
    return Parameters(np.concatenate([a, -a], axis=1), np.concatenate([b, b]))


def half(params):
    """The first m/2 neurons at the start: they have the tangent kernel of all m."""
    m = params.b.shape[0] // 2
    if not (np.array_equal(params.a[:, :m], -params.a[:, m:])
            and np.array_equal(params.b[:m], params.b[m:])):
        raise ValueError("params: the second half of the neurons must be the first, with -a")
    return Parameters(params.a[:, :m].copy(), params.b[:m].copy())


def extended(x, gamma=1.0):
    """z = (x, gamma) for every row of x (n, d): shape (n, d + 1)."""
    x, gamma = check.finite_array("x", x, 2), check.number("gamma", gamma, 0.0)
    z = np.full((len(x), x.shape[1] + 1), gamma)  # row by row in memory, whatever x is
    z[:, :-1] = x
    return z


def forward(params, z, activation):
    """g(x_j) for z of shape (n, d + 1): (n, C)."""
    return activation.value(z @ params.b.T) @ params.a.T / np.sqrt(len(params.b))


def tangent_block(params, z, other, activation, k, l):
    """K_kl at the rows of z (n, d + 1) and of other (p, d + 1), shape (n, p)."""
    a, b = params
    u, v = z @ b.T, other @ b.T
    slopes = (activation.derivative(u) * (a[k] * a[l])) @ activation.derivative(v).T
    same = activation.value(u) @ activation.value(v).T if k == l else 0.0
    return (same + (z @ other.T) * slopes) / len(b)


def mean_kernel(params, z, activation, first=None):
    """The mean of K_11, ..., K_CC at the rows of z and its first rows, by default all of them.

    Shape (n, first).
    """
    a, b = params
    u = z @ b.T
    values, slopes = activation.value(u), activation.derivative(u) * np.sqrt(np.mean(a**2, axis=0))
    same, seen = values @ values[:first].T, slopes @ slopes[:first].T
    return (same + (z @ z[:first].T) * seen) / len(b)
