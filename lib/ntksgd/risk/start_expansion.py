r"""The risk of one start to second order in E = L_0 - L, what it makes of its own noise included.

With e_k = tr(P_k E) / N_k and squares v_kl = sum_pq <Y_lq, E Y_kp>^2 / N_k of the start,
    R(L + E) = R + dR[e] + d^2R[e, e] / 2 + delta + O(E^3),
dR and d^2R the derivatives of the exact risk of a zonal kernel in its eigenvalues, and delta what
E' = E - sum_k e_k P_k adds: its first order has mean zero over rotations of the start, its second
is the expansion of `spectral_functions` with v_kl - delta_kl e_k^2, and R_m enters its own noise by
the Volterra equation of `self_noise`. All starts are carried together.
"""

import numpy as np

from ntksgd.risk.finite_width import before_step, log_spaced
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.spectral_functions import blocks, factors, second_order

COARSE = (300, 8e-3)  # single steps, and relative length of a block of steps thereafter


def start_expansion(problem, times, shifts, squares):
    """First and second order of the risk, each of shape (starts, times), for increasing times.

    Parameters
    ----------
    problem : Problem
        On the sphere, without weight decay.
    times : array of int
    shifts : array, shape (starts, K + 1)
        e of each start, K the largest degree of the problem's spectrum.
    squares : array, shape (starts, K + 1, K + 1)
        v of each start (`DrawnOperator.fluctuation`).

    Returns
    -------
    first, second : ndarray
    """
    spectrum, power, T = problem.spectrum, problem.target.power, int(times[-1])
    grid = np.union1d(log_spaced(T, 100), times)
    path = kernel_risk(problem, grid, tail=False)
    each = second_order(spectrum, power, problem.schedule, grid, problem.noise,
                        before_step(grid, path, power.sum()))
    diagonal = np.arange(shifts.shape[1])
    rest = np.array(squares)
    rest[:, diagonal, diagonal] -= shifts**2
    direct = np.array([np.tensordot(rest, one, 2) for one in each])  # (grid, starts)
    return _carried(problem, times, shifts, np.log1p(np.append(0, grid)),
                    np.vstack([np.zeros(len(shifts)), direct]))


def _carried(problem, times, shifts, log_grid, direct):
    """The moments C_k with their derivatives along each shift, from block to block of steps."""
    lam, counts = problem.spectrum.eigenvalues, problem.spectrum.multiplicities
    C, noise = problem.target.power.astype(float), problem.noise
    slopes, bends = np.zeros((2, *shifts.shape))
    ends, lengths, middle, etas = blocks(problem.schedule, times, *COARSE)
    wanted, out = {float(t): i for i, t in enumerate(times)}, np.zeros((2, len(shifts), len(times)))
    for end, n, at, eta in zip(ends, lengths, middle, etas, strict=True):
        gone, k1, k2, h, h1, h2 = factors(lam, eta, n)
        level, change = noise + C.sum(), slopes.sum(axis=1)[:, None]
        moved = bends.sum(axis=1)[:, None] + _between(np.log(at), log_grid, direct)[:, None]
        bends = ((1 - gone) * bends + shifts * (k1 * slopes + counts * change * h1)
                 + shifts**2 / 2 * (k2 * C + counts * level * h2) + counts * moved * h)
        slopes = (1 - gone) * slopes + shifts * (k1 * C + counts * level * h1) + change * counts * h
        C = (1 - gone) * C + counts * level * h
        if end in wanted:
            here = _between(np.log1p(end), log_grid, direct)
            out[:, :, wanted[end]] = slopes.sum(axis=1), bends.sum(axis=1) + here
    return out


def _between(log_t, log_grid, values):
    """Rows of `values` interpolated at log_t."""
    j = min(max(int(np.searchsorted(log_grid, log_t)), 1), len(log_grid) - 1)
    part = (log_t - log_grid[j - 1]) / (log_grid[j] - log_grid[j - 1])
    return (1 - part) * values[j - 1] + part * values[j]
