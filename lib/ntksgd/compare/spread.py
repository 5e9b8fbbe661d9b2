"""The risk given the initialisation: its spread over Theta_0, for the probability 1 - delta.

The claim holds with probability 1 - delta over the initialisation and on average over samples. So
cross them: every initialisation sees the same streams of samples, and the risk is averaged over
streams. As a function of Theta_0 alone its quantile at 1 - delta is compared with log(2/delta).
"""

import joblib
import numpy as np

from ntksgd import check
from ntksgd.compare.learners import kernel_values, network_path
from ntksgd.seeds import child
from ntksgd.stats.sweep import map_tasks


def initialisation_spread(problem, m, T, initialisations, streams, seed, workers=None):
    """Risk after T steps of every initialisation, over that of kernel SGD on the same streams.

    The mean over streams of ||g_T - f*||^2, shape (initialisations,), divided by that of
    ||f_T - f*||^2; infinite where a network diverged.
    """
    check.integer("initialisations", initialisations, 1)
    check.integer("streams", streams, 1)
    m, times, points = check.width(m), check.times("T", [T]), problem.grid()
    samples = [problem.samples(T, child(child(seed, 0), j)) for j in range(streams)]
    run = {"times": times, "points": points.points}
    kernel = [problem.risk(points, kernel_values(problem, s, **run)[0]) for s in samples]

    def mean_risk(index, own_seed):
        paths = [network_path(problem, s, m, own_seed, **run) for s in samples]
        return np.mean([problem.risk(points, path.values[0]) for path in paths])

    with joblib.parallel_config(prefer="threads"):
        risks = map_tasks(mean_risk, range(initialisations), child(seed, 1), workers)
    return np.array(risks) / np.mean(kernel)
