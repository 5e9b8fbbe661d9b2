r"""Steps t^(-2r/(2r+1)) with a weight decay lambda that depends on the horizon, or not.

With lambda > 0 the gradients' noise, the memory included, is forgotten faster by exp(-2 lambda S_T)
than without, S_T = eta_1 + ... + eta_T, and the mean converges to L (L + lambda)^(-1) f*, at the
squared distance sum_k F_k lambda^2/(lambda_k + lambda)^2 ~ lambda^(2 min(r, 1)) from f*.
"""

from dataclasses import replace

import numpy as np

from ntksgd import check
from ntksgd.compare.rates import clustered
from ntksgd.problems import schedules
from ntksgd.risk.clustering import NODES
from ntksgd.risk.collocation import observe
from ntksgd.risk.predicted import largest_r
from ntksgd.risk.stability import check_stable


def decayed_risks(spectrum, r, times, decays, step=1.0, excess=0.05, nodes=NODES) -> np.ndarray:
    """Exact signal and variance of the last iterate: (len(decays), len(times), 2).

    Steps (step/kappa(1)) t^(-2r/(2r+1)). Each of ``decays`` is a number, or a function of T and
    S_T: lambda of the whole run to T >= 1; `nodes` as in `expected_risk`. ValueError for a
    weight decay that is negative or as large as 1/eta_1.
    """
    schedule = schedules.source_polynomial(check.positive("step", step) / spectrum.trace, r)
    times = check.finite_array("times", times, 1)
    m = clustered(spectrum, [r], excess, nodes)
    sums, columns = schedules.power_sums(schedule, times), np.empty((len(decays), len(times), 2))
    for i, decay in enumerate(decays):
        # a number: one run serves every horizon
        runs = [(slice(None), decay)] if not callable(decay) else [
            (slice(j, j + 1), float(decay(*at))) for j, at in enumerate(zip(times, sums))]
        for at, weight in runs:
            check_stable(spectrum, schedule, check.number("weight decay", weight, 0.0))
            run = replace(m, weight_decay=float(weight))
            columns[i, at] = observe(run, schedule, times[at])[:, 0]
    return columns


def enough_decay(r, beta) -> float:
    """a of lambda = a log(T)/S_T from which on the memory is at most of order T^(-2r/(2r+1)).

    Zero up to r = `largest_r`. Beyond, from exp(-2 lambda S_T) = T^(-2a):
    (2 - 1/beta)(1 - theta) + 2a >= 2r/(2r+1), theta = 2r/(2r+1).
    """
    beyond = check.positive("r", r) - largest_r(check.number("beta", beta, 1.0))
    return max(beyond, 0.0) / (2 * r + 1)
