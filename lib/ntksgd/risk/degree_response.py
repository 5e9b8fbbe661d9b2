"""Expected risk of kernel SGD as a linear function of the target's power in each degree.

    R(T) = sum_k F_k a_k(T) + s^2 b(T),
a_k(T) the risk of a target of norm 1 in degree k without noise, b that of unit noise and f* = 0.
"""

import numpy as np

from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.exact import whole_times
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.stability import check_stable


def degree_response(problem, times):
    """a_k and b at infinite width: arrays (K + 1, times) and (times,).

    Parameters
    ----------
    problem : Problem
        Its target's power is not used.
    times : sequence of int
        Numbers of steps, ascending.
    """
    spectrum, schedule = problem.spectrum, problem.local_schedule
    times = whole_times(times, schedule)
    check_stable(spectrum, schedule, problem.weight_decay, problem.batch)
    modes = sphere_modes(spectrum, np.eye(spectrum.eigenvalues.size), problem.weight_decay,
                         problem.batch)
    grid, back = np.unique(times, return_inverse=True)
    risk = observe(cluster(modes), schedule, grid)[back, 0]
    return risk[:, :-1].T, risk[:, -1]
