"""The kernel's integral operator under an empirical law.

Under P_n, uniform on x_1, ..., x_n, the operator L g = E_x'[K(., x') g(x')] acts on the n values of
g as the matrix K/n = U diag(lambda) U^T, with eigenfunctions phi_i = sqrt(n) U_i orthonormal in
L^2(P_n), and f* = sum_i c_i phi_i with c_i = <f*, phi_i> = U_i^T y / sqrt(n). No estimation
is involved: for P_n all of this is exact.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check


@dataclass(frozen=True)
class EmpiricalSpectrum:
    """Eigenvalues of L and the target's power in each eigenfunction.

    It stands in for a `Spectrum` in :mod:`ntksgd.risk.exact`, every eigenvalue simple.

    Attributes
    ----------
    eigenvalues : ndarray, shape (n,)
        Decreasing; their sum is the trace kappa(1), the points being on the sphere.
    eigenfunctions : ndarray, shape (n, n)
        Column i holds phi_i at the points, mean square 1.
    power : ndarray, shape (n,)
        c_i^2, which sum to the mean of y^2.
    trace : float
        kappa(1).
    """

    eigenvalues: np.ndarray
    eigenfunctions: np.ndarray
    power: np.ndarray
    trace: float
    tail = 0.0  # nothing is truncated

    @property
    def multiplicities(self):
        """All ones."""
        return np.ones_like(self.eigenvalues)

    def relabel(self, y):
        """The same operator with the target y, shape (n,)."""
        y = check.finite_array("y", y, 1)
        power = (self.eigenfunctions.T @ y / y.size) ** 2
        return EmpiricalSpectrum(self.eigenvalues, self.eigenfunctions, power, self.trace)

    def tail_power(self, cut):
        """sum of c_i^2 over lambda_i <= cut: what is left when larger eigenvalues are learnt."""
        rising = np.concatenate([[0.0], np.cumsum(self.power[::-1])])
        return rising[np.searchsorted(self.eigenvalues[::-1], cut, side="right")]

    def bias(self, effort):
        """sum_i c_i^2 exp(-2 lambda_i tau): the risk of the mean iterate, tau = sum of steps."""
        return np.exp(-2 * np.multiply.outer(effort, self.eigenvalues)) @ self.power


def gram(kernel, x, rows=4):
    """Kernel matrix of unit vectors x (n, d), a few rows at a time so that they stay in cache."""
    matrix = np.zeros((len(x), len(x)))
    for i in range(0, len(x), rows):  # symmetric: from the diagonal on
        matrix[i : i + rows, i:] = kernel.gram(x[i : i + rows], x[i:])
    matrix = np.triu(matrix, 1)
    matrix += matrix.T
    # <x, x> = 1 up to rounding, which the square root in the ReLU kernel turns into 1e-8
    np.fill_diagonal(matrix, kernel.trace)
    return matrix


def empirical_spectrum(population, kernel, matrix=None):
    """Diagonalise the operator of a `TangentKernel` under the law of a `Population`.

    Pass `matrix`, the kernel matrix, if it is known already; or that of another kernel, of a
    network whose start is drawn, whose trace is about that of the `kernel`.
    """
    matrix = gram(kernel, population.x) if matrix is None else matrix
    eigenvalues, vectors = np.linalg.eigh(matrix / population.n)
    # the matrix is positive definite: an eigenvalue below rounding is only known to be positive
    eigenvalues = np.maximum(eigenvalues[::-1], np.finfo(float).eps * eigenvalues[-1])
    functions = np.sqrt(population.n) * vectors[:, ::-1]
    blank = EmpiricalSpectrum(eigenvalues, functions, np.zeros_like(eigenvalues), kernel.trace)
    return blank.relabel(population.y)
