r"""A proved bound on E||l_T - f_T||^2, averaged over the start, that does not grow with T.

As in `bound`, without weight decay; mu uniform, so that D = L_0 - L obeys, for every v that does
not depend on Theta_0, E||D v||^2 = (2/m) sum_k V_k ||P_k v||^2 (V_k: `operator_variance`). With
S_t = eta_1 + ... + eta_t, q_(s:t)(A) = prod_(s<u<=t) (1 - eta_u A), subtract the closed forms of
l_t - f* and f_t - f* (a mean plus martingale differences), and expand q(L_0) - q(L) in D:
    z_t^2 <= beta_t^2 + sum_(u<=t) eta_u^2 (sqrt(phi(S_t - S_u)) z_(u-1) + p_ut)^2,
    beta_t = sqrt(2/m) sum_(s<=t) eta_s (sum_k V_k F_k q_(0:s-1)(lambda_k)^2)^(1/2),
    p_ut = sqrt(R_(u-1) + s^2) (sqrt(2C/m) + Q_ut),
    Q_ut = sqrt(2/m) sum_(u<s<=t) eta_s (sum_k V_k N_k lambda_k^2 q_(u:s-1)(lambda_k)^2)^(1/2),
    phi(x) = min(tau, kappa / (2 e x)),
z_t^2 = E ||l_t - f_t||^2 over the starts with sup_x K_0(x, x) <= kappa, eta_1 kappa <= 1 and
sup_x ||K_0(x, .)||^2 <= tau; R_t = E ||f_t - f*||^2, exact. All is proportional to m^(-1/2). For f*
in H no rate of R is needed for B_T = O((log T)^3), or 4 at r = 1/2: energy in H gives
sum eta_u^2 R_(u-1) <= eta_1 (||f*||_H^2 + kappa(1) s^2 sum eta_u^2) if eta_1 kappa(1) <= 1.

Steps are taken in blocks, each quantity at its largest in the block: a bound at any cost; the
recursion itself is in `memory_recursion`. beta and Q are sums of eta_s g(S_(s-1) - S_u), g^2 =
sum_k c_k exp(-2 lambda_k x): at most int_0^(S_t - S_u) g + eta_(u+1) g(0). g is convex, so the
trapezoidal rule is an upper bound. Proof: notebook 08, Theorem 8 (V_k is varsigma_k^2 there).
"""

import numpy as np

from ntksgd import check
from ntksgd.compare.memory_recursion import block_ends, memory_weights, solve
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant, operator_variance
from ntksgd.problems.schedules import power_sums
from ntksgd.risk.exact import expected_risk

NODES = 2000  # of the integral of g, spaced evenly in log x


def fluctuation_coefficient(problem, times, diagonal=None, rows=None):
    """The number B_T of E[||l_T - f_T||^2; Theta_0 in G_0] <= B_T / m, for every even width m.

    G_0 are the starts with sup_x K_0(x, x) <= `diagonal` and sup_x ||K_0(x, .)||^2 <= `rows`.

    Parameters
    ----------
    problem : Problem
        Two layers, square loss, no weight decay, momentum or batches; steps that do not grow.
    times : sequence of int
        Increasing, >= 1.
    diagonal, rows : float, optional
        kappa, at most 1 / eta_1 (the default), and tau > 0, by default kappa^2 (never too small).

    Returns
    -------
    ndarray, shape (len(times),)
    """
    _check_plain(problem)
    times, eta_1 = check.times("times", times), problem.schedule.largest
    kappa = check.positive("diagonal", 1 / eta_1 if diagonal is None else diagonal)
    if eta_1 * max(kappa, problem.spectrum.eigenvalues.max()) > 1 + 1e-12:  # rounding
        raise ValueError(f"diagonal = {kappa!r}: it and the largest eigenvalue must be at most "
                         f"1 / eta_1 = {1 / eta_1:.4g}")
    tau = check.positive("rows", kappa**2 if rows is None else rows)
    ends = block_ends(times)
    S, energy = (power_sums(problem.schedule, ends, power) for power in (1, 2))
    first, lengths = problem.schedule(ends[:-1] + 1.0), np.diff(ends)
    if np.any(np.diff(first) > 0):
        raise ValueError(f"schedule {problem.schedule.name}: the steps grow, the bound is for "
                         "steps that do not")
    residual = _residual_power(problem, ends, np.diff(energy))
    bias, noise = forcing(problem, S, first)
    force = (np.diff(energy) * residual)[:, None] * noise**2  # row: block of u, column: of t
    memory = memory_weights(S, first, np.diff(energy), kappa, tau)
    z = solve(bias**2, force, memory, lengths)
    return z[np.searchsorted(ends, times)] ** 2


def _residual_power(problem, ends, energy):
    """R_(u-1) + s^2 for each block of u: the largest in it."""
    spectrum = problem.spectrum
    later = expected_risk(spectrum, problem.target, problem.schedule, ends[1:], problem.noise).risk
    start = np.append(problem.target.power.sum(), later[:-1]) + problem.noise
    # R_t + s^2 <= (1 + eta^2 |K_x|^2) (R_(t-1) + s^2), |K_x|^2 <= lambda_max kappa(1)
    growth = np.exp(energy * spectrum.eigenvalues.max() * spectrum.trace)
    return start * np.where(np.diff(ends) > 1, growth, 1.0)


def forcing(problem, S, first):
    """sqrt(m) times beta_t (blocks of t,), sqrt(2C/m) + Q_ut (blocks of u, blocks of t), bounded.

    `S` : S_t at the blocks' ends, and S_0 = 0; `first` : the first step size of each block.
    """
    spectrum, neuron = problem.spectrum, (problem.activation, problem.d)
    rates, counts = spectrum.eigenvalues, spectrum.multiplicities
    V = operator_variance(*neuron, spectrum.max_degree, problem.gamma)
    C = hilbert_schmidt_constant(*neuron, problem.gamma)
    # beyond the last degree K: lambda_k <= tail / N_(K+1) <= tail / N_K, sum N_k V_k what C leaves
    beyond = (max(spectrum.tail, 0.0) / counts[-1]) ** 2 * max(C - counts @ V, 0.0)
    reach = np.maximum(S[None, 1:] - (S[:-1] + first)[:, None], 0.0)  # from the first u of a block
    bias = decaying_sum(V * problem.target.power, rates, 0.0, S[1:], first[0])
    Q = decaying_sum(V * counts * rates**2, rates, beyond, reach, first[:, None])
    return np.sqrt(2) * bias, np.sqrt(2) * (np.sqrt(C) + Q)


def decaying_sum(weights, rates, floor, reach, step):
    """Upper bound of sum eta_s g(S_(s-1) - S_u), g(x)^2 = floor + sum weights exp(-2 rates x).

    For falling eta_s <= `step` of the sum `reach`, arrays that broadcast against each other.
    """
    largest = max(reach.max(), np.finfo(float).tiny)
    x = np.append(0.0, np.geomspace(min(1e-4, largest / 2), largest, NODES))
    g = np.sqrt(floor + np.exp(-2 * np.outer(x, rates)) @ weights)
    integral = np.append(0.0, np.cumsum(np.diff(x) * (g[1:] + g[:-1]) / 2))
    left = np.clip(np.searchsorted(x, reach, side="right") - 1, 0, x.size - 2)
    part = (reach - x[left]) * (g[left] + np.interp(reach, x, g)) / 2  # convex: chords lie above
    return np.minimum(integral[left] + part + step * g[0], reach * g[0])


def _check_plain(problem):
    """ValueError unless the theorem is about this problem."""
    told = {"loss": (problem.labels.loss, "square"), "weight_decay": (problem.weight_decay, 0),
            "momentum": (problem.momentum, 0), "batch": (problem.batch, 1),
            "depth": (problem.depth, None)}
    wrong = {name: value for name, (value, wanted) in told.items() if value != wanted}
    if wrong:
        raise ValueError(f"problem: {wrong}; the bound is for "
                         f"{ {name: wanted for name, (_, wanted) in told.items()} }")
