"""Variance of the tangent kernel of a finite network, degree by degree.

A finite network has the kernel K_m, an average over m/2 independent neurons (the two of a
symmetric pair agree), so L_m = L + E with E E = 0 and, in the harmonics Y_kp,
    sum_q E[E_(kp,lq)^2] = (2/m) V_kl,    V_kl = N_l (E[G_kl^2] + (d-1) E[mu_k mu_l]) - d_kl l_k^2,
    G_kl = c_k c_l + b_k b_l + gamma^2 c'_k c'_l        (rho = |b| random, all functions of rho)
    b_k = [k c'_(k-1) + (k+d-2) c'_(k+1)] / (2k+d-2)                  (component of x along b)
    mu_k = {[k c'_(k-1)^2 + (k+d-2) c'_(k+1)^2] / (2k+d-2) - b_k^2} / (d-1)    (each across b)
with c_k, c'_k the Funk-Hecke coefficients of sigma(rho t), sigma'(rho t).
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import RHO_TAIL, relu_coefficients
from ntksgd.models.activations import activation, relu_value


def radial_coefficients(act, d, max_degree, panels=64):
    """Funk-Hecke coefficients of sigma(rho t) and sigma'(rho t) at quadrature nodes of rho = |b|.

    Returns
    -------
    value, slope : ndarray, shape (nodes, max_degree + 1)
    weights : ndarray, shape (nodes,)
        Of the chi distribution with d degrees of freedom, summing to 1.
    """
    rho, weights = sphere.gauss_panels(0.0, np.sqrt(d) + RHO_TAIL, 8)
    weights = weights * np.exp((d - 1) * np.log(rho) - rho**2 / 2)
    weights /= weights.sum()
    if act.value is relu_value:
        ramp, step = relu_coefficients(d, max_degree)
        return np.outer(rho, ramp), np.tile(step, (rho.size, 1)), weights
    t, measure = sphere.zonal_quadrature(d, panels)
    polynomials = (sphere.legendre(d, max_degree, t) * measure).T
    argument = np.outer(rho, t)
    return act.value(argument) @ polynomials, act.derivative(argument) @ polynomials, weights


def kernel_variance(spec, d, max_degree, gamma=1.0):
    """V_kl of the module's docstring: the variance of L_m from degree k to degree l, times m/2.

    Parameters
    ----------
    spec : str or Activation
    d : int
    max_degree : int
    gamma : float

    Returns
    -------
    ndarray, shape (max_degree + 1, max_degree + 1)
        V[k, l]; N_k V_kl is symmetric.

    Raises
    ------
    ValueError
        For d < 2, max_degree < 1 or gamma < 0.
    """
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 1)
    gamma = check.number("gamma", gamma, 0.0)
    panels = max(64, 2 * (max_degree // 16))
    value, slope, weights = radial_coefficients(activation(spec), d, max_degree + 1, panels)
    k = np.arange(max_degree + 1)
    below = np.concatenate([np.zeros((len(slope), 1)), slope[:, :-2]], axis=1)
    above, slope, value = slope[:, 1:], slope[:, :-1], value[:, :-1]
    # degree 0 has no degree below it; its total is 1 also in d = 2, where 2k+d-2 = 0
    share = k / np.maximum(2 * k + d - 2, 1)
    along = share * below + (1 - share) * above
    across = (share * below**2 + (1 - share) * above**2 - along**2) / (d - 1)
    counts = sphere.multiplicity(d, k)
    features = (value, along, gamma * slope)
    eigenvalues = weights @ (sum(f**2 for f in features) + (d - 1) * across)
    square = sum(
        np.einsum("n,nk,nl->kl", weights, f * g, f * g, optimize=True)
        for f in features for g in features
    )
    square += (d - 1) * np.einsum("n,nk,nl->kl", weights, across, across, optimize=True)
    return counts * square - np.diag(eigenvalues**2)
