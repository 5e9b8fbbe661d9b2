r"""Who holds the risk at time T: bias, memory, fresh noise (lambda = 0, b = 1), exactly.

    bias    the recursion with the gradients' noise switched off (weights w_k = 0);
    memory  what is left at T of the noise injected by the last step m with S_m <= S_T/2: the
            recursion to m, less the bias, carried on to T without noise;
    fresh   the rest: noise injected after m, with the feedback of R on it.

The three add up to the risk, as the recursion is linear.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.problems.schedules import Schedule, power_sums
from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import pieces
from ntksgd.risk.exact import whole_times
from ntksgd.risk.memory import log_products
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.moments import initial
from ntksgd.risk.stability import check_contracting, check_stable


@dataclass(frozen=True)
class Parts:
    """The parts of the risk at ``times``, each of shape (len(times),)."""

    times: np.ndarray
    bias: np.ndarray
    memory: np.ndarray
    fresh: np.ndarray


#: Sums of steps that differ by less, relatively, are equal: `power_sums` is no more exact.
TIE = 1e-11


def half_times(schedule: Schedule, times: ArrayLike) -> np.ndarray:
    """For each T the last step m with S_m <= S_T/2, 0 if there is none; to 1e-9, by bisection.

    Constant steps and an even T: T/2, whatever way the sums are rounded.
    """
    high, half = np.array(times, dtype=float), power_sums(schedule, times) / 2 * (1 + TIE)
    low = np.zeros_like(high)
    while np.any(high - low > np.maximum(1.0, 1e-9 * low)):
        middle = np.floor((low + high) / 2)
        below = power_sums(schedule, middle) <= half
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low


@threadpool_limits.wrap(limits=1, user_api="blas")
def risk_parts(spectrum, target, schedule: Schedule, times: ArrayLike,
               noise: float = 0.0) -> Parts:
    """Bias, memory and fresh noise of the last iterate after each of ``times`` (ascending).

    Parameters
    ----------
    spectrum, target : Spectrum, Target
    schedule : Schedule
        Non-increasing, with 2 eta_1 lambda_k <= 1, serving every horizon.
    times : increasing sequence of int
        At least 1.
    noise : float
        Variance s^2 of the labels.

    Raises
    ------
    ValueError
        If times do not increase from 1 on, noise < 0, 2 eta_1 lambda_k > 1, or the step is
        unstable.
    """
    check.number("noise", noise, 0.0)
    times = whole_times(times, schedule)
    if times[0] < 1 or np.any(np.diff(times) <= 0):
        raise ValueError(f"times = {times}: must increase, from 1 on")
    check_contracting(spectrum, schedule)
    check_stable(spectrum, schedule)
    modes = cluster(sphere_modes(spectrum, [target]))
    half = half_times(schedule, times)
    every = np.union1d(half, times)
    C = _states(modes, schedule, every) @ [1.0, noise]
    kept = np.exp(log_products(schedule, modes.eigenvalues, np.append(times, np.maximum(half, 1))))
    kept *= 1 - 2 * float(schedule(1)) * modes.eigenvalues  # the first step
    at_T, at_half = kept[:len(times)], np.where(half[:, None] < 1, 1.0, kept[len(times):])
    bias = at_T @ modes.power[0]
    noisy = C[np.searchsorted(every, half)] - at_half * modes.power[0]
    later = np.divide(at_T, at_half, out=np.zeros_like(at_T), where=at_half > 0)
    memory = np.sum(noisy * later, axis=1)
    return Parts(times, bias, memory, C[np.searchsorted(every, times)].sum(1) - bias - memory)


def _states(modes, schedule, times) -> np.ndarray:
    """C_k of signal and variance at ascending times: (len(times), K, 2)."""
    state = initial(modes)
    out = [state.C.T for _ in times[times == 0]]
    for end, at in pieces(modes, state, schedule, times[-1]):
        out += [at(t).C.T for t in times[(times > state.t) & (times <= end)]]
        state = at(end)
    return np.array(out)
