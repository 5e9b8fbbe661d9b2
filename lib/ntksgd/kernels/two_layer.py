"""The infinite-width tangent kernel (NTK) of the two-layer network, zonal on the sphere.

With t = <x, x'>, |x| = |x'| = 1, and (u, v) centred Gaussian of unit variances and covariance t,
    kappa(t) = kappa_1(t) + (t + gamma^2) kappa_0(t),
    kappa_1 = E[sigma(u) sigma(v)]      the NNGP kernel,          from the derivatives in a,
    kappa_0 = E[sigma'(u) sigma'(v)]    the derivative kernel,    from those in b and c
(c = 0 at the start). Closed forms: ReLU (arc-cosine kernels, Cho & Saul 2009) and erf (arcsine
kernel, Williams 1998). Otherwise a Chebyshev series: neither kernel depends on d, so the circle's
spectrum gives kappa_1(t) = sum_k u_k N_k T_k(t), kappa_0(t) = sum_k v_k N_k T_k(t). With a kink at
0 that series is slow, but both are smooth in the angle arccos t: interpolation there.
"""

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from scipy import special

from ntksgd import check
from ntksgd.kernels.funk_hecke import HALVINGS, mean_square_coefficients
from ntksgd.kernels.sphere import NORM_TAIL, gauss_panels, norm_quadrature
from ntksgd.models.activations import Activation, activation, relu_value


def _angle(t):
    """(arccos t, its sine)."""
    # rounding can push an inner product of unit vectors past 1 by one unit in the last place
    t = np.clip(t, -1.0, 1.0)
    sine = np.sqrt((1.0 - t) * (1.0 + t))
    return np.arctan2(sine, t), sine  # keeps its digits near t = 1, where arccos loses half


def _relu_pair(t):
    angle, sine = _angle(t)
    return (sine + (np.pi - angle) * t) / (2 * np.pi), (np.pi - angle) / (2 * np.pi)


def _erf_pair(t):
    return 2 / np.pi * np.arcsin(2 * t / 3), 4 / np.pi / np.sqrt(9.0 - 4.0 * t**2)


# by the function itself, not the name: another activation may be called "erf" too
CLOSED_FORMS = {relu_value: _relu_pair, special.erf: _erf_pair}


@lru_cache(maxsize=32)
def _chebyshev_series(act, tolerance=1e-13):
    """Chebyshev coefficients of the NNGP and the derivative kernel, as many as needed."""
    # squareplus of scale s needs 2 s k of about 90: begin there
    degree = 128 if act.scale is None else 2 ** max(7, math.ceil(math.log2(48 / act.scale)))
    degree = min(degree, 4096)
    while True:
        u, v = mean_square_coefficients(act, 2, degree)
        u[1:], v[1:] = 2 * u[1:], 2 * v[1:]
        # one octave of degrees bounds the neglected tail when the coefficients decay
        tail = max(u[degree // 2 :].sum() / u.sum(), v[degree // 2 :].sum() / v.sum())
        if tail <= tolerance:
            # trailing terms whose sum is below rounding only cost time
            return tuple(w[np.cumsum(w[::-1])[::-1] > 1e-17 * w.sum()] for w in (u, v))
        if degree >= 4096:
            raise ValueError(
                f"activation = {act.name!r}: the Chebyshev series of its kernel is not converged "
                f"at degree {degree} (tail {tail:.1e}); give a smoother activation"
            )
        degree *= 2


@lru_cache(maxsize=32)
def _angle_series(act, degree=64):
    """Chebyshev coefficients in the angle of the NNGP and derivative kernels, for a kink at 0.

    (u, v) = rho (cos psi, cos(psi - angle)): the kinks psi = +-pi/2 and angle +- pi/2 are edges of
    the panels in psi, so every integrand is smooth.
    """
    rho, density = norm_quadrature(2, 8)

    def pair(angle):
        moments = np.zeros(2)
        ends = np.array([-np.pi, 2 * angle - np.pi, np.pi, 2 * angle + np.pi, 3 * np.pi]) / 2
        for low, high in zip(ends[:-1], ends[1:], strict=True):
            psi, weights = gauss_panels(low, high, 4)
            u, v = np.outer(rho, np.cos(psi)), np.outer(rho, np.cos(psi - angle))
            moments += [density @ (f(u) * f(v)) @ weights for f in (act.value, act.derivative)]
        return moments / (2 * np.pi)

    nodes = (1 + np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))) * np.pi / 2
    samples = np.array([pair(angle) for angle in nodes])
    series = chebyshev.chebfit(2 * nodes / np.pi - 1, samples, degree)
    tail = np.abs(series[degree // 2 :]).sum(axis=0) / np.abs(series).sum(axis=0)
    if not tail.max() <= 1e-11:
        raise ValueError(
            f"activation = {act.name!r}: its kernel is not resolved at degree {degree} in the "
            f"angle (tail {tail.max():.1e}); it must be smooth on each side of 0"
        )
    return series.T


def _second_moments(act):
    """(E[sigma(z)^2], E[sigma'(z)^2]), z ~ N(0, 1), by quadrature on each side of 0."""
    z, weights = gauss_panels(0.0, 1.0 + NORM_TAIL, 32, halvings=HALVINGS)
    weights = weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return tuple(float(weights @ (f(z) ** 2 + f(-z) ** 2)) for f in (act.value, act.derivative))


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
        object.__setattr__(self, "gamma", check.number("gamma", self.gamma, 0.0))
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
            x = 2 * _angle(t)[0] / np.pi - 1
            return tuple(chebyshev.chebval(x, c) for c in _angle_series(self.activation))
        return tuple(chebyshev.chebval(t, c) for c in _chebyshev_series(self.activation))

    def __call__(self, t):
        """kappa(t), same shape as t."""
        nngp, derivative = self.parts(t)
        return nngp + (np.asarray(t) + self.gamma**2) * derivative


def tangent_kernel(spec: str | Activation, gamma: float = 1.0) -> TangentKernel:
    """Return the tangent kernel of an activation, given by name or as an Activation."""
    return TangentKernel(activation(spec), gamma)
