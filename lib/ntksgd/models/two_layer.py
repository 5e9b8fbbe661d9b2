"""The two-layer network, its gradient and its tangent kernel at finite width.

    g(x) = m^(-1/2) sum_i a_i sigma(<b_i, x> + gamma c_i),      Theta = (a, b, c) all trained.

Symmetric initialisation: b_i = b_(i+m/2) ~ N(0, I), a_i = +1, a_(i+m/2) = -1, c = 0; so g = 0 at
the start, and only m/2 neurons are independent.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check


class Parameters(NamedTuple):
    """Parameters of a network of width m on R^d: a (m,), b (m, d), c (m,)."""

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray


def initialise(m: int, d: int, rng: np.random.Generator) -> Parameters:
    """Draw the symmetric initial parameters of width m (even) for inputs in dimension d >= 2."""
    m, d = check.width(m), check.dimension(d)
    half = rng.standard_normal((m // 2, d))
    signs = np.repeat([1.0, -1.0], m // 2)
    return Parameters(signs, np.concatenate([half, half]), np.zeros(m))


def forward(params, x, activation, gamma=1.0):
    """g(x_j) for x of shape (n, d), shape (n,)."""
    a, b, c = params
    return activation.value(x @ b.T + gamma * c) @ a / np.sqrt(a.size)


def tangent_features(params, x, activation, gamma=1.0):
    """Gradient of g(x_j) in (a, b, c): one row a point, shape (n, m (d + 2)).

    Columns: the m derivatives in a, then those in b (neuron by neuron, d each), then those in c.
    """
    a, b, c = params
    u = x @ b.T + gamma * c
    slope = activation.derivative(u) * a
    in_b = (slope[:, :, None] * x[:, None, :]).reshape(len(x), -1)
    return np.concatenate([activation.value(u), in_b, gamma * slope], axis=1) / np.sqrt(a.size)


def empirical_ntk(params, x, y, activation, gamma=1.0):
    """Tangent kernel K_m(x_i, y_j) = <grad g(x_i), grad g(y_j)>, shape (n, p).

    Equals the product of the tangent features, without forming them:
        K_m = m^(-1) sum_i [sigma_i sigma_i' + (<x, x'> + gamma^2) a_i^2 sigma'_i sigma'_i'].
    """
    a, b, c = params
    u = x @ b.T + gamma * c
    values, slopes = activation.value(u), activation.derivative(u) * a
    if y is x:  # half the work for a Gram matrix
        other_values, other_slopes = values, slopes
    else:
        v = y @ b.T + gamma * c
        other_values, other_slopes = activation.value(v), activation.derivative(v) * a
    return (values @ other_values.T + (x @ y.T + gamma**2) * (slopes @ other_slopes.T)) / a.size
