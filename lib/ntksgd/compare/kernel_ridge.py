"""Kernel ridge regression on given kernel matrices, its ridge chosen by leave-one-out.

    f = K(., x) (K + rho I)^(-1) Y.    With H = K (K + rho I)^(-1), the residual at the sample i of
the regression that leaves i out is (y_i - f(x_i)) / (1 - H_ii): cross-validation with n folds, for
all ridges from one diagonalisation.
"""

from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from ntksgd import check

# in units of the trace of K: from what cannot be told from interpolation to what learns nothing
RIDGES = np.geomspace(1e-6, 10, 15)


class Ridge(NamedTuple):
    """Coefficients (n, C) of K(., x_i), and the ridge rho that was chosen."""

    coefficients: np.ndarray
    ridge: float


@threadpool_limits.wrap(limits=1, user_api="blas")  # one task a core already
def ridge_regression(matrix, y):
    """Kernel ridge regression with the ridge of least leave-one-out error.

    Parameters
    ----------
    matrix : array, shape (n, n)
        Kernel matrix of the training points, symmetric and positive semidefinite.
    y : array, shape (n, C)

    Returns
    -------
    Ridge
    """
    matrix, y = check.finite_array("matrix", matrix, 2), check.finite_array("y", y, 2)
    if matrix.shape != (len(y), len(y)) or len(y) < 2:
        raise ValueError(f"matrix, y: shapes {matrix.shape}, {y.shape}, need (n, n), (n, C), "
                         "n >= 2")
    eigenvalues, vectors = np.linalg.eigh(matrix)
    eigenvalues = np.maximum(eigenvalues, 0.0)  # negative by rounding only
    if eigenvalues[-1] == 0:
        raise ValueError("matrix: is zero")
    ridges, squares, inner = RIDGES * eigenvalues.sum(), vectors**2, vectors.T @ y
    errors = []
    for ridge in ridges:
        kept = (ridge / (eigenvalues + ridge))[:, None]  # of I - H = V diag(kept) V^T
        errors.append(np.mean((vectors @ (kept * inner) / (squares @ kept)) ** 2))
    best = float(ridges[int(np.argmin(errors))])
    return Ridge(vectors @ (inner / (eigenvalues + best)[:, None]), best)
