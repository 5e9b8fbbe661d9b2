r"""A loss averaged over the labels at one input: all that second moments of SGD see of it.

With the prediction g, the target f = f*(x) and the residual l' of `models.losses`, given x
    mean(g, f)    E l'(g, y),             0 at g = f,
    slope(g, f)   its derivative in g,    D(x) at g = f,
    square(g, f)  E l'(g, y)^2,           V(x) at g = f,
    excess(g, f)  E l(g, y) - E l(f, y) = int_f^g mean >= 0.
Logistic: with sigma(g) = 1/(1 + exp(-g)) and p = sigma(f),
    mean = sigma(g) - p,   slope = sigma(g) (1 - sigma(g)),
    square = p (1 - sigma(g))^2 + (1 - p) sigma(g)^2.
Huber, y = f + xi, xi of distribution function F, u = g - f:
    mean = int_(-1)^1 F(u - v) dv - 1,   slope = F(u + 1) - F(u - 1),
    square = 1 - int_0^1 2 v [F(u + v) - F(u - v)] dv.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.interpolate import CubicHermiteSpline, CubicSpline

NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)
REACH, CELLS = 12.0, 2400  # the table of a Huber loss: |u| <= 12, cells of 0.01


class ExpectedLoss(NamedTuple):
    """The four functions of (g, f), arrays of one shape, as in the module's docstring."""

    mean: Callable
    slope: Callable
    square: Callable
    excess: Callable


def squared(noise):
    """Of half the square, labels of variance `noise` about f."""
    return ExpectedLoss(lambda g, f: g - f, lambda g, f: np.ones_like(g - f),
                        lambda g, f: (g - f) ** 2 + noise, lambda g, f: (g - f) ** 2 / 2)


def logistic():
    """Labels +-1, P(y = 1) = sigma(f)."""
    def slope(g, f):
        s = special.expit(g + 0 * f)
        return s * (1 - s)

    def square(g, f):
        s, p = special.expit(g), special.expit(f)
        return p * (1 - s) ** 2 + (1 - p) * s**2

    return ExpectedLoss(lambda g, f: special.expit(g) - special.expit(f), slope, square,
                        lambda g, f: np.logaddexp(0, g) - np.logaddexp(0, f)
                        - special.expit(f) * (g - f))


def huber(distribution):
    """Labels f + xi; `distribution` is F, vectorised. Tabulated, to 1e-9 for the laws here."""
    u = np.linspace(-REACH, REACH, CELLS + 1)
    mean = distribution(u[:, None] - NODES) @ WEIGHTS - 1
    v, weights = (NODES + 1) / 2, WEIGHTS / 2
    inside = distribution(u[:, None] + v) - distribution(u[:, None] - v)
    means = CubicHermiteSpline(u, mean, distribution(u + 1) - distribution(u - 1))
    square, integral = CubicSpline(u, 1 - inside @ (2 * v * weights)), means.antiderivative()

    def excess(g, f):
        e = g - f
        near = np.clip(e, -REACH, REACH)  # beyond, the loss is linear
        return integral(near) - integral(0.0) + (e - near) * means(near)

    return ExpectedLoss(lambda g, f: means(np.clip(g - f, -REACH, REACH)),
                        lambda g, f: distribution(g - f + 1) - distribution(g - f - 1),
                        lambda g, f: square(np.clip(g - f, -REACH, REACH)), excess)


def local(loss):
    """Its quadratic expansion at f: residual D(x) (g - f) + h, h of variance V(x)."""
    def square(g, f):
        return loss.slope(f, f) ** 2 * (g - f) ** 2 + loss.square(f, f)

    return ExpectedLoss(lambda g, f: loss.slope(f, f) * (g - f),
                        lambda g, f: loss.slope(f, f) + 0 * g, square,
                        lambda g, f: loss.slope(f, f) * (g - f) ** 2 / 2)
