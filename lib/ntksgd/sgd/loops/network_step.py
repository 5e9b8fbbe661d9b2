"""One-pass SGD on the network, compiled: the loop over steps, one neuron after another.

With u_i = <b_i, x> + gamma c_i, residual e = l'(g(x), y) and h = eta e m^(-1/2), a step is
    a_i <- a_i - h sigma(u_i)               - eta lambda (a_i - a_i(0))
    b_i <- b_i - h a_i sigma'(u_i) x        - eta lambda (b_i - b_i(0))
    c_i <- c_i - h a_i sigma'(u_i) gamma    - eta lambda (c_i - c_i(0))
and a neuron's update is put off to the moment when its next forward pass reads it: one sweep over
memory a step instead of two. theta has the rows a, c, b_1 ... b_d, their first m entries in use.

Both loops below have the signature
    run(theta, start, m, x, y, rates, gamma, scale, weight_decay, loss) -> steps done
and change theta in place. They stop at the first step whose prediction is not finite or exceeds
LIMIT in size: the return value is then its index, and len(y) if there is none.
"""

import math

import numpy as np
from numba import njit

from ntksgd.models.compiled_activations import OPTIONS, pair
from ntksgd.models.losses import residual

LIMIT = 1e8
BLOCK = 256  # neurons whose pre-activations stay in the innermost cache


@njit(**OPTIONS)
def shrink(theta, start, decay):
    """theta <- theta - decay (theta - start)."""
    for j in range(theta.shape[0]):
        row, origin = theta[j], start[j]
        for i in range(row.size):
            row[i] -= decay * (row[i] - origin[i])


def circle_loop(kind):
    """Loop for d = 2; `kind` is the code of the activation in its lowest four bits."""

    def run(theta, start, m, x, y, rates, gamma, scale, weight_decay, loss):
        norm = 1.0 / math.sqrt(m)
        a, c, b0, b1 = theta[0], theta[1], theta[2], theta[3]
        value, slope = np.zeros(m), np.zeros(m)  # sigma_i and a_i sigma'_i
        h, old0, old1 = 0.0, 0.0, 0.0
        for t in range(y.size + 1):
            # the last round only applies the update that was put off
            new0, new1 = (x[t, 0], x[t, 1]) if t < y.size else (0.0, 0.0)
            g = 0.0
            if t > 0 and weight_decay > 0.0:
                shrink(theta, start, rates[t - 1] * weight_decay)
            for i in range(m):
                v = h * slope[i]
                ai, ci = a[i] - h * value[i], c[i] - v * gamma
                p, q = b0[i] - v * old0, b1[i] - v * old1
                a[i], c[i], b0[i], b1[i] = ai, ci, p, q
                value[i], ds = pair(kind & 15, p * new0 + q * new1 + gamma * ci, scale)
                slope[i] = ai * ds
                g += ai * value[i]
            if t < y.size:
                g *= norm
                if not abs(g) <= LIMIT:
                    return t
                h = rates[t] * residual(loss, g, y[t]) * norm
                old0, old1 = new0, new1
        return y.size

    return run


def sphere_loop(kind):
    """Loop for any d, block by block of neurons."""

    def run(theta, start, m, x, y, rates, gamma, scale, weight_decay, loss):
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
                shrink(theta, start, rates[t - 1] * weight_decay)
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
                    s[i], slope_i = pair(kind & 15, u[i], scale)
                    ds[i] = a[i] * slope_i
                    g += a[i] * s[i]
            if t < y.size:
                g *= norm
                if not abs(g) <= LIMIT:
                    return t
                h = rates[t] * residual(loss, g, y[t]) * norm
                old = new
        return y.size

    return run


def values_loop(kind):
    """Loop over points: out_j = g(x_j)."""

    def values(theta, start, m, x, gamma, scale, out):
        a, c, u = theta[0], theta[1], np.empty(m)
        for k in range(x.shape[0]):
            for i in range(m):
                u[i] = gamma * c[i]
            for j in range(x.shape[1]):
                b, xj = theta[2 + j], x[k, j]
                for i in range(m):
                    u[i] += b[i] * xj
            g = 0.0
            for i in range(m):
                g += a[i] * pair(kind & 15, u[i], scale)[0]
            out[k] = g / math.sqrt(m)

    return values
