r"""Bounds on the numbers of a start, each with a stated probability over Theta_0: with their proof.

m/2 independent pairs of neurons with weights b ~ N(0, I_d); q^2 = 1 + gamma^2; xt = (x, gamma).
f* lies in the RKHS H of the kernel K, as all of L^r(L^2) does, r >= 1/2: sup |f*| is finite.
A neuron has the gradient psi_b(x) = (sigma, sigma' xt) at b.x, hence
    |psi_b(x)|^2 <= Psi_b^2 = (|sigma(0)| + s1 |b|)^2 + s1^2 q^2,
    k_b(x) = |psi_b(x)|^2 = sigma^2 + q^2 sigma'^2 has mean kappa(1) and a variance v, the same for
    every x, and the Lipschitz constant Lip_b = 2 s1 |b| (|sigma(0)| + s1 |b|) + 2 q^2 s1 s2 |b|.
Each of six events fails with a probability of at most `share`, which is written delta here.

Two events, for sup_x K_0(x, x) <= kappa(1) + 2 u: K_0(x, x) is the mean of m/2 independent k_b(x).
On a net of the sphere of mesh h, n(h) points, no mean is above kappa(1) + u, but with probability
n(h) 2 v / (m u^2) (Chebyshev); the mean of Lip_b is at most 2 E Lip, but with probability
2 Var Lip / (m (E Lip)^2). Take h = u / (2 E Lip), and u so that the former is delta.

||L_0|| <= lambda_max + (2 C / (m delta))^(1/2): E ||L_0 - L||_HS^2 = 2 C / m, Markov.

max |b_i| <= sqrt d + sqrt(2 log(m / (2 delta))): P(|b| > sqrt d + t) <= exp(-t^2/2) (Gaussian
concentration, used without proof, as is the number of points of a net), m/2 times.

W*: let p = (L + pen)^(-1) f*, pen = min(m^(-1/2), 1/(4 S)), and alpha(b) = int psi_b p dmu. Then
    E psi_b(x).alpha(b) = L p,  E |alpha|^2 = <p, L p> <= |f*|^2 (the RKHS norm),
    |alpha(b)| <= Psi_b ||p||,  ||p||^2 <= |f*|^2 / (4 pen),  ||f* - L p||^2 <= pen |f*|^2 / 4.
W* is int grad_i g_0 p dmu on the neurons i with |b_i| <= rho, rho = sqrt d + 2 sqrt(log m), and 0
on the others: m^(-1/2) alpha(b_j) on the neuron of the pair j with a = 1, on that with a = -1 the
same but for the sign of the part that belongs to b and the bias, so that
    <grad g_0, W*> = (2/m) sum_j psi_(b_j).alpha(b_j) 1,  ||W*||^2 = (2/m) sum_j |alpha(b_j)|^2 1.
Norm: its mean is at most |f*|^2, its variance (2/m) E|alpha|^4 1 <= (2/m) Psi_rho^2 ||p||^2 |f*|^2;
by Chebyshev ||W*||^2 <= |f*|^2 + Psi_rho ||p|| |f*| (2 / (m delta))^(1/2).
Residual zeta = f* - <grad g_0, W*>, three parts. f* - L p. What is cut, E psi_b.alpha 1{|b| > rho}:
against a unit function at most (E|alpha|^2)^(1/2) (E Psi_b^2 1{|b| > rho})^(1/2), so at most
|f*| (E Psi_b^4)^(1/4) P(|b| > rho)^(1/4), P(|b| > rho) <= m^(-2). The mean minus its expectation:
E ||.||^2 <= (2/m) E Psi_b^2 |alpha|^2 1 <= (2/m) Psi_rho^2 |f*|^2, Markov. Together
    ||zeta|| <= ||f* - L p|| + |f*| (E Psi_b^4)^(1/4) m^(-1/2)
                + Psi_rho |f*| (2 / (m delta))^(1/2),
    sup |zeta| <= sup |f*| + sup K_0(x, x)^(1/2) ||W*||.
For every delta there is a number m_0 (below it 2 Var Lip / (m (E Lip)^2) > delta) such that for
m >= m_0 and m >= S log m all are O(1) but Psi, which is O(sqrt(log m)), and S ||zeta||^2 = O(1).
"""

from functools import lru_cache

import numpy as np
from scipy.optimize import brentq

from ntksgd.compare.network_bound import StartNumbers
from ntksgd.compare.start_numbers import largest_gradient
from ntksgd.kernels import sphere
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.models.smoothness import smoothness

EVENTS = 6
PANELS = 64


def probable_start(problem, m, share, S):
    """`StartNumbers` that hold with probability at least 1 - 6 `share` over the start of width m.

    `S`, the sum of the steps, decides which W* is taken.

    All are infinite where m is too small for the mean of the Lipschitz constants to concentrate.
    """
    d, target = problem.d, problem.target
    C, variance, (lip, lip_variance), fourth = _moments(problem.activation, d, problem.gamma)
    if 2 * lip_variance / (m * lip**2) > share:
        return StartNumbers(m, *[np.inf] * 6)
    u = _margin(d, variance, lip, m * share)
    kernel = np.sqrt(problem.spectrum.trace + 2 * u)
    operator = np.sqrt(problem.spectrum.eigenvalues.max() + np.sqrt(2 * C / (m * share)))
    widest = np.sqrt(d) + np.sqrt(2 * np.log(max(m / (2 * share), 1)))
    norm, spread = target.source_norm(0.5), np.sqrt(2 / (m * share))
    penalty, eigenvalues = min(m**-0.5, 1 / (4 * S)), problem.spectrum.eigenvalues
    dual = np.sqrt(np.sum(target.power / (eigenvalues + penalty) ** 2))
    bias = np.sqrt(np.sum(target.power * (penalty / (eigenvalues + penalty)) ** 2))
    cut = np.sqrt(_psi2(problem.activation, problem.gamma, np.sqrt(d) + 2 * np.sqrt(np.log(m))))
    weights = np.sqrt(norm**2 + cut * dual * norm * spread)
    residual = bias + norm * (fourth**0.25 / np.sqrt(m) + cut * spread)
    sup = np.abs(target.coefficients).sum() + kernel * weights  # |Legendre polynomial| <= 1
    return StartNumbers(m, kernel, operator, largest_gradient(problem, widest), weights, residual,
                        sup)


def covering(d, h):
    """Points of S^(d-1) that come within h of every point, at most so many."""
    return np.pi / h + 1 if d == 2 else (1 + 2 / h) ** d


def _margin(d, variance, lip, mass):
    """u at which covering * 2 variance / (m u^2) is the share; mass = m share."""
    def excess(log_u):
        u = np.exp(log_u)
        return np.log(covering(d, u / (2 * lip)) * 2 * variance / (mass * u**2))

    return float(np.exp(brentq(excess, -60, 60)))


def _psi2(act, gamma, rho):
    """Psi_b^2 at |b| = rho."""
    s1, _, _, zero = smoothness(act)
    return (zero + s1 * rho) ** 2 + s1**2 * (1 + gamma**2)


@lru_cache(maxsize=32)
def _moments(act, d, gamma):
    """C, Var k_b(x), mean and variance of the Lipschitz constant of k_b, E Psi_b^4."""
    s1, s2, _, zero = smoothness(act)
    q2 = 1 + gamma**2
    u, density = sphere.norm_quadrature(1, PANELS)
    both = np.concatenate([u, -u])
    k = act.value(both) ** 2 + q2 * act.derivative(both) ** 2
    half = np.concatenate([density, density]) / 2
    rho, density = sphere.norm_quadrature(d, PANELS)
    lip = 2 * rho * s1 * (zero + s1 * rho) + 2 * q2 * s1 * s2 * rho
    mean = density @ lip
    return (hilbert_schmidt_constant(act, d, gamma), half @ k**2 - (half @ k) ** 2,
            (mean, density @ lip**2 - mean**2), density @ _psi2(act, gamma, rho) ** 2)
