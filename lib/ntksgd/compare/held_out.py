"""Test error: one pass over a training set, error on points never seen.

The training set, in random order, is an i.i.d. sample of the unknown law P the data came from, so
one-pass SGD is the paper's algorithm for P itself; T cannot exceed the size of the training set.
The test error estimates the excess risk plus the noise of the labels, which is unknown. Centring
and scaling are learnt from the training set alone.
"""

import numpy as np

from ntksgd import check
from ntksgd.compare.learners import network_path
from ntksgd.problems import data
from ntksgd.problems.samples import Samples
from ntksgd.sgd.empirical import empirical_sgd


def split(name, train_size, rng):
    """Random training and test `Population` of a data set, normalised by the training set.

    Of the photograph, whose points are places and have nothing to be normalised, two subsets.

    Raises
    ------
    ValueError
        If train_size leaves no test set.
    """
    if name == "photograph":
        whole = data.load(name)
        chosen, rest = _parts(whole.n, train_size, rng)
        return whole.subset(chosen), whole.subset(rest)
    features, y, scale = data.raw(name)
    chosen, rest = _parts(len(y), train_size, rng)
    keep = np.ptp(features[chosen], axis=0) > 0 if scale else slice(None)
    reference = features[chosen][:, keep]
    return tuple(
        data.Population(name, data.to_sphere(features[part][:, keep], scale, reference), y[part])
        for part in (chosen, rest)
    )


def _parts(n, train_size, rng):
    train_size = check.integer("train_size", train_size, 2, n - 2)
    order = rng.permutation(n)
    return order[:train_size], order[train_size:]


def one_pass(problem, test, times, width, seed):
    """Mean square test error of kernel SGD and of a network after one pass over t samples.

    Parameters
    ----------
    problem : Problem
        Its target is the training `Population`, seen in an order that belongs to the seed.
    test : Population
    times : increasing sequence of int
        At most the size of the training set.
    width : int
    seed : int or SeedSequence

    Returns
    -------
    kernel, network : ndarray, shape (len(times),)
    """
    train, times = problem.target, check.times("times", times)
    check.integer("times", int(times[-1]), 1, train.n)
    order = np.random.default_rng(seed).permutation(train.n)[: times[-1]]
    samples = Samples(train.x[order], train.y[order])
    cross = problem.kernel.gram(train.x, test.x)
    # no point of the test set is drawn: its rows are not read
    matrix = np.block([[problem.gram, cross], [cross.T, np.zeros((test.n, test.n))]])
    step_sizes = problem.schedule.step_sizes(int(times[-1]))
    f = empirical_sgd(matrix, step_sizes, order, samples.y, times)[:, train.n :]
    g = network_path(problem, samples, check.width(width), seed, times=times, points=test.x)
    return tuple(np.mean((values - test.y) ** 2, axis=-1) for values in (f, g.values))
