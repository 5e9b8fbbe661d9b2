"""One-pass SGD on the linearised network, compiled: tangent features frozen at Theta_0.

    l(x) = <grad g(x; Theta_0), W>,   W = Theta_t - Theta_0 = (w_a, w_b, w_c),   W = 0 at t = 0,
         = m^(-1/2) sum_i [ w_ai sigma(u_i) + a_i sigma'(u_i) (<w_bi, x> + gamma w_ci) ],
    W <- (1 - eta lambda) W - eta e grad g(x; Theta_0),
with u_i = <b_i, x> + gamma c_i for the initial a, b, c and e the residual.
It is SGD in the RKHS of the kernel at width m: it shares the network's kernel fluctuation, without
the drift. Signatures as in `network_step`; here theta holds W and start holds Theta_0.
"""

import math

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from ntksgd.models.losses import residual
from ntksgd.sgd.loops.network_step import BLOCK, LIMIT

UNROLLED = 5  # the largest d for which the unrolled loop is the faster one, by 2 to 3 times


def unrolled_loop(pair, d):
    """Loop over steps for a small d, a constant to the compiler."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        norm = 1.0 / math.sqrt(m)
        a, c, b = start[0], start[1], start[2:]
        wa, wc, wb = theta[0], theta[1], theta[2:]
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        new = old = to_fixed_tuple(np.zeros(d), d)
        h, keep = 0.0, 1.0
        for t in range(y.size + 1):
            # the last round only applies the update that was put off
            if t < y.size:
                new = to_fixed_tuple(x[t], d)
            g = 0.0
            for i in range(m):
                v = h * slope[i]
                wai, wci = keep * wa[i] - h * value[i], keep * wc[i] - v * gamma
                u, w = gamma * c[i], gamma * wci
                for j in range(d):
                    wbji = keep * wb[j, i] - v * old[j]
                    wb[j, i] = wbji
                    u += b[j, i] * new[j]
                    w += wbji * new[j]
                wa[i], wc[i] = wai, wci
                value[i], ds = pair(u, scale)
                slope[i] = a[i] * ds
                g += wai * value[i] + slope[i] * w
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                keep = 1.0 - step_sizes[t] * weight_decay
                old = new
        return y.size

    return run


def blocked_loop(pair):
    """Loop over steps for any d, block by block of neurons."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        d = x.shape[1]
        norm = 1.0 / math.sqrt(m)
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        u, w = np.empty(BLOCK), np.empty(BLOCK)
        nowhere = np.zeros(d)
        h, keep, old = 0.0, 1.0, nowhere
        for t in range(y.size + 1):
            # the last round only applies the update that was put off
            new = x[t] if t < y.size else nowhere
            g = 0.0
            for low in range(0, m, BLOCK):
                n = min(BLOCK, m - low)
                wa, wc = theta[0, low : low + n], theta[1, low : low + n]
                a, c = start[0, low : low + n], start[1, low : low + n]
                s, ds = value[low : low + n], slope[low : low + n]
                for i in range(n):
                    wa[i] = keep * wa[i] - h * s[i]
                    wc[i] = keep * wc[i] - h * ds[i] * gamma
                    u[i], w[i] = gamma * c[i], gamma * wc[i]
                for j in range(d):
                    b, wb = start[2 + j, low : low + n], theta[2 + j, low : low + n]
                    xj, oldj = new[j], old[j]
                    for i in range(n):
                        wb[i] = keep * wb[i] - h * ds[i] * oldj
                        u[i] += b[i] * xj
                        w[i] += wb[i] * xj
                for i in range(n):
                    s[i], slope_i = pair(u[i], scale)
                    ds[i] = a[i] * slope_i
                    g += wa[i] * s[i] + ds[i] * w[i]
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                keep = 1.0 - step_sizes[t] * weight_decay
                old = new
        return y.size

    return run
