"""The tangent kernel of a network with `depth` hidden layers, all widths infinite.

    u^1 = W^1 x + gamma c^1,   u^(l+1) = n^(-1/2) W^(l+1) phi(u^l) + gamma c^(l+1),
    g(x) = n^(-1/2) <a, phi(u^L)>,      phi = sigma / sqrt(E sigma(z)^2),  z ~ N(0, 1),
with W ~ N(0, 1), c = 0 and a = +-1 at the start. Since E phi(z)^2 = 1, every layer maps the unit
sphere to itself in the limit. With kappa_1, kappa_0 the NNGP and the derivative kernel of phi
(module `two_layer`) and t = <x, x'>, the correlations and the kernels of the preactivations are
    S_0 = t,              S_l = kappa_1(S_(l-1)),
    H_1 = t + gamma^2,    H_(l+1) = S_l + gamma^2 + kappa_0(S_(l-1)) H_l,
and the tangent kernel is  K_L = S_L + kappa_0(S_(L-1)) H_L.  For L = 1 it is the two-layer kernel
divided by E sigma(z)^2.  Recursion: Jacot, Gabriel & Hongler (2018).
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from ntksgd import check
from ntksgd.kernels.two_layer import TangentKernel
from ntksgd.models.activations import activation


@lru_cache(maxsize=32)
def normalised(spec):
    """phi = sigma / sqrt(E sigma(z)^2), the activation that keeps preactivations at variance 1.

    Parameters
    ----------
    spec : str or Activation

    Returns
    -------
    Activation
        Named ``normalised NAME``.
    float
        E sigma(z)^2, z ~ N(0, 1).
    """
    act = activation(spec)
    second_moment = float(TangentKernel(act, 0.0).parts(1.0)[0])
    root = np.sqrt(second_moment)
    phi = replace(act, name=f"normalised {act.name}",
                  value=lambda u: act.value(u) / root,
                  derivative=lambda u: act.derivative(u) / root)
    return phi, second_moment


@dataclass(frozen=True)
class DeepKernel:
    """The zonal kernel K_L of `depth` = L hidden layers; call it on t = <x, x'> in [-1, 1].

    Attributes
    ----------
    shallow : TangentKernel
        The two-layer kernel of sigma (not of phi); its gamma is the bias weight of every layer.
    depth : int
        Hidden layers L >= 1; L = 1 is the two-layer network.
    trace : float
        K_L(1).
    """

    shallow: TangentKernel
    depth: int
    trace: float = field(init=False)

    def __post_init__(self):
        """Check the depth and fix the trace."""
        object.__setattr__(self, "depth", check.integer("depth", self.depth, 1))
        object.__setattr__(self, "trace", float(self(1.0)))

    def correlations(self, t):
        """S_0, ..., S_L at t, shape (L + 1,) + t.shape."""
        return self._recursion(t)[0]

    def __call__(self, t):
        """K_L(t), same shape as t."""
        return self._recursion(t)[1]

    def _recursion(self, t):
        second_moment = normalised(self.shallow.activation)[1]
        bias = self.shallow.gamma**2
        correlations = [np.asarray(t, dtype=float)]
        preactivation = correlations[0] + bias
        for layer in range(1, self.depth + 1):
            nngp, derivative = self.shallow.parts(correlations[-1])
            # rounding may carry a correlation past 1 by one unit in the last place
            correlations.append(np.minimum(nngp / second_moment, 1.0))
            backward = derivative / second_moment * preactivation
            if layer < self.depth:
                preactivation = correlations[-1] + bias + backward
        return np.array(correlations), correlations[-1] + backward

    def gram(self, x, y=None):
        """Kernel matrix of unit vectors x (n, d) and y (p, d)."""
        return self(np.clip(x @ (x if y is None else y).T, -1.0, 1.0))


def deep_kernel(spec, depth, gamma=1.0):
    """Return the tangent kernel of `depth` hidden layers for an activation (name or object)."""
    return DeepKernel(TangentKernel(activation(spec), gamma), depth)


def relu_circle_tail(depth, degrees):
    """Leading term of lambda_k for ReLU on the circle with gamma = 1: L (L + 1) / (pi^2 k^2).

    At angle omega -> 0, kappa_0 = 1 - omega/pi while S_l is flat to first order, and H_l(1) = 2 l:
    so K_L = K_L(1) - (2/pi) (1 + ... + L) |omega| + O(omega^2). A term -c |omega| has the
    coefficients c / (pi k^2). At omega = pi the factor t + gamma^2 of the singular term is 0.
    """
    depth = check.integer("depth", depth, 1)
    return depth * (depth + 1) / (np.pi * np.asarray(degrees, dtype=float)) ** 2
