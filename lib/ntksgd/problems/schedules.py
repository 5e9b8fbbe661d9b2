"""Step-size schedules: eta_t for t = 1, 2, ..., T (the step of the t-th update).

A schedule is a smooth function of real t, which is what lets the exact risk be carried over long
blocks of steps at once (:mod:`ntksgd.risk.collocation`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ntksgd import check


@dataclass(frozen=True)
class Schedule:
    """A step schedule.

    Attributes
    ----------
    name : str
        How the schedule is written in figures and tables.
    step : callable
        ``step(t)``, vectorised, for real t >= 1.
    largest : float
        The largest step ever taken (it decides stability).
    horizon : int or None
        The number of steps at which ``step`` goes to zero, None if it serves every T.
    """

    name: str
    step: Callable[[np.ndarray], np.ndarray]
    largest: float
    horizon: int | None = None

    def __call__(self, t: float | np.ndarray) -> np.ndarray:
        return self.step(np.asarray(t, dtype=float))

    def step_sizes(self, T: int) -> np.ndarray:
        """eta_1 ... eta_T, shape (T,)."""
        return self(np.arange(1, check.integer("T", T, 1) + 1))


def polynomial(eta1: float, theta: float) -> Schedule:
    """eta_t = eta_1 t^(-theta), 0 <= theta < 1: free of the horizon."""
    check.positive("eta1", eta1)
    check.number("theta", theta, 0, 1, open_high=True)
    return Schedule(f"{eta1:.3g} t^(-{theta:.3g})", lambda t: eta1 * t**-theta, eta1)


def paper_theta(r: float | np.ndarray) -> np.ndarray:
    """theta = 2r/(2r+1), our reading of the paper's steps, for r >= 0 (or an array)."""
    r = check.finite_array("r", r, non_negative=True)
    return 2 * r / (2 * r + 1)


def source_polynomial(eta1: float, r: float) -> Schedule:
    """eta_t = eta_1 t^(-2r/(2r+1)): our reading of the paper's schedule, regularity r."""
    return polynomial(eta1, float(paper_theta(r)))


def constant(eta: float) -> Schedule:
    """eta_t = eta."""
    check.positive("eta", eta)
    return Schedule(f"{eta:.3g}", lambda t: np.full(np.shape(t), eta), eta)


def linear_to_zero(eta: float, T: int) -> Schedule:
    """eta_t = eta (1 - (t - 1)/T): from eta down to eta/T at the last step."""
    check.positive("eta", eta)
    check.integer("T", T, 1)
    return Schedule(f"{eta:.3g} (1 - t/T)", lambda t: eta * (1 - (t - 1) / T), eta, horizon=T)


def power_sums(schedule: Schedule, times, power: int = 1) -> np.ndarray:
    """sum over s <= t of eta_s^power for each t of ``times``, without summing T terms.

    The first 64 terms are added one by one, then blocks [m, 2m) by Euler-Maclaurin
    with Gauss-Legendre integration; relative error below 1e-11 for the schedules here.
    """
    times = np.asarray(times, dtype=float)
    edges = [0.0]
    while edges[-1] < times.max():
        edges.append(min(max(edges[-1] + 64.0, 2 * edges[-1]), times.max()))
    edges = np.unique(np.concatenate([edges, times]))
    pieces = [_block_sum(schedule, a, b, power) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    total = np.concatenate([[0.0], np.cumsum(pieces)])
    return total[np.searchsorted(edges, times)]


def _block_sum(schedule, a, b, power):
    """sum of eta_s^power over a < s <= b."""
    if b - a <= 256:
        return np.sum(schedule(np.arange(a + 1, b + 1)) ** power)
    nodes, weights = np.polynomial.legendre.leggauss(24)
    mid, half = (a + 1 + b) / 2, (b - a - 1) / 2
    f = lambda t: schedule(t) ** power  # noqa: E731
    integral = half * np.dot(weights, f(mid + half * nodes))
    slope = [(f(t + 0.5) - f(t - 0.5)) if b - a > 2 else 0.0 for t in (a + 1, b)]
    return integral + (f(a + 1) + f(b)) / 2 + (slope[1] - slope[0]) / 12
