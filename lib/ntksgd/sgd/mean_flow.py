r"""SGD without its noise: the mean flow of a network, and of its linearisation.

With effort tau = eta_1 + ... + eta_t, small steps follow the gradient flow of half the risk,
    dTheta/dtau = -E_x[(g(x; Theta) - f*(x)) grad g(x; Theta)],       E_x over the n points.
The linearised network obeys de/dtau = -L_0 e, L_0 = K_0/n. Both are solved by the same steps h, so
that what the method costs cancels between the two: s stages of the Runge-Kutta-Chebyshev method of
first order (van der Houwen and Sommeijer 1980), which takes a mode of eigenvalue lambda to
    R_s(-h lambda),    R_s(z) = T_s(w_0 + w_1 z) / T_s(w_0),    w_0 = 1 + DAMPING / s^2,
w_1 = T_s(w_0) / T_s'(w_0); |R_s| < 1 up to h lambda of about 1.9 s^2, and s = 1 is Euler's step.
Steps are a fixed share of the effort spent so far, for what is learnt at tau has lambda ~ 1/tau.
"""

from functools import cache, partial
from typing import NamedTuple

import numpy as np
from numpy.polynomial import Chebyshev

from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.sgd.loops.training import compiled_loop

FIRST, GROWTH = 0.1, 0.2  # h lambda_1 of the first step; later h = GROWTH tau
RISE = 1e-3  # of the risk, relative, that is put down to the method
DAMPING, REACH = 2 / 13, 1.2  # h lambda_1 <= REACH s^2: room for a kernel that grows by half


class Step(NamedTuple):
    """A step of length h in s stages."""

    h: float
    stages: int


def flow_steps(efforts, ceiling):
    """Lists of `Step`, one list for each interval between efforts; `ceiling` is lambda_1."""
    done, out = 0.0, []
    for end in efforts:
        steps = []
        while done < end * (1 - 1e-12):
            h = min(max(GROWTH * done, FIRST / ceiling), end - done)
            steps.append(Step(float(h), int(np.ceil(np.sqrt(h * ceiling / REACH)))))
            done += h
        out.append(steps)
    return out


@cache
def _damped(stages):
    """T_0(w_0), ..., T_s(w_0), and w_0, w_1."""
    w0 = 1 + DAMPING / stages**2
    basis = [Chebyshev.basis(j) for j in range(stages + 1)]
    return ([float(T(w0)) for T in basis], w0,
            float(basis[-1](w0) / basis[-1].deriv()(w0)))


def advance(state, slope, step):
    """One step of d state/d tau = slope(state)."""
    T, w0, w1 = _damped(step.stages)
    last, state = state, state + w1 / w0 * step.h * slope(state)
    for j in range(2, step.stages + 1):
        new = 2 * T[j - 1] / T[j] * (w0 * state + w1 * step.h * slope(state))
        last, state = state, new - T[j - 2] / T[j] * last
    return state


def linear_flow(eigenvalues, steps):
    """prod R_s(-h lambda) after each list of steps, shape (len(steps), eigenvalues)."""
    factor, out = np.ones_like(eigenvalues), []
    for part in steps:
        for step in part:
            factor = advance(factor, lambda f: -eigenvalues * f, step)
        out.append(factor)
    return np.array(out)


def network_flow(params, x, y, activation, steps, gamma=1.0):
    """g - f* at the points after each list of steps, shape (len(steps), n).

    ArithmeticError if the risk rises, as along a gradient flow it cannot: steps were too long for a
    kernel that has grown (and all neurons may be dead).
    """
    root, out, last = np.sqrt(params.a.size), [], np.mean(y**2)
    gradients, x = _gradients(activation), np.ascontiguousarray(x)

    def residual(theta):
        u = x @ theta[2:] + gamma * theta[1]
        return gradients(u, theta[0], y, root), u

    def slope(theta):
        (_, in_a, in_c), push = residual(theta)
        return np.vstack([in_a, gamma * in_c, x.T @ push]) / (-y.size * root)

    theta = np.vstack([params.a, params.c, params.b.T])
    for part in steps:
        for step in part:
            theta = advance(theta, slope, step)
        out.append(residual(theta)[0][0])
        risk = np.mean(out[-1] ** 2)
        if not risk <= last * (1 + RISE):
            raise ArithmeticError(f"steps: the risk of the mean flow rises from {last:.3g} to "
                                  f"{risk:.3g}, steps of at most {max(part).h:.3g}")
        last = risk
    return np.array(out)


def _gradients(activation):
    """Of preactivations u (n, m), a, y and sqrt(m): the errors e_j = g(x_j) - y_j, and the sums
    over j of e_j sigma(u_ji) and of e_j a_i sigma'(u_ji), the terms of which replace u.
    """
    try:
        pair, key = compiled_pair(activation)
    except ValueError:  # no code for a scalar can be made of it
        return partial(_by_numpy, activation)
    return partial(compiled_loop(_gradient_loop, key, pair), activation.scale or 0.0)


def _by_numpy(activation, u, a, y, root):
    value, slope = activation.value(u), activation.derivative(u)
    error = value @ a / root - y
    u[:] = error[:, None] * slope * a
    return error, error @ value, u.sum(axis=0)


def _gradient_loop(pair):
    """The same for this compiled pair(u, scale) = (sigma(u), sigma'(u)), each row read once."""

    def run(scale, u, a, y, root):
        error, value = np.zeros(y.size), np.zeros(a.size)
        in_a, in_c = np.zeros(a.size), np.zeros(a.size)
        for j in range(y.size):
            row, g = u[j], 0.0
            for i in range(a.size):
                value[i], slope = pair(row[i], scale)
                row[i] = slope * a[i]
                g += value[i] * a[i]
            e = g / root - y[j]
            error[j] = e
            for i in range(a.size):
                row[i] *= e
                in_a[i] += e * value[i]
                in_c[i] += row[i]
        return error, in_a, in_c

    return run
