"""The linearised network at finite width: its excess risk to first order in 1/m, for any T.

A finite network has the kernel K_m, an average over m/2 independent neurons (the two of a
symmetric pair agree), so L_m = L + E with E E = 0 and, in the harmonics Y_kp,
    sum_q E[E_(kp,lq)^2] = (2/m) V_kl,    V_kl = N_l (E[G_kl^2] + (d-1) E[mu_k mu_l]) - d_kl l_k^2,
    G_kl = c_k c_l + b_k b_l + gamma^2 c'_k c'_l        (rho = |b| random, all functions of rho)
    b_k = [k c'_(k-1) + (k+d-2) c'_(k+1)] / (2k+d-2)                  (component of x along b)
    mu_k = {[k c'_(k-1)^2 + (k+d-2) c'_(k+1)^2] / (2k+d-2) - b_k^2} / (d-1)    (each across b)
with c_k, c'_k the Funk-Hecke coefficients of sigma(rho t), sigma'(rho t). For a spectral function
f(L_m) the second-order term of Daleckii and Krein brings second divided differences:
    E <f*, f(L_m) f*> - <f*, f(L) f*> = (2/m) sum_kl F_k V_kl f[l_k, l_l, l_k] + O(m^-2)
    E tr f(L_m) - tr f(L)             = (2/m) sum_kl N_k V_kl f[l_k, l_l, l_k] + O(m^-2).
The risk after T steps is the first with f = p, plus the second with f = g:
    p(l) = prod_t (1 - eta_t l)^2,
    g(l) = sum_t eta_t^2 (s^2 + R_t) l^2 prod_(u>t) (1 - eta_u l)^2
(R_t the risk at infinite width; its own change, a relative eta_t kappa(1)/2 of the result, is left
out). No parameter is fitted.
"""

import numpy as np

from ntksgd import check, sphere
from ntksgd.activations import activation, relu_value
from ntksgd.funk_hecke import RHO_TAIL, relu_coefficients

# relative distance of the two copies of l_k in the divided difference f[l_k, l_l, l_k]
COPY = 1e-4
EXACT_STEPS = 1000  # steps taken one by one before blocks of steps are taken together
BLOCK = 2e-3  # relative length of a block: the step changes by less than that inside


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


def _blocks(T):
    """Edges 0 = t_0 < t_1 < ... = T of blocks of steps: single steps first, then BLOCK t long."""
    first = min(EXACT_STEPS, T)
    count = int(np.ceil(np.log(T / first) / np.log1p(BLOCK))) + 1
    return np.concatenate([np.arange(first), np.unique(np.rint(np.geomspace(first, T, count)))])


def spectral_functions(eigenvalues, schedule, noise, times, risk):
    """p(l) and g(l) of the module's docstring for each time, shapes (times, eigenvalues).

    Parameters
    ----------
    eigenvalues : ndarray, shape (n,)
    schedule : callable
        eta_t for an array of real t.
    noise : float
        s^2.
    times : array of int, increasing
    risk : callable
        R_t at infinite width for an array of t.
    """
    times = np.asarray(times)
    edges = np.unique(np.concatenate([_blocks(int(times[-1])), times]))
    middle = np.sqrt((edges[:-1] + 1) * edges[1:])  # the step itself for blocks of one step
    length, eta, level = np.diff(edges), schedule(middle), noise + risk(middle)
    p, g = np.ones(eigenvalues.size), np.zeros(eigenvalues.size)
    out = []
    for end, n, e, source in zip(edges[1:], length, eta, level, strict=True):
        decay = e * eigenvalues
        # (1 - decay)^(2n) and its geometric sum, with full relative accuracy for small decay
        log_factor = 2 * n * np.log1p(-decay)
        p = p * np.exp(log_factor)
        geometric = -np.expm1(log_factor) / (2 - decay)  # x decay / decay
        g = g * np.exp(log_factor) + source * decay * geometric
        if end in times:
            out.append((p, g))
    return np.array(out).transpose(1, 0, 2)  # (2, times, n)


def excess_coefficient(spectrum, target, variance, schedule, noise, times, risk):
    """lim m (E R_m(T) - R(T)) as m grows, for the linearised network, at each T.

    Parameters
    ----------
    spectrum : Spectrum
    target : Target
    variance : ndarray, shape (K + 1, K + 1)
        From `kernel_variance`, same degrees as the spectrum.
    schedule : callable
        eta_t for an array of real t, all steps below 1 / max eigenvalue.
    noise : float
        s^2 >= 0.
    times : array of int
        Increasing numbers of steps.
    risk : callable
        R_t at infinite width, for an array of t >= 1 (before step t).

    Returns
    -------
    ndarray, shape (times,)

    Raises
    ------
    ValueError
        If the shapes differ, noise < 0, or a step reaches 1 / max eigenvalue.
    """
    noise = check.number("noise", noise, 0.0)
    lam = spectrum.eigenvalues
    if variance.shape != (lam.size, lam.size):
        raise ValueError(f"variance: has shape {variance.shape}, must be {(lam.size, lam.size)}")
    largest = float(np.max(schedule(np.ones(1)))) * lam.max() * (1 + COPY)
    if not largest < 1:
        raise ValueError(f"schedule: eta_1 times the largest eigenvalue is {largest:g}, must be "
                         "below 1")
    low, high = lam * (1 - COPY), lam * (1 + COPY)
    nodes = np.concatenate([low, lam, high])
    gap_low, gap_high = lam - low[:, None], high[:, None] - lam
    weights = variance * np.stack([target.power, spectrum.multiplicities])[:, :, None]
    weights = 2 * weights / (high - low)[:, None]
    out = []
    for values in spectral_functions(nodes, schedule, noise, times, risk).transpose(1, 0, 2):
        left, middle, right = np.split(values, 3, axis=-1)
        second = (right[:, :, None] - middle[:, None, :]) / gap_high
        second -= (middle[:, None, :] - left[:, :, None]) / gap_low
        out.append(np.sum(weights * second))
    return np.array(out)
