"""Draws of the width-m approximant on a quadrature grid, for claim A.

On a grid with points x_i and weights w_i of total mass 1, the operator L_m is the symmetric matrix
    A_ij = sqrt(w_i) K_m(x_i, x_j) sqrt(w_j),
a function f the vector sqrt(w_i) f(x_i), and the L^2 norm the Euclidean one. The target is
band-limited, so its integrals are exact on the grid; only K_m is discretised.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy import linalg
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.harmonics import harmonics
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise
from ntksgd.problems.target import Target


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


class Drawn(NamedTuple):
    """One replicate: squares of norms, by curve (first axis) and width (second)."""

    error: np.ndarray  # ||e_m||^2 of the curve's target
    fluctuation: np.ndarray  # ||e - e_m||^2
    harmonic: np.ndarray  # tr(P_k E^2) / N_k in each degree k, last axis; E = lam (L_m + lam)^(-1)
    uniform: np.ndarray  # ||E L^r||^2, the worst target of the source ball for this draw
    deviation: np.ndarray  # ||L_m - L||_HS^2, shape (widths,)


def sample_errors(item, seed):
    """One replicate of every curve at every width, from one eigendecomposition a width: `Drawn`.

    The item is (activation, increasing even widths, curves, degree of the quadrature grid); a curve
    is a Target with its ridges, one a width. Sources beyond the target's degrees are left out.
    """
    spec, widths, curves, degree = item
    spectrum = curves[0][0].spectrum
    grid = sphere.quadrature(spectrum.d, degree)
    root, (basis, degrees) = np.sqrt(grid[1]), harmonics(grid, spectrum.max_degree)
    values = [root * target(grid[0]) for target, _ in curves]
    biases = [[root * _ridge_bias(target, lam)(grid[0]) for lam in ridges]
              for target, ridges in curves]
    limit = _limit(spec, spectrum.d, degree)
    shape = len(curves), len(widths)
    errors, fluctuations, uniform, deviation = np.empty((4, *shape))
    harmonic = np.empty((*shape, spectrum.max_degree + 1))
    with threadpool_limits(1, "blas"):  # tasks run side by side; one thread also fixes rounding
        kernels = nested_kernels(spec, widths, grid, np.random.default_rng(seed))
        for j, matrix in enumerate(kernels):
            deviation[0, j] = np.sum((matrix - limit) ** 2)
            eigenvalues, vectors = linalg.eigh(matrix, driver="evd", check_finite=False)
            turned = vectors.T @ basis
            for i, (target, ridges) in enumerate(curves):
                shrink = ridges[j] / (np.maximum(eigenvalues, 0.0) + ridges[j])  # rounding < 0
                error = vectors @ (shrink * (vectors.T @ values[i]))
                errors[i, j] = error @ error
                fluctuations[i, j] = np.sum((error - biases[i][j]) ** 2)
                moved = shrink[:, None] * turned
                harmonic[i, j] = (np.bincount(degrees, np.sum(moved**2, axis=0))
                                  / spectrum.multiplicities)
                moved *= spectrum.eigenvalues[degrees] ** target.r
                top = len(degrees) - 1
                uniform[i, j] = linalg.eigvalsh(moved.T @ moved, subset_by_index=(top, top),
                                                check_finite=False)[0]
    return Drawn(errors, fluctuations, harmonic, uniform, deviation[0])


@lru_cache(maxsize=8)
def _limit(spec, d, degree):
    """The matrix of L on the grid: the same for every replicate."""
    points, weights = sphere.quadrature(d, degree)
    root = np.sqrt(weights)
    return root[:, None] * tangent_kernel(spec).gram(points) * root


def _ridge_bias(target, lam):
    """The function e = lam (L + lam)^(-1) f*, as a zonal series like the target."""
    shrink = lam / (target.spectrum.eigenvalues + lam)
    return Target(target.spectrum, target.r, shrink**2 * target.power, target.signs)
