"""One-pass SGD on the network or on its linearisation: the loop over steps, neuron by neuron.

With u_i = <b_i, x> + gamma c_i, residual e = l'(g(x), y) and h = eta e m^(-1/2), a step is
    a_i <- a_i - h sigma(u_i)               - eta lambda (a_i - a_i(0))
    b_i <- b_i - h a_i sigma'(u_i) x        - eta lambda (b_i - b_i(0))
    c_i <- c_i - h a_i sigma'(u_i) gamma    - eta lambda (c_i - c_i(0))
and a neuron's update is put off to the moment when its next forward pass reads it: one sweep over
memory a step instead of two. The linearisation freezes the tangent features at Theta_0,
    l(x) = <grad g(x; Theta_0), W>,   W = Theta_t - Theta_0 = (w_a, w_b, w_c),   W = 0 at t = 0,
         = m^(-1/2) sum_i [ w_ai sigma(u_i) + a_i sigma'(u_i) (<w_bi, x> + gamma w_ci) ],
    W <- (1 - eta lambda) W - eta e grad g(x; Theta_0),
with the initial a, b, c: SGD in the RKHS of the kernel at width m, which shares the network's
kernel fluctuation, without the drift. Then theta holds W, and start Theta_0. Both have the rows
a, c, b_1 ... b_d, their first m entries in use.

Loops are made for a compiled pair(u, scale) = (sigma(u), sigma'(u)), and have the form
    run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out) -> steps done
where theta is changed in place and out[t] becomes the prediction at x[t] before its step. They stop
at the first that is not finite or exceeds LIMIT in size: the return value is then its index, and
len(y) if there is none. Steps of size 0 change nothing: this is how a network is evaluated.
There are two because the compiler vectorises over neurons only as long as the inner loop over
inputs unrolls. With squareplus the blocked loop takes 1.4 to 2 times as long as the unrolled one
for d = 2 to 8, and a quarter for d = 12. `linearised` is a constant to the compiler, which drops
the branches not taken.
"""

import math
from functools import lru_cache

import numpy as np
from numba.np.unsafe.ndarray import to_fixed_tuple

from ntksgd.compilation import compiled
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.models.losses import residual

LIMIT = 1e8
UNROLLED = {False: 8, True: 5}  # the largest d for which the unrolled loop is the faster one
BLOCK = 256  # neurons whose pre-activations stay in the innermost cache


def training_loop(activation, d, linearised):
    """``run`` for an Activation in dimension d, of the network or of its linearisation."""
    pair, key = compiled_pair(activation)
    if d <= UNROLLED[linearised]:
        return compiled_loop(unrolled_loop, key, pair, linearised, d)
    return compiled_loop(blocked_loop, key, pair, linearised)


@lru_cache(maxsize=64)
def compiled_loop(make, key, pair, *constants):
    """The loop ``make(pair, *constants)``, kept on disk unless key is None."""
    if key is None:
        return compiled(make(pair, *constants), cache=False)
    return compiled(make(pair, *constants), key=f"{key} {constants}")  # all that the closure holds


@compiled(cache=False)
def shrink(theta, start, decay):
    """theta <- theta - decay (theta - start)."""
    for j in range(theta.shape[0]):
        row, origin = theta[j], start[j]
        for i in range(row.size):
            row[i] -= decay * (row[i] - origin[i])


def unrolled_loop(pair, linearised, d):
    """Loop over steps for a small d, a constant to the compiler."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        norm = 1.0 / math.sqrt(m)
        a, c, b = theta[0], theta[1], theta[2:]
        frozen_a, frozen_c, frozen_b = start[0], start[1], start[2:]
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        # inputs as tuples, of which the compiler knows that no write to theta changes them
        new = old = to_fixed_tuple(np.zeros(d), d)
        h, keep = 0.0, 1.0
        for t in range(y.size + 1):
            # the last round only applies the update that was put off
            if t < y.size:
                new = to_fixed_tuple(x[t], d)
            g = 0.0
            if not linearised and t > 0 and weight_decay > 0.0:
                shrink(theta, start, step_sizes[t - 1] * weight_decay)
            for i in range(m):
                v = h * slope[i]
                ai, ci = keep * a[i] - h * value[i], keep * c[i] - v * gamma
                u, w = gamma * (frozen_c[i] if linearised else ci), gamma * ci
                for j in range(d):
                    bji = keep * b[j, i] - v * old[j]
                    b[j, i] = bji
                    u += (frozen_b[j, i] if linearised else bji) * new[j]
                    w += bji * new[j]
                a[i], c[i] = ai, ci
                value[i], ds = pair(u, scale)
                slope[i] = (frozen_a[i] if linearised else ai) * ds
                g += ai * value[i]
                if linearised:
                    g += slope[i] * w
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                if linearised:
                    keep = 1.0 - step_sizes[t] * weight_decay
                old = new
        return y.size

    return run


def blocked_loop(pair, linearised):
    """Loop over steps for any d, block by block of neurons."""

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        d = x.shape[1]
        norm = 1.0 / math.sqrt(m)
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        u, v, w = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK)
        nowhere = np.zeros(d)
        h, keep, old = 0.0, 1.0, nowhere
        for t in range(y.size + 1):
            new = x[t] if t < y.size else nowhere
            g = 0.0
            if not linearised and t > 0 and weight_decay > 0.0:
                shrink(theta, start, step_sizes[t - 1] * weight_decay)
            for low in range(0, m, BLOCK):
                n = min(BLOCK, m - low)
                a, c = theta[0, low : low + n], theta[1, low : low + n]
                s, ds = value[low : low + n], slope[low : low + n]
                frozen_a, frozen_c = start[0, low : low + n], start[1, low : low + n]
                for i in range(n):
                    v[i] = h * ds[i]
                    a[i] = keep * a[i] - h * s[i]
                    c[i] = keep * c[i] - v[i] * gamma
                    u[i] = gamma * (frozen_c[i] if linearised else c[i])
                    if linearised:
                        w[i] = gamma * c[i]
                for j in range(d):
                    b, frozen_b = theta[2 + j, low : low + n], start[2 + j, low : low + n]
                    xj, oldj = new[j], old[j]
                    for i in range(n):
                        b[i] = keep * b[i] - v[i] * oldj
                        u[i] += (frozen_b[i] if linearised else b[i]) * xj
                        if linearised:
                            w[i] += b[i] * xj
                for i in range(n):
                    s[i], slope_i = pair(u[i], scale)
                    ds[i] = (frozen_a[i] if linearised else a[i]) * slope_i
                    g += a[i] * s[i]
                    if linearised:
                        g += ds[i] * w[i]
            if t < y.size:
                out[t] = g = g * norm
                if not abs(g) <= LIMIT:
                    return t
                h = step_sizes[t] * residual(loss, g, y[t]) * norm
                if linearised:
                    keep = 1.0 - step_sizes[t] * weight_decay
                old = new
        return y.size

    return run
