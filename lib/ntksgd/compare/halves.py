"""Half of a data set foretells what SGD does on the other half: forecasts, then measurements.

A replicate is a random split into halves A and B, normalised by A. A gives a `Forecast`; kernel SGD
and a network are then run on B under its empirical law, and once over A with the test error on B.
Halves of different splits overlap, so intervals over splits are those for the data set at hand:
they do not cover that another one might have been drawn.
"""

from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np
from numpy.typing import NDArray

from ntksgd import check
from ntksgd.compare.forecast import Forecast, forecast
from ntksgd.compare.held_out import one_pass, split
from ntksgd.compare.paths import paths
from ntksgd.problems import data
from ntksgd.problems.data import Population
from ntksgd.seeds import child
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class Half:
    """A forecast from half A, and the other half, not looked at yet."""

    forecast: Forecast
    other: Population


@dataclass(frozen=True)
class Measured:
    """What SGD did; the first axis is that of the splits.

    Attributes
    ----------
    expected : ndarray, shape (splits, n_T)
        Training risk of kernel SGD on B by the recursion with B's own spectrum: no training.
    kernel, network : ndarray, shape (splits, n_T)
        Of one path each.
    test_kernel, test_network : ndarray, shape (splits, n_t)
        Test error on B after one pass over A.
    """

    expected: NDArray
    kernel: NDArray
    network: NDArray
    test_kernel: NDArray
    test_network: NDArray


def forecasts(name, spec, times, splits, seed, load_factor=0.5, workers=None):
    """A `Half` of each random split of the data set `name`.

    Parameters
    ----------
    name, spec : str
        Data set and activation; the splits depend on neither, only on the number of points.
    times : (T_low, T_fit, T_high)
    splits : int
    seed : int or SeedSequence
    """
    task = partial(_forecast, name, spec, tuple(times), load_factor)
    with joblib.parallel_config(prefer="threads"):
        return map_tasks(task, range(check.integer("splits", splits, 2)), seed, workers)


def _forecast(name, spec, times, load_factor, index, seed):
    size = len(data.SOURCES[check.one_of("name", name, tuple(data.SOURCES))]()[1]) // 2
    sample, other = split(name, size, np.random.default_rng(child(seed, 0)))
    return Half(forecast(sample, spec, *times, load_factor), other)


def measure(halves, width, seed, workers=None):
    """Train on the other half of each split: `Measured`."""
    with joblib.parallel_config(prefer="threads"):
        found = map_tasks(partial(_measure, check.width(width)), halves, seed, workers)
    return Measured(*(np.array(part) for part in zip(*found, strict=True)))


def _measure(width, half, seed):
    f = half.forecast
    here = f.source.at(half.other)
    run = paths(here.problem, ["network", "kernel"], [width], f.times, 1, child(seed, 1), workers=1)
    once = one_pass(f.source.problem, half.other, f.once, width, child(seed, 2))
    return here.risk(f.times), run.kernel[0], run.network[0, 0], *once
