r"""Proved bounds on linearised network minus kernel SGD, on average over the start.

z_T^2 = E[||l_T - f_T||^2; G_0], G_0 a set of starts on which t >= sup_x ||K_0(x, .)||^2. With
C, V_kl of `neuron_moments` and R the exact risk of kernel SGD, S = sum eta, Q = sum eta^2:
  Groenwall   (2/m)^(1/2) e^(t Q / 2) [ sum eta_t (sqrt(Vb) + eta_t sqrt(t C)) sqrt(R_(t-1))
                                       + (C sum eta_t^2 (R_(t-1) + s^2))^(1/2) ],  Vb = max_k V_k.;
  unrolled    (2/m)^(1/2) c(t Q) [ b(S) + (sqrt(C) + a(S)) (sum eta_t^2 (R_(t-1) + s^2))^(1/2) ],
    b(S) = eta_1 B(0) + int_0^S B,   B(s)^2 = sum_k F_k V_k. exp(-2 lambda_k s),
    a(S) likewise with N_k lambda_k^2 in place of F_k, and 2 (log c + 1/c - 1) = X for c = c(X).
V_k. = sum_l V_kl is of the order of lambda_k, which makes b(S) bounded where r > 1/2.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.special import lambertw

from ntksgd import check
from ntksgd.compare.network_bound import Steps
from ntksgd.compare.start_numbers import steps_of
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant, kernel_variance
from ntksgd.problems.grid import log_times
from ntksgd.problems.schedules import power_sums
from ntksgd.risk.kernel_risk import kernel_risk

POINTS = 60  # times a decade at which the risk is known: blocks in the sums over steps
RATIO = 1.02  # of the ends of the blocks in the integrals over s


class Sums(NamedTuple):
    """What the bounds need to know of T steps of kernel SGD.

    ``risk`` = R(T), ``steps``, the sums of eta sqrt R, eta^2 sqrt R, eta^2 (R + s^2) with R before
    each step, a(S) and b(S).
    """

    risk: float
    steps: Steps
    roots: float
    square_roots: float
    squares: float
    noise: float
    signal: float


def sums(problem, T):
    """`Sums` of a problem: between times at which a factor is computed its larger end is taken.

    ValueError for a problem that the bounds do not cover.
    """
    if (problem.labels.loss, problem.weight_decay) != ("square", 0):
        raise ValueError(f"problem: loss = {problem.labels.loss}, weight_decay = "
                         f"{problem.weight_decay:g}; the theorem is for square, 0")
    steps, spectrum, power = steps_of(problem, T), problem.spectrum, problem.target.power
    times = log_times(check.integer("T", T, 2), max(int(POINTS * np.log10(T)), 2))
    risk = np.append(power.sum(), kernel_risk(problem, times))
    larger = np.maximum(risk[:-1], risk[1:])  # of R_(t-1) for t in a block (t_k, t_(k+1)]
    eta, eta2 = (np.diff(power_sums(problem.schedule, np.append(0, times), p)) for p in (1, 2))
    _, variance = neuron_variances(problem)
    values, counts = spectrum.eigenvalues, spectrum.multiplicities
    decays = [dissipated(weights * variance, values, steps)
              for weights in (counts * values**2, power)]
    return Sums(risk[-1], steps, eta @ np.sqrt(larger), eta2 @ np.sqrt(larger),
                eta2 @ (larger + problem.noise), *decays)


def neuron_variances(problem):
    """C and V_k., shape (degrees,)."""
    return _variances(problem.activation, problem.d, problem.spectrum.max_degree, problem.gamma)


@lru_cache(maxsize=8)
def _variances(act, d, degree, gamma):
    return (hilbert_schmidt_constant(act, d, gamma),
            kernel_variance(act, d, degree, gamma).sum(axis=1))


def dissipated(weights, values, steps):
    """eta_1 B(0) + int_0^S B, B(s)^2 = sum_k weights_k exp(-2 values_k s), from above."""
    ends = np.geomspace(1e-3 * steps.first, steps.sum,
                        max(2, int(np.log(1e3 * steps.sum / steps.first) / np.log(RATIO))))
    ends = np.append(0.0, ends)
    B = np.sqrt(np.exp(-2 * np.outer(ends[:-1], values)) @ weights)  # decreases: left ends
    return float(steps.first * B[0] + B @ np.diff(ends))


def fluctuation_bounds(problem, total, tau):
    """m^(1/2) z_T of the two bounds, by Groenwall and unrolled, for t = `tau`."""
    C, variance = neuron_variances(problem)
    Q, chance = total.steps.squares, np.sqrt(total.squares)
    forcing = np.sqrt(variance.max()) * total.roots + np.sqrt(tau * C) * total.square_roots
    groenwall = np.exp(tau * Q / 2) * (forcing + np.sqrt(C) * chance)
    unrolled = growth(tau * Q) * (total.signal + (np.sqrt(C) + total.noise) * chance)
    return np.sqrt(2) * groenwall, np.sqrt(2) * unrolled


def growth(X):
    """c(X): z_t <= A + (t sum eta_s^2 z_(s-1)^2)^(1/2) for all t implies z_T <= c(t Q) A."""
    return np.inf if X > 1000 else float(-1 / lambertw(-np.exp(-1 - X / 2)).real)
