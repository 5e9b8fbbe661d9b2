"""One-pass SGD on the network, compiled: the loop over steps, one neuron after another.

With u_i = <b_i, x> + gamma c_i, residual e = l'(g(x), y) and h = eta e m^(-1/2), a step is
    a_i <- a_i - h sigma(u_i)               - eta lambda (a_i - a_i(0))
    b_i <- b_i - h a_i sigma'(u_i) x        - eta lambda (b_i - b_i(0))
    c_i <- c_i - h a_i sigma'(u_i) gamma    - eta lambda (c_i - c_i(0))
and a neuron's update is put off to the moment when its next forward pass reads it: one sweep over
memory a step instead of two. theta has the rows a, c, b_1 ... b_d, their first m entries in use.

Loops are made for a compiled pair(u, scale) = (sigma(u), sigma'(u)), and have the form
    run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out) -> steps done
where theta is changed in place and out[t] becomes the prediction at x[t] before its step. They stop
at the first that is not finite or exceeds LIMIT in size: the return value is then its index, and
len(y) if there is none. Steps of size 0 change nothing: this is how a network is evaluated.
There are two because the compiler vectorises over neurons only as long as the inner loop over
inputs unrolls. With squareplus the blocked loop takes 1.7, 1.4 and 1.5 times as long as the
unrolled one for d = 2 and m = 16, 128 and 1024, and twice as long for d = 5 to 8; for d = 12 a
quarter.
"""

import math

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from ntksgd.compilation import compiled
from ntksgd.models.losses import residual

LIMIT = 1e8
UNROLLED = 8  # the largest d for which the unrolled loop is the faster one
BLOCK = 256  # neurons whose pre-activations stay in the innermost cache


@compiled(cache=False)
def shrink(theta, start, decay):
    """theta <- theta - decay (theta - start)."""
    for j in range(theta.shape[0]):
        row, origin = theta[j], start[j]
        for i in range(row.size):
            row[i] -= decay * (row[i] - origin[i])


def unrolled_loop(pair, d):
    """Loop over steps for a small d, a constant to the compiler."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        norm = 1.0 / math.sqrt(m)
        a, c, b = theta[0], theta[1], theta[2:]
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        # inputs as tuples, of which the compiler knows that no write to theta changes them
        new = old = to_fixed_tuple(np.zeros(d), d)
        h = 0.0
        for t in range(y.size + 1):
            # the last round only applies the update that was put off
            if t < y.size:
                new = to_fixed_tuple(x[t], d)
            g = 0.0
            if t > 0 and weight_decay > 0.0:
                shrink(theta, start, step_sizes[t - 1] * weight_decay)
            for i in range(m):
                v = h * slope[i]
                ai, ci = a[i] - h * value[i], c[i] - v * gamma
                u = gamma * ci
                for j in range(d):
                    bji = b[j, i] - v * old[j]
                    b[j, i] = bji
                    u += bji * new[j]
                a[i], c[i] = ai, ci
                value[i], ds = pair(u, scale)
                slope[i] = ai * ds
                g += ai * value[i]
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                old = new
        return y.size

    return run


def blocked_loop(pair):
    """Loop over steps for any d, block by block of neurons."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        d = x.shape[1]
        norm = 1.0 / math.sqrt(m)
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        u, v = np.empty(BLOCK), np.empty(BLOCK)
        nowhere = np.zeros(d)
        h, old = 0.0, nowhere
        for t in range(y.size + 1):
            new = x[t] if t < y.size else nowhere
            g = 0.0
            if t > 0 and weight_decay > 0.0:
                shrink(theta, start, step_sizes[t - 1] * weight_decay)
            for low in range(0, m, BLOCK):
                n = min(BLOCK, m - low)
                a, c = theta[0, low : low + n], theta[1, low : low + n]
                s, ds = value[low : low + n], slope[low : low + n]
                for i in range(n):
                    v[i] = h * ds[i]
                    a[i] -= h * s[i]
                    c[i] -= v[i] * gamma
                    u[i] = gamma * c[i]
                for j in range(d):
                    b = theta[2 + j, low : low + n]
                    xj, oldj = new[j], old[j]
                    for i in range(n):
                        b[i] -= v[i] * oldj
                        u[i] += b[i] * xj
                for i in range(n):
                    s[i], slope_i = pair(u[i], scale)
                    ds[i] = a[i] * slope_i
                    g += a[i] * s[i]
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                old = new
        return y.size

    return run
