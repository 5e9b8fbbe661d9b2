"""Kernel SGD and networks on the same sample paths from a law with finitely many points."""

from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.models.two_layer import initialise
from ntksgd.problems.samples import INPUTS, NOISE, Samples, parameter_rng
from ntksgd.seeds import child
from ntksgd.sgd.empirical import empirical_sgd
from ntksgd.sgd.network import train, train_linearised
from ntksgd.stats.sweep import map_tasks


def sampled_risks(population, matrix, schedule, times, replicates, seed, noise=0.0, activation=None,
                  widths=(), linearised=False, workers=None):
    """Excess risks of kernel SGD and of networks along the same one-pass sample paths from P_n.

    Parameters
    ----------
    population : Population
    matrix : array, shape (n, n)
        Kernel matrix at its points.
    schedule : Schedule
    times : increasing sequence of int
        Numbers of steps >= 1 at which the risk is recorded. They may exceed n: draws are with
        replacement, each is a fresh sample of P_n.
    replicates : int
    seed : int or SeedSequence
    noise : float
        Variance s^2 of Gaussian noise added to each label drawn.
    activation, widths
        Networks to train on the same samples; their initial parameters are drawn per replicate.
    linearised : bool
        Train their linearisations at the initial parameters instead.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    kernel : ndarray, shape (replicates, len(times))
        mean over the points of (f_t - y)^2.
    network : ndarray, shape (replicates, len(widths), len(times))
        The same of g_t; infinite from the step on at which a network diverged.

    Raises
    ------
    ValueError
        For shapes that do not fit, an odd width, times that do not increase, negative noise.
    """
    times, widths = check.times("times", times), [check.width(int(m)) for m in widths]
    check.number("noise", noise, 0.0)
    check.integer("replicates", replicates, 1)
    task = partial(_replicate, population, matrix, schedule, times, noise, activation, widths,
                   linearised)
    with joblib.parallel_config(prefer="threads"):  # the loops release the interpreter
        kernel, network = zip(*map_tasks(task, range(replicates), seed, workers), strict=True)
    return np.array(kernel), np.array(network).reshape(replicates, len(widths), times.size)


def _replicate(population, matrix, schedule, times, noise, activation, widths, linearised, index,
               seed):
    T, y = int(times[-1]), population.y
    drawn = np.random.default_rng(child(seed, INPUTS)).integers(y.size, size=T)
    labels = y[drawn]
    if noise > 0:
        xi = np.random.default_rng(child(seed, NOISE)).standard_normal(T)
        labels = labels + np.sqrt(noise) * xi
    step_sizes = schedule.step_sizes(T)
    samples = Samples(population.x[drawn], labels)
    kernel = empirical_sgd(matrix, y, step_sizes, drawn, labels, times)
    network = np.empty((len(widths), times.size))
    for k, m in enumerate(widths):
        start = initialise(m, population.d, parameter_rng(seed))
        learner = train_linearised if linearised else train
        g = learner(start, samples, step_sizes, activation, times=times, points=population.x,
                    on_divergence="flag")
        network[k] = np.mean((g.values - y) ** 2, axis=-1)
    return kernel, network
