r"""The error's covariance given the start: between eigenfunctions, and over the sphere.

Let L_0 phi_i = l_i phi_i, e = f_t - f*, A_ij = E<e, phi_i><e, phi_j>, v(x) = E e(x)^2 = sum_ij A_ij
phi_i(x) phi_j(x), and a = 1 - eta lambda. One step of SGD takes A, and B_ij = E<e, phi_i><f*,
phi_j>, to
    A_ij <- (a^2 - a eta (l_i + l_j)) A_ij + eta^2 l_i l_j int phi_i phi_j (v + s^2)
            - eta lambda [(a - eta l_i) B_ij + (a - eta l_j) B_ji] + eta^2 lambda^2 F_ij,
    B_ij <- (a - eta l_i) B_ij - eta lambda F_ij,        A = F, B = -F at the start.
The diagonal is the recursion of :mod:`ntksgd.risk.moments`, an eigenvalue a degree, with the level
R + s^2 replaced by s^2 + int phi_i^2 v. This module carries what else v needs, i /= j:
    A_ij = alpha_ij F_ij + noise_ij,
alpha_ij (with B_ij = beta_i F_ij) a function of l_i, l_j and t alone, noise_ij from the gradient
noise. It feeds the risk through int phi_i^2 v only, the source of the noise's own noise, of
relative size g = min(1, eta tr L_0). So here, and here alone, an eigenfunction counts as l_i = 0
while l_i S < coupled.FROZEN, S = eta_1 + ... + eta_t, and noise_ij as 0 while g l_i S is.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd.kernels.drawn import DrawnOperator
from ntksgd.kernels.harmonics import harmonics


@dataclass(frozen=True)
class Eigenspace:
    """Eigenvalues l_i, descending, and eigenfunctions on a quadrature grid of the sphere.

    Attributes
    ----------
    values : ndarray, shape (N,)
    vectors : ndarray, shape (N, N)
        Columns, in the harmonics.
    basis : ndarray, shape (N, n)
        The harmonics on the grid.
    functions, squares : ndarray, shape (N, n)
        phi_i and phi_i^2 there.
    weights : ndarray, shape (n,)
    degrees : ndarray, shape (N,)
        The degree of each harmonic.
    """

    values: np.ndarray
    vectors: np.ndarray
    basis: np.ndarray
    functions: np.ndarray
    squares: np.ndarray
    weights: np.ndarray
    degrees: np.ndarray

    @classmethod
    def of(cls, operator: DrawnOperator, grid):
        """Diagonalise the operator; `grid` as `sphere.quadrature` returns it."""
        values, vectors = np.linalg.eigh(operator.matrix)
        values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
        on_grid, degrees = harmonics(grid, operator.max_degree)
        basis = np.ascontiguousarray((on_grid / np.sqrt(grid[1])[:, None]).T)
        functions = vectors.T @ basis
        return cls(values, vectors, basis, functions, functions**2, grid[1], degrees)

    def project(self, v):
        """int phi_i^2 v for functions v (..., n) -> (..., N)."""
        return (v * self.weights) @ self.squares.T

    def profile(self, matrices):
        """sum_ij A_ij phi_i(x) phi_j(x) over the first p, A (..., p, p) -> (..., n)."""
        phi = self.functions[:matrices.shape[-1]]
        return np.sum((matrices @ phi) * phi, axis=-2)

    def couple(self, v, active):
        """int phi_i phi_j v for i /= j < active, v (..., n) -> (..., active, active)."""
        phi = self.functions[:active]
        out = (phi * (v * self.weights)[..., None, :]) @ phi.T
        out[..., np.arange(active), np.arange(active)] = 0.0
        return out


@dataclass(frozen=True)
class Start:
    """F = f* f*^T, or its mean over rotations, of n targets, in an `Eigenspace`.

    Attributes
    ----------
    power : ndarray, shape (n, N)
        F_ii.
    between : ndarray, shape (n, P, P)
        F_ij, i /= j, of the P eigenfunctions that ever move; 0 on the diagonal.
    spread : ndarray, shape (n, grid)
        F(x,x) - sum_i F_ii phi_i(x)^2.
    cross : ndarray, shape (n, P, grid)
        phi_i(x) sum_(j /= i) F_ij phi_j(x), over all j.
    """

    power: np.ndarray
    between: np.ndarray
    spread: np.ndarray
    cross: np.ndarray

    @classmethod
    def of(cls, space: Eigenspace, targets, moving: int):
        """Rows of `targets`: K + 1 powers (averaged over rotations) or N harmonic coefficients."""
        U, phi, moves = space.vectors, space.functions, slice(0, moving)
        if targets.shape[1] == U.shape[0]:
            coefficients = targets @ U
            values = coefficients @ phi
            power, at_x = coefficients**2, values**2
            rows = coefficients[:, moves]
            between = rows[:, :, None] * rows[:, None, :]
            image = rows[:, :, None] * values[:, None, :]
        else:
            each = (targets / np.bincount(space.degrees))[:, space.degrees]
            power = each @ U**2
            at_x = np.broadcast_to(targets.sum(1)[:, None], (len(targets), phi.shape[1]))
            rows = np.swapaxes(U[:, moves] * each[:, :, None], 1, 2)
            between, image = rows @ U[:, moves], rows @ space.basis
        between[:, np.arange(moving), np.arange(moving)] = 0.0
        cross = phi[moves] * (image - power[:, moves, None] * phi[moves])
        return cls(power, between, at_x - power @ space.squares, cross)

    def profile(self, space: Eigenspace, alpha):
        """sum_(i /= j) alpha_ij F_ij phi_i(x) phi_j(x), over all i and j: (..., n, grid).

        alpha (..., p + 1, p + 1) for the first p eigenfunctions and, last, for l = 0.
        """
        active, edge, rest = alpha.shape[-1] - 1, alpha[..., :-1, -1], alpha[..., -1:, -1]
        # apart from its values where one of the two is at rest, which all pairs have
        apart = alpha[..., :-1, :-1] - edge[..., :, None] - edge[..., None, :] + rest[..., None]
        between = apart[..., None, :, :] * self.between[:, :active, :active]
        moved = np.einsum("...i,nix->...nx", edge - rest, self.cross[:, :active])
        return rest[..., None] * self.spread + 2 * moved + space.profile(between)
