"""Loops over steps with C outputs: the network, its linearisation, and SGD in the RKHS.

With the residual e = dl/dg (C,) at the sample z, h = eta m^(-1/2) and u_i = <b_i, z>, a step is
    a_ki <- a_ki - h e_k sigma(u_i),      b_i <- b_i - h sigma'(u_i) (sum_k a_ki e_k) z.
The rows b_i are the bulk: their update waits for the next sample, whose u_i the same sweep finds.
A run stops at the first output that is not finite or exceeds LIMIT in size, and returns the number
of steps done. Rows of `targets`: y for the square loss, probabilities for the logistic one.
"""

import math

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.sgd.loops.step import LIMIT


@compiled(inline=True)
def residuals(loss, g, target, e):
    """Fill e with dl/dg: g - y, or softmax(g) - p for loss 1; False where g is beyond LIMIT."""
    top = g[0]
    for k in range(g.size):
        if not abs(g[k]) <= LIMIT:
            return False
        top = max(top, g[k])
    total = 0.0
    for k in range(g.size):
        e[k] = math.exp(g[k] - top) if loss == 1 else g[k]
        total += e[k]
    for k in range(g.size):
        e[k] = (e[k] / total if loss == 1 else e[k]) - target[k]
    return True


@compiled(inline=True)
def sweep(b, back, old, new, u):
    """Apply b_i <- b_i - back_i old, then u_i = <b_i, new>."""
    for i in range(b.shape[0]):
        row, v, inner = b[i], back[i], 0.0
        for j in range(row.size):
            row[j] -= v * old[j]
            inner += row[j] * new[j]
        u[i] = inner


def network_loop(pair):
    """The network's loop for this compiled pair(u, scale) = (sigma(u), sigma'(u))."""

    def run(a, b, z, targets, order, step_sizes, scale, loss):
        m, norm = b.shape[0], 1.0 / math.sqrt(b.shape[0])
        value, slope, back = np.zeros(m), np.zeros(m), np.zeros(m)
        g, e = np.zeros(a.shape[0]), np.zeros(a.shape[0])
        old = z[0]
        for t in range(order.size):
            new = z[order[t]]
            sweep(b, back, old, new, value)
            for i in range(m):
                value[i], slope[i] = pair(value[i], scale)
                back[i] = 0.0
            for k in range(g.size):
                inner, row = 0.0, a[k]
                for i in range(m):
                    inner += row[i] * value[i]
                g[k] = norm * inner
            old = new
            if not residuals(loss, g, targets[order[t]], e):
                return t
            h = norm * step_sizes[t]
            for k in range(g.size):
                row, ek, change = a[k], e[k], h * e[k]
                for i in range(m):
                    back[i] += row[i] * ek
                    row[i] -= change * value[i]
            for i in range(m):
                back[i] *= h * slope[i]
        sweep(b, back, old, old, value)
        return order.size

    return run


@compiled
def run_linearised(a, wa, wb, values, slopes, z, targets, order, step_sizes, loss):
    """The linearised network: weights (wa, wb) move from 0, features are those of the start."""
    m, norm = wb.shape[0], 1.0 / math.sqrt(wb.shape[0])
    inner, back = np.zeros(m), np.zeros(m)
    g, e = np.zeros(a.shape[0]), np.zeros(a.shape[0])
    old = z[0]
    for t in range(order.size):
        new, value, slope = z[order[t]], values[order[t]], slopes[order[t]]
        sweep(wb, back, old, new, inner)
        for i in range(m):
            inner[i] *= slope[i]
            back[i] = 0.0
        for k in range(g.size):
            total, row, sign = 0.0, wa[k], a[k]
            for i in range(m):
                total += row[i] * value[i] + sign[i] * inner[i]
            g[k] = norm * total
        old = new
        if not residuals(loss, g, targets[order[t]], e):
            return t
        h = norm * step_sizes[t]
        for k in range(g.size):
            row, sign, ek, change = wa[k], a[k], e[k], h * e[k]
            for i in range(m):
                back[i] += sign[i] * ek
                row[i] -= change * value[i]
        for i in range(m):
            back[i] *= h * slope[i]
    sweep(wb, back, old, old, inner)
    return order.size


@compiled
def run_kernel(f, matrix, targets, order, step_sizes, loss):
    """SGD in the RKHS, f (n, C) the values at all points; also ||f||^2, updated exactly."""
    g, e, norm = np.zeros(f.shape[1]), np.zeros(f.shape[1]), 0.0
    for t in range(order.size):
        i = order[t]
        g[:] = f[i]
        if not residuals(loss, g, targets[i], e):
            return t, norm
        e *= step_sizes[t]
        for k in range(g.size):
            norm += e[k] * (e[k] * matrix[i, i] - 2.0 * g[k])
        for j in range(f.shape[0]):
            for k in range(g.size):
                f[j, k] -= matrix[i, j] * e[k]
    return order.size, norm
