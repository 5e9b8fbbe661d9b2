"""Second moments of the kernel operator of one neuron: how far L_m is from L.

One neuron with weight b has the features phi_0 = sigma(<b,x>), phi_j = sigma'(<b,x>) x_j and
phi_(d+1) = gamma sigma'(<b,x>), and the operator Z_b = sum_a phi_a (x) phi_a. At the symmetric
initialisation L_m = (2/m) sum_(i <= m/2) Z_(b_i) with independent b_i, and E Z_b = L, so
    E ||L_m - L||_HS^2 = 2 C / m,    C = E ||Z_b||_HS^2 - ||L||_HS^2.
With P_k the projector on degree k and A an operator that acts on each degree as a number A_k,
    E[Z_b A Z_b] is the number sum_k A_k q_kl on degree l,    q_kl = E tr(P_k Z_b P_l Z_b) / N_l,
because the law of b is invariant under rotations (Schur's lemma). So the share of degree l in the
image of a harmonic Y_k of degree k has the variance
    E ||P_l (L_m - L) Y_k||^2 = (2/m) V_kl,    V_kl = q_lk - delta_kl lambda_k^2,
and E (L_m - L)^2 is the number (2/m) sum_l V_kl on degree k; sum_k N_k sum_l V_kl = C.

For fixed b = rho w the features are zonal about w (sigma, t sigma', gamma sigma'; t = <w,x>, with
coefficients c_k^a) or transverse (sigma' times one of the d - 1 coordinates orthogonal to w), so
    q_kl = E_rho [ N_k (sum_a c_k^a c_l^a)^2 + T_k T_l / ((d - 1) N_l) ],
    c_k^(t sigma') = p_k c'_(k-1) + (1 - p_k) c'_(k+1),    p_k = k / (2k + d - 2),
    T_k = N_k p_k (1 - p_k) (c'_(k-1) - c'_(k+1))^2,
where c'_k belongs to sigma' and T_k is the power in degree k of the d - 1 transverse features: a
product of squares, where the total power minus the zonal one would cancel.
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import HALVINGS, radial_coefficients
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import TangentKernel
from ntksgd.models.activations import activation

PANELS = 32  # Gauss-Legendre panels in the angle for the constant C, half as many in |b|
RADIAL = 8  # panels in |b| for the coefficients


def hilbert_schmidt_constant(spec, d, gamma=1.0):
    """The constant C of E ||L_m - L||_HS^2 = 2 C / m.

    Parameters
    ----------
    spec : str or Activation
    d : int
        Inputs on S^(d-1), d >= 2.
    gamma : float
        Weight of the bias, >= 0.
    """
    kernel = TangentKernel(activation(spec), gamma)
    t, weights = sphere.zonal_quadrature(check.dimension(d), PANELS)
    rho, density = sphere.norm_quadrature(d, PANELS // 2)
    return float(density @ squared_norms(spec, d, rho, gamma) - weights @ kernel(t) ** 2)


def squared_norms(spec, d, rho, gamma=1.0):
    """||Z_b||_HS^2 at the radii rho = |b|, same shape (n,): sum_ab <phi_a, phi_b>^2."""
    gram, transverse = _feature_products(activation(spec), check.dimension(d), rho, gamma)
    return np.sum(gram**2, axis=(0, 1)) + transverse**2 / (d - 1)


def _feature_products(act, d, rho, gamma):
    """<phi_a, phi_b> of the zonal features (3, 3, n), power of the transverse ones (n,), by rho."""
    t, weights = sphere.zonal_quadrature(d, PANELS, halvings=HALVINGS)
    value, slope = act.value(np.outer(rho, t)), act.derivative(np.outer(rho, t))
    zonal = np.stack([value, t * slope, gamma * slope])
    gram = np.einsum("arn,brn,n->abr", zonal, zonal, weights, optimize=True)
    return gram, slope**2 @ (weights * (1 - t**2))


def degree_coupling(spec, d, max_degree, gamma=1.0):
    """The matrix q_kl = E tr(P_k Z_b P_l Z_b) / N_l, degrees 0 to `max_degree` >= 1.

    Other parameters as in `hilbert_schmidt_constant`.

    Returns
    -------
    ndarray, shape (max_degree + 1, max_degree + 1)
        Row k, column l; N_l q_kl is symmetric.
    """
    density, zonal, transverse, counts = _neuron_features(spec, d, max_degree, gamma)
    # (sum_a c_k^a c_l^a)^2 = sum_ab (c_k^a c_k^b)(c_l^a c_l^b): a matrix product over (a, b, rho)
    pairs = np.concatenate([np.sqrt(density)[:, None] * a * b for a in zonal for b in zonal])
    coupling = counts[:, None] * (pairs.T @ pairs)
    return coupling + (transverse.T * density) @ transverse / ((d - 1) * counts)


def degree_energies(spec, d, max_degree, gamma=1.0):
    """The energy tr(P_k Z_b) = N_k sum_a (c_k^a)^2 + T_k of a neuron in each degree, by |b|.

    Parameters as in `degree_coupling`. Its mean is E tr(P_k Z_b) = N_k lambda_k.

    Returns
    -------
    rho, density : ndarray, shape (nodes,)
        Quadrature nodes, and weights of the law of |b|.
    energies : ndarray, shape (nodes, max_degree + 1)
    """
    density, zonal, transverse, counts = _neuron_features(spec, d, max_degree, gamma)
    rho, _ = sphere.norm_quadrature(d, RADIAL, HALVINGS)
    return rho, density, counts * sum(c**2 for c in zonal) + transverse


def _neuron_features(spec, d, max_degree, gamma):
    """Weights of rho, the zonal c_k^a(rho) (a list over a), T_k(rho), and N_k."""
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 1)
    act, gamma = activation(spec), check.number("gamma", gamma, 0.0)
    panels = max(64, 2 * (max_degree // 16))
    density, value, slope = radial_coefficients(act, d, max_degree + 1, panels, RADIAL)
    k = np.arange(max_degree + 1)
    p = k / np.maximum(2 * k + d - 2, 1)  # p_0 = 0 also in d = 2
    below, above = np.roll(slope, 1, axis=1)[:, :-1], slope[:, 1:]
    counts = sphere.multiplicity(d, k)
    zonal = [value[:, :-1], p * below + (1 - p) * above, gamma * slope[:, :-1]]
    return density, zonal, counts * p * (1 - p) * (below - above) ** 2, counts


def kernel_variance(spec, d, max_degree, gamma=1.0):
    """The variance V_kl of L_m from degree k to degree l, times m/2: `degree_coupling` centred.

    Parameters and shape as there; N_k V_kl is symmetric.
    """
    eigenvalues = mercer_spectrum(spec, d, max_degree, gamma).eigenvalues
    return degree_coupling(spec, d, max_degree, gamma).T - np.diag(eigenvalues**2)


def operator_variance(spec, d, max_degree, gamma=1.0):
    """The number m/2 E (L_m - L)^2 on each degree k: sum over ALL l of V_kl, none cut off.

    It is E tr(P_k Z_b^2) / N_k - lambda_k^2, with the whole features <phi_a, phi_b> in place of
    their degrees; `kernel_variance`, summed over its columns, tends to it from below.

    Parameters as in `degree_coupling`.

    Returns
    -------
    ndarray, shape (max_degree + 1,)
    """
    density, zonal, transverse, counts = _neuron_features(spec, d, max_degree, gamma)
    rho, _ = sphere.norm_quadrature(d, RADIAL, HALVINGS)
    gram, power = _feature_products(activation(spec), d, rho, gamma)
    along = sum(gram[i, j][:, None] * a * b
                for i, a in enumerate(zonal) for j, b in enumerate(zonal))
    across = transverse * power[:, None] / ((d - 1) * counts)
    return density @ (along + across) - mercer_spectrum(spec, d, max_degree, gamma).eigenvalues**2
