"""The infinite-width tangent kernel (NTK) of the two-layer network, zonal on the sphere.

With t = <x, x'>, |x| = |x'| = 1, and (u, v) centred Gaussian of unit variances and covariance t,
    kappa(t) = kappa_1(t) + (t + gamma^2) kappa_0(t),
    kappa_1 = E[sigma(u) sigma(v)],    kappa_0 = E[sigma'(u) sigma'(v)]
(derivatives in a, in b and in c; c = 0 at the start). Closed forms: ReLU (arc-cosine kernels,
Cho & Saul 2009) and erf (arcsine kernel, Williams 1998). Otherwise a Chebyshev series: kappa_0 and
kappa_1 do not depend on d, so the circle's spectrum gives kappa_i(t) = sum_k u_k N_k T_k(t).
"""

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev

from ntksgd import check
from ntksgd.activations import Activation, activation
from ntksgd.funk_hecke import mean_square_coefficients


def _relu_pair(t):
    # rounding can push an inner product of unit vectors past 1 by one unit in the last place
    t = np.clip(t, -1.0, 1.0)
    sine = np.sqrt((1.0 - t) * (1.0 + t))
    angle = np.arctan2(sine, t)  # keeps its digits near t = 1, where arccos loses half of them
    return (sine + (np.pi - angle) * t) / (2 * np.pi), (np.pi - angle) / (2 * np.pi)


def _erf_pair(t):
    return 2 / np.pi * np.arcsin(2 * t / 3), 4 / np.pi / np.sqrt(9.0 - 4.0 * t**2)


CLOSED_FORMS = {"relu": _relu_pair, "erf": _erf_pair}


@lru_cache(maxsize=32)
def _chebyshev_series(act, tolerance=1e-13):
    """Chebyshev coefficients of (kappa_1, kappa_0), as many as their tails need."""
    degree = 128
    while True:
        u, v = mean_square_coefficients(act, 2, degree)
        u[1:], v[1:] = 2 * u[1:], 2 * v[1:]
        # one octave of degrees bounds the neglected tail when the coefficients decay
        tail = max(u[degree // 2 :].sum() / u.sum(), v[degree // 2 :].sum() / v.sum())
        if tail <= tolerance:
            return u, v
        if degree >= 4096:
            raise ValueError(
                f"activation = {act.name!r}: the Chebyshev series of its kernel is not converged "
                f"at degree {degree} (tail {tail:.1e}); give a smoother activation"
            )
        degree *= 2


@dataclass(frozen=True)
class TangentKernel:
    """The zonal kernel kappa of an activation; call it on t = <x, x'> in [-1, 1].

    Attributes
    ----------
    activation : Activation
    gamma : float
        Weight of the bias c in the preactivation; 0 means no bias.
    trace : float
        kappa(1) = K(x, x) = E K(x, x), the trace of the integral operator.
    """

    activation: Activation
    gamma: float = 1.0
    trace: float = field(init=False)

    def __post_init__(self):
        """Check gamma and fix the trace."""
        object.__setattr__(self, "gamma", check.number("gamma", self.gamma, 0.0))
        object.__setattr__(self, "trace", float(self(1.0)))

    def parts(self, t):
        """Return kappa_1(t) = E[sigma sigma'] and kappa_0(t) = E[sigma' sigma''], t any shape."""
        t = np.asarray(t, dtype=float)
        if self.activation.name in CLOSED_FORMS:
            return CLOSED_FORMS[self.activation.name](t)
        return tuple(chebyshev.chebval(t, c) for c in _chebyshev_series(self.activation))

    def __call__(self, t):
        """kappa(t), same shape as t."""
        first, zeroth = self.parts(t)
        return first + (np.asarray(t) + self.gamma**2) * zeroth

    def gram(self, x, y=None):
        """Kernel matrix kappa(<x_i, y_j>) of unit vectors x (n, d) and y (p, d)."""
        return self(np.clip(x @ (x if y is None else y).T, -1.0, 1.0))


def tangent_kernel(spec, gamma=1.0):
    """Return the tangent kernel of an activation, given by name or as an Activation."""
    return TangentKernel(activation(spec), gamma)
