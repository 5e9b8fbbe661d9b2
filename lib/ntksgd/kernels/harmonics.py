"""Real orthonormal harmonics on the circle and on S^2, as vectors on a quadrature grid.

On a grid with weights w_i the function Y is the vector sqrt(w_i) Y(x_i); these vectors are
orthonormal as long as the grid integrates polynomials of twice their degree.
"""

import numpy as np
from scipy import special

from ntksgd import check


def harmonics(grid, max_degree):
    """An orthonormal basis of the harmonics of degree at most `max_degree`.

    Parameters
    ----------
    grid : (points (n, d), weights (n,))
        As `sphere.quadrature` returns them, d = 2 or 3 and exact to degree 2 `max_degree`.
    max_degree : int
        At least 0.

    Returns
    -------
    vectors : ndarray, shape (n, N_0 + ... + N_K)
    degrees : ndarray of int
        The degree of each column.
    """
    (points, weights), top = grid, check.integer("max_degree", max_degree, 0)
    check.one_of("d", points.shape[1], (2, 3))
    angle, columns, degrees = np.arctan2(points[:, 1], points[:, 0]), [], []
    for k in range(top + 1):
        for j in (k,) if points.shape[1] == 2 else range(k + 1):
            profile = 1.0 if points.shape[1] == 2 else _latitude(k, j, points[:, 2])
            pair = [np.cos(j * angle), np.sin(j * angle)][: 1 if j == 0 else 2]
            columns += [profile * (1.0 if j == 0 else np.sqrt(2)) * wave for wave in pair]
            degrees += [k] * len(pair)
    return np.sqrt(weights)[:, None] * np.stack(columns, axis=1), np.array(degrees)


def _latitude(k, j, z):
    """The associated Legendre function of degree k and order j, of mean square 1 on S^2."""
    return np.sqrt((2 * k + 1) * special.poch(k + j + 1, -2 * j)) * special.lpmv(j, k, z)
