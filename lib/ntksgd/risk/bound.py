r"""An explicit, non-asymptotic bound on the risk of the last iterate (lambda = 0, b = 1).

Let S_t = eta_1 + ... + eta_t, eta non-increasing, eta_1 kappa(1) <= 1, 2 eta_1 lambda_k <= 1 (so
that 0 <= 1 - 2 eta lambda_k <= exp(-2 eta lambda_k)), h = L^(-r) f*. With
phi(D) = sum_k lambda_k^2 N_k exp(-2 lambda_k D) the recursion gives

    R_T <= sum_k F_k exp(-2 lambda_k S_T) + sum_(s<=T) eta_s^2 (R_(s-1) + s^2) phi(S_T - S_s).

Bias    sup_x x^(2r) exp(-2 x S) = (r/(e S))^(2r):  at most (r/(e S_T))^(2r) ||h||^2.
Rough   sum_s 2 eta_s lambda prod_(u>s)(1 - 2 eta_u lambda) <= 1 (it telescopes), so that the second
        sum is at most (eta_1 kappa(1)/2) (sup R + s^2): R_t <= rho, with
        rho = (||f*||^2 + s^2 eta_1 kappa(1)/2) / (1 - eta_1 kappa(1)/2).
Split   at the last step m with S_m <= c S_T.
        s > m:   at most (eta_(m+1) kappa(1)/2) (sup_(t>=m) R_t + s^2), by the same telescoping;
        s <= m:  phi decreases: at most (rho + s^2) (eta_1^2 + ... + eta_m^2) times a bound on
                 phi(D), D = S_T - S_m, of module `memory`: tr_alpha ((2-alpha)/(2 e D))^(2-alpha)
                 for alpha in (1/beta, 1], and a multiple of D^(-(2-1/beta)) at alpha = 1/beta.

For fixed m every term can only fall as T grows, so the bound at T bounds sup_(t>=T) R_t too: used
for sup_(t>=m) R_t it removes all but a small part of rho. c in (0, 1) and alpha in [1/beta, 1] are
free: the least is taken. alpha = 1 needs no knowledge of the spectrum but its trace.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.problems.schedules import Schedule, power_sums
from ntksgd.problems.target import Target
from ntksgd.risk.exact import whole_times
from ntksgd.risk.memory import memory_bound, trace_power, weak_constant, weak_memory_bound
from ntksgd.risk.stability import check_contracting


@dataclass(frozen=True)
class RiskBound:
    """The three terms of the bound at ``times``, each of shape (len(times),), and rho."""

    times: np.ndarray
    bias: np.ndarray
    early: np.ndarray
    late: np.ndarray
    rho: float

    @property
    def total(self) -> np.ndarray:
        """Upper bound on E||f_T - f*||^2."""
        return np.minimum(self.bias + self.early + self.late, self.rho)


SPLITS = np.array([0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 0.95])


def bias_bound(r: float, S, h_norm: float):
    """(r/(e S))^(2r) ||h||^2."""
    return (r / (np.e * np.asarray(S))) ** (2 * r) * h_norm**2


def rough_bound(eta1: float, trace: float, norm2: float, noise: float) -> float:
    """rho, a bound on R_t for every t."""
    load = eta1 * trace / 2
    return (norm2 + noise * load) / (1 - load)


def risk_bound(spectrum: Spectrum, target: Target, schedule: Schedule, times: ArrayLike,
               noise: float = 0.0, alphas: ArrayLike = (1.0, 0.9, 0.8, 0.7, 0.6),
               beta: float | None = None) -> RiskBound:
    """Explicit upper bound on the risk of the last iterate.

    Parameters
    ----------
    spectrum, target : Spectrum, Target
        Of regularity ``target.r``.
    schedule : Schedule
        Non-increasing, with eta_1 kappa(1) <= 1, serving every horizon.
    times : sequence of int
    noise : float
    alphas : sequence of float in (0, 1]
        Capacity exponents to try; (1.0,) gives the bound free of capacity.
    beta : float >= 1 or None
        Ordered eigenvalues are at most of order i^(-beta): alpha = 1/beta is tried too.

    Raises
    ------
    ValueError
        If eta_1 kappa(1) > 1 or 2 eta_1 lambda_k > 1, noise < 0, a time is below 1, an alpha is
        outside (0, 1], or beta < 1.
    """
    check.instance("spectrum", spectrum, Spectrum)
    check.instance("target", target, Target)
    noise, times = check.number("noise", noise, 0.0), whole_times(times, schedule)
    if schedule.horizon is not None:
        raise ValueError(f"schedule {schedule.name}: is made for a horizon, must serve every one")
    if times.min() < 1:
        raise ValueError(f"times: {times.min():g} is below 1")
    if schedule.largest * spectrum.trace > 1:
        raise ValueError(f"schedule {schedule.name}: eta_1 kappa(1) = "
                         f"{schedule.largest * spectrum.trace:.4g}, the bound needs <= 1")
    check_contracting(spectrum, schedule)
    alphas = check.vector("alphas", alphas)
    if alphas.size == 0 and beta is None:
        raise ValueError("alphas = (): at least one, or beta, is needed")
    constants = [(memory_bound, check.number("alpha", a, 0, 1, open_low=True),
                  trace_power(spectrum, a)) for a in alphas]
    if beta is not None:
        alpha = 1 / check.number("beta", beta, 1)
        constants.append((weak_memory_bound, alpha, weak_constant(spectrum, alpha)))
    grid = np.unique(np.round(np.concatenate([times, np.geomspace(1, times.max(), 200)])))
    S, squares = power_sums(schedule, grid, 1), power_sums(schedule, grid, 2)
    rho = rough_bound(schedule.largest, spectrum.trace, target.power.sum(), noise)
    first = bias_bound(target.r, S, target.source_norm(target.r))
    later = np.full(len(grid), rho)  # sup of R from each grid time on
    for _ in range(3):
        early, late = _split(spectrum.trace, constants, schedule, grid, S, squares, later, rho,
                             noise)
        later = np.minimum(first + early + late, rho)
    at = np.searchsorted(grid, times)
    return RiskBound(times, first[at], early[at], late[at], rho)


def _split(trace, constants, schedule, grid, S, squares, later, rho, noise):
    """Early and late noise at every grid time, for the split c that makes their sum least."""
    best = np.full((2, len(grid)), np.inf)
    for c in SPLITS:
        m = np.searchsorted(S, c * S, side="right") - 1  # last grid time with S_m <= c S_T
        inside, m = m >= 0, np.maximum(m, 0)             # none yet: no early part
        gap = S - np.where(inside, S[m], 0.0)
        memory = np.min([bound(alpha, C, gap) for bound, alpha, C in constants], axis=0)
        early = np.where(inside, (rho + noise) * squares[m] * memory, 0.0)
        step = np.where(inside, schedule(grid[m] + 1), schedule.largest)
        late = step * trace / 2 * (np.where(inside, later[m], rho) + noise)
        better = early + late < best.sum(0)
        best = np.where(better, [early, late], best)
    return best
