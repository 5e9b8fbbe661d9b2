"""Expectations over a pair of Gaussians of variance 1 and covariance s, and their derivatives.

E_S f = E f(u), u ~ N(0, S), has derivatives in the entries s_11, s_12, s_22 of S. Here they fall on
the density, (d/du_i)(d/du_j) of it being what d/ds_ij is (half of that for i = j), so that f needs
none: activations with a kink at 0 are allowed. As |s| -> 1 rounding grows like (1 - s^2)^(-2).
"""

from itertools import combinations_with_replacement

import numpy as np

from ntksgd.kernels import sphere

PAIRS = tuple(combinations_with_replacement(range(2), 2))  # the entries 11, 12, 22
HALF = np.array([0.5, 1.0, 0.5])
RADIAL, ANGULAR = 2, 1  # panels in |u| and between two kinks in the angle


class GaussianPair:
    """(u_1, u_2) at the nodes of a quadrature, with phi there.

    Attributes
    ----------
    u, h, d : ndarray, shape (2, nodes)
        The pair, phi and phi'.
    F : ndarray, shape (3, nodes)
        h_1 h_1, h_1 h_2, h_2 h_2, with means `S` (3,), and `J` (3, 3) their derivatives in S.
    P : ndarray, shape (nodes,)
        d_1 d_2, with mean `p` and `slope` (3,) its derivatives in S.
    inverse : ndarray, shape (2, 2)
        [[1, s], [s, 1]]^(-1).
    """

    def __init__(self, phi, s):
        angle, (rho, density) = np.arccos(s), sphere.norm_quadrature(2, RADIAL)
        # u_1 = 0 and u_2 = 0 at these angles
        kinks = np.array([-np.pi, 2 * angle - np.pi, np.pi, 2 * angle + np.pi, 3 * np.pi]) / 2
        panels = [sphere.gauss_panels(*ends, ANGULAR)
                  for ends in zip(kinks[:-1], kinks[1:], strict=True)]
        psi, weights = (np.concatenate(part) for part in zip(*panels, strict=True))
        self.weights = np.outer(density, weights).ravel() / (2 * np.pi)
        self.u = np.array([np.outer(rho, np.cos(psi - turn)).ravel() for turn in (0.0, angle)])
        self.inverse = A = np.array([[1, -s], [-s, 1]]) / (1 - s**2)
        y = A @ self.u
        self.first = HALF[:, None] * np.array([y[i] * y[j] - A[i, j] for i, j in PAIRS])
        # derivatives commute: how many of the four are in u_2 is all that matters
        fourth = [_hermite(y, A, *([0] * (4 - n) + [1] * n)) for n in range(5)]
        self.second = np.array([[f * g * fourth[sum(a + b)]
                                 for b, g in zip(PAIRS, HALF, strict=True)]
                                for a, f in zip(PAIRS, HALF, strict=True)])
        self.h, self.d = phi.value(self.u), phi.derivative(self.u)
        self.F = np.array([self.h[i] * self.h[j] for i, j in PAIRS])
        self.P = self.d[0] * self.d[1]
        self.S, self.p = self.mean(self.F), self.mean(self.P)
        self.J, self.slope = self.mean(self.F[:, None] * self.first), self.mean(self.P * self.first)

    def mean(self, f):
        """E f of values (..., nodes)."""
        return f @ self.weights

    def bend(self, f, C):
        """sum_ab C_ab d^2 E f / dS_a dS_b / 2, C (3, 3)."""
        return self.mean(f * np.tensordot(C, self.second, 2)) / 2

    def after(self, C):
        """n Cov of mean_i (h_1 h_1, h_1 h_2, h_2 h_2) over n neurons, if Cov of their S is C/n."""
        return self._own(self.F) + self.J @ C @ self.J.T

    def along(self, C):
        """n Cov of mean_i d_1 d_2 with the same three numbers, shape (3,)."""
        return self._own(self.P) + self.slope @ C @ self.J.T

    def _own(self, f):
        return self.mean(f[..., None, :] * self.F) - np.multiply.outer(self.mean(f), self.S)


def _hermite(y, A, i, j, k, l):
    """(d_i d_j d_k d_l density) / density at u = S y, A = S^-1."""
    pairs = ((i, j, k, l), (i, k, j, l), (i, l, j, k))
    return (y[i] * y[j] * y[k] * y[l]
            - sum(A[a, b] * y[c] * y[e] + A[c, e] * y[a] * y[b] for a, b, c, e in pairs)
            + sum(A[a, b] * A[c, e] for a, b, c, e in pairs))
