"""The moment closure for a problem on the circle, its even target made use of."""

import numpy as np
from numpy.typing import ArrayLike

from ntksgd.kernels import sphere
from ntksgd.kernels.harmonics import evaluate
from ntksgd.problems.expected_loss import ExpectedLoss
from ntksgd.problems.problem import Problem
from ntksgd.risk.grid_moments import Moments
from ntksgd.risk.moment_closure import RATIO, moments


def circle_moments(problem: Problem, times: ArrayLike, loss: ExpectedLoss | None = None,
                   ratio: float = RATIO) -> Moments:
    """Moments of SGD in the RKHS of a problem's limit kernel on the circle, cut at its degree K.

    The target is even in the angle, so that cosines and sines do not couple, sines have no mean,
    and half the circle will do. `loss`: by default that of the problem's labels.
    """
    if problem.d != 2 or problem.batch != 1 or problem.momentum or problem.weight_decay:
        raise ValueError("problem: must be on the circle, batch 1, no momentum, no weight decay")
    top = problem.spectrum.max_degree
    points, weights = sphere.quadrature(2, 4 * top)
    half = points[:, 1] >= -1e-12
    weights = np.where(np.abs(points[:, 1]) < 1e-12, weights, 2 * weights)[half]
    values, degrees = evaluate(points[half], top)
    values = values * np.sqrt(problem.spectrum.eigenvalues[degrees])
    even = np.append(True, np.arange(1, degrees.size) % 2 == 1)  # 1, cos, sin, cos, sin, ...
    return moments([values[:, even], values[:, ~even]], weights, problem.target(points[half]),
                   problem.labels.expected if loss is None else loss, problem.schedule, times,
                   ratio)
