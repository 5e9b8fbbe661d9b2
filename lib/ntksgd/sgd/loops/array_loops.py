"""The training loops in plain numpy, for activations that do not compile: same signatures.

Slower by the overhead of some twenty array operations a step; the formulas are those of
`network_step` and `linearised_step`.
"""

import numpy as np

from ntksgd.models.losses import residual
from ntksgd.sgd.loops.network_step import LIMIT


def _features(activation, theta, x, gamma):
    a, c, b = theta[0], theta[1], theta[2:]
    u = x @ b + gamma * c
    return activation.value(u), a * activation.derivative(u)


def network(activation, theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss):
    """SGD steps on the network; see `network_step`."""
    theta, start = theta[:, :m], start[:, :m]
    for t in range(y.size):
        value, slope = _features(activation, theta, x[t], gamma)
        g = value @ theta[0] / np.sqrt(m)
        if not abs(g) <= LIMIT:
            return t
        h = step_sizes[t] * residual(loss, g, y[t]) / np.sqrt(m)
        if weight_decay > 0:
            theta -= step_sizes[t] * weight_decay * (theta - start)
        _descend(theta, h, value, slope, x[t], gamma)
    return y.size


def network_values(activation, theta, start, m, x, gamma, scale, out):
    """Values g(x_j) into `out`."""
    value, _ = _features(activation, theta[:, :m], x, gamma)
    out[:] = value @ theta[0, :m] / np.sqrt(m)


def linearised(activation, theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss):
    """SGD steps on the linearised network; see `linearised_step`."""
    theta, start = theta[:, :m], start[:, :m]
    for t in range(y.size):
        value, slope = _features(activation, start, x[t], gamma)
        g = (value @ theta[0] + slope @ (x[t] @ theta[2:] + gamma * theta[1])) / np.sqrt(m)
        if not abs(g) <= LIMIT:
            return t
        h = step_sizes[t] * residual(loss, g, y[t]) / np.sqrt(m)
        theta *= 1 - step_sizes[t] * weight_decay
        _descend(theta, h, value, slope, x[t], gamma)
    return y.size


def linearised_values(activation, theta, start, m, x, gamma, scale, out):
    """Values l(x_j) into `out`."""
    value, slope = _features(activation, start[:, :m], x, gamma)
    direction = x @ theta[2:, :m] + gamma * theta[1, :m]
    out[:] = (value @ theta[0, :m] + np.sum(slope * direction, axis=1)) / np.sqrt(m)


def _descend(theta, h, value, slope, x, gamma):
    theta[0] -= h * value
    theta[1] -= h * gamma * slope
    theta[2:] -= h * x[:, None] * slope
