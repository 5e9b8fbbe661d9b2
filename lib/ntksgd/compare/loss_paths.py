"""Networks and their kernel under a loss, on the same samples: excess loss and squared distance.

As `compare.paths`, which measures a problem's risk alone; here both measures of every learner.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.compare.learners import kernel_values, linearised_path, network_path
from ntksgd.problems.problem import Problem
from ntksgd.risk.stability import check_stable
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class LossPaths:
    """One measure of what the learners reach, after each of `times` steps.

    ``network``, ``linearised`` (replicates, widths, times), ``kernel`` (replicates, times);
    ``trace``: mean over x of K_t(x, x) of the network, over that of its limit kernel. What was
    not asked for is NaN.
    """

    widths: NDArray
    times: NDArray
    network: NDArray
    linearised: NDArray
    kernel: NDArray
    trace: NDArray


def loss_paths(problem: Problem, widths: Sequence[int], times: ArrayLike, replicates: int,
               seed: int | np.random.SeedSequence, linearised: bool = False, trace: bool = False,
               workers: int | None = None) -> dict[str, LossPaths]:
    """Run networks and kernel SGD on the circle on the same samples, see `compare.paths`.

    Parameters
    ----------
    problem : Problem
        On the circle, two layers.
    widths, times, replicates, seed, workers
        As in `compare.paths`; without widths kernel SGD runs alone.
    linearised, trace : bool
        Run the linearised networks too, and look at the kernels' trace.

    Returns
    -------
    dict
        "loss": E l(g, y) - E l(f*, y), of half the square for the square loss; "distance":
        ||g - f*||^2.
    """
    if problem.d != 2 or problem.depth is not None:
        raise ValueError(f"problem: d = {problem.d}, depth = {problem.depth}: must be on the "
                         "circle, with two layers")
    widths = np.array([check.width(int(m)) for m in widths], dtype=int)
    times, grid = check.times("times", times, 1), problem.grid()
    check_stable(problem.spectrum, problem.local_schedule, problem.weight_decay, problem.batch,
                 problem.momentum)
    task = partial(_replicate, problem, widths, times, linearised, trace, grid)
    with joblib.parallel_config(prefer="threads"):  # compiled loops release the interpreter
        found = map_tasks(task, range(check.integer("replicates", replicates, 1)), seed, workers)
    parts = [np.moveaxis(np.array(part), 1, 0) for part in zip(*found, strict=True)]
    return {name: LossPaths(widths, times, *(part[k] for part in parts[:3]), parts[3][0])
            for k, name in enumerate(("loss", "distance"))}


def _replicate(problem, widths, times, linearised, trace, grid, index, seed):
    """Both measures (2, ...) of network, linearised network and kernel on one path."""
    samples = problem.samples(int(times[-1]), seed)
    run = {"times": times, "points": grid.points}
    network, lazy, moved = np.full((3, 2, widths.size, times.size), np.nan)
    observers = {"trace": lambda start, now: kernel_trace(problem, grid, now)} if trace else {}
    for k, m in enumerate(widths):
        g = network_path(problem, samples, int(m), seed, observers=observers, **run)
        if trace:
            moved[:, k, :len(g.observed["trace"])] = g.observed["trace"]
        network[:, k] = _measures(problem, grid, g.values)
        if linearised:
            h = linearised_path(problem, samples, int(m), seed, **run)
            lazy[:, k] = _measures(problem, grid, h.values)
    f = kernel_values(problem, samples, **run)
    return network, lazy, _measures(problem, grid, f), moved


def kernel_trace(problem, grid, params):
    """Mean over x of K(x, x) at these parameters, over its limit kappa(1)."""
    a, b, c = params
    u = grid.points @ b.T + problem.gamma * c
    act = problem.activation
    at_x = act.value(u) ** 2 + (1 + problem.gamma**2) * (a * act.derivative(u)) ** 2
    return grid.weights @ at_x.mean(axis=1) / problem.spectrum.trace


def _measures(problem, grid, values):
    half = 0.5 if problem.labels.loss == "square" else 1.0
    return np.array([half * problem.risk(grid, values), grid.risk(values)])
