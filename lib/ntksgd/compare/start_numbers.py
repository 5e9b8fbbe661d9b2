"""The numbers of one start Theta_0 that the bounds of `compare.network_bound` need.

Of all representations f* = <grad g_0, W*> + zeta the one that minimises ||zeta||^2 + p ||W*||^2,
p = 1 / (4 S): ridge regression on the features at the start, in the population. W* lies in the span
of the features, so it is odd under the exchange of paired neurons.
"""

import numpy as np

from ntksgd.compare.network_bound import StartNumbers, Steps
from ntksgd.models.two_layer import empirical_ntk
from ntksgd.problems.schedules import power_sums


def steps_of(problem, T):
    """`Steps` of the first T steps of a problem."""
    S, Q = (float(power_sums(problem.schedule, [T], power)[0]) for power in (1, 2))
    return Steps(S, Q, float(problem.schedule.largest))


def start_numbers(problem, params, points, steps):
    """`StartNumbers` of a start with paired signs.

    Operator norms on L^2 are those of the discretised operator; suprema are maxima over the points,
    lower bounds: what follows from them is computed. `width.probable_start` has bounds instead.

    Parameters
    ----------
    problem : Problem
    params : Parameters
    points : Grid
    steps : Steps
        S decides the penalty of the ridge regression.
    """
    x, w, target = points.points, points.weights, points.target
    gram = empirical_ntk(params, x, x, problem.activation, problem.gamma)
    root = np.sqrt(w)
    values, vectors = np.linalg.eigh(root[:, None] * gram * root)
    values = np.maximum(values, 0.0)  # rounding
    dual = vectors @ ((vectors.T @ (root * target)) / (values + 1 / (4 * steps.sum)))
    zeta = target - gram @ (root * dual)
    weights = np.sqrt(np.sum(values * (vectors.T @ dual) ** 2))
    return StartNumbers(params.a.size, np.sqrt(gram.diagonal().max()), np.sqrt(values[-1]),
                        largest_gradient(problem, np.linalg.norm(params.b, axis=1).max()), weights,
                        np.sqrt(w @ zeta**2), np.abs(zeta).max())


def largest_gradient(problem, norm):
    """sup over |u| <= norm of (sigma(u)^2 + q^2 sigma'(u)^2)^(1/2): one neuron with |b| <= norm.

    On a grid in u with both ends and 0, at one of which the activations of the theorem attain it
    (erf, tanh, squareplus: see the tests); another activation's maximum may lie between.
    """
    u = np.linspace(-norm, norm, 2001)
    value, slope = problem.activation.value(u), problem.activation.derivative(u)
    return float(np.sqrt(np.max(value**2 + (1 + problem.gamma**2) * slope**2)))
