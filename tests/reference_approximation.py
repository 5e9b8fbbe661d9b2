"""Slow, direct versions of the second moments of one neuron's operator, on a quadrature grid."""

import numpy as np
from scipy import special

from ntksgd.kernels import sphere


def neuron_matrix(activation, b, points, weights, gamma=1.0):
    """sqrt(w_i) z_b(x_i, x_j) sqrt(w_j): the operator Z_b in the vector form of functions."""
    u = points @ b
    value, slope = activation.value(u), activation.derivative(u)
    kernel = np.outer(value, value) + (points @ points.T + gamma**2) * np.outer(slope, slope)
    return np.sqrt(np.outer(weights, weights)) * kernel


def projector(d, degree, points, weights):
    """The projector on one degree, by the addition theorem."""
    count = sphere.multiplicity(d, degree)
    zonal = sphere.legendre(d, degree, np.clip(points @ points.T, -1, 1))[degree]
    return np.sqrt(np.outer(weights, weights)) * count * zonal


def mean_over_norm(f, d, nodes=40):
    """E f(rho) for rho = |b|, b ~ N(0, I_d), f even and smooth: Gauss-Laguerre in rho^2 / 2."""
    s, weights = special.roots_genlaguerre(nodes, d / 2 - 1)
    return sum(w * f(np.sqrt(2 * v)) for v, w in zip(s, weights / weights.sum(), strict=True))


def coupling(activation, d, max_degree, grid, gamma=1.0):
    """q_kl = E tr(P_k Z_b P_l Z_b) / N_l by definition, and E tr(Z_b^2)."""
    points, weights = grid
    projectors = [projector(d, k, points, weights) for k in range(max_degree + 1)]

    def moments(rho):
        z = neuron_matrix(activation, rho * np.eye(d)[0], points, weights, gamma)
        parts = [p @ z for p in projectors]
        traces = [[np.sum(a * b.T) for b in parts] for a in parts]
        return np.append(np.ravel(traces), np.sum(z * z))

    values = mean_over_norm(moments, d)
    counts = sphere.multiplicity(d, np.arange(max_degree + 1))
    return values[:-1].reshape(max_degree + 1, -1) / counts, values[-1]


def ridge_residual(matrix, values, lam):
    """Solve for lam (A + lam)^(-1) f, the part of the vector f that ridge regression misses."""
    return lam * np.linalg.solve(matrix + lam * np.eye(len(matrix)), values)
