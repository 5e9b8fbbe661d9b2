r"""The law of Q = sum_j (m_j + v_j^(1/2) g_j)^2, with g_j independent standard normal numbers.

Imhof (1961): with w_j the variances, h_j how many coordinates share one, c_j the sum of m^2/w_j
over these,
    P(Q > x) = 1/2 + (1/pi) int_0^inf sin(theta(u)) / (u rho(u)) du,
    theta(u) = (1/2) sum_j [h_j arctan(w_j u) + c_j w_j u / (1 + w_j^2 u^2)] - x u / 2,
    log rho(u) = sum_j [(h_j/4) log(1 + w_j^2 u^2) + (c_j/2) w_j^2 u^2 / (1 + w_j^2 u^2)].

Every such law has P(Q > x E Q) <= sqrt(x) exp((1 - x)/2), x >= 1 (`norm_bound`). A coordinate with
m^2 + v = 1 has log E exp(s (m + v^(1/2) g)^2) = -log(1 - 2 s v)/2 + s (1 - v)/(1 - 2 s v), which
grows with v up to v = 1; Q/EQ is a mean of such coordinates, so that E exp(s Q/EQ), by Jensen's
inequality, is at most (1 - 2 s)^(-1/2), and Chernoff's bound with s = (1 - 1/x)/2 does the rest.
"""

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from ntksgd import check

#: Coordinates needed: with fewer the integral converges too slowly.
LEAST = 8
#: Beyond u with 1/rho below this the integrand is dropped.
NEGLIGIBLE = 1e-10
NODES = 4000


class WeightedChiSquare:
    """Law of Q.

    Parameters
    ----------
    variances, counts, squared_means : array, shape (n,)
        Of each group: variance of a coordinate > 0, number h of coordinates, sum of m^2. All >= 0.
        The counts add up to `LEAST` at least.
    """

    def __init__(self, variances, counts, squared_means):
        self.w = check.finite_array("variances", variances, 1, non_negative=True)
        self.h = check.finite_array("counts", counts, 1, non_negative=True)
        self.m2 = check.finite_array("squared_means", squared_means, 1, non_negative=True)
        if not self.w.shape == self.h.shape == self.m2.shape or np.any(self.w == 0):
            raise ValueError(f"variances = {variances}: must be > 0, as many as counts and means")
        check.number("counts", self.h.sum(), LEAST)
        self.mean = float(self.h @ self.w + self.m2.sum())
        self.sd = float(np.sqrt(2 * self.h @ self.w**2 + 4 * self.m2 @ self.w))
        end = 1 / self.mean
        while self._log_rho(np.array([end]))[0] < -np.log(NEGLIGIBLE):
            end *= 1.5
        nodes, weights = np.polynomial.legendre.leggauss(40)
        edges = end * np.linspace(0, 1, NODES // 40 + 1) ** 2  # finest where the integrand is
        half = np.diff(edges)[:, None] / 2
        self._u = (edges[:-1, None] + half * (1 + nodes)).ravel()
        wu = np.outer(self._u, self.w)
        self._phase = (np.arctan(wu) @ self.h + wu / (1 + wu**2) @ (self.m2 / self.w)) / 2
        self._weight = (half * weights).ravel() / (self._u * np.exp(self._log_rho(self._u)))

    def _log_rho(self, u):
        square = np.outer(u, self.w) ** 2
        return np.log1p(square) @ self.h / 4 + square / (1 + square) @ (self.m2 / self.w) / 2

    def tail(self, x):
        """P(Q > x)."""
        return 0.5 + self._weight @ np.sin(self._phase - x * self._u / 2) / np.pi

    def quantile(self, delta):
        """The x with P(Q > x) = delta, for delta or each of an array of them in [1e-4, 1/2]."""
        deltas = np.atleast_1d(delta)
        for one in deltas:
            check.number("delta", one, 1e-4, 0.5)
        found = [brentq(lambda x, d=d: self.tail(x) - d, 0.1 * self.mean,
                        norm_bound(d) * self.mean, rtol=1e-10) for d in deltas]
        return np.array(found) if np.ndim(delta) else found[0]


def norm_bound(delta):
    """The x >= 1 with sqrt(x) exp((1 - x)/2) = delta, 0 < delta < 1.

    For every Gaussian vector Z, whatever its mean and covariance, ||Z||^2 <= x E||Z||^2 with
    probability at least 1 - delta; x / log(2/delta) is at most about 2.7 (`largest_factor`).
    """
    level = 2 * np.log(1 / check.number("delta", delta, 0, 1, open_low=True, open_high=True))
    return brentq(lambda x: x - 1 - np.log(x) - level, 1.0, 3 + 2 * level)


def largest_factor():
    """Supremum over delta in (0, 1) of norm_bound(delta) / log(2/delta)."""
    # over x instead: delta = sqrt(x) exp((1 - x)/2), and the ratio tends to 2 as x grows
    found = minimize_scalar(lambda x: -x / (np.log(2) + (x - 1 - np.log(x)) / 2),
                            bounds=(1, 100), method="bounded", options={"xatol": 1e-10})
    return float(-found.fun)
