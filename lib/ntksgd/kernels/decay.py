"""Decay laws of the eigenvalues in the degree k, with their constants.

ReLU: the step has |c'_k| ~ sqrt(A) k^(-d/2) at odd k, A = 2^(d-2) Gamma(d/2)^2 / pi^2, hence
    lambda_k ~ A k^(-d) at even k,    gamma^2 A k^(-d) at odd k.
Squareplus of scale s is analytic but for the branch points u = +-is. A preactivation rho t meets
them at distance asinh(s/rho), so c'_k(rho)^2 ~ exp(-2 k asinh(s/rho)); Laplace's method in rho, the
saddle at rho^3 = q, q = 2 s (k + (d-2)/2), gives (times gamma^2 at odd k)
    lambda_k ~ B k^(1-d) q^((d-2)/3) exp(-3/2 q^(2/3)),
    B = Gamma(d/2) 2^((d-2)/2) s / sqrt(6 pi) exp(s^2/6).
So a neuron with |b| = rho has in degree k the energy N_k e_k/rho exp(-2 k asinh(s/rho)), where
e_k = Gamma(d/2)^2 2^(d-3) s/pi k^(1-d), all of it zonal (gamma sigma', odd k) or all transverse
(x_j sigma', even k); the product of two such energies has its saddle at rho^3 = q_k + q_l.
"""

import numpy as np
from scipy import special

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel


def relu_law(d, k, gamma=1.0):
    """Leading term of lambda_k for ReLU on S^(d-1), degrees k >= 1 of any shape."""
    d, k = check.dimension(d), np.asarray(k, dtype=float)
    constant = 2.0 ** (d - 2) * special.gamma(d / 2) ** 2 / np.pi**2
    return constant * np.where(k % 2, gamma**2, 1.0) * k ** (-d)


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


def squareplus_coupling(scale, d, k, j):
    """Laws of the second moments q_jk of one neuron (`neuron_moments`), gamma = 1, degrees >= 1.

    It is V_kj but for lambda_k^2 at k = j, which is of lower order. Returns the law without its
    exponential, and the argument q of the exponential exp(-3/2 q^(2/3)), both of the shape of k
    and j broadcast; 0 for degrees of different parity.
    """
    scale, d = check.positive("scale", scale), check.dimension(d)
    k, j = np.asarray(k, dtype=float), np.asarray(j, dtype=float)
    q = 2 * scale * (k + j + d - 2)
    energy = special.gamma(d / 2) ** 2 * 2.0 ** (d - 3) * scale / np.pi  # e_k k^(d-1)
    radial = 2 ** (1 - d / 2) / special.gamma(d / 2) * np.sqrt(2 * np.pi / 3) * q ** (d / 3 - 1)
    prefactor = energy**2 * (k * j) ** (1.0 - d) * radial * np.exp(scale**2 / 6)
    prefactor = prefactor * 2 * j ** (d - 2.0) / special.gamma(d - 1)  # N_j
    prefactor = prefactor * np.where(k % 2 == 1, 1.0, 1 / (d - 1))
    return np.where(k % 2 == j % 2, prefactor, 0.0), q


def squareplus_derivatives(scale, n):
    """kappa_1^(n)(1) = E sigma^(n)(z)^2 for squareplus, in units of (n!)^2 / s^(2n); n >= 2.

    With r^2 = u^2 + s^2 and x = u/r, sqrt((u+h)^2 + s^2) = r sqrt(1 + 2 x h/r + (h/r)^2) is the
    generating function of (P_(n-2) - P_n)/(2n-1), P_n of dimension 3, hence up to a sign
        sigma^(n)(u) = n! r^(1-n) [P_(n-2)(x) - P_n(x)] / (2 (2n-1)).

    Parameters
    ----------
    scale : float
    n : array of int, shape (j,)

    Returns
    -------
    exact, law : ndarray, shape (j,)
        Quadrature over u, and the leading term s^3 n^(-7/2) / (4 sqrt(2) pi) for large n: u of the
        order s/sqrt(n) counts, where P_n(x)^2 averages to 1/(pi n) and both terms agree.
    """
    s, n = check.positive("scale", scale), np.array([check.integer("n", i, 2) for i in n])
    u, weights = sphere.gauss_panels(0.0, 1.0 + sphere.NORM_TAIL, 64, halvings=16)
    weights = weights * np.exp(-(u**2) / 2) * np.sqrt(2 / np.pi)
    r, order = np.hypot(u, s), n[:, None]
    scaled = special.eval_legendre(order - 2, u / r) - special.eval_legendre(order, u / r)
    scaled = r * (s / r) ** order * scaled / (2 * (2 * order - 1))
    return scaled**2 @ weights, s**3 * n**-3.5 / (4 * np.sqrt(2) * np.pi)


def parity_pairs(high, count=40):
    """Even degrees up to `high`, about equally spaced in log, each with the odd one after it."""
    even = 2 * np.unique(np.round(np.geomspace(2, high, count) / 2).astype(int))
    degrees = np.union1d(even, even + 1)
    return degrees[degrees <= high]


def squareplus_columns(scale, d, max_degree, gamma=1.0, floor=1e-29):
    """Eigenvalues above `floor` of squareplus, beside their law and plain quadrature of kappa.

    Returns
    -------
    dict of ndarray
        Columns s, k, q (of `squareplus_prefactor`), eigenvalue, plain_quadrature (modulus), law.
    """
    k, name = parity_pairs(max_degree), f"squareplus({scale!r})"
    values = mercer_spectrum(name, d, max_degree, gamma).eigenvalues[k]
    t, weights = sphere.zonal_quadrature(d, 64)
    plain = sphere.legendre(d, max_degree, t)[k] @ (weights * tangent_kernel(name, gamma)(t))
    columns = {"s": np.full(k.size, scale), "k": k, "q": squareplus_prefactor(scale, d, k)[1],
               "eigenvalue": values, "plain_quadrature": np.abs(plain),
               "law": squareplus_law(scale, d, k, gamma)}
    return {name: column[values > floor] for name, column in columns.items()}


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
