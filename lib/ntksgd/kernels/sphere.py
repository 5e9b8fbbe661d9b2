"""Harmonic analysis on the sphere S^(d-1): multiplicities, Legendre polynomials, quadrature.

P_k is the Legendre polynomial of degree k in dimension d (a Gegenbauer polynomial with
P_k(1) = 1), orthogonal for the law of t = <x, x'> under the uniform measure,
    mu_d(dt) = (1 - t^2)^((d-3)/2) dt / B(1/2, (d-1)/2),     int P_k^2 dmu_d = 1 / N_k,
so that P_k = T_k (Chebyshev) for d = 2.  Addition theorem, for an orthonormal basis Y_kj of the
harmonics of degree k:  sum_j Y_kj(x) Y_kj(x') = N_k P_k(<x, x'>).
"""

from functools import lru_cache
from math import comb

import numpy as np
from scipy import special

from ntksgd import check

# Standard deviations of |b| kept beyond its mean, about sqrt(d): exp(-13^2/2) < 1e-36.
NORM_TAIL = 13.0


def multiplicity(d, degrees):
    """Dimension N_k of the space of harmonics of degree k >= 0 on S^(d-1), shape of `degrees`.

    N_0 = 1; on the circle N_k = 2; on S^2 N_k = 2k + 1.
    """
    d, given = check.dimension(d), np.asarray(degrees, dtype=object)
    each = given.ravel().tolist()
    whole = isinstance(degrees, np.ndarray) and degrees.dtype.kind in "iu"
    if not whole or min(each, default=0) < 0:  # long lists of degrees are arrays
        each = [check.integer("degree", k, 0) for k in each]
    values = [float(comb(k + d - 1, d - 1) - (comb(k + d - 3, d - 1) if k >= 2 else 0))
              for k in each]
    return np.array(values).reshape(given.shape) if given.ndim else values[0]


def legendre(d, max_degree, t):
    """Legendre polynomials P_0, ..., P_K in dimension d at t, shape (max_degree + 1,) + t.shape.

    Three-term recursion  (k + d - 2) P_(k+1) = (2k + d - 2) t P_k - k P_(k-1).
    """
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 0)
    t = np.asarray(t, dtype=float)
    values = np.empty((max_degree + 1, *t.shape))
    values[0] = 1.0
    if max_degree >= 1:
        values[1] = t
    for k in range(1, max_degree):
        values[k + 1] = ((2 * k + d - 2) * t * values[k] - k * values[k - 1]) / (k + d - 2)
    return values


@lru_cache(maxsize=64)
def _gauss_panel(order):
    return np.polynomial.legendre.leggauss(order)


def gauss_panels(low, high, panels, order=32, halvings=0):
    """Nodes and weights of composite Gauss-Legendre quadrature of `order` nodes a panel.

    With `halvings` > 0 the panel at `low` is halved that many times towards `low`, so that an
    integrand that changes on the scale s near `low` costs log(1/s) panels, not 1/s.
    """
    nodes, weights = _gauss_panel(order)
    edges = np.linspace(low, high, panels + 1)
    extra = low + (edges[1] - low) * 0.5 ** np.arange(halvings, 0, -1)
    edges = np.concatenate([edges[:1], extra, edges[1:]])
    half = np.diff(edges)[:, None] / 2
    centre = (edges[:-1, None] + edges[1:, None]) / 2
    return (centre + half * nodes).ravel(), (half * weights).ravel()


def norm_quadrature(d, panels, halvings=0):
    """Nodes rho and weights for the law of rho = |b|, b ~ N(0, I_d), d >= 1: the chi law.

    Gauss-Legendre panels on [0, sqrt(d) + 13]; `halvings` refines the one at 0 (`gauss_panels`).
    """
    rho, weights = gauss_panels(0.0, np.sqrt(d) + NORM_TAIL, panels, halvings=halvings)
    size = (d / 2 - 1) * np.log(2) + special.gammaln(d / 2)  # of the normalisation, no overflow
    return rho, weights * np.exp((d - 1) * np.log(rho) - rho**2 / 2 - size)


def zonal_quadrature(d, panels, order=32, halvings=0):
    """Nodes t and weights, of sum 1, for mu_d: in the latitude alpha, t = sin(alpha).

    Gauss-Legendre panels, an even number so that t = 0 is a panel edge: a kink of the integrand at
    t = 0 costs nothing, nor do the square-root singularities of kernels at t = +-1, which the
    angle removes. `halvings` refines the two panels at t = 0 (`gauss_panels`).
    """
    d, panels = check.dimension(d), check.integer("panels", panels, 2, even=True)
    alpha, weights = gauss_panels(0.0, np.pi / 2, panels // 2, order, halvings)
    weights = weights * np.cos(alpha) ** (d - 2) / special.beta(0.5, (d - 1) / 2)
    t = np.sin(alpha)
    return np.concatenate([-t[::-1], t]), np.concatenate([weights[::-1], weights])


def uniform(rng, n, d):
    """Draw n points uniformly on S^(d-1), shape (n, d), from the Generator `rng`."""
    x = rng.standard_normal((check.integer("n", n, 1), check.dimension(d)))
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def quadrature(d, degree):
    """Product quadrature on S^(d-1), exact for polynomials of total degree <= `degree`.

    On the circle `degree` + 1 equispaced points; on S^(d-1) a Gauss-Gegenbauer rule in the first
    coordinate times the rule on S^(d-2). The number of points grows like degree^(d-1).

    Returns
    -------
    points : ndarray, shape (n, d)
    weights : ndarray, shape (n,)
        Positive, summing to 1.
    """
    d, degree = check.dimension(d), check.integer("degree", degree, 0)
    if d == 2:
        phi = 2 * np.pi * np.arange(degree + 1) / (degree + 1)
        return np.stack([np.cos(phi), np.sin(phi)], axis=1), np.full(degree + 1, 1 / (degree + 1))
    t, outer = special.roots_gegenbauer(degree // 2 + 1, (d - 2) / 2)
    below, inner = quadrature(d - 1, degree)
    points = np.empty((t.size, inner.size, d))
    points[..., 0] = t[:, None]
    points[..., 1:] = np.sqrt(1 - t**2)[:, None, None] * below
    weights = np.outer(outer / outer.sum(), inner)
    return points.reshape(-1, d), weights.ravel()
