"""Expected risk of SGD in the RKHS of a problem's limit kernel.

Exact for the square loss. For another loss it is that of the loss's quadratic expansion at f*
(`problems.labels`): steps D eta_t, noise V/D^2, D the curvature and V the variance of the residual.
"""

from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.problems.problem import Problem
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.momentum import heavy_ball_risk


def kernel_risk(problem: Problem, times: ArrayLike, tail: bool = True) -> NDArray:
    """Excess risk after each of the times, shape (len(times),).

    Parameters
    ----------
    problem : Problem
    times : sequence of int
    tail : bool
        Whether the trace beyond the spectrum's last degree counts, see `exact.expected_risk`; the
        sampled paths run without. With momentum there is no tail.
    """
    check.instance("problem", problem, Problem)
    labels, schedule = problem.labels, problem.local_schedule
    if problem.momentum > 0:
        risk = heavy_ball_risk(problem.spectrum, problem.target.power, schedule, problem.momentum,
                               times, problem.batch) @ [1.0, problem.noise]
    else:
        risk = expected_risk(problem.spectrum, problem.target, schedule, times, problem.noise,
                             problem.weight_decay / labels.curvature, problem.batch,
                             tail=tail).risk
    return labels.risk_factor * risk
