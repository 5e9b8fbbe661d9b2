"""Draws of the width-m approximant on a quadrature grid, for claim A.

On a grid with points x_i and weights w_i of total mass 1, the operator L_m is the symmetric matrix
    A_ij = sqrt(w_i) K_m(x_i, x_j) sqrt(w_j),
a function f the vector sqrt(w_i) f(x_i), and the L^2 norm the Euclidean one. The target is
band-limited, so its integrals are exact on the grid; only K_m is discretised.
"""

from typing import NamedTuple

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise, tangent_features
from ntksgd.problems.target import Target
from ntksgd.risk.approximation import rank_floor
from ntksgd.stats.sweep import map_tasks


def half_network(m, d, rng):
    """Draw the first m/2 neurons of the symmetric initialisation: their tangent kernel is K_m."""
    return Parameters(*(part[: m // 2] for part in initialise(m, d, rng)))


def nested_kernels(spec, widths, grid, rng):
    """Yield the matrices A of L_m for even, increasing widths of one draw of neurons.

    Each width keeps the neurons of the smaller ones, so the cost is that of the largest. `grid`:
    points (n, d) and weights (n,), as `sphere.quadrature` returns them.
    """
    act, (points, weights) = activation(spec), grid
    widths = [check.width(m) for m in widths]
    if any(a >= b for a, b in zip(widths, widths[1:], strict=False)):
        raise ValueError(f"widths = {widths}: must increase")
    neurons = half_network(widths[-1], points.shape[1], rng)
    root, total, done = np.sqrt(weights), 0.0, 0
    for m in widths:
        block = Parameters(*(part[done : m // 2] for part in neurons))
        total = total + block.a.size * empirical_ntk(block, points, points, act)
        done = m // 2
        yield root[:, None] * (total / done) * root


def ridge_residual(matrix, values, lam):
    """Solve for lam (A + lam)^(-1) f, the part of the vector f that ridge regression misses."""
    shifted = matrix.copy()
    shifted.flat[:: len(matrix) + 1] += lam
    factor = linalg.cho_factor(shifted, overwrite_a=True, check_finite=False)
    return lam * linalg.cho_solve(factor, values, check_finite=False)


def sample_errors(item, seed):
    """One replicate: ||e_m||^2 and ||e - e_m||^2, each of shape (len(curves), len(widths)).

    The item is (activation, increasing even widths, curves, degree of the quadrature grid); a curve
    is a Target with its ridges, one a width.
    """
    spec, widths, curves, degree = item
    grid = sphere.quadrature(curves[0][0].d, degree)
    root = np.sqrt(grid[1])
    values = [root * target(grid[0]) for target, _ in curves]
    biases = [[root * _ridge_bias(target, lam)(grid[0]) for lam in ridges]
              for target, ridges in curves]
    errors, fluctuations = np.empty((2, len(curves), len(widths)))
    with threadpool_limits(1, "blas"):  # tasks run side by side; one thread also fixes rounding
        kernels = nested_kernels(spec, widths, grid, np.random.default_rng(seed))
        for j, matrix in enumerate(kernels):
            for i, (_, ridges) in enumerate(curves):
                error = ridge_residual(matrix, values[i], ridges[j])
                errors[i, j] = error @ error
                fluctuations[i, j] = np.sum((error - biases[i][j]) ** 2)
    return errors, fluctuations


def _ridge_bias(target, lam):
    """The function e = lam (L + lam)^(-1) f*, as a zonal series like the target."""
    shrink = lam / (target.spectrum.eigenvalues + lam)
    return Target(target.spectrum, target.r, shrink**2 * target.power, target.signs)


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
