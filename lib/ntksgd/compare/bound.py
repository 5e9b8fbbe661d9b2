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
from ntksgd.compare.learners import start
from ntksgd.models.two_layer import empirical_ntk
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.exact import expected_risk
from ntksgd.seeds import child
from ntksgd.stats import intervals


class KernelDistance(NamedTuple):
    """||D||, B and tau of one initialisation, or arrays of them."""

    operator: np.ndarray
    rows: np.ndarray
    tau: np.ndarray


def kernel_distance(problem, params, points):
    """How far K_0 is from K, on the grid `points` of the problem.

    Operator norms on L^2 are those of the discretised operator (Nystrom), suprema are maxima over
    the grid's points.
    """
    x, w = points.points, points.weights
    start = empirical_ntk(params, x, x, problem.activation, problem.gamma)
    delta = start - problem.kernel.gram(x)
    root = np.sqrt(w)
    return KernelDistance(np.linalg.norm(root[:, None] * delta * root, 2),
                          np.sqrt((np.square(delta) @ w).max()), (np.square(start) @ w).max())


def start_distances(problem, widths, replicates, seed):
    """`KernelDistance` of the starts of all replicates of `compare.paths`: (widths, replicates)."""
    points = problem.grid()
    found = [[kernel_distance(problem, start(problem, m, parameter_rng(child(seed, i))), points)
              for i in range(check.integer("replicates", replicates, 1))] for m in widths]
    return KernelDistance(*np.moveaxis(np.array(found), -1, 0))


def fluctuation_bound(distance, problem, times):
    """rho_t^2 after each of the times.

    Parameters
    ----------
    distance : KernelDistance
        Entries of a common shape (...).
    problem : Problem
        With the square loss, without momentum or batches.
    times : sequence of int
        Increasing, >= 1.

    Returns
    -------
    ndarray, shape (..., len(times))
    """
    if (problem.labels.loss, problem.momentum, problem.batch) != ("square", 0, 1):
        raise ValueError(f"problem: loss = {problem.labels.loss}, momentum = {problem.momentum:g}, "
                         f"batch = {problem.batch}; the bound is for square, 0, 1")
    operator, rows, tau = (check.finite_array(name, v, non_negative=True)
                           for name, v in zip(distance._fields, distance, strict=True))
    times = check.times("times", times)
    every = np.arange(1, times[-1] + 1)
    later = expected_risk(problem.spectrum, problem.target, problem.schedule, every, problem.noise,
                          problem.weight_decay, method="direct").risk
    risk = np.append(problem.target.power.sum(), later)
    square, out = np.zeros(operator.shape), {}
    for t, eta, R in zip(every, problem.schedule(every), risk[:-1], strict=True):
        square = (((1 - eta * problem.weight_decay) ** 2 + eta**2 * tau) * square
                  + 2 * eta * (operator + eta * np.sqrt(tau) * rows) * np.sqrt(R * square)
                  + eta**2 * rows**2 * (R + problem.noise))
        if t in times:
            out[t] = square
    return np.stack([out[t] for t in times], axis=-1)


def largest_share(gap, bound):
    """`Interval` of mean gap / mean bound at the width and time where it is largest.

    `gap` (replicates, widths, times) is ||l_t - f_t||^2, `bound` (widths, replicates, times) as
    `fluctuation_bound` returns it for `start_distances`.
    """
    k, j = np.unravel_index((gap.mean(axis=0) / bound.mean(axis=1)).argmax(), gap.shape[1:])
    pair = np.stack([gap[:, k, j], bound[k, :, j]], axis=-1)
    return intervals.of(lambda mean: mean[:, 0] / mean[:, 1], pair, transform="log")
