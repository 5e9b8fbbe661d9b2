r"""Fewer modes, the same sums: eigenvalues clustered by octave.

The recursion is linear in (F_k, w_k) with coefficients that are smooth in lambda on every octave
[2^j, 2^(j+1)): C_k = F_k alpha(lambda_k) + w_k beta(lambda_k). Interpolating alpha and beta at n
Chebyshev nodes x_1 ... x_n between the least and the largest eigenvalue of the octave (a node
beyond the largest could make a stable step unstable) replaces its degrees by n modes of eigenvalues
x_i with power sum_k F_k l_i(lambda_k) and weight sum_k w_k l_i(lambda_k), l_i the Lagrange
polynomials. Total power and total weight are kept exactly. (Single weights may be negative: they
are quadrature weights.) A smooth coefficient such as exp(-2 lambda S) is matched to about 1e-10 by
n = 12.
"""

from dataclasses import replace

import numpy as np

from ntksgd import check
from ntksgd.risk.modes import Modes

NODES = 12


def lagrange(nodes: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Lagrange polynomials l_i(points), shape (len(nodes), len(points))."""
    gaps = nodes[:, None] - nodes[None, :] + np.eye(len(nodes))
    factors = (points[None, None, :] - nodes[None, :, None]) / gaps[:, :, None]
    factors[np.arange(len(nodes)), np.arange(len(nodes))] = 1.0
    return factors.prod(1)


def cluster(modes: Modes, nodes: int = NODES) -> Modes:
    """Modes with at most ``nodes`` eigenvalues an octave; octaves with fewer are left alone.

    Eigenvalues that are zero are left alone too. ValueError for nodes outside 2 ... 64.
    """
    nodes = check.integer("nodes", nodes, 2, 64)
    octave = np.frexp(modes.eigenvalues)[1]
    octave[modes.eigenvalues == 0] = np.iinfo(octave.dtype).max
    chebyshev = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    pieces = []
    for j in np.unique(octave):
        here = octave == j
        lam, F, w = modes.eigenvalues[here], modes.power[:, here], modes.weights[here]
        if len(lam) <= nodes or lam[0] == 0:
            pieces.append((lam, w, F, modes.inverse[here]))
            continue
        low, high = lam.min(), lam.max()
        if low == high:
            pieces.append((lam[:1], w.sum(keepdims=True), F.sum(axis=1, keepdims=True),
                           1 / lam[:1]))
            continue
        middle, half = (low + high) / 2, (high - low) / 2
        x = middle + half * chebyshev
        F_new, w_new = np.zeros((len(F), nodes)), np.zeros(nodes)
        for part in np.array_split(np.arange(len(lam)), 1 + len(lam) // 4096):  # bounded memory
            basis = lagrange(chebyshev, (lam[part] - middle) / half)
            F_new += F[:, part] @ basis.T
            w_new += basis @ w[part]
        pieces.append((x, w_new, F_new, 1 / x))
    lam, w, F, inverse = (np.concatenate(column, -1) for column in zip(*pieces, strict=True))
    return replace(modes, eigenvalues=lam, weights=w, power=F, inverse=inverse)
