"""The linearised network at finite width: its excess risk to first order in 1/m, for any T.

A finite network has the kernel K_m, an average over m/2 independent neurons (the two of a
symmetric pair agree), so L_m = L + E with E E = 0 and sum_q E[E_(kp,lq)^2] = (2/m) V_kl in the
harmonics Y_kp (`neuron_moments`). For a spectral function
f(L_m) the second-order term of Daleckii and Krein brings second divided differences:
    E <f*, f(L_m) f*> - <f*, f(L) f*> = (2/m) sum_kl F_k V_kl f[l_k, l_l, l_k] + O(m^-2)
    E tr f(L_m) - tr f(L)             = (2/m) sum_kl N_k V_kl f[l_k, l_l, l_k] + O(m^-2).
The risk after T steps is the first with f = p, plus the second with f = g (`spectral_functions`),
R_t in g being the risk at infinite width; what a finite width changes in it is added by
`self_noise`. No parameter is fitted. Left out: the error is not spread evenly over x. That is below
6 % of c at T = 10 and either sign; at T = 1e2, 1e3, 1e5, s^2 = 1/4, on the circle it would add
    squareplus  r = 1/2   1.5 %, 0.8 %, 0.03 %      r = 1   0.03 %, 0.06 %, 0.00 %
    ReLU        r = 1/2   1.0 %, 0.3 %, 0.01 %      r = 1   0.1 %,  0.15 %, 0.01 %
(cut at degree 12; `tests/test_self_noise.py` computes them). For ReLU the cut of the kernel at
degree K leaves c too low, by a part ~ 1/K that grows with T: 1.7 % at K = 512, T = 1e5, r = 1/2.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.problems.problem import Problem
from ntksgd.risk.exact import whole_times
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.self_noise import eigenvalue_shifts, with_self_noise
from ntksgd.risk.spectral_functions import second_order


def excess_coefficient(spectrum, target, variance, schedule, noise, times, risk):
    """lim m (E R_m(T) - R(T)) as m grows, for the linearised network, at each T.

    Without what finite width changes in the noise of the error itself.
    `variance` (K + 1, K + 1) is that of `kernel_variance`, for the spectrum's degrees; the rest as
    in `second_order`. ValueError also if shapes differ.
    """
    size = spectrum.eigenvalues.size
    if variance.shape != (size, size):
        raise ValueError(f"variance: has shape {variance.shape}, must be {(size, size)}")
    each = second_order(spectrum, target.power, schedule, times, noise, risk)
    return np.array([2 * np.sum(variance * one) for one in each])


_variance = lru_cache(maxsize=8)(kernel_variance)  # the same for every r, s^2 and T


def log_spaced(T, fewest=200):
    """Whole numbers of steps from 1 to T, `fewest` or ten a decade, log-spaced."""
    return np.unique(np.rint(np.geomspace(1, T, max(fewest, int(10 * np.log10(T))))))


def risk_before_step(problem, T):
    """R_(t-1) at infinite width as a function of real t in [1, T]: the error step t sees.

    Between log-spaced times, 200 or ten a decade, it is interpolated.
    """
    grid = log_spaced(T)
    return before_step(grid, kernel_risk(problem, grid), problem.target.power.sum())


def before_step(times, risk, start):
    """R_(t-1) as a function of t, from R at log-spaced times and R_0 = `start`."""
    grid, log_risk = np.log(times), np.log(risk)

    def before(t):
        passed = np.log(np.maximum(np.asarray(t) - 1.0, 1.0))
        return np.where(np.asarray(t) < 1.5, start, np.exp(np.interp(passed, grid, log_risk)))

    return before


def first_order(problem: Problem, times: ArrayLike, self_noise: bool = True) -> np.ndarray:
    """c(T) = lim m (E R_m / R - 1) of the linearised network, nothing fitted, shape (times,).

    `self_noise`: with what finite width changes in the noise that the error itself makes.
    """
    check.instance("problem", problem, Problem)
    self_noise = check.flag("self_noise", self_noise)
    asked = whole_times(times, problem.schedule)
    if asked.min() < 1:
        raise ValueError(f"times: {asked.min():g} is below 1")
    (times, back), spectrum = np.unique(asked, return_inverse=True), problem.spectrum
    arguments = problem.activation, spectrum.d, spectrum.max_degree, problem.gamma
    variance = _variance(*arguments)
    schedule, noise, dense = problem.schedule, problem.noise, log_spaced(float(times[-1]))
    passed, risk = np.split(kernel_risk(problem, np.append(dense, times)), [dense.size])
    before = before_step(dense, passed, problem.target.power.sum())

    def expansion(variance, at):
        return excess_coefficient(spectrum, problem.target, variance, schedule, noise, at, before)

    if not self_noise:
        return (expansion(variance, times) / risk)[back]
    shifts = eigenvalue_shifts(problem.activation, spectrum, problem.gamma)
    rest = variance - np.diag(np.sum(shifts**2, axis=0))
    grid = np.union1d(log_spaced(float(times[-1]), 100), times)
    values = expansion(rest, grid)

    def direct(t):
        return np.interp(np.log1p(t), np.log1p(np.append(0, grid)), np.append(0, values))

    total = with_self_noise(spectrum, problem.target.power, shifts, direct, schedule, noise, times)
    return (total / risk)[back]
