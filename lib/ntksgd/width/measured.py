"""The excess of networks over their kernel, measured: a plan of widths and replicates, run."""

from dataclasses import dataclass

import numpy as np

from ntksgd.compare.paths import Paths, paths
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.seeds import child
from ntksgd.width.budget import Plan
from ntksgd.width.excess import Excess, controlled_excess


@dataclass(frozen=True)
class Measured:
    """What a plan measured.

    ``risk``: exact expected risk at infinite width, shape (n_T,). ``runs``: Paths, one a block.
    ``diverged``: width -> share of the replicates that diverged; such widths are left out of the
    excess.
    """

    problem: Problem
    times: np.ndarray
    risk: np.ndarray
    network: Excess
    linearised: Excess | None
    runs: tuple[Paths, ...]
    diverged: dict[int, float]


def excess_of(problem, runs, learner="network"):
    """Samples of E R_m / R - 1 from independent `Paths`, as blocks (widths, samples).

    R is the exact risk for the square loss. For another loss there is none: R is then the mean risk
    of the kernel's own paths over all runs, whose error is a common factor of every excess. Widths
    at which a replicate diverged are left out: an infinite risk is a width that does not suffice.
    """
    if problem.labels.loss == "square":
        mean, risk = (kernel_risk(problem, runs[0].times, tail=tail) for tail in (False, True))
    else:
        mean = risk = np.concatenate([run.kernel for run in runs]).mean(axis=0)
    blocks = []
    for run in runs:
        values = getattr(run, learner)
        good = np.all(np.isfinite(values), axis=(0, 2))
        if good.any():
            blocks.append((run.widths[good],
                           controlled_excess(values[:, good], run.kernel, mean, risk)))
    return tuple(blocks)


def measure(problem: Problem, plan: Plan, seed: int | np.random.SeedSequence, points: int = 13,
            t_min: int = 100, workers: int | None = None) -> Measured:
    """Run a plan on a problem, recorded at `points` log-spaced numbers of steps from t_min to T."""
    times = log_times(plan.T, points, t_min)
    learners = ("network", "kernel", *["linearised"] * plan.linearised)
    runs = tuple(paths(problem, learners, widths, times, replicates, child(seed, i),
                       workers=workers) for i, (widths, replicates) in enumerate(plan.blocks))
    lost = {int(m): float(share) for run in runs
            for m, share in zip(run.widths, run.diverged.mean(axis=0), strict=True) if share > 0}
    network = Excess(times, excess_of(problem, runs))
    lazy = Excess(times, excess_of(problem, runs, "linearised")) if plan.linearised else None
    return Measured(problem, times, kernel_risk(problem, times), network, lazy, runs, lost)
