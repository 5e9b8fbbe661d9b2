"""Real orthonormal harmonics on S^(d-1), as functions and as vectors on a quadrature grid.

On a grid with weights w_i the function Y is the vector sqrt(w_i) Y(x_i); these vectors are
orthonormal as long as the grid integrates polynomials of twice their degree.

On the circle they are 1, sqrt(2) cos(k angle), sqrt(2) sin(k angle). Above, with the latitude
t = x_d and x = (sqrt(1 - t^2) x', t), the harmonics of degree k are
    Y(x) = h_kj(t) Y'(x'),    h_kj(t) = c_j (1 - t^2)^(j/2) p_(k-j)(t),    j = 0, ..., k,
Y' those of degree j on S^(d-2), and p_n the orthonormal Gegenbauer polynomials of index
nu = j + (d-2)/2.
"""

import numpy as np
from scipy import special

from ntksgd import check


def evaluate(points, max_degree):
    """All harmonics of degree at most `max_degree` at unit vectors.

    Parameters
    ----------
    points : array, shape (n, d)
    max_degree : int
        At least 0.

    Returns
    -------
    values : ndarray, shape (n, N_0 + ... + N_K)
    degrees : ndarray of int
        The degree of each column.
    """
    points, top = check.unit_vectors("points", points), check.integer("max_degree", max_degree, 0)
    if check.dimension(points.shape[1]) == 2:
        angle = np.outer(np.arctan2(points[:, 1], points[:, 0]), np.arange(1, top + 1))
        waves = np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
        values = np.concatenate([np.ones((len(points), 1)), waves.reshape(len(points), -1)], axis=1)
        return values, (np.arange(2 * top + 1) + 1) // 2
    t = points[:, -1]
    sine = np.sqrt(np.sum(points[:, :-1] ** 2, axis=1))
    # at a pole every direction will do: what depends on it has the factor sine = 0
    below = np.where(sine[:, None] > 0, points[:, :-1], np.eye(points.shape[1] - 1)[0])
    below, orders = evaluate(below / np.linalg.norm(below, axis=1, keepdims=True), top)
    latitudes = [_latitudes(points.shape[1], j, top, t, sine) for j in range(top + 1)]
    parts = [latitudes[j][:, k - j, None] * below[:, orders == j]
             for k in range(top + 1) for j in range(k + 1)]
    sizes = np.bincount(orders)
    degrees = [np.full(sizes[j], k) for k in range(top + 1) for j in range(k + 1)]
    return np.concatenate(parts, axis=1), np.concatenate(degrees)


def harmonics(grid, max_degree):
    """An orthonormal basis of the harmonics of degree at most `max_degree`, on a grid.

    Parameters
    ----------
    grid : (points (n, d), weights (n,))
        As `sphere.quadrature` returns them, exact to degree 2 `max_degree`.
    max_degree : int
        At least 0.

    Returns
    -------
    vectors : ndarray, shape (n, N_0 + ... + N_K)
    degrees : ndarray of int
        The degree of each column.
    """
    points, weights = grid
    values, degrees = evaluate(points, max_degree)
    return np.sqrt(weights)[:, None] * values, degrees


def _latitudes(d, j, top, t, sine):
    """h_kj(t) for k = j, ..., top, shape (n, top - j + 1): mean square 1 on S^(d-1)."""
    nu = j + (d - 2) / 2
    first = special.betaln(0.5, (d - 1) / 2) - special.betaln(0.5, nu + 0.5)
    values = np.empty((t.size, top - j + 1))
    values[:, 0] = np.exp(first / 2) * sine**j
    n = np.arange(1, top - j + 2)
    a = np.sqrt(n * (n + 2 * nu - 1) / (4 * (n + nu) * (n + nu - 1)))  # t p_n = a p_(n+1) + ...
    for k in range(top - j):
        last = a[k - 1] * values[:, k - 1] if k > 0 else 0.0
        values[:, k + 1] = (t * values[:, k] - last) / a[k]
    return values
