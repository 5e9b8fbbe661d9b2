"""The risk given the initialisation: its spread over Theta_0, for the probability 1 - delta.

The claim holds with probability 1 - delta over the initialisation and on average over samples. So
cross them: every initialisation sees the same streams of samples, and the risk is averaged over
streams. As a function of Theta_0 alone its quantile at 1 - delta is compared with log(2/delta).
"""

import joblib
import numpy as np

from ntksgd import check
from ntksgd.compare.learners import kernel_values, start
from ntksgd.problems.samples import parameter_rng
from ntksgd.seeds import child
from ntksgd.sgd.inputs import checked
from ntksgd.sgd.learner import Network
from ntksgd.stats.sweep import map_tasks


def initialisation_spread(problem, m, T, initialisations, streams, seed, workers=None):
    """Risk after T steps of every initialisation, over that of kernel SGD on the same streams.

    The mean over streams of ||g_T - f*||^2, shape (initialisations,), divided by that of
    ||f_T - f*||^2; infinite where a network diverged. ValueError for a problem with more than two
    layers, momentum or batches.
    """
    check.integer("initialisations", initialisations, 1)
    check.integer("streams", streams, 1)
    if (problem.depth, problem.momentum, problem.batch) != (None, 0, 1):
        raise ValueError(f"problem: depth = {problem.depth}, momentum = {problem.momentum:g}, "
                         f"batch = {problem.batch}; the spread is for None, 0, 1")
    m, times, points = check.width(m), check.times("T", [T]), problem.grid()
    samples = [problem.samples(T, child(child(seed, 0), j)) for j in range(streams)]
    run = {"times": times, "points": points.points}
    kernel = [problem.risk(points, kernel_values(problem, s, **run)[0]) for s in samples]
    # checked once, not once an initialisation: a narrow network takes less time than its checks
    given = [checked(s, problem.schedule, times, points.points, problem.d,
                     weight_decay=problem.weight_decay) for s in samples]

    def mean_risk(index, own_seed):
        network = Network(start(problem, m, parameter_rng(own_seed)), problem.activation,
                          problem.gamma, problem.weight_decay, problem.labels.loss)
        return np.mean([_risk(problem, points, network, inputs) for inputs in given])

    with joblib.parallel_config(prefer="threads"):
        risks = map_tasks(mean_risk, range(initialisations), child(seed, 1), workers)
    return np.array(risks) / np.mean(kernel)


def _risk(problem, points, network, inputs):
    network.rows[:] = network.start
    done, _ = network.advance(inputs.x, inputs.y, inputs.step_sizes)
    if done < len(inputs.y):
        return np.inf
    values = network.values(inputs.points)
    return problem.risk(points, values) if np.isfinite(values).all() else np.inf
