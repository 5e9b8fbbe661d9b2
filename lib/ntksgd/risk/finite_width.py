"""The linearised network at finite width: its excess risk to first order in 1/m, for any T.

A finite network has the kernel K_m, an average over m/2 independent neurons (the two of a
symmetric pair agree), so L_m = L + E with E E = 0 and sum_q E[E_(kp,lq)^2] = (2/m) V_kl in the
harmonics Y_kp (`neuron_moments`). For a spectral function
f(L_m) the second-order term of Daleckii and Krein brings second divided differences:
    E <f*, f(L_m) f*> - <f*, f(L) f*> = (2/m) sum_kl F_k V_kl f[l_k, l_l, l_k] + O(m^-2)
    E tr f(L_m) - tr f(L)             = (2/m) sum_kl N_k V_kl f[l_k, l_l, l_k] + O(m^-2).
The risk after T steps is the first with f = p, plus the second with f = g:
    p(l) = prod_t (1 - eta_t l)^2,
    g(l) = sum_t eta_t^2 (s^2 + R_(t-1)) l^2 prod_(u>t) (1 - eta_u l)^2
(R_t the risk at infinite width after t steps; what a finite width changes in it is left out, and
the error is taken as spread evenly over x). No parameter is fitted.
"""

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.problems.problem import Problem
from ntksgd.risk.kernel_risk import kernel_risk

# relative distance of the two copies of l_k in the divided difference f[l_k, l_l, l_k]
COPY = 1e-4
EXACT_STEPS = 1000  # steps taken one by one before blocks of steps are taken together
BLOCK = 2e-3  # relative length of a block: the step changes by less than that inside


def _blocks(T):
    """Edges 0 = t_0 < t_1 < ... = T of blocks of steps: single steps first, then BLOCK t long."""
    first = min(EXACT_STEPS, T)
    count = int(np.ceil(np.log(T / first) / np.log1p(BLOCK))) + 1
    return np.concatenate([np.arange(first), np.unique(np.rint(np.geomspace(first, T, count)))])


def spectral_functions(eigenvalues, schedule, noise, times, risk):
    """p(l) and g(l) of the module's docstring, shape (2, times, eigenvalues), times increasing.

    `schedule` is eta_t for an array of real t, `noise` s^2, and `risk` R_(t-1) at infinite width,
    the risk before step t, for an array of t >= 1.
    """
    times = np.asarray(times)
    edges = np.unique(np.concatenate([_blocks(float(times[-1])), times]))
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


def second_order(spectrum, power, schedule, times, noise, risk):
    """What a variance sum_q E[E_(kp,lq)^2] = v_kl of the operator adds to the risk, per unit.

    Shape (times, K + 1, K + 1); `power` F_k, the rest as in `spectral_functions`. ValueError if
    noise < 0 or a step reaches 1 / max eigenvalue.
    """
    noise, lam = check.number("noise", noise, 0.0), spectrum.eigenvalues
    largest = float(np.max(schedule(np.ones(1)))) * lam.max() * (1 + COPY)
    if not largest < 1:
        raise ValueError(f"schedule: eta_1 times the largest eigenvalue is {largest:g}, must be "
                         "below 1")
    low, high = lam * (1 - COPY), lam * (1 + COPY)
    nodes = np.concatenate([low, lam, high])
    gap_low, gap_high = lam - low[:, None], high[:, None] - lam
    weights = np.stack([power, spectrum.multiplicities])[:, :, None] / (high - low)[:, None]
    out = []
    for values in spectral_functions(nodes, schedule, noise, times, risk).transpose(1, 0, 2):
        left, middle, right = np.split(values, 3, axis=-1)
        second = (right[:, :, None] - middle[:, None, :]) / gap_high
        second -= (middle[:, None, :] - left[:, :, None]) / gap_low
        out.append(np.sum(weights * second, axis=0))
    return np.array(out)


def excess_coefficient(spectrum, target, variance, schedule, noise, times, risk):
    """lim m (E R_m(T) - R(T)) as m grows, for the linearised network, at each T.

    `variance` (K + 1, K + 1) is that of `kernel_variance`, for the spectrum's degrees; the rest as
    in `second_order`. ValueError also if shapes differ.
    """
    size = spectrum.eigenvalues.size
    if variance.shape != (size, size):
        raise ValueError(f"variance: has shape {variance.shape}, must be {(size, size)}")
    each = second_order(spectrum, target.power, schedule, times, noise, risk)
    return np.sum(2 * variance * each, axis=(1, 2))


def risk_before_step(problem, T):
    """R_(t-1) at infinite width as a function of real t in [1, T]: the error step t sees.

    Between log-spaced times, 200 or ten a decade, it is interpolated.
    """
    grid = np.unique(np.rint(np.geomspace(1, T, max(200, int(10 * np.log10(T))))))
    return before_step(grid, kernel_risk(problem, grid), problem.target.power.sum())


def before_step(times, risk, start):
    """R_(t-1) as a function of t, from R at log-spaced times and R_0 = `start`."""
    grid, log_risk = np.log(times), np.log(risk)

    def before(t):
        passed = np.log(np.maximum(np.asarray(t) - 1.0, 1.0))
        return np.where(np.asarray(t) < 1.5, start, np.exp(np.interp(passed, grid, log_risk)))

    return before


def first_order(problem: Problem, times: ArrayLike) -> np.ndarray:
    """c(T) = lim m (E R_m / R - 1) of the linearised network, nothing fitted, shape (times,)."""
    times, spectrum = np.asarray(times), problem.spectrum
    variance = kernel_variance(problem.activation, spectrum.d, spectrum.max_degree, problem.gamma)
    coefficient = excess_coefficient(spectrum, problem.target, variance, problem.schedule,
                                     problem.noise, times,
                                     risk_before_step(problem, float(times[-1])))
    return coefficient / kernel_risk(problem, times)
