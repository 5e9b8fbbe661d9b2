r"""The kernel operator of a network whose start is drawn, as a matrix in the harmonics.

At the symmetric start K_0(x,x') = (2/m) sum_(i <= m/2) [s_i(x) s_i(x') + (x.x' + gamma^2) s'_i(x)
s'_i(x')], s_i = sigma(<b_i,x>), s'_i = sigma'(<b_i,x>). With b = rho w and Funk-Hecke coefficients
c_k(rho), c'_k(rho) (`funk_hecke`), the addition theorem gives the harmonic of degree k the
coefficient c_k(rho) Y(w) in s, and c'_k(rho) Y(w) in s'. So with the matrices V = [c_k Y(w_i)],
V' likewise, and X_j that of f -> x_j f, which moves a degree by one,
    L_0 = (2/m) [V V^T + gamma^2 V' V'^T + sum_j X_j V' V'^T X_j^T]
is exact on the degrees <= K (V' has one more degree in the last term): no kink is integrated over.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import coefficients_of_many
from ntksgd.kernels.harmonics import evaluate, harmonics
from ntksgd.models.activations import Activation, activation
from ntksgd.models.two_layer import Parameters

CHUNK = 2048  # neurons taken together


@dataclass(frozen=True)
class DrawnOperator:
    """A kernel operator on the harmonics of degree at most K on S^(d-1).

    Attributes
    ----------
    d, max_degree : int
    matrix : ndarray, shape (N, N)
        Symmetric, in the basis of `harmonics.evaluate`, N = N_0 + ... + N_K.
    """

    d: int
    max_degree: int
    matrix: NDArray

    def __post_init__(self):
        """Refuse a matrix of another shape, or one that is not symmetric."""
        matrix = check.finite_array("matrix", self.matrix, 2)
        size = self.degrees.size
        if matrix.shape != (size, size):
            raise ValueError(f"matrix: has shape {matrix.shape}, degrees <= {self.max_degree} on "
                             f"S^{self.d - 1} need {(size, size)}")
        if np.abs(matrix - matrix.T).max() > 1e-12 * np.abs(matrix).max():
            raise ValueError("matrix: must be symmetric")

    @property
    def degrees(self) -> NDArray:
        """The degree of each basis function, shape (N,)."""
        k = np.arange(check.integer("max_degree", self.max_degree, 0) + 1)
        return np.repeat(k, sphere.multiplicity(self.d, k).astype(int))

    def degree_means(self) -> NDArray:
        """tr(P_k L_0) / N_k, shape (K + 1,): the eigenvalues lambda_k in the mean."""
        return np.bincount(self.degrees, np.diag(self.matrix)) / np.bincount(self.degrees)

    def fluctuation(self, eigenvalues) -> NDArray:
        """sum_pq <Y_lq, (L_0 - L) Y_kp>^2 / N_k, L = diag(lambda_k): row k, column l.

        Its mean over starts of width m is (2/m) V_kl (`neuron_moments.kernel_variance`).
        """
        one = np.eye(self.max_degree + 1)[self.degrees]
        squares = (self.matrix - np.diag(eigenvalues[self.degrees])) ** 2
        return one.T @ squares @ one / one.sum(0)[:, None]


def drawn_operator(params: Parameters, spec: str | Activation, max_degree: int,
                   gamma: float = 1.0) -> DrawnOperator:
    """L_0 of the network that starts at `params`.

    Parameters
    ----------
    params : Parameters
        A symmetric start as `two_layer.initialise` draws it: c = 0, |a_i| = 1.
    spec : str or Activation
    max_degree : int
        K >= 1.
    gamma : float
        Weight of the bias, >= 0.

    Raises
    ------
    ValueError
        For a bias c or an outer weight a that is not of this kind.
    """
    a, b, c = params
    if np.any(c != 0) or np.any(np.abs(a) != 1):
        raise ValueError("params: must have c = 0 and a = +-1, as a symmetric start has")
    half = len(b) // 2
    if np.array_equal(b[:half], b[half:]):
        b = b[:half]  # both neurons of a pair have the same features, up to sign
    return neuron_average(b, np.full(len(b), 1 / len(b)), spec, max_degree, gamma)


def neuron_average(b, weights, spec, max_degree, gamma=1.0) -> DrawnOperator:
    """sum_i weights_i Z_(b_i), Z_b the operator of one neuron (`neuron_moments`); b (n, d)."""
    act, top = activation(spec), check.integer("max_degree", max_degree, 1)
    b, gamma = check.finite_array("b", b, 2), check.number("gamma", gamma, 0.0)
    d = check.dimension(b.shape[1])
    coordinates = _coordinates(d, top)
    inner, outer = coordinates[0].shape
    value, slope = np.zeros((inner, inner)), np.zeros((outer, outer))
    for low in range(0, len(b), CHUNK):
        some, root = b[low : low + CHUNK], np.sqrt(weights[low : low + CHUNK])
        rho = np.linalg.norm(some, axis=1)
        basis, degrees = evaluate(some / rho[:, None], top + 1)
        panels = max(16, 2 * (top // 16))  # of 32 nodes each
        V, W = (root[:, None] * c[:, degrees] * basis
                for c in coefficients_of_many(act, d, top + 1, rho, panels))
        value += V[:, :inner].T @ V[:, :inner]
        slope += W.T @ W
    matrix = value + gamma**2 * slope[:inner, :inner]
    matrix += sum((X @ (X @ slope).T) for X in coordinates)
    return DrawnOperator(d, top, (matrix + matrix.T) / 2)


@lru_cache(maxsize=8)
def _coordinates(d, max_degree):
    """The matrices of f -> x_j f from degrees <= K + 1 to degrees <= K, j = 1, ..., d, sparse."""
    grid = sphere.quadrature(d, 2 * max_degree + 2)
    vectors, degrees = harmonics(grid, max_degree + 1)
    rows = vectors[:, degrees <= max_degree].T
    found = [rows @ (x[:, None] * vectors) for x in grid[0].T]
    return [sparse.csr_array(np.where(np.abs(X) > 1e-13, X, 0.0)) for X in found]
