"""The two-layer network, its gradient and its tangent kernel at finite width.

    g(x) = m^(-1/2) sum_i a_i sigma(<b_i, x> + gamma c_i),      Theta = (a, b, c) all trained.

Symmetric initialisation: b_i = b_(i+m/2) ~ N(0, I), a_i = +1, a_(i+m/2) = -1, c = 0; so g = 0 at
the start, and only m/2 neurons are independent. `initialise_evenly` keeps the law of each neuron
and spreads their directions evenly: a start for what the fluctuation of K_m would only hide.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check

GOLDEN = (1 + 5**0.5) / 2  # the ratio whose multiples are the most evenly spread on a circle


class Parameters(NamedTuple):
    """Parameters of a network of width m on R^d: a (m,), b (m, d), c (m,)."""

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray


def initialise(m: int, d: int, rng: np.random.Generator) -> Parameters:
    """Draw the symmetric initial parameters of width m (even) for inputs in dimension d >= 2."""
    m, d = check.width(m), check.dimension(d)
    check.instance("rng", rng, np.random.Generator)
    half = rng.standard_normal((m // 2, d))
    signs = np.repeat([1.0, -1.0], m // 2)
    return Parameters(signs, np.concatenate([half, half]), np.zeros(m))


def initialise_evenly(m: int, rng: np.random.Generator, angles: int = 16) -> Parameters:
    """Symmetric initial parameters on the plane whose kernel K_m couples no low harmonics.

    The pairs stand on rings of `angles` equally spaced directions. Ring j is rotated by a share of
    j/phi, phi the golden ratio, of that spacing, so that all directions are evenly spaced too (for
    ReLU: the kinks), and all rings by one random angle. The law N(0, I) has a random length with
    P(|b| > s) = exp(-s^2/2): its range is cut into parts of equal probability, one a ring, and each
    ring draws its length from its part. So every b_i, picked at random, is N(0, I) and E K_m = K as
    for `initialise`, but no draw couples the harmonics k and l of the circle if k + l < `angles`.
    Left is an error of each eigenvalue, from the lengths: at few rings it is larger than that of
    independent pairs, since a ring shares its length.

    Parameters
    ----------
    m : int
        A multiple of 2 `angles`, else ValueError.
    rng : numpy.random.Generator
    angles : int
        At least 1.
    """
    m, angles = check.width(m), check.integer("angles", angles, 1)
    rings, rest = divmod(m // 2, angles)
    if rest:
        raise ValueError(f"m = {m}: must be a multiple of {2 * angles}, for angles = {angles}")
    quantile = (np.arange(rings) + rng.random(rings)) / rings
    length = np.sqrt(-2 * np.log1p(-quantile))[:, None]
    turn = (np.arange(rings) / GOLDEN + rng.random()) % 1
    phi = 2 * np.pi * (np.arange(angles) + turn[:, None]) / angles
    half = np.stack([length * np.cos(phi), length * np.sin(phi)], axis=-1).reshape(-1, 2)
    return Parameters(np.repeat([1.0, -1.0], m // 2), np.concatenate([half, half]), np.zeros(m))


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
