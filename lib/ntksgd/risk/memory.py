r"""The memory of early noise, phi(D) = sum_k lambda_k^2 N_k exp(-2 lambda_k D), from both sides.

From above, with n(x) = #{i: lambda_(i) >= x} (eigenvalues with multiplicity):

    alpha in (1/beta, 1]:  phi(D) <= tr_alpha ((2-alpha)/(2 e D))^(2-alpha),
                           tr_alpha = sum_k lambda_k^alpha N_k;
    alpha = 1/beta, where tr_alpha is infinite: with A = sup_x x^alpha n(x) and a = 2 - alpha,
                           phi(D) = int n(x) g'(x) dx,  g(x) = x^2 exp(-2 x D),
                           g'(x) = 2 x (1 - x D) exp(-2 x D) is negative beyond 1/D, so that
                           phi(D) <= 2 A D^(-a) int_0^1 u^(a-1) (1-u) exp(-2u) du.

From below: the noise that the first step alone leaves, for steps with 2 eta_t lambda_k <= 1,

    R_T >= eta_1^2 (||f*||^2 + s^2) sum_k lambda_k^2 N_k prod_(u=2..T) (1 - 2 eta_u lambda_k),

since every other term of the recursion (lambda = 0, b = 1) is >= 0. As 1 - x >= 4^(-x) on [0, 1/2]
this is of order S_T^(-(2-1/beta)) where lambda_(i) is of exact order i^(-beta): notebook 03.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import hyp1f1

from ntksgd import check
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.problems.schedules import Schedule, power_sums
from ntksgd.problems.target import Target
from ntksgd.risk.clustering import cluster
from ntksgd.risk.exact import whole_times
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.stability import check_contracting

#: Steps multiplied one by one; the logarithm of the others is summed as a power series.
FIRST = 256


def memory_bound(alpha: float, trace_alpha: float, gap):
    """tr_alpha ((2-alpha)/(2 e D))^(2-alpha), at least phi(D)."""
    return trace_alpha * ((2 - alpha) / (2 * np.e * np.asarray(gap))) ** (2 - alpha)


def trace_power(spectrum, alpha: float) -> float:
    """sum_k lambda_k^alpha N_k over the degrees at hand, the tail continued as a power law.

    The tail integral takes the local power law of the last octave of degrees; it is exact for
    alpha = 1 (the trace is known) and infinite where that power law is not summable.
    """
    lam, N = spectrum.eigenvalues, spectrum.multiplicities
    live = lam > 0
    total = float(np.sum(lam[live] ** alpha * N[live]))
    if alpha == 1:
        return max(spectrum.trace, total)
    K = spectrum.max_degree
    terms = lam[[K // 2, K]] ** alpha * N[[K // 2, K]]
    if terms[1] == 0:
        return total
    decay = np.log(terms[0] / terms[1]) / np.log(K / (K // 2))
    if decay <= 1:
        return np.inf
    return total + terms[1] * K * (1 + 0.5 / K) ** (1 - decay) / (decay - 1)  # from K + 1/2 on


def weak_memory_bound(alpha: float, A: float, gap):
    """2 A D^(-a) int_0^1 u^(a-1) (1-u) exp(-2u) du, a = 2 - alpha: at least phi(D)."""
    a = 2 - alpha
    integral = hyp1f1(a, a + 2, -2.0) / (a * (a + 1))
    return 2 * A * integral * np.asarray(gap, dtype=float) ** -a


def weak_constant(spectrum, alpha: float) -> float:
    """A = sup_x x^alpha n(x), over the degrees at hand.

    The supremum is attained at an eigenvalue. The degrees left out are assumed not to raise it:
    so it is for a power law of exponent 1/alpha that is approached from above.
    """
    check.number("alpha", alpha, 0, 1, open_low=True)
    order = np.argsort(spectrum.eigenvalues)[::-1]
    counts = np.cumsum(spectrum.multiplicities[order])
    return float(np.max(spectrum.eigenvalues[order] ** alpha * counts))


def first_step_bound(spectrum, target, schedule: Schedule, times: ArrayLike,
                     noise: float = 0.0) -> np.ndarray:
    """Lower bound on the risk after each of ``times``: the first step's noise alone.

    Parameters
    ----------
    spectrum, target : Spectrum, Target
        Degrees left out would only raise the bound.
    schedule : Schedule
        Non-increasing, with 2 eta_1 lambda_k <= 1, serving every horizon.
    times : sequence of int
        At least 1.
    noise : float
        Variance s^2 of the labels.

    Raises
    ------
    ValueError
        If 2 eta_1 lambda_k > 1, noise < 0, or a time is below 1 or no whole number.
    """
    check.instance("spectrum", spectrum, Spectrum)
    check.instance("target", target, Target)
    noise = check.number("noise", noise, 0.0)
    times = whole_times(times, schedule)
    if times.min() < 1:
        raise ValueError(f"times: {times.min():g} is below 1")
    check_contracting(spectrum, schedule)
    modes = cluster(sphere_modes(spectrum, [target], tail=False))  # the sum, to 1e-10
    kept = np.exp(log_products(schedule, modes.eigenvalues, times)) @ modes.weights
    return float(schedule(1)) ** 2 * (target.power.sum() + noise) * kept


def log_products(schedule: Schedule, eigenvalues, times) -> np.ndarray:
    """log prod_(u=2..T) (1 - 2 eta_u lambda_k) for non-increasing steps: (len(times), K).

    log(1 - x) = -sum_j x^j/j, summed over the steps by `power_sums`. Where x > 1/2 still after the
    first `FIRST` steps the product is below 2^(-FIRST): taken as zero.
    """
    lam, times = np.asarray(eigenvalues, dtype=float), np.asarray(times, dtype=float)
    steps = schedule(np.arange(2, min(FIRST, times.max()) + 1))
    with np.errstate(divide="ignore"):
        head = np.cumsum(np.log1p(-2 * np.outer(steps, lam)), axis=0)
    head = np.vstack([np.zeros(len(lam)), head])
    out = head[np.minimum(times, FIRST).astype(int) - 1]
    late = times > FIRST
    if not late.any():
        return out
    x = 2 * lam * schedule(FIRST + 1)
    small, j = x <= 0.5, 1
    out[np.ix_(late, ~small)] = -np.inf
    while x[small].max(initial=0.0) ** j > 1e-17:
        sums = power_sums(schedule, np.append(FIRST, times[late]), j)
        out[np.ix_(late, small)] -= np.outer(sums[1:] - sums[0], (2 * lam[small]) ** j / j)
        j += 1
    return out
