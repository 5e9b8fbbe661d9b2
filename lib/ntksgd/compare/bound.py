"""A proved bound on the distance of the linearised network from kernel SGD, with every constant.

Given Theta_0, write K_0 for the kernel at width m, L_0 for its integral operator, Delta = K_0 - K,
D for the operator of Delta, h = f_(t-1) - f*, d_t = l_t - f_t, e_t = f_(t-1)(x_t) - y_t. Subtract:
    d_t = (1 - eta lambda) d_(t-1) - eta d_(t-1)(x_t) K_0(x_t, .) - eta e_t Delta(x_t, .).
Square and average over the fresh sample; the noise in e_t is centred, <d, L_0 d> >= 0:
    rho_t^2 <= ((1 - eta lambda)^2 + eta^2 tau) rho^2
               + 2 eta (||D|| + eta sqrt(tau) B) sqrt(R) rho + eta^2 B^2 (R + s^2),
with rho^2 = E ||d_(t-1)||^2, rho_0 = 0, R = E ||h||^2 (exact), tau = sup_x ||K_0(x, .)||^2 and
B = sup_x ||Delta(x, .)||. The cross term uses E_x h(x) Delta(x, .) = D h and Cauchy-Schwarz.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.models.two_layer import empirical_ntk
from ntksgd.risk.exact import expected_risk


class KernelDistance(NamedTuple):
    """||D||, B and tau of one initialisation, or arrays of them."""

    operator: np.ndarray
    rows: np.ndarray
    tau: np.ndarray


def kernel_distance(params, kernel, grid, activation):
    """How far K_0 is from K, on the grid of `risk`.

    Operator norms on L^2 are those of the discretised operator (Nystrom), suprema are maxima over
    the grid's points.
    """
    x, w = grid.points, grid.weights
    start = empirical_ntk(params, x, x, activation, kernel.gamma)
    delta = start - kernel.gram(x)
    root = np.sqrt(w)
    return KernelDistance(np.linalg.norm(root[:, None] * delta * root, 2),
                          np.sqrt((np.square(delta) @ w).max()), (np.square(start) @ w).max())


def fluctuation_bound(distance, target, schedule, steps, noise, weight_decay=0.0):
    """rho_t^2 after each of the steps.

    Parameters
    ----------
    distance : KernelDistance
        Entries of a common shape (...).
    target : Target
    schedule : Schedule
    steps : sequence of int
        Increasing, >= 1.
    noise, weight_decay : float

    Returns
    -------
    ndarray, shape (..., len(steps))
    """
    operator, rows, tau = (check.finite_array(name, v, non_negative=True)
                           for name, v in zip(distance._fields, distance, strict=True))
    T = int(np.max(steps))
    rates, times = schedule.step_sizes(T), np.arange(1, T + 1)
    later = expected_risk(target.spectrum, target, schedule, times, noise, weight_decay,
                          method="direct").risk
    risk = np.concatenate([[target.power.sum()], later])
    square, out = np.zeros(operator.shape), {}
    for t in times:
        eta, R = rates[t - 1], risk[t - 1]
        square = (((1 - eta * weight_decay) ** 2 + eta**2 * tau) * square
                  + 2 * eta * (operator + eta * np.sqrt(tau) * rows) * np.sqrt(R * square)
                  + eta**2 * rows**2 * (R + noise))
        if t in steps:
            out[t] = square
    return np.stack([out[t] for t in steps], axis=-1)
