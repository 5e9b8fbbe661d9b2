"""Activations compiled for the training loop: value and derivative together, in scalar code.

    pair(u, s) = (sigma(u), sigma'(u)),        s the scale of squareplus, not read by the others.

Straight-line arithmetic, so that a loop over neurons vectorises; a call to the library's tanh or
erf would not. Both are built here on exp:
    exp(x) = 2^k exp(r),  |r| <= log(2)/2,  expm1(r) by its Taylor polynomial;
    tanh(u) = E / (E + 2),  E = expm1(2u);
    erf(u): Taylor series for |u| < 1, else 1 - exp(-u^2) q(w), q a polynomial through
    exp(u^2) erfc(u) at Chebyshev points of w ~ (u - 2)/(u + 2).
"""

import math
from functools import lru_cache
from types import FunctionType

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.errors import NumbaError
from numba.extending import intrinsic
from numpy.polynomial import chebyshev
from scipy import special

from ntksgd.compilation import compiled
from ntksgd.models.activations import BUILT_IN

LOG2E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# coefficients are listed from the highest power down
EXPM1 = np.array([1 / math.factorial(k + 2) for k in range(11, -1, -1)])
ERF = np.array([2 / math.sqrt(math.pi) * (-1.0) ** k / (math.factorial(k) * (2 * k + 1))
                for k in range(17, -1, -1)])
ERF_END, ERF_POLE = 6.0, 2.0  # erf(6) = 1 to the last digit
W_LOW = (1 - ERF_POLE) / (1 + ERF_POLE)
W_HIGH = (ERF_END - ERF_POLE) / (ERF_END + ERF_POLE)
W_CENTRE, W_HALF = (W_LOW + W_HIGH) / 2, (W_HIGH - W_LOW) / 2


def _scaled_erfc(z):
    w = W_CENTRE + W_HALF * z
    return special.erfcx(ERF_POLE * (1 + w) / (1 - w))


ERFCX = chebyshev.cheb2poly(chebyshev.chebinterpolate(_scaled_erfc, 14))[::-1].copy()


@intrinsic
def _power_of_two(typingctx, k):
    """2^k for an int64 k in [-1022, 1023], by its exponent bits."""

    def codegen(context, builder, signature, args):
        bits = builder.add(args[0], ir.Constant(ir.IntType(64), 1023))
        bits = builder.shl(bits, ir.Constant(ir.IntType(64), 52))
        return builder.bitcast(bits, ir.DoubleType())

    return types.float64(types.int64), codegen


def _polynomial(coefficients):
    """Compile Horner's rule; as a constant of the function its coefficients unroll the loop."""

    @compiled(inline=True)
    def polynomial(x):
        p = 0.0
        for c in coefficients:
            p = p * x + c
        return p

    return polynomial


_expm1_tail, _erf_near, _erfcx = _polynomial(EXPM1), _polynomial(ERF), _polynomial(ERFCX)


@compiled(inline=True)
def _exp_parts(x):
    """(expm1(r), 2^k) with exp(x) = 2^k exp(r), for |x| <= 700."""
    k = np.floor(x * LOG2E + 0.5)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    # through int32, which every vector unit converts
    return r + r * r * _expm1_tail(r), _power_of_two(np.int64(np.int32(k)))


@compiled(inline=True)
def tanh_pair(u, s):
    """(tanh(u), 1 - tanh(u)^2)."""
    small, power = _exp_parts(2.0 * min(max(u, -20.0), 20.0))  # tanh(20) = 1 to the last digit
    e = power * small + (power - 1.0)
    t = e / (e + 2.0)
    return t, 1.0 - t * t


@compiled(inline=True)
def erf_pair(u, s):
    """(erf(u), 2 exp(-u^2) / sqrt(pi))."""
    size = abs(u)
    # exp(-26^2) is the smallest that 2^k reaches; beyond, the derivative is 0 for every purpose
    x = min(size, 26.0)
    small, power = _exp_parts(-x * x)
    gauss = power * small + power
    near = u * _erf_near(min(u * u, 1.0))
    x = min(max(size, 1.0), ERF_END)
    w = ((x - ERF_POLE) / (x + ERF_POLE) - W_CENTRE) / W_HALF
    far = 1.0 - gauss * _erfcx(w)
    value = near if size < 1.0 else math.copysign(far, u)
    return value, 2.0 / math.sqrt(math.pi) * gauss


@compiled(inline=True)
def relu_pair(u, s):
    """(max(u, 0), 1 for u > 0 and else 0)."""
    return max(u, 0.0), 1.0 if u > 0.0 else 0.0


@compiled(inline=True)
def squareplus_pair(u, s):
    """((u + r)/2, (1 + u/r)/2) with r = sqrt(u^2 + s^2)."""
    root = math.sqrt(u * u + s * s)
    return 0.5 * (u + root), 0.5 * (1.0 + u / root)


PAIRS = {"squareplus": squareplus_pair, "relu": relu_pair, "tanh": tanh_pair, "erf": erf_pair}


def compiled_pair(activation):
    """The compiled pair of an Activation and the key of what is built on it.

    The key is the name of a built-in activation; None for any other, which is compiled in memory
    only. ValueError if numba cannot compile the activation for a scalar.
    """
    name = activation.name.partition("(")[0]
    if name in PAIRS:
        scale = () if activation.scale is None else (activation.scale,)
        u = np.linspace(-3.0, 3.0, 13)
        if np.array_equal(activation.value(u), BUILT_IN[name](*scale).value(u)):
            return PAIRS[name], name
    return _own_pair(activation), None


@lru_cache(maxsize=64)
def _own_pair(activation):
    # compiled code can call ufuncs and compiled functions as they are
    value, derivative = (compiled(f, inline=True) if isinstance(f, FunctionType) else f
                         for f in (activation.value, activation.derivative))

    @compiled(inline=True)
    def pair(u, s):
        return value(u) * 1.0, derivative(u) * 1.0

    try:
        pair(0.5, 0.0)
    except NumbaError as error:
        message = f"activation = {activation}: numba cannot compile it for a scalar"
        raise ValueError(message) from error
    return pair
