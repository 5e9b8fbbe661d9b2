"""The linearised network over widths and times, samples integrated out: our target and the worst.

One sweep serves every noise variance, for risks are linear in it, and every target of the source
ball, for they are linear in its power per degree.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.risk.finite_width import first_order
from ntksgd.seeds import child
from ntksgd.width.excess import Excess
from ntksgd.width.starts import Starts, risks_over_widths
from ntksgd.width.worst_target import source_ball, worst_excess


@dataclass(frozen=True)
class LinearisedSweep:
    """Independent starts at each width; targets: the problem's, then the lowest harmonics alone."""

    problem: Problem
    times: NDArray
    runs: tuple[Starts, ...]

    @property
    def widths(self) -> NDArray:
        """Widths, as they were given."""
        return np.array([run.m for run in self.runs])

    def _blocks(self, samples):
        return Excess(self.times, tuple((np.array([run.m]), s[:, None])
                                        for run, s in zip(self.runs, samples, strict=True)))

    def excess(self, noise: float | None = None) -> Excess:
        """That of the problem's target, at noise variance s^2, by default the problem's."""
        noise = self.problem.noise if noise is None else noise
        ours = np.eye(self.runs[0].limit.shape[0] - 1)[0]
        return self._blocks([run.excess(noise, ours) for run in self.runs])

    def worst(self, reading: str, noise: float | None = None) -> tuple[Excess, NDArray]:
        """Excess at the worst target of the source ball, and its degree, shape (n_m, n_T).

        The ball's largest target has the norm of the problem's own; `reading` as in `worst_excess`.
        ValueError if the worst degree is the last one that was followed, and the spectrum has more.
        """
        noise, target = self.problem.noise if noise is None else noise, self.problem.target
        ball = source_ball(target.spectrum, target.r, target.source_norm(0))
        count = self.runs[0].limit.shape[0] - 2
        if count < 1:
            raise ValueError("degrees = 0: the sweep was made without single harmonics")
        found = []
        for run in self.runs:
            risks = run.controlled
            found.append(worst_excess(risks[:, 1:-1], risks[:, -1], run.limit[1:-1], run.limit[-1],
                                      ball[:count], noise, reading))
        degree = np.array([one.degree for one in found])
        if degree.max() == count - 1 < self.problem.target.spectrum.max_degree:
            raise ValueError(f"degrees = {count}: the worst is the last of them, follow more")
        return self._blocks([one.samples for one in found]), degree


def linearised_sweep(problem: Problem, widths: Sequence[int], times: ArrayLike, starts: int,
                     seed: int | np.random.SeedSequence, degrees: int = 0,
                     max_degree: int | None = None, workers: int | None = None) -> LinearisedSweep:
    """Exact risks of the linearised network, see `starts.risks_over_widths`.

    Parameters
    ----------
    problem, times, max_degree, workers
        As there.
    widths : sequence of int
        At least 3, even.
    starts : int
        Independent ones for each width, at least 2.
    seed : int or SeedSequence
    degrees : int
        How many of the lowest harmonics are followed one by one; the worst must be among them.
    """
    check.instance("problem", problem, Problem)
    widths = check.widths("widths", widths)
    if widths.size < 3:
        raise ValueError(f"widths: {widths.size} of them, must be at least 3")
    check.integer("starts", starts, 2, 10**6)
    check.integer("degrees", degrees, 0, problem.target.power.size)
    ours = problem.target.power
    targets = np.vstack([ours, np.eye(degrees, ours.size)])
    seeds = [child(seed, i) for i in range(len(widths))]
    runs = risks_over_widths(problem, widths, times, starts, seeds, targets, max_degree, workers)
    return LinearisedSweep(problem, runs[0].times, runs)


def sweep_as_needed(problem: Problem, widths: Sequence[int], log_T: int, starts: int,
                    seed: int | np.random.SeedSequence, tau: float,
                    degrees: int = 0) -> tuple[LinearisedSweep, NDArray]:
    """The sweep from 100 to 10^log_T steps, two times a decade, and c(T) of `first_order` there.

    Of the `widths`, increasing, those beyond the first four are left out that exceed four times
    what first order asks for at the tolerance tau.
    """
    check.positive("tau", tau)
    log_T = check.integer("log_T", log_T, 3, 15)
    times = log_times(10**log_T, 2 * log_T - 3, 100)
    c = first_order(problem, times)
    few = [m for i, m in enumerate(widths) if i < 4 or m <= 4 * c.max() / tau]
    return linearised_sweep(problem, few, times, starts, seed, degrees), c
