"""Decay laws of the eigenvalues in the degree k, with their constants.

ReLU: the step has |c'_k| ~ sqrt(A) k^(-d/2) at odd k, A = 2^(d-2) Gamma(d/2)^2 / pi^2, hence
    lambda_k ~ A k^(-d) at even k,    gamma^2 A k^(-d) at odd k.
Squareplus of scale s is analytic but for the branch points u = +-is. A preactivation rho t meets
them at distance asinh(s/rho), so c'_k(rho)^2 ~ exp(-2 k asinh(s/rho)); Laplace's method in rho, the
saddle at rho^3 = q, q = 2 s (k + (d-2)/2), gives (times gamma^2 at odd k)
    lambda_k ~ B k^(1-d) q^((d-2)/3) exp(-3/2 q^(2/3)),
    B = Gamma(d/2) 2^((d-2)/2) s / sqrt(6 pi) exp(s^2/6).
"""

import numpy as np
from scipy import special

from ntksgd import check
from ntksgd.kernels.spectrum import mercer_spectrum


def relu_law(d, k, gamma=1.0):
    """Leading term of lambda_k for ReLU on S^(d-1), degrees k >= 1 of any shape."""
    d, k = check.dimension(d), np.asarray(k, dtype=float)
    constant = 2.0 ** (d - 2) * special.gamma(d / 2) ** 2 / np.pi**2
    return constant * np.where(k % 2, gamma**2, 1.0) * k ** (-d)


def relu_tail(d, max_degree, gamma=1.0):
    """Leading term of sum_(k > K) lambda_k N_k for ReLU, N_k ~ 2 k^(d-2)/(d-2)!."""
    constant = (relu_law(d, 2, gamma) + relu_law(d, 3, gamma) * 1.5**d) * 2.0**d / 2
    return 2 * constant / special.factorial(d - 2) / max_degree


def squareplus_prefactor(scale, d, k, gamma=1.0):
    """The law without its exponential, and the argument q of the exponential exp(-3/2 q^(2/3))."""
    scale, d = check.positive("scale", scale), check.dimension(d)
    k = np.asarray(k, dtype=float)
    q = 2 * scale * (k + (d - 2) / 2)
    constant = special.gamma(d / 2) * 2 ** ((d - 2) / 2) * scale / np.sqrt(6 * np.pi)
    constant = constant * np.exp(scale**2 / 6) * np.where(k % 2, gamma**2, 1.0)
    return constant * k ** (1.0 - d) * q ** ((d - 2) / 3), q


def squareplus_law(scale, d, k, gamma=1.0):
    """Leading term of lambda_k for squareplus of scale s on S^(d-1), degrees k >= 1."""
    prefactor, q = squareplus_prefactor(scale, d, k, gamma)
    return prefactor * np.exp(-1.5 * q ** (2 / 3))


def squareplus_to_relu(scale):
    """Distances of squareplus(s) to ReLU: of the NNGP kernels at t = 0, of the derivatives at 1.

    Exact: (E sigma)^2 - 1/(2 pi) with E sigma = s^2 / (4 sqrt(2 pi)) e^(s^2/4) [K_0 + K_1](s^2/4),
    modified Bessel functions, and (s/4) sqrt(pi/2) erfcx(s/sqrt 2). No distance at another t is
    larger.
    """
    s = np.asarray(scale, dtype=float)
    mean = s**2 / (4 * np.sqrt(2 * np.pi)) * (special.k0e(s**2 / 4) + special.k1e(s**2 / 4))
    return mean**2 - 1 / (2 * np.pi), s / 4 * np.sqrt(np.pi / 2) * special.erfcx(s / np.sqrt(2))


def relu_octaves(d, max_degree, parity, gamma=1.0):
    """ReLU over even (parity 0) or odd (1) degrees, an octave apart up to about max_degree / 2.

    Returns
    -------
    k, exponent, ratio : ndarray, shape (5,)
        Degrees, local exponents of lambda_k there, and lambda_k over its law.
    """
    values = mercer_spectrum("relu", d, max_degree, gamma).eigenvalues
    k = 2 * (max_degree // np.array([64, 32, 16, 8, 4])) + parity
    local = np.log(values[k + 2] / values[k - 2]) / np.log((k + 2) / (k - 2))
    return k, local, values[k] / relu_law(d, k, gamma)


def squareplus_octaves(scale, d, gamma=1.0):
    """Squareplus of scale s over even degrees, an octave apart.

    Returns
    -------
    q, ratio : ndarray, shape (5,)
        Arguments 2 s (k + (d-2)/2), and lambda_k over its law.
    power : ndarray, shape (4,)
        p in lambda_k = prefactor exp(-c q^p), from each two neighbours.
    """
    k = (np.array([5, 10, 20, 40, 80]) / scale).astype(int) // 2 * 2
    values = mercer_spectrum(f"squareplus({scale!r})", d, int(k[-1]), gamma).eigenvalues[k]
    prefactor, q = squareplus_prefactor(scale, d, k, gamma)
    power = np.diff(np.log(-np.log(values / prefactor))) / np.diff(np.log(q))
    return q, values / squareplus_law(scale, d, k, gamma), power
