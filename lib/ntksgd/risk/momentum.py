"""Heavy-ball mini-batch SGD in the RKHS: the second moments close too, on two iterates.

    f_(t+1) = f_t - (eta_t/b) sum_(i <= b) (f_t(x_i) - y_i) K(x_i, .) + beta (f_t - f_(t-1)),
f_0 = f_(-1) = 0. With e = f - f*, q = 1 + beta and H = (1/b) sum_i <., K_(x_i)> K_(x_i) the step is
e_(t+1) = (q - eta H) e_t - beta e_(t-1) + eta noise. On degree k H has the mean lambda_k, and with
w_k = lambda_k^2 N_k the addition theorem gives
    E|P_k H e|^2 = (w_k/b) E e(x)^2 + (1 - 1/b) lambda_k^2 E|P_k e|^2.
So with R = sum_k C_k, noise variance s^2, u = eta lambda_k and
    C_k = E|P_k e_t|^2,   X_k = E<P_k e_t, P_k e_(t-1)>,   B_k = E|P_k e_(t-1)|^2
it closes:
    C_k <- (q^2 - 2 q u + (1 - 1/b) u^2) C_k - 2 beta (q - u) X_k + beta^2 B_k
           + (eta^2/b) w_k (R + s^2)
    X_k <- (q - u) C_k - beta X_k,      B_k <- C_k.
Constant step: C_k = u N_k (R + s^2) / (b [2 (1 - beta) + 2 beta u / q - (1 - 1/b) u]), the fixed
point behind `stability`. The kernel is the truncated one: what lies beyond K is dropped.
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.risk.modes import sphere_modes


def heavy_ball_risk(spectrum, power, schedule, beta, times, batch=1):
    """Exact expected risk at the given times >= 1, ascending: (signal, variance), shape (times, 2).

    The risk is signal + s^2 variance. `power` (K + 1,) is F_k of the target, `beta` in [0, 1) the
    momentum, `batch` b. ValueError for a recursion that diverges.
    """
    beta = check.number("beta", beta, 0.0, 1.0, open_high=True)
    times, m = check.times("times", times), sphere_modes(spectrum, [power], batch=batch, tail=False)
    steps = np.asarray(schedule(np.arange(1, times[-1] + 1)), dtype=float)
    risk = _recursion(m.eigenvalues, m.weights, m.power[0], steps, beta, times, batch)
    if not np.all(np.isfinite(risk)):
        raise ValueError(f"beta = {beta:g}, eta_1 = {steps[0]:g}: the second moments diverge; "
                         "lower one of them")
    return risk


@compiled
def _recursion(eigenvalues, weights, power, steps, beta, times, batch):
    """Both columns (F, 0) and (0, 1) of (power, s^2), step by step."""
    risk = np.empty((times.size, 2))
    q, rest = 1 + beta, 1 - 1 / batch
    for column in range(2):
        current = power * (1 - column)
        cross, before = current.copy(), current.copy()
        total, seen = current.sum(), 0
        for t in range(times[-1]):
            eta, push = steps[t], steps[t] ** 2 / batch * (total + column)
            total = 0.0
            for k in range(eigenvalues.size):
                u, c, x = eta * eigenvalues[k], current[k], cross[k]
                new = ((q * q - 2 * q * u + rest * u * u) * c - 2 * beta * (q - u) * x
                       + beta * beta * before[k] + push * weights[k])
                cross[k] = (q - u) * c - beta * x
                before[k], current[k] = c, new
                total += new
            if t + 1 == times[seen]:
                risk[seen, column] = total
                seen += 1
    return risk
