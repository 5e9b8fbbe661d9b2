r"""The recursion of `fluctuation`, solved in blocks of steps, each quantity at its largest there.

    z_t^2 <= beta_t^2 + sum_(u<=t) eta_u^2 (sqrt(phi(S_t - S_u)) z_(u-1) + p_ut)^2,   z_0 = 0,
    phi(x) = min(tau, kappa / (2 e x)),   S_t = eta_1 + ... + eta_t, steps that do not grow.
"""

import numpy as np

SINGLE, RATIO = 32, 1.03  # steps taken one by one; growth of the blocks after them


def block_ends(times):
    """0 and the last steps of the blocks, `times` among them."""
    count = int(np.log(max(times[-1] / SINGLE, 1)) / np.log(RATIO)) + 2
    long = np.rint(np.geomspace(min(SINGLE, times[-1]), times[-1], count))
    ends = np.concatenate([np.arange(min(SINGLE, times[-1]) + 1), long, times])
    return np.unique(ends.astype(int))


def rows_bound(x, kappa, tau):
    """phi(x) = min(tau, kappa / (2 e x)) >= sup_x ||q_(u:t)(L_0) K_0(x, .)||^2, x = S_t - S_u."""
    turn = kappa / (2 * np.e * tau)
    return tau * turn / np.maximum(x, turn)


def memory_weights(S, first, energy, kappa, tau):
    """Sum over the u of a block of eta_u^2 phi(S_t - S_u), at the worst t of a later block."""
    now, eta, turn = S[:-1] + first, first[:, None], kappa / (2 * np.e * tau)
    low, high = (np.maximum(now - S[i][:, None], 0.0) for i in (slice(1, None), slice(None, -1)))
    np.fill_diagonal(high, np.diff(S))
    near, far = (rows_bound(x, kappa, tau) for x in (low, high))
    inner, outer = (tau * (np.minimum(x, turn) + turn * np.log(np.maximum(x, turn) / turn))
                    for x in (low, high))  # the integral of phi from 0
    return np.minimum(energy[:, None] * near, eta * (outer - inner + eta * (near - far)))


def solve(bias, force, memory, lengths):
    """z at the blocks' ends (z_0 = 0 first), not decreasing: each bounds z_t at earlier t too.

    `bias` is beta_t^2; `force` and `memory` are sums of eta^2 p^2 and eta^2 phi, u down, t across.
    """
    z, before = np.zeros(lengths.size + 1), np.zeros(lengths.size)  # before: bounds z_(u-1)
    for b, length in enumerate(lengths):
        w, p = np.sqrt(memory[b, b]), np.sqrt(force[b, b])
        past = bias[b] + np.sum((np.sqrt(memory[:b, b]) * before[:b] + np.sqrt(force[:b, b])) ** 2)
        value = max(z[b], np.sqrt(past + (w * z[b] + p) ** 2))
        if length > 1 and value > z[b]:  # z_(u-1) may be as large as the solution itself
            if w >= 1:
                raise ValueError(f"schedule: block {b} of steps is too long for these steps")
            value = max(value, (w * p + np.sqrt(p**2 + (1 - w**2) * past)) / (1 - w**2))
        z[b + 1], before[b] = value, z[b] if length == 1 else value
    return z
