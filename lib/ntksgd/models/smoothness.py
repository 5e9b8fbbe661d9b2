"""How smooth an activation is, and the constants of one neuron that follow.

s1 = sup |sigma'|, s2 = sup |sigma''|, s3 the Lipschitz constant of sigma''. With q^2 = 1 + gamma^2,
a neuron a sigma(<v, (x, gamma)>), |x| = 1, that starts at a = +-1 and moves by p = |da|, w = |dv|
has a gradient that moves by at most M (p, w), M = [[0, s1 q], [s1 q, s2 q^2]], a-part and v-part
apart. In the network with paired signs the two neurons of a pair share the even part of the
movement and have opposite odd parts; what is of third order in the odd part is bounded by c3, what
is of second order in the gradient by c4:

    c  = ||M|| = (q/2) (s2 q + sqrt(s2^2 q^2 + 4 s1^2)),
    c3 = max (1/2) (s3 q^3 w^3 / 3 + s2 q^2 p w^2),                      over p^2 + w^2 = 1,
    c4 = max |(s2 q^2 w^2 / 2,  q (s3 q^2 w^2 / 2 + s2 q p w))|,         p, w >= 0.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.models.activations import activation

ANGLES = 20001
ROUNDING = 1 + 1e-8  # the largest value on that grid of angles is the maximum up to this factor


class Smoothness(NamedTuple):
    """s1 = sup |sigma'|, s2 = sup |sigma''|, s3 the Lipschitz constant of sigma'', |sigma(0)|."""

    slope: float
    curvature: float
    third: float
    at_zero: float


class NeuronConstants(NamedTuple):
    """c, c3 and c4 of one neuron, with the q that they belong to."""

    first: float
    cubic: float
    square: float
    q: float


def smoothness(spec):
    """`Smoothness` of a built-in smooth activation, in closed form.

    Parameters
    ----------
    spec : str, Activation or Smoothness
        squareplus of any scale, tanh or erf; a Smoothness is returned as it is.

    Raises
    ------
    ValueError
        For an activation with kinks, or one that is not built in: give its Smoothness.
    """
    if isinstance(spec, Smoothness):
        for name, value in zip(Smoothness._fields, spec, strict=True):
            check.number(name, value, 0.0)
        return spec
    act = activation(spec)
    if act.name.startswith("squareplus") and act.scale is not None:
        # sigma'' = s^2 (u^2 + s^2)^(-3/2) / 2; sigma''' is largest at u = s/2
        s = act.scale
        return Smoothness(1.0, 1 / (2 * s), 0.75 * 0.8**2.5 / s**2, s / 2)
    if act.name == "tanh":
        return Smoothness(1.0, 4 / (3 * np.sqrt(3)), 2.0, 0.0)
    if act.name == "erf":
        root = np.sqrt(np.pi)
        return Smoothness(2 / root, 2 * np.sqrt(2 / np.e) / root, 4 / root, 0.0)
    why = "has kinks" if act.kinks else "is not built in: give its Smoothness"
    raise ValueError(f"activation {act.name!r}: {why}; known are squareplus, tanh and erf")


def neuron_constants(spec, gamma=1.0):
    """`NeuronConstants` of an activation or its `Smoothness`, for a bias of weight gamma >= 0."""
    s1, s2, s3, _ = smoothness(spec)
    q = np.sqrt(1 + check.number("gamma", gamma, 0.0) ** 2)
    angle = np.linspace(0, np.pi / 2, ANGLES)
    p, w = np.cos(angle), np.sin(angle)
    first = q / 2 * (s2 * q + np.sqrt(s2**2 * q**2 + 4 * s1**2))
    cubic = (s3 * q**3 * w**3 / 3 + s2 * q**2 * p * w**2) / 2
    square = np.hypot(s2 * q**2 * w**2 / 2, q * (s3 * q**2 * w**2 / 2 + s2 * q * p * w))
    return NeuronConstants(float(first), float(ROUNDING * cubic.max()),
                           float(ROUNDING * square.max()), float(q))
