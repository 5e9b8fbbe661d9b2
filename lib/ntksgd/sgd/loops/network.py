"""The network's loop over steps, two at a time.

With u_i(x) = <b_i, x> + gamma c_i, residual e = l'(g(x), y) and h = eta e m^(-1/2), a step at x is
    a_i <- a_i - h sigma(u_i(x))
    b_i <- b_i - h s_i x,    c_i <- c_i - h s_i gamma,    s_i = a_i sigma'(u_i(x)),
and moves the pre-activation at the next input z to
    u_i(z) - h s_i (<x, z> + gamma^2).
So b and c are read and written once for two steps. The first sweep over neurons applies what the
last two steps left to do, finds u(x) and u(z), and the prediction at x; the second corrects u(z)
and predicts at z, reading four rows instead of d + 2. Weight decay moves besides
    Theta <- Theta - eta lambda (Theta - Theta_0)
and so every u(z) by an amount of its own: with it, steps are taken one at a time.
"""

import math

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.sgd.loops.step import BLOCK, holder, kernel_of_inputs, push, shrink

UNROLLED = 10  # the largest d for which the compiler vectorises the unrolled sweep


def training_loop(pair, d):
    """``run`` (module `training`) with the unrolled sweep for d, or the blocked one for None."""
    hold, sweep = holder(d), blocked_sweep(pair) if d is None else unrolled_sweep(pair, d)
    second_sweep = second_sweep_of(pair)

    def run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
        norm = 1.0 / math.sqrt(m)
        a, c, b = theta[0], theta[1], theta[2:]
        # sigma of the last step, and s of the last two; u(z) waits in slope_z
        value, slope, slope_z = np.zeros(m), np.zeros(m), np.zeros(m)
        block = np.empty((4, BLOCK))  # for the blocked sweep
        old = old_z = hold(np.zeros(x.shape[1]))  # the last two inputs
        h = h_z = h_a = 0.0  # of the last two steps, and of the last step of a
        t, end = 0, y.size
        while True:
            # the last round only applies the updates that were put off
            new = hold(x[t]) if t < end else old
            two = t + 1 < end and weight_decay == 0.0
            new_z = hold(x[t + 1]) if two else new
            if weight_decay > 0.0 and t > 0:
                shrink(theta, start, step_sizes[t - 1] * weight_decay)
            g = sweep(a, c, b, m, value, slope, slope_z, h_a, h, h_z, old, old_z, new, new_z,
                      gamma, scale, block)
            if t == end:
                return end
            out[t] = g = norm * g
            h = h_a = norm * push(g, y[t], step_sizes[t], loss)
            if math.isnan(h):
                return t
            h_z, old, old_z = 0.0, new, new_z
            t += 1
            if two:
                shift = h * kernel_of_inputs(new, new_z, gamma)
                g = second_sweep(a, m, value, slope, slope_z, h, shift, scale)
                out[t] = g = norm * g
                h_z = norm * push(g, y[t], step_sizes[t], loss)
                if math.isnan(h_z):
                    h_z, end = 0.0, t
                else:
                    t += 1
                h_a = h_z

    return run


def unrolled_sweep(pair, d):
    """First sweep for a small d, a constant to the compiler, which unrolls the loop over j."""
    half = (d + 1) // 2

    @compiled(inline=True)
    def sweep(a, c, b, m, value, slope, slope_z, h_a, h, h_z, old, old_z, x, z, gamma, scale,
              block):
        g = 0.0
        for i in range(m):
            v, v_z = h * slope[i], h_z * slope_z[i]
            ai, ci = a[i] - h_a * value[i], c[i] - gamma * (v + v_z)
            u = u_z = gamma * ci
            # in two halves: the compiler unrolls up to about eight rounds
            for j in range(half):
                bji = b[j, i] = b[j, i] - v * old[j] - v_z * old_z[j]
                u, u_z = u + bji * x[j], u_z + bji * z[j]
            for j in range(half, d):
                bji = b[j, i] = b[j, i] - v * old[j] - v_z * old_z[j]
                u, u_z = u + bji * x[j], u_z + bji * z[j]
            a[i], c[i] = ai, ci
            value[i], ds = pair(u, scale)
            slope[i], slope_z[i] = ai * ds, u_z
            g += ai * value[i]
        return g

    return sweep


def blocked_sweep(pair):
    """First sweep for any d, block by block of neurons."""

    @compiled(inline=True)
    def sweep(a, c, b, m, value, slope, slope_z, h_a, h, h_z, old, old_z, x, z, gamma, scale,
              block):
        u, u_z, v, v_z = block[0], block[1], block[2], block[3]
        g = 0.0
        for low in range(0, m, BLOCK):
            n = min(BLOCK, m - low)
            al, cl = a[low : low + n], c[low : low + n]
            s, ds, ds_z = value[low : low + n], slope[low : low + n], slope_z[low : low + n]
            for i in range(n):
                v[i], v_z[i] = h * ds[i], h_z * ds_z[i]
                cl[i] -= gamma * (v[i] + v_z[i])
                u[i] = u_z[i] = gamma * cl[i]
            for j in range(len(x)):
                bl = b[j, low : low + n]
                xj, zj, old_xj, old_zj = x[j], z[j], old[j], old_z[j]
                for i in range(n):
                    bi = bl[i] = bl[i] - v[i] * old_xj - v_z[i] * old_zj
                    u[i] += bi * xj
                    u_z[i] += bi * zj
            for i in range(n):
                ai = al[i] = al[i] - h_a * s[i]
                s[i], slope_i = pair(u[i], scale)
                ds[i], ds_z[i] = ai * slope_i, u_z[i]
                g += ai * s[i]
        return g

    return sweep


def second_sweep_of(pair):
    """Second sweep, which corrects u(z) by shift s and applies the step at x to a."""

    @compiled(inline=True)
    def sweep(a, m, value, slope, slope_z, h, shift, scale):
        g = 0.0
        for i in range(m):
            ai = a[i] = a[i] - h * value[i]
            value[i], ds = pair(slope_z[i] - shift * slope[i], scale)
            slope_z[i] = ai * ds
            g += ai * value[i]
        return g

    return sweep
