r"""The risk of one start to second order in E = L_0 - L, what it makes of its own noise included.

With e_k = tr(P_k E) / N_k and squares v_kl = sum_pq <Y_lq, E Y_kp>^2 / N_k of the start,
    R(L + E) = R + dR[e] + d^2R[e, e] / 2 + delta + O(E^3),
dR and d^2R the derivatives of the exact risk of a zonal kernel in its eigenvalues, and delta what
E' = E - sum_k e_k P_k adds: its first order has mean zero over rotations of the start, its second
is the expansion of `spectral_functions` with v_kl - delta_kl e_k^2, and R_m enters its own noise by
the Volterra equation of `self_noise`. All starts are carried together.
"""

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.risk.finite_width import before_step, log_spaced
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.spectral_functions import blocks, factors, second_order


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
    spectrum = problem.spectrum
    ends, lengths, middle, etas = blocks(problem.schedule, times)
    out = _carry(spectrum.eigenvalues, spectrum.multiplicities,
                 np.array(problem.target.power, dtype=float), np.ascontiguousarray(shifts),
                 problem.noise, lengths, etas, _between(np.log(middle), log_grid, direct),
                 np.searchsorted(ends, times))
    out[1] += _between(np.log1p(times), log_grid, direct).T
    return out


@compiled
def _carry(lam, counts, C, shifts, noise, lengths, etas, direct, marks):
    """Sums over the degrees of the first and half the second derivatives of C_k, at the marks."""
    starts = len(shifts)
    out, seen = np.zeros((2, starts, marks.size)), 0
    slopes, bends = np.zeros_like(shifts), np.zeros_like(shifts)
    change, moved = np.zeros(starts), np.zeros(starts)
    for b in range(lengths.size):
        level = noise + C.sum()
        for s in range(starts):
            change[s], moved[s] = slopes[s].sum(), bends[s].sum() + direct[b, s]
        for k in range(lam.size):
            gone, k1, k2, h, h1, h2 = factors(lam[k], etas[b], lengths[b])
            first, second = k1 * C[k] + counts[k] * level * h1, k2 * C[k] + counts[k] * level * h2
            for s in range(starts):
                u = shifts[s, k]
                bends[s, k] = ((1 - gone) * bends[s, k] + u * u / 2 * second
                               + u * (k1 * slopes[s, k] + counts[k] * change[s] * h1)
                               + counts[k] * moved[s] * h)
                slopes[s, k] = (1 - gone) * slopes[s, k] + u * first + change[s] * counts[k] * h
            C[k] = (1 - gone) * C[k] + counts[k] * level * h
        if seen < marks.size and b == marks[seen]:
            for s in range(starts):
                out[0, s, seen], out[1, s, seen] = slopes[s].sum(), bends[s].sum()
            seen += 1
    return out


def _between(log_t, log_grid, values):
    """Rows of `values` (grid, starts) interpolated at log_t, (n, starts)."""
    return np.stack([np.interp(log_t, log_grid, column) for column in values.T], axis=1)
