"""Exact second moments of kernel SGD under a law with finitely many points.

With e_t = f_t - f* restricted to the points, L = K/n and x_I drawn uniformly,
    e <- e - eta (e_I - xi) K_I,        xi independent noise of variance s^2,
so E e <- (I - eta L) E e, and S = E e e^T obeys the closed recursion
    S <- S - eta (L S + S L) + eta^2/n K diag(S_ii + s^2) K.
Only the trace identity K(x,x) = kappa(1) is left of the sphere's symmetry; it is enough for
    E||e||_H^2 <- E||e||_H^2 - 2 eta R + eta^2 kappa(1) (R + s^2),      R = tr(S)/n,
whatever the data. The per-mode recursion of :mod:`ntksgd.risk.exact` replaces E[e^2 phi_k^2] by R.
"""

import numpy as np

from ntksgd import check


def covariance_recursion(matrix, y, schedule, T, noise=0.0):
    """Expected risk and RKHS distance after t = 0, ..., T steps by the full matrix recursion.

    O(n^3) a step: the reference, for a few hundred points.

    Returns
    -------
    risk, rkhs : ndarray, shape (T + 1,)
        E||e_t||^2 in L^2(P_n), and E||e_t||^2 in the RKHS, e^T K^-1 e.

    Raises
    ------
    ValueError
        For shapes that do not fit, an entry that is not finite, negative noise.
    """
    matrix, y = check.finite_array("matrix", matrix, 2), check.finite_array("y", y, 1)
    n, noise = y.size, check.number("noise", noise, 0.0)
    if matrix.shape != (n, n):
        raise ValueError(f"matrix: shape {matrix.shape}, must be {(n, n)}")
    eigenvalues, vectors = np.linalg.eigh(matrix / n)
    # in the eigenbasis L is diagonal: S_kl decays at rate lambda_k + lambda_l
    start = vectors.T @ y
    moment = np.outer(start, start)
    pair, product = np.add.outer(eigenvalues, eigenvalues), np.outer(eigenvalues, eigenvalues)
    risk, rkhs = np.empty(T + 1), np.empty(T + 1)
    step_sizes = schedule.step_sizes(T)
    for t in range(T + 1):
        diagonal = np.diag(moment)
        risk[t], rkhs[t] = diagonal.sum() / n, np.sum(diagonal / eigenvalues) / n
        if t < T:
            local = np.einsum("ik,ik->i", vectors @ moment, vectors) + noise  # E e_i^2 + s^2
            kick = n * product * ((vectors.T * local) @ vectors)
            moment = moment - step_sizes[t] * pair * moment + step_sizes[t] ** 2 * kick
    return risk, rkhs
