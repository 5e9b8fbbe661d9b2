"""Activations sigma, each with its derivative: squareplus, ReLU, erf, tanh, and any other.

squareplus(s):  sigma(u) = (u + sqrt(u^2 + s^2)) / 2,  analytic; tends to ReLU as s -> 0.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

from ntksgd import check


@dataclass(frozen=True)
class Activation:
    """An activation and its derivative, both vectorised over numpy arrays.

    Parameters
    ----------
    name : str
        Name shown in figures and tables.
    value, derivative : callable
        sigma(u) and its derivative, from an array to an array of the same shape. They are compared
        by finite differences at construction.
    kinks : tuple of float
        Points where the activation is not smooth: where a derivative, of any order, jumps.
    scale : float or None
        The parameter s of squareplus; None for the others.

    Raises
    ------
    ValueError
        If a value is not finite, a shape differs, or the derivative does not match the value.
    """

    name: str
    value: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]
    kinks: tuple[float, ...] = ()
    scale: float | None = None

    def __post_init__(self):
        """Refuse a derivative that is not the derivative of the value."""
        step = 1e-5
        # an irregular grid, so that no point falls on an undeclared kink by accident
        u = np.linspace(-5.97, 6.03, 241) + 0.013 * np.sin(np.arange(241))
        for kink in self.kinks:
            u = u[np.abs(u - kink) > 2 * step]
        value, slope = np.asarray(self.value(u)), np.asarray(self.derivative(u))
        for part, array in (("value", value), ("derivative", slope)):
            if array.shape != u.shape or not np.all(np.isfinite(array)):
                raise ValueError(
                    f"activation {self.name!r}: {part} must map a float array to a finite array "
                    f"of the same shape, got shape {array.shape}"
                )
        difference = (self.value(u + step) - self.value(u - step)) / (2 * step)
        gap = np.abs(difference - slope) / (1 + np.abs(slope))
        if gap.max() > 1e-5:
            worst = int(gap.argmax())
            raise ValueError(
                f"activation {self.name!r}: derivative({u[worst]:.4g}) = {slope[worst]:.6g}, "
                f"but finite differences of value give {difference[worst]:.6g}"
            )

    def __str__(self):
        return self.name


def squareplus(scale=0.5):
    """Squareplus, sigma(u) = (u + sqrt(u^2 + s^2))/2 with s = `scale` > 0."""
    return _squareplus(check.positive("scale", scale))


@lru_cache(maxsize=64)  # one object a scale, so that kernels cached by activation are found again
def _squareplus(scale):
    def value(u):
        return 0.5 * (u + np.sqrt(u * u + scale * scale))

    def derivative(u):
        return 0.5 * (1.0 + u / np.sqrt(u * u + scale * scale))

    return Activation(f"squareplus({scale:g})", value, derivative, scale=scale)


def relu_value(u):
    """max(u, 0)."""
    return np.maximum(u, 0.0)


def _step(u):
    return np.where(u > 0, 1.0, 0.0)


def _erf_derivative(u):
    return 2 / np.sqrt(np.pi) * np.exp(-u * u)


def _tanh_derivative(u):
    return 1.0 - np.tanh(u) ** 2


def relu():
    """ReLU, sigma(u) = max(u, 0), with derivative 1 for u > 0 and 0 elsewhere."""
    return Activation("relu", relu_value, _step, kinks=(0.0,))


def erf():
    """The error function, sigma(u) = erf(u), with derivative 2 exp(-u^2)/sqrt(pi)."""
    return Activation("erf", special.erf, _erf_derivative)


def tanh():
    """The hyperbolic tangent, with derivative 1 - tanh(u)^2."""
    return Activation("tanh", np.tanh, _tanh_derivative)


BUILT_IN = {"squareplus": squareplus, "relu": relu, "erf": erf, "tanh": tanh}


def activation(spec: str | Activation) -> Activation:
    """Return the activation that `spec` names.

    Parameters
    ----------
    spec : str or Activation
        "relu", "erf", "tanh", "squareplus" (scale 1/2) or "squareplus(0.1)"; an Activation is
        returned as it is.

    Raises
    ------
    ValueError
        If the name is unknown or the scale is not a positive number.
    """
    if isinstance(spec, Activation):
        return spec
    match = re.fullmatch(r"(\w+)(?:\((.*)\))?", spec.strip()) if isinstance(spec, str) else None
    name, argument = match.groups() if match else (None, None)
    if name not in BUILT_IN or (argument is not None and name != "squareplus"):
        allowed = "'relu', 'erf', 'tanh', 'squareplus' or 'squareplus(SCALE)'"
        raise ValueError(f"activation = {spec!r}: must be {allowed}")
    if argument is None:
        return BUILT_IN[name]()
    try:
        return squareplus(float(argument))
    except ValueError as error:
        message = f"activation = {spec!r}: the scale must be a finite number > 0"
        raise ValueError(message) from error
