"""Reference for `risk.given_start`: the covariance of the error on points, every step in full."""

import numpy as np

from ntksgd.kernels.harmonics import evaluate


def covariance_on_points(operator, grid, start, schedule, times, noise, weight_decay=0.0,
                         average=None):
    """Risk (and that of the average) after each of `times` when x has the law of the grid.

    `start` is F(x, y) at the points: f*(x) f*(y), or a mean of such. With weights w,
    the risk of a covariance A(x, y) is sum_i w_i A_ii, and K acts as K diag(w).
    """
    points, weights = grid
    Y = evaluate(points, operator.max_degree)[0]
    K = Y @ operator.matrix @ Y.T
    L, n = K * weights, len(weights)
    A, B, F = start.copy(), -start, start
    empty = np.zeros((n, n))  # of the running sum S: E S e^T, E S S^T, E S f*^T
    Se, SS, Sf, begun = empty, empty, empty, 0
    branches, last, averaged = {t: t // 2 for t in times}, {}, {}
    sums = dict.fromkeys(times)
    for t in range(1, max(times) + 1):
        eta, lam = float(schedule(t)), weight_decay
        a = 1 - eta * lam
        mean = a * np.eye(n) - eta * L  # E[e new | e old] = mean e - eta lam f*
        for T, since in branches.items():
            if (average == "uniform" and t == 1) or (average == "tail" and t == since + 1):
                sums[T] = (empty, empty, empty, t - 1)
        MB = mean @ B
        new_A = (a**2 * A - a * eta * (L @ A + A @ L.T)
                 + eta**2 * (K * (weights * (np.diag(A) + noise))) @ K
                 - eta * lam * (MB + MB.T) + (eta * lam) ** 2 * F)
        new_B = MB - eta * lam * F
        for T in times:
            if sums[T] is not None and t <= T:
                Se, SS, Sf, begun = sums[T]
                cross = Se @ mean.T - eta * lam * Sf  # E[S old e new^T]
                sums[T] = (cross + new_A, SS + cross + cross.T + new_A, Sf + new_B, begun)
        A, B = new_A, new_B
        if t in times:
            last[t] = weights @ np.diag(A)
            if sums[t] is not None:
                averaged[t] = weights @ np.diag(sums[t][1]) / (t - sums[t][3]) ** 2
    return (np.array([last[t] for t in times]),
            np.array([averaged.get(t, np.nan) for t in times]))
