"""The learners of a problem, each on samples that are given: one call, whatever the problem.

A learner refuses (ValueError) what it does not know: see its `_only_plain`.
"""

from dataclasses import replace
from operator import attrgetter

import numpy as np

from ntksgd.models import deep, two_layer
from ntksgd.problems.data import Population
from ntksgd.problems.samples import parameter_rng
from ntksgd.sgd import deep as deep_sgd
from ntksgd.sgd.empirical import empirical_sgd
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.network import Trajectory, train, train_linearised
from ntksgd.sgd.spectral import spectral_sgd

LEARNERS = ("network", "linearised", "kernel")
PLAIN = {"weight_decay": 0.0, "labels.loss": "square", "momentum": 0.0, "batch": 1, "depth": None}


def _only_plain(problem, learner, *names):
    """Refuse what a learner does not know, lest it be left out in silence."""
    for name in names:
        value = attrgetter(name)(problem)
        if value != PLAIN[name]:
            raise ValueError(f"{name} = {value!r}: the {learner} runs with {PLAIN[name]!r} only")


def start(problem, m, rng):
    """Symmetric initial parameters of width m: g_0 = 0."""
    if problem.depth is None:
        return two_layer.initialise(m, problem.d, rng)
    return deep.initialise(m, problem.d, problem.depth, rng)


def unpaired(problem, m, rng):
    """Initial parameters of a two-layer network with m independent neurons: g_0 is not 0."""
    _only_plain(problem, "network with unpaired neurons", "depth")
    paired = start(problem, m, rng)
    return two_layer.Parameters(paired.a, rng.standard_normal((m, problem.d)), paired.c)


def even(problem, m, rng):
    """Initial parameters on the circle whose kernel couples no low harmonics, and g_0 = 0."""
    _only_plain(problem, "network with an even start", "depth")
    if problem.d != 2:
        raise ValueError(f"d = {problem.d}: the even start is one of the circle, d = 2")
    return two_layer.initialise_evenly(m, rng)


def kernel_values(problem, samples, *, times, points):
    """f_t at the points (n, d) after each of the times: (len(times), n).

    On the circle in the Mercer basis; on the points of a population, whose samples say which were
    drawn, through the kernel matrix, and then `points` are all points of the population.
    """
    step_sizes = problem.schedule.step_sizes(int(times[-1]))
    if samples.drawn is not None:
        _only_plain(problem, "kernel on a population", "weight_decay", "labels.loss", "momentum",
                    "batch")
        return empirical_sgd(problem.gram, step_sizes, samples.drawn, samples.y, times)
    if problem.d == 2 and not isinstance(problem.target, Population):
        return spectral_sgd(problem.spectrum, samples, step_sizes, times=times, points=points,
                            weight_decay=problem.weight_decay, loss=problem.labels.loss,
                            momentum=problem.momentum, batch=problem.batch)
    _only_plain(problem, "kernel off the circle", "labels.loss", "momentum", "batch")
    return kernel_sgd(problem.kernel, samples.x[None], samples.y[None], step_sizes, points, times,
                      problem.weight_decay).last[0]


def network_path(problem, samples, m, seed, *, times, points, start=start, observers=None):
    """`Trajectory` of the network of width m whose initial parameters belong to the seed.

    Its values are those of g_t - g_0. Results of the observers, functions of (Theta_0, Theta_t),
    are kept by name, up to divergence. A path that diverges is infinite from there on.
    """
    params = start(problem, m, parameter_rng(seed))
    step_sizes = problem.schedule.step_sizes(int(times[-1]))
    options = {"times": times, "points": points, "gamma": problem.gamma,
               "loss": problem.labels.loss}
    if problem.depth is not None:
        _only_plain(problem, "deep network", "weight_decay", "momentum", "batch")
        if observers:
            raise ValueError(f"observers = {list(observers)}: only two layers are observed, the "
                             f"problem has depth = {problem.depth}")
        values = deep_sgd.train(params, samples, step_sizes, problem.activation, **options)
        finite = np.isfinite(values).all(axis=1)
        lost = None if finite.all() else int(times[int(np.argmin(finite))])
        return Trajectory(times, values, np.full(len(times), np.nan), {}, params, lost)

    def observe(t, now):
        return {name: one(params, now) for name, one in (observers or {}).items()}

    shifted, at_start = _shifted(problem, params, samples, points)
    path = train(params, shifted, step_sizes, problem.activation, observe=observe,
                 weight_decay=problem.weight_decay, on_divergence="flag",
                 momentum=problem.momentum, batch=problem.batch, **options)
    observed = {name: [one[name] for one in path.observed] for name in observers or {}}
    return replace(path, values=path.values - at_start, observed=observed)


def linearised_path(problem, samples, m, seed, *, times, points, start=start):
    """`Trajectory` of the network of width m linearised at its initial parameters."""
    _only_plain(problem, "linearised network", "momentum", "batch", "depth")
    return train_linearised(
        start(problem, m, parameter_rng(seed)), samples,
        problem.schedule.step_sizes(int(times[-1])), problem.activation, times=times, points=points,
        gamma=problem.gamma, weight_decay=problem.weight_decay, loss=problem.labels.loss)


def _shifted(problem, params, samples, points):
    """Samples whose labels are shifted by g_0, and g_0 at the points; 0 for a symmetric start."""
    a, b, c = (np.split(part, 2) for part in params)
    if all(np.array_equal(*pair) for pair in ((a[0], -a[1]), b, c)):
        return samples, 0.0
    if problem.labels.loss == "logistic":
        raise ValueError("start: g_0 is not 0, and labels +-1 cannot be shifted by it")
    inside, outside = (two_layer.forward(params, x, problem.activation, problem.gamma)
                       for x in (samples.x, points))
    return samples._replace(y=samples.y + inside), outside
