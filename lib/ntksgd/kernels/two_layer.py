"""The infinite-width tangent kernel (NTK) of the two-layer network, zonal on the sphere.

With t = <x, x'>, |x| = |x'| = 1, and (u, v) centred Gaussian of unit variances and covariance t,
    kappa(t) = kappa_1(t) + (t + gamma^2) kappa_0(t),
    kappa_1 = E[sigma(u) sigma(v)]      the NNGP kernel,          from the derivatives in a,
    kappa_0 = E[sigma'(u) sigma'(v)]    the derivative kernel,    from those in b and c
(c = 0 at the start). Closed forms: ReLU (arc-cosine kernels, Cho & Saul 2009) and erf (arcsine
kernel, Williams 1998). Otherwise a series, module `kernel_series`.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import special

from ntksgd import check
from ntksgd.kernels.chebyshev_sum import chebyshev_sum
from ntksgd.kernels.funk_hecke import HALVINGS
from ntksgd.kernels.kernel_series import angle_and_sine, angle_series, chebyshev_series
from ntksgd.kernels.sphere import NORM_TAIL, gauss_panels
from ntksgd.models.activations import Activation, activation, relu_value


def _relu_pair(t):
    angle, sine = angle_and_sine(t)
    return (sine + (np.pi - angle) * t) / (2 * np.pi), (np.pi - angle) / (2 * np.pi)


def _erf_pair(t):
    return 2 / np.pi * np.arcsin(2 * t / 3), 4 / np.pi / np.sqrt(9.0 - 4.0 * t**2)


# by the function itself, not the name: another activation may be called "erf" too
CLOSED_FORMS = {relu_value: _relu_pair, special.erf: _erf_pair}


def _second_moments(act):
    """(E[sigma(z)^2], E[sigma'(z)^2]), z ~ N(0, 1), by quadrature on each side of 0."""
    z, weights = gauss_panels(0.0, 1.0 + NORM_TAIL, 32, halvings=HALVINGS)
    weights = weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return tuple(float(weights @ (f(z) ** 2 + f(-z) ** 2)) for f in (act.value, act.derivative))


def inner_products(t):
    """t as a float array, or ValueError if an entry is not in [-1, 1], up to rounding."""
    t = check.finite_array("t", t)
    if np.abs(t).max(initial=0.0) > 1 + 1e-9:
        raise ValueError(f"t: {t.flat[np.abs(t).argmax()]:g} is no inner product of unit vectors, "
                         "must be in [-1, 1]")
    return t


class Zonal:
    """A kernel that is a function of t = <x, x'>."""

    def gram(self, x, y=None):
        """Kernel matrix of unit vectors x (n, d) and y (p, d), by default y = x."""
        return self(np.clip(x @ (x if y is None else y).T, -1.0, 1.0))


@dataclass(frozen=True)
class TangentKernel(Zonal):
    """The zonal kernel kappa of an activation; call it on t = <x, x'> in [-1, 1].

    Accurate to about 1e-12 for an analytic activation, or one smooth on each side of a kink at 0.

    Attributes
    ----------
    activation : Activation
    gamma : float
        Weight of the bias c in the preactivation; 0 means no bias.
    trace : float
        kappa(1) = K(x, x) = E[sigma(z)^2] + (1 + gamma^2) E[sigma'(z)^2], from one-dimensional
        integrals, independently of the series for kappa.
    """

    activation: Activation
    gamma: float = 1.0
    trace: float = field(init=False)

    def __post_init__(self):
        """Check gamma and fix the trace."""
        object.__setattr__(self, "gamma", check.number("gamma", self.gamma, 0.0, 1e100))
        if any(kink != 0 for kink in self.activation.kinks):
            raise ValueError(f"kinks = {self.activation.kinks}: only a kink at 0 is supported")
        square, slope = _second_moments(self.activation)
        object.__setattr__(self, "trace", square + (1 + self.gamma**2) * slope)

    def parts(self, t):
        """The NNGP kernel E[sigma(u) sigma(v)] and its derivative in t, E[sigma'(u) sigma'(v)]."""
        t = np.asarray(t, dtype=float)
        if self.activation.value in CLOSED_FORMS:
            return CLOSED_FORMS[self.activation.value](t)
        if self.activation.kinks:
            x = 2 * angle_and_sine(t)[0] / np.pi - 1
            return tuple(chebyshev_sum(x, c) for c in angle_series(self.activation))
        return tuple(chebyshev_sum(t, c) for c in chebyshev_series(self.activation))

    def __call__(self, t):
        """kappa(t), same shape as t; ValueError for t outside [-1, 1]."""
        t = inner_products(t)
        nngp, derivative = self.parts(t)
        return nngp + (t + self.gamma**2) * derivative


def tangent_kernel(spec: str | Activation, gamma: float = 1.0) -> TangentKernel:
    """Return the tangent kernel of an activation, given by name or as an Activation."""
    return TangentKernel(activation(spec), gamma)
