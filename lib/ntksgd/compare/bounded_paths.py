"""Network and linearised network on one path, beside the bound for bounded residuals."""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.compare.bounded_residual import MU, bounded_residual_bound
from ntksgd.compare.learners import start
from ntksgd.compare.start_numbers import start_numbers, steps_of
from ntksgd.models.losses import loss_value
from ntksgd.models.smoothness import neuron_constants
from ntksgd.problems.samples import parameter_rng
from ntksgd.sgd.network import train, train_linearised


class BoundedPath(NamedTuple):
    """||g_T - l_T|| of one path, its bound with N known and with any labels; ||V|| over its bound.
    """

    gap: float
    known: float
    any_labels: float
    moved: float


def bounded_paths(problem, T, widths, seeds, labels=None):
    """`bounded_path` of each seed at each width: (paths, widths, 4).

    `labels`: for each path a number that all its labels are; by default its own.
    """
    labels = [None] * len(seeds) if labels is None else [np.full(T, y) for y in labels]
    return np.array([[bounded_path(problem, T, int(m), seed, y) for m in widths]
                     for seed, y in zip(seeds, labels, strict=True)])


def bounded_path(problem, T, m, seed, y=None):
    """`BoundedPath` of the replicate that owns this seed; `y` (T,): other labels than its own.

    ValueError for a loss whose residual is not bounded, also if `y` is to blame.
    """
    mu = MU[check.one_of("loss", problem.labels.loss, tuple(MU))]
    samples, grid, steps = problem.samples(T, seed), problem.grid(), steps_of(problem, T)
    samples = samples if y is None else samples._replace(y=y)
    if problem.labels.loss == "logistic" and np.any(np.abs(samples.y) != 1):
        raise ValueError("y: every label of the logistic loss must be 1 or -1")
    params = start(problem, m, parameter_rng(seed))
    options = {"times": [T], "points": grid.points, "loss": problem.labels.loss}
    g, lazy = (learner(params, samples, problem.schedule, problem.activation, **options)
               for learner in (train, train_linearised))
    energy = problem.schedule.step_sizes(T) @ loss_value(problem.labels.loss, 0.0, samples.y)
    numbers, constants = start_numbers(problem, params, grid, steps), neuron_constants(
        problem.activation, problem.gamma)
    known, free = (bounded_residual_bound(numbers, constants, steps, N, mu)
                   for N in (np.sqrt(2 * energy), np.inf))
    return BoundedPath(np.sqrt(grid.mean_square(g.values - lazy.values))[0], known.gap, free.gap,
                       g.drift[0] / min(known.distance, free.distance))
