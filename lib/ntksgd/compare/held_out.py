"""The practitioner's reading: one pass over a training set, error on a test set never seen.

The training set, in random order, is an i.i.d. sample of the unknown law P the data came from, so
one-pass SGD is the paper's algorithm for P itself; T cannot exceed the size of the training set.
The test error estimates the excess risk plus the noise of the labels, which is unknown. Centring
and scaling are learnt from the training set alone.
"""

from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.models.two_layer import initialise
from ntksgd.problems import data as real_data
from ntksgd.problems.samples import Samples, parameter_rng
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.network import train
from ntksgd.stats.sweep import map_tasks


def split(name, train_size, rng):
    """Random training and test `Population` of a data set, normalised by the training set.

    Raises
    ------
    ValueError
        If train_size leaves no test set, or the data set has no features (see `real_data.raw`).
    """
    features, y, scale = real_data.raw(name)
    train_size = check.integer("train_size", train_size, 2, len(y) - 2)
    order = rng.permutation(len(y))
    chosen, rest = order[:train_size], order[train_size:]
    keep = features[chosen].std(axis=0) > 0 if scale else slice(None)
    reference = features[chosen][:, keep]
    return tuple(
        real_data.Population(name, real_data.to_sphere(features[part][:, keep], scale, reference),
                             y[part])
        for part in (chosen, rest)
    )


def one_pass_errors(name, kernel, schedule, times, splits, seed, width, workers=None):
    """Mean square test error of kernel SGD and of a network after one pass over t samples.

    Parameters
    ----------
    name : str
        Data set.
    kernel : TangentKernel
    schedule : Schedule
    times : increasing sequence of int
        The largest is the size of the training set.
    splits : int
        Random splits; each also draws its own order and initial parameters.
    seed : int or SeedSequence
    width : int

    Returns
    -------
    kernel, network : ndarray, shape (splits, len(times))
    """
    task = partial(_one_split, name, kernel, schedule, np.asarray(times), check.width(width))
    with joblib.parallel_config(prefer="threads"):
        results = map_tasks(task, range(check.integer("splits", splits, 2)), seed, workers)
    return tuple(np.array(part) for part in zip(*results, strict=True))


def _one_split(name, kernel, schedule, times, width, index, seed):
    T = int(times[-1])
    train_set, test_set = split(name, T, np.random.default_rng(seed))
    steps = schedule.step_sizes(T)
    f = kernel_sgd(kernel, train_set.x[None], train_set.y[None], steps, test_set.x, times).last[0]
    start = initialise(width, train_set.d, parameter_rng(seed))
    g = train(start, Samples(train_set.x, train_set.y), steps, kernel.activation, times=times,
              points=test_set.x, gamma=kernel.gamma)
    return tuple(np.mean((values - test_set.y) ** 2, axis=-1) for values in (f, g.values))
