"""Network, linearised network, kernel SGD and kernel ridge regression on one classification task.

A replicate is a random split into training and test part. On it all learners see the same points
in the same order: a first pass over the training part in random order, then further passes, each
in a new order. The start of width m is the same for every loss and step.
"""

from functools import partial

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.compare.class_task import Outcome
from ntksgd.compare.kernel_change import alignment, relative_change
from ntksgd.compare.kernel_ridge import ridge_regression
from ntksgd.kernels.empirical import gram
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import many_outputs
from ntksgd.models.activations import activation
from ntksgd.models.class_losses import curvature, targets
from ntksgd.problems import classes
from ntksgd.problems.schedules import polynomial
from ntksgd.seeds import child
from ntksgd.sgd.classes.kernel import kernel_sgd
from ntksgd.sgd.classes.networks import train, train_linearised
from ntksgd.stats.sweep import map_tasks

SPLIT, ORDER, START = range(3)
SHOWN = 300  # test points on which kernels are compared


def outcomes(task, splits, seed, workers=None):
    """`Outcome` of all learners over random splits; `seed` an integer or a SeedSequence."""
    splits = check.integer("splits", splits, 2)
    with joblib.parallel_config(prefer="threads"), threadpool_limits(1, "blas"):
        results = map_tasks(partial(_one_split, task), range(splits), seed, workers)
    return Outcome(*(np.array(part) for part in zip(*results, strict=True)))


def error(values, labels):
    """Share of wrong labels in per cent, when the largest output (..., q, C) is believed."""
    return 100 * np.mean(np.argmax(values, axis=-1) != labels, axis=-1)


def _one_split(task, index, seed):
    split = classes.split(task.name, task.train_size, np.random.default_rng(child(seed, SPLIT)))
    n, T = task.train_size, int(task.times[-1])
    rng = np.random.default_rng(child(seed, ORDER))
    order = np.concatenate([rng.permutation(n) for _ in range(-(-T // n))])[:T]
    kernel = tangent_kernel(activation(task.activation))
    matrix = gram(kernel, np.concatenate([split.x, split.test_x]))
    ridge = [_ridge_error(matrix, split, order[:t])
             for t in task.times if t <= n and task.ridge_width is not None]
    starts = [many_outputs.initialise(m, split.x.shape[1], split.classes, np.random.default_rng(
        child(child(seed, START), k))) for k, m in enumerate(task.widths)]
    functions, networks, featured = [], [], []
    if task.ridge_width is not None:
        featured = [_feature_ridge(task, split, starts[task.widths.index(task.ridge_width)])]
    for loss in task.losses:
        step = task.load / (curvature(loss) * kernel.trace)
        run = {"order": order, "step_sizes": polynomial(step, task.theta).step_sizes(T),
               "times": task.times, "loss": loss}
        f = kernel_sgd(matrix, split.labels, split.classes, shown=slice(n, None), **run)
        functions.append((error(f.values, split.test_labels), f.size))
        cells, trained = zip(*(_networks(task, split, start, run) for start in starts), strict=True)
        networks.append(list(zip(*cells, strict=True)))
        featured += [_feature_ridge(task, split, params) for m, params in
                     zip(task.widths, trained, strict=True) if m == task.ridge_width]
    f, norm = zip(*functions, strict=True)
    network, linearised, moved, change, aligned = zip(*networks, strict=True)
    return network, linearised, f, ridge, norm, moved, change, aligned, featured


def _networks(task, split, params, run):
    """Network and linearised network from one start: errors, movement, kernels; and Theta_T."""
    act, passes = activation(task.activation), (task.train_size, int(task.times[-1]))
    z, test_z = many_outputs.extended(split.x), many_outputs.extended(split.test_x)
    shown, labels = test_z[:SHOWN], split.test_labels[:SHOWN]

    def kernel_at(t, now):
        return many_outputs.mean_kernel(now, shown, act) if t in passes else None

    options = {**run, "points": test_z}
    g = train(params, z, split.labels, activation=act, observe=kernel_at, **options)
    h = train_linearised(params, z, split.labels, activation=act, **options)
    before = many_outputs.mean_kernel(params, shown, act)
    after = [g.observed[task.times.index(t)] for t in passes]
    return (*(error(one.values, split.test_labels) for one in (g, h)), g.size,
            [relative_change(before, k) for k in after],
            [alignment(k, labels) for k in (before, *after)]), g.parameters


def _feature_ridge(task, split, params):
    """Test error of ridge regression with the tangent kernel at these parameters."""
    z = many_outputs.extended(np.concatenate([split.x, split.test_x]))
    matrix = many_outputs.mean_kernel(params, z, activation(task.activation), len(split.x))
    return _ridge_error(matrix, split, np.arange(len(split.x)))


def _ridge_error(matrix, split, chosen):
    """Test error of ridge regression on the chosen training points, by the kernel matrix of all."""
    y = targets(split.labels[chosen], split.classes, "square")
    fitted = ridge_regression(matrix[np.ix_(chosen, chosen)], y)
    values = matrix[len(split.labels):][:, chosen] @ fitted.coefficients
    return error(values, split.test_labels)
