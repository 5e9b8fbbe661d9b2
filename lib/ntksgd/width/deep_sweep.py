"""The linearised deep network over widths and times, samples integrated out.

The risk of a start over samples and noise is exact (`risk.given_start`). Its expansion in L_0 - L
(`risk.start_expansion`) is the control variate, with the mean of many starts whose risk is not
computed and a coefficient fixed beforehand,
    beta = m / (m + NARROW L^2):
1 for wide networks; in narrow ones the second order is noise, the more so the deeper they are.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.problems.problem import Problem
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.start_expansion import start_expansion
from ntksgd.seeds import as_seed, child
from ntksgd.stats.sweep import map_tasks
from ntksgd.width import deep_starts
from ntksgd.width.excess import Excess

NARROW = 20


@dataclass(frozen=True)
class DeepSweep:
    """Exact risks of starts at several widths.

    Attributes
    ----------
    problem : Problem
    widths, times : ndarray
    samples : ndarray, shape (starts, widths, times)
        Of the excess R_m / R - 1; replicate i has a start at every width.
    """

    problem: Problem
    widths: NDArray
    times: NDArray
    samples: NDArray

    @property
    def excess(self) -> Excess:
        """The samples as one block."""
        return Excess(self.times, ((self.widths, self.samples),))

    def with_drift(self, paths) -> Excess:
        """Excess of the networks themselves: for each replicate, what training adds (`DeepPaths`).

        The paths have replicates, widths and times that are among those of the sweep.
        """
        rows, columns = (np.flatnonzero(np.isin(ours, theirs)) for ours, theirs in
                         ((self.widths, paths.widths), (self.times, paths.times)))
        lazy = self.samples[: len(paths.network)][:, rows][:, :, columns]
        if lazy.shape != paths.network.shape:
            raise ValueError(f"paths: shape {paths.network.shape}, the sweep has {lazy.shape}")
        limit = kernel_risk(self.problem, paths.times, tail=False)
        drift = (paths.network - paths.linearised) / limit
        return Excess(paths.times, ((paths.widths, lazy + drift),))


def deep_sweep(problem: Problem, widths: ArrayLike, times: ArrayLike, starts: int, cheap: int,
               seed: int | np.random.SeedSequence, degree: int | None = None,
               workers: int | None = None) -> DeepSweep:
    """Excess over the kernel of the linearised deep network.

    Parameters
    ----------
    problem : Problem
        With a depth; the square loss, batches of one, no momentum, no weight decay.
    widths : sequence of int
        Even.
    times : sequence of int
    starts : int
        Starts a width whose risk is computed; start i is that of replicate i of `compare.paths`.
    cheap : int
        For each of them, further starts that give the mean of the expansion only.
    seed : int or SeedSequence
    degree, workers
        See `deep_operator` and `sweep.map_tasks`.
    """
    times, root = deep_starts.checked(problem, times), as_seed(seed)
    widths = np.array([check.width(int(m)) for m in widths])
    check.integer("starts", starts, 2)
    check.integer("cheap", cheap, 1)
    risks, known = np.empty((starts, widths.size, times.size)), []
    for j, m in enumerate(widths):
        layers = [int(m) // 2] * problem.depth
        operators = map_tasks(partial(deep_starts.operator, problem, layers, degree),
                              [child(root, i) for i in range(starts)], 0, workers)
        risks[:, j] = map_tasks(partial(_risk, problem, times), operators, 0, workers)
        own = zip(*(deep_starts.parts(problem, one) for one in operators), strict=True)
        others = deep_starts.drawn(problem, layers, starts * cheap, child(child(root, starts), j),
                                   degree, workers)
        known.append([np.concatenate(part) for part in zip(own, others, strict=True)])
    expansion = sum(start_expansion(problem, times, *map(np.concatenate, zip(*known, strict=True))))
    expansion = expansion.reshape(widths.size, starts * (1 + cheap), times.size)
    own, others = expansion[:, :starts], expansion[:, starts:]
    mean = others.reshape(widths.size, starts, cheap, times.size).mean(axis=2)
    beta = widths / (widths + NARROW * problem.depth**2)
    control = beta[:, None] * np.swapaxes(mean - own, 0, 1)
    limit = kernel_risk(problem, times, tail=False)
    return DeepSweep(problem, widths, times, (risks + control) / limit - 1)


def _risk(problem, times, operator, _):
    found = risk_given_start(operator, problem.target.power[None], problem.schedule, times)
    return found.risk(problem.noise)[0]
