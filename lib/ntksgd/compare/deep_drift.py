"""Deep network and its linearisation at the same start, on the same samples.

R_m - R_m^lin = 2 <g - l, l - f*> + ||g - l||^2 is what training adds, the features being free to
move. The linearised network runs in the harmonics of degree at most K (`sgd.drawn`), the largest of
the target.
"""

from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.compare.learners import network_path, start
from ntksgd.kernels.drawn_deep import deep_operator
from ntksgd.models.deep import stack_of
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.sgd.drawn import drawn_sgd
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class DeepPaths:
    """Risks ``network`` and ``linearised``, shape (replicates, widths, times)."""

    widths: NDArray
    times: NDArray
    network: NDArray
    linearised: NDArray


def deep_paths(problem: Problem, widths: ArrayLike, times: ArrayLike, replicates: int,
               seed: int | np.random.SeedSequence, degree: int | None = None,
               workers: int | None = None) -> DeepPaths:
    """Both learners, replicate i with the samples and starts of replicate i of `compare.paths`.

    `degree` of the quadrature for the operator of the start as in `deep_operator`. A replicate
    whose network diverges has infinite risks from there on.
    """
    check.integer("depth", problem.depth or 0, 1)
    widths, times = np.array([check.width(int(m)) for m in widths]), check.times("times", times)
    check.integer("replicates", replicates, 1)
    task = partial(_replicate, problem, widths, times, degree)
    with joblib.parallel_config(prefer="threads"):  # the loops release the interpreter
        found = map_tasks(task, range(replicates), seed, workers)
    return DeepPaths(widths, times, *(np.array(part) for part in zip(*found, strict=True)))


def _replicate(problem, widths, times, degree, index, seed):
    samples, grid = problem.samples(int(times[-1]), seed), problem.grid()
    top = problem.spectrum.max_degree
    wanted, step_sizes = problem.target.harmonic_coefficients(top), problem.schedule
    network, linearised = np.empty((2, widths.size, times.size))
    for j, m in enumerate(widths):
        path = network_path(problem, samples, int(m), seed, times=times, points=grid.points)
        network[j] = problem.risk(grid, path.values)
        stack = stack_of(start(problem, int(m), parameter_rng(seed)))
        operator = deep_operator(stack, problem.activation, top, problem.gamma, degree)
        coefficients = drawn_sgd(operator, samples, step_sizes, times=times)
        linearised[j] = np.sum((coefficients - wanted) ** 2, axis=1)
    return network, linearised
