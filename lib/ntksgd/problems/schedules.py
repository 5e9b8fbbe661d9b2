"""Step-size schedules: eta_t for t = 1, 2, ..., T (the step of the t-th update).

A schedule is a function of real t, smooth but at its breaks, which is what lets the exact risk be
carried over long blocks of steps at once (:mod:`ntksgd.risk.collocation`). Here are the schedules
that serve every horizon; those made for one are in :mod:`ntksgd.problems.decays`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ntksgd import check

#: The largest number of steps: its powers stay finite.
LATEST = 1e200
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(24)  # dear, and asked for block by block


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
        The number of steps that it was made for (near which it may go to zero), None if it serves
        every T.
    breaks : tuple of int
        Times t, ascending, at which ``step`` is continuous and its derivatives are not.
    """

    name: str
    step: Callable[[np.ndarray], np.ndarray]
    largest: float
    horizon: int | None = None
    breaks: tuple[int, ...] = ()

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
    if np.max(r, initial=0.0) > 1e100:
        raise ValueError(f"r = {np.max(r):g}: must be at most 1e100")
    return 2 * r / (2 * r + 1)


def source_polynomial(eta1: float, r: float) -> Schedule:
    """eta_t = eta_1 t^(-2r/(2r+1)): our reading of the paper's schedule, regularity r."""
    return polynomial(eta1, float(paper_theta(check.number("r", r, 0.0))))


def constant(eta: float) -> Schedule:
    """eta_t = eta."""
    check.positive("eta", eta)
    return Schedule(f"{eta:.3g}", lambda t: np.full(np.shape(t), eta), eta)


def power_sums(schedule: Schedule, times, power: int = 1) -> np.ndarray:
    """sum over s <= t of eta_s^power for each t of ``times``, without summing T terms.

    Blocks of at most 256 terms are added one by one, longer ones by Euler-Maclaurin with
    Gauss-Legendre integration. Blocks double in length away from the start, from every break and
    from the horizon; relative error below 1e-11 for the schedules here.
    """
    check.instance("schedule", schedule, Schedule)
    times = check.vector("times", times, non_negative=True)
    check.integer("power", power, 1)
    if times.max(initial=0.0) > LATEST:
        raise ValueError(f"times: {times.max():g} is beyond {LATEST:g}")
    last = times.max(initial=0.0)
    ladder = np.append(0.0, 64 * 2.0 ** np.arange(max(np.ceil(np.log2(last / 64 + 1)), 0) + 1))
    ends = [0, *schedule.breaks] + ([] if schedule.horizon is None else [schedule.horizon])
    edges = np.concatenate([times, *(end + sign * ladder for end in ends for sign in (-1, 1))])
    edges = np.unique(np.append(edges[(edges >= 0) & (edges <= last)], 0.0))
    pieces = [_block_sum(schedule, a, b, power) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    total = np.concatenate([[0.0], np.cumsum(pieces)])
    return total[np.searchsorted(edges, times)]


def _block_sum(schedule, a, b, power):
    """sum of eta_s^power over a < s <= b."""
    if b - a <= 256:
        return np.sum(schedule(np.arange(a + 1, b + 1)) ** power)
    mid, half = (a + 1 + b) / 2, (b - a - 1) / 2
    f = lambda t: schedule(t) ** power  # noqa: E731
    integral = half * np.dot(_WEIGHTS, f(mid + half * _NODES))
    slope = [(f(t + 0.5) - f(t - 0.5)) if b - a > 2 else 0.0 for t in (a + 1, b)]
    return integral + (f(a + 1) + f(b)) / 2 + (slope[1] - slope[0]) / 12
