"""The training loops in plain numpy, for activations that do not compile: same signatures.

Slower by the overhead of some twenty array operations a step; the formulas are those of
`network_step` and `linearised_step`.
"""

import numpy as np

from ntksgd.models.losses import residual
from ntksgd.sgd.loops.network_step import LIMIT


def network(activation, theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out):
    """SGD steps on the network; see `network_step`."""
    theta, start = theta[:, :m], start[:, :m]
    for t in range(y.size):
        value, slope = _features(activation, theta, x[t], gamma)
        out[t] = g = value @ theta[0] / np.sqrt(m)
        if not abs(g) <= LIMIT:
            return t
        theta -= step_sizes[t] * weight_decay * (theta - start)
        _descend(theta, step_sizes[t] * residual(loss, g, y[t]), value, slope, x[t], gamma)
    return y.size


def linearised(activation, theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss,
               out):
    """SGD steps on the linearised network; see `linearised_step`."""
    theta, start = theta[:, :m], start[:, :m]
    for t in range(y.size):
        value, slope = _features(activation, start, x[t], gamma)
        direction = x[t] @ theta[2:] + gamma * theta[1]
        out[t] = g = (value @ theta[0] + slope @ direction) / np.sqrt(m)
        if not abs(g) <= LIMIT:
            return t
        theta *= 1 - step_sizes[t] * weight_decay
        _descend(theta, step_sizes[t] * residual(loss, g, y[t]), value, slope, x[t], gamma)
    return y.size


def _features(activation, theta, x, gamma):
    u = x @ theta[2:] + gamma * theta[1]
    return activation.value(u), theta[0] * activation.derivative(u)


def _descend(theta, push, value, slope, x, gamma):
    h = push / np.sqrt(value.size)
    theta[0] -= h * value
    theta[1] -= h * gamma * slope
    theta[2:] -= h * x[:, None] * slope
