"""How far a network moves from its start, and how far its tangent kernel moves with it.

Kernel. K_Theta(x, x') = m^(-1) sum_i <psi_i(x), psi_i(x')>, psi_i = (sigma, a sigma' x,
gamma a sigma')(u_i). If |sigma'| <= 1 and sigma' is L-Lipschitz, then with q = sqrt(1 + gamma^2)
    |psi_i(Theta) - psi_i(Theta_0)| <= c |Theta_i - Theta_0i|,   c = q + q (1 + L q),
since u_i changes by at most q |Theta_i - Theta_0i| and |a_i| = 1 at the start. By Cauchy-Schwarz
over the neurons, with D = ||Theta - Theta_0|| and tau = sup_x K_0(x, x),
    |K_Theta - K_0| <= 2 sqrt(tau) c D m^(-1/2) + c^2 D^2 m^(-1).
(As m grows D tends to ||f_t||_H, whose second moment is exact: `risk.rkhs_norm`.)

The observers below measure it along `compare.paths`.
"""

import numpy as np

from ntksgd import check
from ntksgd.models.two_layer import Parameters, empirical_ntk


def kernel_change_bound(drift, m, trace, curvature, gamma=1.0):
    """The bound above for D = `drift`, tau = `trace` and L = `curvature` (sup |sigma''|)."""
    q = np.sqrt(1 + gamma**2)
    c = q + q * (1 + check.positive("curvature", curvature) * q)
    return 2 * np.sqrt(trace) * c * drift / np.sqrt(m) + c**2 * drift**2 / m


def _gram(problem, points, params):
    x = points.points
    return empirical_ntk(params, x, x, problem.activation, problem.gamma)


def _one_of_each_pair(start):
    """Half of the neurons of a symmetric start, whose kernel is that of all; else all."""
    (a, minus_a), *others = (np.split(part, 2) for part in start)
    if np.array_equal(a, -minus_a) and all(np.array_equal(*pair) for pair in others):
        return Parameters(a, *(one for one, _ in others))
    return start


def kernel_change(problem, points, start, now):
    """||K_t - K_0||, the Hilbert-Schmidt norm on L^2."""
    change = _gram(problem, points, now) - _gram(problem, points, _one_of_each_pair(start))
    return np.sqrt(points.weights @ np.square(change) @ points.weights)


def diagonal(problem, points, start, now):
    """sup_x K_0(x, x) over the grid."""
    a, b, c = start
    x, u = points.points, points.points @ b.T + problem.gamma * c
    value, slope = problem.activation.value(u), problem.activation.derivative(u) * a
    factor = np.sum(x**2, axis=1) + problem.gamma**2
    return np.max(np.mean(value**2, axis=1) + factor * np.mean(slope**2, axis=1))


def trace(problem, points, start, now):
    """E K_t(x, x) / kappa(1): the trace of the kernel after training, over its limit."""
    return points.weights @ _gram(problem, points, now).diagonal() / problem.spectrum.trace
