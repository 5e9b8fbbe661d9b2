"""The tangent kernel of a network with `depth` hidden layers, all widths infinite.

    u^1 = W^1 x + gamma c^1,   u^(l+1) = n^(-1/2) W^(l+1) phi(u^l) + gamma c^(l+1),
    g(x) = n^(-1/2) <a, phi(u^L)>,      phi = sigma / sqrt(E sigma(z)^2),  z ~ N(0, 1),
with W ~ N(0, 1), c = 0 and a = +-1 at the start. Since E phi(z)^2 = 1, every layer maps the unit
sphere to itself in the limit. With kappa_1, kappa_0 the NNGP and the derivative kernel of phi
(module `two_layer`) and t = <x, x'>, the correlations S_l of layer l and the tangent kernel K_L are
    S_0 = t,    S_l = kappa_1(S_(l-1)),
    K_0 = t,    K_l = S_l + kappa_0(S_(l-1)) (K_(l-1) + gamma^2).
For L = 1 it is the two-layer kernel divided by E sigma(z)^2.  Recursion: Jacot, Gabriel & Hongler
(2018).
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from ntksgd import check
from ntksgd.kernels.two_layer import TangentKernel, Zonal, inner_products
from ntksgd.models.activations import Activation, activation


def normalised(spec):
    """(phi, E sigma(z)^2), phi = sigma / sqrt(E sigma(z)^2): preactivations keep variance 1.

    `spec` is an Activation or its name.
    """
    return _normalised(spec if isinstance(spec, str) else activation(spec))


@lru_cache(maxsize=32)
def _normalised(spec):
    act = activation(spec)
    second_moment = float(TangentKernel(act, 0.0).parts(1.0)[0])
    root = np.sqrt(second_moment)
    phi = replace(act, name=f"normalised {act.name}",
                  value=lambda u: act.value(u) / root,
                  derivative=lambda u: act.derivative(u) / root)
    return phi, second_moment


@dataclass(frozen=True)
class DeepKernel(Zonal):
    """The zonal kernel K_L of `depth` = L >= 1 hidden layers; call it on t = <x, x'> in [-1, 1].

    `shallow` is the two-layer kernel of sigma (not of phi); its gamma is the bias weight of every
    layer. `trace` is K_L(1).
    """

    shallow: TangentKernel
    depth: int
    trace: float = field(init=False)

    def __post_init__(self):
        """Check the depth and fix the trace."""
        object.__setattr__(self, "depth", check.integer("depth", self.depth, 1, 10**4))
        object.__setattr__(self, "trace", float(self(1.0)))

    def __call__(self, t):
        """K_L(t), same shape as t."""
        second_moment = normalised(self.shallow.activation)[1]
        bias = self.shallow.gamma**2
        correlation = inner_products(t)
        kernel = correlation
        for _ in range(self.depth):
            nngp, derivative = self.shallow.parts(correlation)
            backward = derivative / second_moment * (kernel + bias)
            # rounding may carry a correlation past 1 by one unit in the last place
            correlation = np.minimum(nngp / second_moment, 1.0)
            kernel = correlation + backward
        return kernel


def deep_kernel(spec: str | Activation, depth: int, gamma: float = 1.0) -> DeepKernel:
    """Return the tangent kernel of `depth` hidden layers for an activation (name or object)."""
    return DeepKernel(TangentKernel(activation(spec), gamma), depth)


def relu_circle_tail(depth, degrees):
    """Leading term of lambda_k for ReLU on the circle with gamma = 1: L (L + 1) / (pi^2 k^2).

    At angle omega -> 0, kappa_0 = 1 - omega/pi, S_l is flat to first order, and K_(l-1) + 1 = 2 l:
    so K_L = K_L(1) - (2/pi) (1 + ... + L) |omega| + O(omega^2). A term -c |omega| has the
    coefficients c / (pi k^2). At omega = pi the factor t + gamma^2 of the singular term is 0.
    """
    depth = check.integer("depth", depth, 1, 10**4)
    degrees = check.finite_array("degrees", degrees)
    if np.any((degrees < 1) | (degrees > 1e100)):
        raise ValueError(f"degrees = {check.short(degrees)}: every entry must be in [1, 1e100]")
    return depth * (depth + 1) / (np.pi * degrees) ** 2
