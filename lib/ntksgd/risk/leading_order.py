r"""The leading order of the excess of a linearised squareplus network, in logarithms: for any S.

With S = eta_1 + ... + eta_T and p(l) = exp(-2 S l), the second divided difference is in closed form
    p[k, l, k] = 4 S^2 exp(-2 S min(l_k, l_l)) w,    u = 2 S |l_k - l_l|,
    w = [1 - (1 + u) exp(-u)] / u^2  if l_k > l_l,    [u - 1 + exp(-u)] / u^2  otherwise,
so that w <= 1/2, 1/u^2 and 1/u. Eigenvalues and second moments by their laws (`kernels.decay`),
F_k = l_k^(2r) (k+1)^(-1-eps), sums over even k and l (odd ones differ by constants) as integrals:
    excess = sum_kl F_k V_kl p[k, l, k],    c(T) ~ excess S^(2r)    (the risk is of order S^(-2r)).
"""

import numpy as np
from scipy.special import logsumexp

from ntksgd import check
from ntksgd.kernels.decay import squareplus_coupling, squareplus_prefactor

SMALL, LARGE = 1e-5, 1e3  # below, w is 1/2 within 1e-5; beyond, exp(-u) is nothing


def log_excess(scale, d, r, log_S, eps=0.05):
    """log(excess S^(2r)), up to a constant that does not depend on S, for log S in [5, 2000]."""
    r, log_S = check.positive("r", r), check.number("log_S", log_S, 5.0, 2e3)
    k = _even_degrees(check.positive("scale", scale), log_S)
    prefactor, q = squareplus_prefactor(scale, d, k)
    log_eigenvalue, log_width = np.log(prefactor) - 1.5 * q ** (2 / 3), np.log(np.gradient(k))
    moment, q = squareplus_coupling(scale, d, k[:, None], k)
    terms = np.log(moment) - 1.5 * q ** (2 / 3) + log_width
    terms += log_divided_difference(log_eigenvalue[:, None], log_eigenvalue, log_S)
    power = 2 * r * log_eigenvalue - (1 + eps) * np.log(k + 1) + log_width
    return float(logsumexp(terms + power[:, None]) + 2 * r * log_S)


def exponent(scale, d, r, log_S, ratio=1.1):
    """d log(excess S^(2r)) / d log S around each of log_S, shape (n,): that of c(T) in S."""
    ends = [[log_excess(scale, d, r, x * y) for y in (1 / np.sqrt(ratio), np.sqrt(ratio))]
            for x in np.atleast_1d(log_S)]
    return np.diff(ends)[:, 0] / (np.atleast_1d(log_S) * (np.sqrt(ratio) - 1 / np.sqrt(ratio)))


def log_divided_difference(log_k, log_l, log_S):
    """log p[k, l, k] for p(l) = exp(-2 S l), from the logarithms of both eigenvalues and of S."""
    high, low = np.maximum(log_k, log_l), np.minimum(log_k, log_l)
    with np.errstate(divide="ignore"):  # u = 0 where both agree
        log_u = np.log(2) + log_S + high + np.log(-np.expm1(low - high))
    u = np.exp(np.clip(log_u, np.log(SMALL), np.log(LARGE)))
    near = np.where(log_k > log_l, 1 - (1 + u) * np.exp(-u), u - 1 + np.exp(-u)) / u**2
    far = np.where(log_k > log_l, -2 * log_u, -log_u)
    log_w = np.where(log_u < np.log(LARGE), np.log(near), far)
    return np.log(4) + 2 * log_S + log_w - 2 * np.exp(np.minimum(log_S + low, 600))


def _even_degrees(scale, log_S):
    # every degree that counts: dense at first and around the edge l_k = 1/S
    edge = (log_S / 1.5) ** 1.5 / (2 * scale)
    grid = [np.arange(2, 64), np.geomspace(64, max(2 * edge, 128), 200),
            edge * (1 + np.linspace(-100, 60, 360) / log_S)]
    degrees = 2 * np.unique(np.rint(np.concatenate(grid) / 2))
    return degrees[degrees > 0]
