"""The linearised network's loop over steps, two at a time.

The tangent features at Theta_0 are frozen: with u_i = <b_i, x> + gamma c_i, s_i = a_i sigma'(u_i),
    l(x) = <grad g(x; Theta_0), W>,   W = Theta - Theta_0 = (w_a, w_b, w_c),   W = 0 at t = 0,
         = m^(-1/2) <phi(x), W>,      phi_i(x) = (sigma(u_i), s_i x, s_i gamma),
with the initial a, b, c; and residual e = l'(l(x), y), h = eta e m^(-1/2), k = 1 - eta lambda give
    W <- k W - h phi(x):
SGD in the RKHS of the kernel at width m, which shares the network's kernel fluctuation, without the
drift. The prediction at the next input z is then m^(-1/2) [k <phi(z), W> - h <phi(z), phi(x)>] with
the W before the step at x: one sweep over neurons finds all three products, for two steps.
"""

import math

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.sgd.loops.step import BLOCK, holder, kernel_of_inputs, push

# the largest d for which the compiler vectorises the unrolled sweep: of two steps, and of one
PAIRED, UNROLLED = 3, 5


def training_loop(pair, d):
    """``run`` (module `training`) with the unrolled sweep for d, or the blocked one for None."""
    hold, sweep = holder(d), blocked_sweep(pair) if d is None else unrolled_sweep(pair, d)
    pairs = d is None or d <= PAIRED

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        norm = 1.0 / math.sqrt(m)
        a, c, b = start[0], start[1], start[2:]
        w_a, w_c, w_b = theta[0], theta[1], theta[2:]
        value, slope = np.zeros(m), np.zeros(m)  # sigma and s at the last input but one
        value_z, slope_z = np.zeros(m), np.zeros(m)  # and at the last one
        block = np.empty((4, BLOCK))  # for the blocked sweep
        old = old_z = hold(np.zeros(x.shape[1]))  # these inputs
        h, h_z, keep = 0.0, 0.0, 1.0
        t, end = 0, y.size
        while True:
            # the last round only applies the updates that were put off
            new = hold(x[t]) if t < end else old
            two = pairs and t + 1 < end
            new_z = hold(x[t + 1]) if two else new
            k = kernel_of_inputs(new, new_z, gamma)
            g, g_z, overlap = sweep(a, c, b, w_a, w_c, w_b, m, value, slope, value_z, slope_z,
                                    keep, h, h_z, old, old_z, new, new_z, k, gamma, scale, block)
            if t == end:
                return end
            out[t] = g = norm * g
            h, h_z = norm * push(g, y[t], step_sizes[t], loss), 0.0
            if math.isnan(h):
                return t
            keep = 1.0 - step_sizes[t] * weight_decay
            old, old_z = new, new_z
            t += 1
            if two:
                out[t] = g = norm * (keep * g_z - h * overlap)
                h_z = norm * push(g, y[t], step_sizes[t], loss)
                if math.isnan(h_z):
                    h_z, end = 0.0, t
                else:
                    keep_z = 1.0 - step_sizes[t] * weight_decay
                    h, keep = keep_z * h, keep_z * keep
                    t += 1

    return run


def unrolled_sweep(pair, d):
    """The sweep for a small d, a constant to the compiler; products with phi(z) for d <= PAIRED."""
    pairs = d <= PAIRED

    @compiled(inline=True)
    def sweep(a, c, b, w_a, w_c, w_b, m, value, slope, value_z, slope_z, keep, h, h_z, old, old_z,
              x, z, k, gamma, scale, block):
        g = g_z = overlap = 0.0
        for i in range(m):
            v, v_z = h * slope[i], h_z * slope_z[i] if pairs else 0.0
            wa, wc = keep * w_a[i] - h * value[i], keep * w_c[i] - gamma * v
            if pairs:
                wa, wc = wa - h_z * value_z[i], wc - gamma * v_z
            w_a[i], w_c[i] = wa, wc
            u = u_z = gamma * c[i]
            w = w_z = gamma * wc
            for j in range(d):
                wb = keep * w_b[j, i] - v * old[j]
                if pairs:
                    wb -= v_z * old_z[j]
                w_b[j, i] = wb
                u, w = u + b[j, i] * x[j], w + wb * x[j]
                u_z, w_z = u_z + b[j, i] * z[j], w_z + wb * z[j]
            s, ds = pair(u, scale)
            ds = a[i] * ds
            value[i], slope[i] = s, ds
            g += wa * s + ds * w
            if pairs:
                s_z, ds_z = pair(u_z, scale)
                ds_z = a[i] * ds_z
                value_z[i], slope_z[i] = s_z, ds_z
                g_z += wa * s_z + ds_z * w_z
                overlap += s * s_z + k * ds * ds_z
        return g, g_z, overlap

    return sweep


def blocked_sweep(pair):
    """The sweep for any d, block by block of neurons."""

    @compiled(inline=True)
    def sweep(a, c, b, w_a, w_c, w_b, m, value, slope, value_z, slope_z, keep, h, h_z, old, old_z,
              x, z, k, gamma, scale, block):
        u, u_z, v, v_z = block[0], block[1], block[2], block[3]
        g = g_z = overlap = 0.0
        for low in range(0, m, BLOCK):
            n = min(BLOCK, m - low)
            s, ds = value[low : low + n], slope[low : low + n]
            s_z, ds_z = value_z[low : low + n], slope_z[low : low + n]
            al, cl, wa = a[low : low + n], c[low : low + n], w_a[low : low + n]
            for i in range(n):
                v[i], v_z[i] = h * ds[i], h_z * ds_z[i]
                wa[i] = keep * wa[i] - h * s[i] - h_z * s_z[i]
                u[i] = u_z[i] = gamma * cl[i]
            for j in range(len(x)):
                bl, xj, zj = b[j, low : low + n], x[j], z[j]
                for i in range(n):
                    u[i] += bl[i] * xj
                    u_z[i] += bl[i] * zj
            for i in range(n):
                s[i], slope_i = pair(u[i], scale)
                s_z[i], slope_zi = pair(u_z[i], scale)
                ds[i], ds_z[i] = al[i] * slope_i, al[i] * slope_zi
                g += wa[i] * s[i]
                g_z += wa[i] * s_z[i]
                overlap += s[i] * s_z[i] + k * ds[i] * ds_z[i]
            for j in range(-1, len(x)):
                # c is what an input gamma meets
                w, xj, zj, old_xj, old_zj = w_c[low : low + n], gamma, gamma, gamma, gamma
                if j >= 0:
                    w, xj, zj, old_xj, old_zj = w_b[j, low : low + n], x[j], z[j], old[j], old_z[j]
                dot = dot_z = 0.0
                for i in range(n):
                    wi = w[i] = keep * w[i] - v[i] * old_xj - v_z[i] * old_zj
                    dot += wi * ds[i]
                    dot_z += wi * ds_z[i]
                g += dot * xj
                g_z += dot_z * zj
        return g, g_z, overlap

    return sweep
