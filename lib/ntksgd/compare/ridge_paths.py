"""Ridge approximants of drawn networks for every ridge at once, and in the limit of none (claim A).

From the singular values of the tangent features, on a grid as in `approximation_draws`.
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits

from ntksgd.compare.approximation_draws import half_network
from ntksgd.kernels import sphere
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import tangent_features
from ntksgd.risk.approximation import rank_floor
from ntksgd.stats.sweep import map_tasks


def sample_ridge_path(item, seed):
    """One replicate: squared errors for all ridges, shape (len(targets), len(ridges) + 1).

    The last column is their limit as the ridge vanishes: the squared distance of f* from the span
    of the tangent features. The item is (activation, m, targets, ridges, degree of the grid).
    """
    spec, m, targets, ridges, degree = item
    d = targets[0].d
    points, weights = sphere.quadrature(d, degree)
    root = np.sqrt(weights)
    with threadpool_limits(1, "blas"):
        neurons = half_network(m, d, np.random.default_rng(seed))
        features = root[:, None] * tangent_features(neurons, points, activation(spec))
        # QR and SVD of the features: their Gram matrix would square the condition number
        basis, triangle = linalg.qr(features, mode="economic", check_finite=False)
        rotation, singular, _ = linalg.svd(triangle, check_finite=False)
        # features that depend linearly on others (sigma on sigma' x for ReLU) leave only rounding
        live = singular > singular[0] * len(points) * np.finfo(float).eps
        eigenvalues = singular[live] ** 2
        values = root[:, None] * np.stack([target(points) for target in targets], axis=1)
        inside = rotation.T[live] @ (basis.T @ values)
        outside = values - basis @ (rotation[:, live] @ inside)
    lost = np.sum(outside**2, axis=0)
    shrink = np.append(ridges, 0.0)[:, None] / (eigenvalues + np.append(ridges, 0.0)[:, None])
    return (shrink**2 @ inside**2 + lost).T


class RidgePath(NamedTuple):
    """Draws of one width approximating one target for every ridge, of which the last is 0."""

    activation: str
    d: int
    r: float
    m: int
    ridge: np.ndarray
    squared_error: np.ndarray  # (replicates, ridges)
    floor: float  # least root-mean-square error, by the rank of K_m


def ridge_paths(problems, widths, ridges, *, replicates, seed):
    """Draw networks, and find the error for each ridge and in the limit of a vanishing one.

    Returns a list of RidgePath, one a (problem, regularity, width); those of a problem and width
    share their draws.
    """
    items = [(p.activation, m, list(p.targets.values()), np.asarray(ridges), p.resolution.grid)
             for p in problems for m in widths for _ in range(replicates)]
    drawn, paths = iter(map_tasks(sample_ridge_path, items, seed)), []
    for p in problems:
        squares = [np.array([next(drawn) for _ in range(replicates)]) for _ in widths]
        paths += [RidgePath(p.activation, p.d, r, m, np.append(ridges, 0.0), square[:, j],
                            rank_floor(target, p.feature_rank(m)))
                  for j, (r, target) in enumerate(p.targets.items())
                  for m, square in zip(widths, squares, strict=True)]
    return paths
