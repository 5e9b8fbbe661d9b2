"""The risk given the initialisation: its spread over Theta_0, for the probability 1 - delta.

The claim holds with probability 1 - delta over the initialisation and on average over samples. So
cross them: every initialisation sees the same streams of samples, and the risk is averaged over
streams. As a function of Theta_0 alone its quantile at 1 - delta is compared with log(2/delta).
"""

from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.compare.paths import kernel_values
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import initialise
from ntksgd.problems.grid import grid
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.seeds import as_seed, child
from ntksgd.sgd.network import train
from ntksgd.stats.sweep import map_tasks


def initialisation_spread(setting, m, T, initialisations, streams, seed, workers=None):
    """Risk after T steps of every initialisation, over that of kernel SGD on the same streams.

    Returns
    -------
    ndarray, shape (initialisations,)
        mean over streams of ||g_T - f*||^2, divided by that of ||f_T - f*||^2; infinite where a
        network diverged.
    """
    check.integer("initialisations", initialisations, 1)
    check.integer("streams", streams, 1)
    seed, points = as_seed(seed), grid(setting.target)
    samples = [draw_samples(setting.target, T, setting.noise, child(child(seed, 0), j))
               for j in range(streams)]
    act, steps = activation(setting.activation), np.array([T])
    rates = setting.schedule.step_sizes(T)
    kernel = [points.risk(kernel_values(setting, act, s, rates, steps, points.points)[0])
              for s in samples]
    task = partial(_risk, setting, check.width(m), samples, act, points)
    with joblib.parallel_config(prefer="threads"):
        risks = map_tasks(task, range(initialisations), child(seed, 1), workers)
    return np.array(risks) / np.mean(kernel)


def quantiles(values, delta):
    """Quantiles of the values at 1 - delta."""
    return np.quantile(values, 1 - np.asarray(delta), axis=-1, method="higher")


def _risk(setting, m, samples, act, points, index, seed):
    params = initialise(m, setting.target.d, parameter_rng(seed))
    runs = [train(params, s, setting.schedule, act, times=[s.y.size], points=points.points,
                  gamma=setting.gamma, weight_decay=setting.weight_decay, on_divergence="flag")
            for s in samples]
    return float(np.mean([points.risk(run.values[0]) for run in runs]))
