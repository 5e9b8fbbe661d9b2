"""Learners on the same samples: network, linearised network and SGD in the RKHS of the kernel.

For a replicate, one stream of samples drives
    g_t  the network of width m,
    l_t  its linearisation at Theta_0: SGD in the RKHS of the kernel K_m at width m,
    f_t  SGD in the RKHS of the limit kernel K,
so that g_t - f_t = (g_t - l_t) + (l_t - f_t): kernel drift plus kernel fluctuation. The expected
risk of f_t is known exactly (`risk.kernel_risk`), hence the risk of f_t minus its expectation is a
control variate for the risk of g_t: same samples, mean zero.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.compare.learners import LEARNERS, kernel_values, linearised_path, network_path, start
from ntksgd.problems.data import Population
from ntksgd.problems.problem import Problem
from ntksgd.risk.stability import check_stable
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class Paths:
    """Squared L^2 norms after each of `times` steps, shape (replicates, widths, times).

    ``network``, ``linearised``: excess risks; ``kernel``, of shape (replicates, times), that of
    kernel SGD. ``network_kernel`` = ||g_t - f_t||^2, ``linearised_kernel`` = ||l_t - f_t||^2,
    ``network_linearised`` = ||g_t - l_t||^2. ``drift`` = ||Theta_t - Theta_0|| (not squared; NaN
    for a deep network). ``observed``: what each observer returned, by its name. ``diverged``, of
    shape (replicates, widths): the network diverged; its numbers are then infinite from there on,
    what is observed NaN. What was not asked for is NaN.
    """

    widths: np.ndarray
    times: np.ndarray
    network: np.ndarray
    linearised: np.ndarray
    kernel: np.ndarray
    network_kernel: np.ndarray
    linearised_kernel: np.ndarray
    network_linearised: np.ndarray
    drift: np.ndarray
    diverged: np.ndarray
    observed: dict[str, np.ndarray]


def paths(problem: Problem, learners: Sequence[str], widths: Sequence[int] | np.ndarray,
          times: ArrayLike, replicates: int, seed: int | np.random.SeedSequence, *,
          observers: Mapping[str, Callable[..., float]] | None = None, start: Callable = start,
          degree: int | None = None, workers: int | None = None) -> Paths:
    """Run the learners on the same samples, for several widths and independent replicates.

    Replicate i draws its samples once; every width sees them. On the circle the limit kernel is
    truncated at the target's largest degree.

    Parameters
    ----------
    problem : Problem
    learners : sequence of "network", "linearised", "kernel"
        Only the two-layer network (no `problem.depth`) is linearised.
    widths : sequence of int
        Even.
    times : sequence of int
        Increasing numbers of steps >= 1 at which to record.
    replicates : int
        At least 1.
    seed : int or SeedSequence
        Results depend on nothing else: not on `workers`, and a replicate not on their number.
    observers : mapping of str to callable, optional
        ``observer(problem, points, Theta_0, Theta_t)`` -> float, called at each time for each
        two-layer network; see `compare.drift`.
    start : callable, optional
        ``start(problem, m, rng)`` -> initial parameters. If g_0 is not 0 the labels are shifted by
        g_0, so that g_t - g_0 learns the same target.
    degree : int, optional
        Exactness of the quadrature, see `grid.grid`.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    Paths

    Raises
    ------
    ValueError
        Also for a step size at which kernel SGD is unstable, a learner that does not run on this
        problem (see `learners`), observers without a network.
    """
    check.instance("problem", problem, Problem)
    learners = check.sequence("learners", learners)
    if not learners:
        raise ValueError(f"learners = (): must name some of {', '.join(LEARNERS)}")
    for learner in learners:
        check.one_of("learners", learner, LEARNERS)
    if observers and "network" not in learners:
        raise ValueError(f"observers = {list(observers)}: learners = {learners!r} has no network")
    none = isinstance(widths, (tuple, list)) and not widths
    widths = np.array([], dtype=int) if none else check.widths("widths", widths)
    times = check.times("times", times)
    check.integer("replicates", replicates, 1, 10**6)
    on_data = isinstance(problem.target, Population)
    if on_data:
        problem.gram  # noqa: B018  computed once, here, and not by every worker
    else:
        check_stable(problem.spectrum, problem.local_schedule, problem.weight_decay, problem.batch,
                     problem.momentum)
    task = partial(_replicate, problem, tuple(learners), widths, times, observers or {}, start,
                   problem.grid(degree))
    # compiled loops release the interpreter; the general kernel SGD brings threads of its own
    threads = on_data or problem.d == 2 or "kernel" not in learners
    with joblib.parallel_config(prefer="threads" if threads else "processes"):
        results = map_tasks(task, range(replicates), seed, workers)
    *arrays, observed = zip(*results, strict=True)
    observed = {name: np.array([one[name] for one in observed]) for name in observers or {}}
    return Paths(widths, times, *(np.array(part) for part in arrays), observed)


def _replicate(problem, learners, widths, times, observers, start, points, index, seed):
    """One replicate: its samples, every learner on them, at every width."""
    samples = problem.samples(int(times[-1]), seed)
    run = {"times": times, "points": points.points}
    shape = (len(widths), len(times))
    network, lazy, net_kernel, lazy_kernel, net_lazy, drift = np.full((6, *shape), np.nan)
    kernel, diverged = np.full(len(times), np.nan), np.zeros(len(widths), dtype=bool)
    observed = {name: np.full(shape, np.nan) for name in observers}
    if "kernel" in learners:
        f = kernel_values(problem, samples, **run)
        kernel = problem.risk(points, f)
    for k, m in enumerate(widths):
        if "network" in learners:
            g = network_path(problem, samples, int(m), seed, start=start, **run,
                             observers={name: partial(one, problem, points)
                                        for name, one in observers.items()})
            network[k], drift[k] = problem.risk(points, g.values), g.drift
            diverged[k] = g.diverged_at is not None
            for name, values in g.observed.items():
                observed[name][k, : len(values)] = values
        if "linearised" in learners:
            h = linearised_path(problem, samples, int(m), seed, start=start, **run)
            lazy[k] = problem.risk(points, h.values)
        if {"network", "kernel"} <= set(learners):
            net_kernel[k] = points.mean_square(g.values - f)
        if {"linearised", "kernel"} <= set(learners):
            lazy_kernel[k] = points.mean_square(h.values - f)
        if {"network", "linearised"} <= set(learners):
            net_lazy[k] = points.mean_square(g.values - h.values)
    return (network, lazy, kernel, net_kernel, lazy_kernel, net_lazy, drift, diverged, observed)
