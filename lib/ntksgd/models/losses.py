"""Losses, each through its residual: the derivative of l(g, y) in the prediction g.

    square    l = (g - y)^2 / 2            l' = g - y
    logistic  l = log(1 + exp(-y g))       l' = -y / (1 + exp(y g)),   y = +-1
    huber     l = h(g - y)                 l' = min(max(g - y, -1), 1)

SGD on any loss is SGD on the square loss with its residual g - y replaced by l'.
"""

import math

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled

CODES = {"square": 0, "logistic": 1, "huber": 2}


@compiled(inline=True)
def residual(code, g, y):
    """l'(g, y) of the loss with this code, for scalars g and y."""
    if code == 1:
        return -y / (1.0 + math.exp(min(y * g, 700.0)))  # exp(710) overflows
    if code == 2:
        return min(max(g - y, -1.0), 1.0)
    return g - y


def loss_code(loss):
    """Code of a loss given by name; ValueError if there is none such."""
    return CODES[check.one_of("loss", loss, tuple(CODES))]


def loss_value(loss, g, y):
    """l(g, y) of a loss given by name, for arrays; infinite where it overflows."""
    loss_code(loss)
    g, y = check.finite_array("g", g), check.finite_array("y", y)
    try:
        np.broadcast_shapes(g.shape, y.shape)
    except ValueError:
        raise ValueError(f"g, y: shapes {g.shape} and {y.shape} do not fit") from None
    with np.errstate(over="ignore"):
        if loss == "logistic":
            return np.logaddexp(0.0, -y * (g + 0.0 * y))
        size = np.abs(g - y)
        return np.where((loss == "square") | (size < 1), size**2 / 2, size - 0.5)
