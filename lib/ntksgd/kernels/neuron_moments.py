"""Second moments of the kernel operator of one neuron: how far L_m is from L.

One neuron with weight b has the features phi_0 = sigma(<b,x>), phi_j = sigma'(<b,x>) x_j and
phi_(d+1) = gamma sigma'(<b,x>), and the operator Z_b = sum_a phi_a (x) phi_a. At the symmetric
initialisation L_m = (2/m) sum_(i <= m/2) Z_(b_i) with independent b_i, and E Z_b = L, so
    E ||L_m - L||_HS^2 = 2 C / m,    C = E ||Z_b||_HS^2 - ||L||_HS^2.
With P_k the projector on degree k and A an operator that acts on each degree as a number A_k,
    E[Z_b A Z_b] is the number sum_k A_k q_kl on degree l,    q_kl = E tr(P_k Z_b P_l Z_b) / N_l,
because the law of b is invariant under rotations (Schur's lemma).

For fixed b = rho w the features are zonal about w (sigma, t sigma', gamma sigma'; t = <w,x>, with
coefficients c_k^a) or transverse (sigma' times one of the d - 1 coordinates orthogonal to w), so
    q_kl = E_rho [ N_k (sum_a c_k^a c_l^a)^2 + T_k T_l / ((d - 1) N_l) ],
    c_k^(t sigma') = p_k c'_(k-1) + (1 - p_k) c'_(k+1),    p_k = k / (2k + d - 2),
    T_k = N_k p_k (1 - p_k) (c'_(k-1) - c'_(k+1))^2,
where c'_k belongs to sigma' and T_k is the power in degree k of the d - 1 transverse features.
"""

import numpy as np
from scipy import special

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import RHO_TAIL
from ntksgd.kernels.two_layer import TangentKernel
from ntksgd.models.activations import activation


def _norm_quadrature(d, panels):
    """Nodes and weights for the law of rho = |b|, b ~ N(0, I_d)."""
    rho, weights = sphere.gauss_panels(0.0, np.sqrt(d) + RHO_TAIL, panels)
    log_density = (d - 1) * np.log(rho) - rho**2 / 2
    return rho, weights * np.exp(log_density) / (2 ** (d / 2 - 1) * special.gamma(d / 2))


def hilbert_schmidt_constant(spec, d, gamma=1.0, panels=32):
    """The constant C of E ||L_m - L||_HS^2 = 2 C / m.

    Parameters
    ----------
    spec : str or Activation
    d : int
        Inputs on S^(d-1), d >= 2.
    gamma : float
        Weight of the bias, >= 0.
    panels : int
        Gauss-Legendre panels in the angle, even; half as many in |b|.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        For d < 2, gamma < 0 or an odd number of panels.
    """
    d, act = check.dimension(d), activation(spec)
    kernel = TangentKernel(act, gamma)
    t, weights = sphere.zonal_quadrature(d, panels)
    rho, density = _norm_quadrature(d, max(4, panels // 2))
    value, slope = act.value(np.outer(rho, t)), act.derivative(np.outer(rho, t))
    zonal = np.stack([value, t * slope, gamma * slope])
    gram = np.einsum("arn,brn,n->abr", zonal, zonal, weights, optimize=True)
    transverse = slope**2 @ (weights * (1 - t**2))
    single = density @ (np.sum(gram**2, axis=(0, 1)) + transverse**2 / (d - 1))
    return float(single - weights @ kernel(t) ** 2)


def degree_coupling(spec, d, max_degree, gamma=1.0, panels=None):
    """The matrix q_kl = E tr(P_k Z_b P_l Z_b) / N_l, degrees 0 to `max_degree`.

    Parameters
    ----------
    spec : str or Activation
    d : int
        Inputs on S^(d-1), d >= 2.
    max_degree : int
        At least 1.
    gamma : float
        Weight of the bias, >= 0.
    panels : int, optional
        Gauss-Legendre panels in the angle, even; by default enough for the largest degree.

    Returns
    -------
    ndarray, shape (max_degree + 1, max_degree + 1)
        Row k, column l; N_l q_kl is symmetric.

    Raises
    ------
    ValueError
        For d < 2, max_degree < 1, gamma < 0 or an odd number of panels.
    """
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 1)
    act, gamma = activation(spec), check.number("gamma", gamma, 0.0)
    panels = max(16, 2 * (max_degree // 24)) if panels is None else panels
    t, weights = sphere.zonal_quadrature(d, panels)
    rho, density = _norm_quadrature(d, 8)
    polynomials = (sphere.legendre(d, max_degree + 1, t) * weights).T
    argument = np.outer(rho, t)
    value, slope = (f(argument) @ polynomials for f in (act.value, act.derivative))
    k = np.arange(max_degree + 1)
    p = np.where(k > 0, k / np.maximum(2 * k + d - 2, 1), 0.0)
    below, above = np.roll(slope, 1, axis=1)[:, :-1], slope[:, 1:]
    counts = sphere.multiplicity(d, k)
    zonal = [value[:, :-1], p * below + (1 - p) * above, gamma * slope[:, :-1]]
    # (sum_a c_k^a c_l^a)^2 = sum_ab (c_k^a c_k^b)(c_l^a c_l^b): a matrix product over (a, b, rho)
    pairs = np.concatenate([np.sqrt(density)[:, None] * a * b for a in zonal for b in zonal])
    transverse = counts * p * (1 - p) * (below - above) ** 2
    coupling = counts[:, None] * (pairs.T @ pairs)
    return coupling + (transverse.T * density) @ transverse / ((d - 1) * counts)
