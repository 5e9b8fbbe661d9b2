"""From an activation to its compiled training loop: built-in, user-supplied, or plain numpy.

A built-in activation compiles once and is kept on disk. Any other is compiled in memory if numba
can compile its value and derivative for a scalar; if not, it is trained by `array_loops`.
"""

from functools import lru_cache, partial
from types import FunctionType
from typing import NamedTuple

import numpy as np
from numba import njit
from numba.core.errors import NumbaError

from ntksgd.models.activations import BUILT_IN
from ntksgd.models.compiled_activations import CODES, FINGERPRINT, OPTIONS
from ntksgd.sgd.loops import array_loops
from ntksgd.sgd.loops.linearised_step import linearised_loop, linearised_values_loop
from ntksgd.sgd.loops.network_step import circle_loop, sphere_loop, values_loop


class Loops(NamedTuple):
    """Compiled functions: `run` takes SGD steps, `values` evaluates on points."""

    run: object
    values: object


def loops(activation, d, linearised=False):
    """Training and evaluation loops of an activation in dimension d.

    Returns
    -------
    Loops
        ``run(theta, start, m, x, y, rates, gamma, scale, weight_decay, loss) -> steps done`` and
        ``values(theta, start, m, x, gamma, scale, out)``.
    """
    if linearised:
        templates = linearised_loop, linearised_values_loop
    else:
        templates = circle_loop if d == 2 else sphere_loop, values_loop
    code = _built_in_code(activation)
    return _built_in(code, templates) if code is not None else _custom(activation, templates)


def _built_in_code(activation):
    """Code of the built-in activation of this name, if it is the same function."""
    name = activation.name.partition("(")[0]
    if name not in CODES:
        return None
    scale = () if activation.scale is None else (activation.scale,)
    u = np.linspace(-3.0, 3.0, 13)
    same = np.array_equal(activation.value(u), BUILT_IN[name](*scale).value(u))
    return CODES[name] if same else None


@lru_cache(maxsize=64)
def _built_in(code, templates):
    # the code comes back by a mask; the bits above it tie the disk cache to the activations' source
    kind = FINGERPRINT << 4 | code
    return Loops(*(njit(cache=True, nogil=True, **OPTIONS)(make(kind)) for make in templates))


@lru_cache(maxsize=64)
def _custom(activation, templates):
    value, derivative = _callable(activation.value), _callable(activation.derivative)

    @njit(**OPTIONS)
    def pair(code, u, s):
        return value(u) * 1.0, derivative(u) * 1.0

    try:
        pair(0, 0.5, 0.0)
    except NumbaError:  # not compilable for a scalar
        linearised = templates[0] is linearised_loop
        run = array_loops.linearised if linearised else array_loops.network
        values = array_loops.linearised_values if linearised else array_loops.network_values
        return Loops(partial(run, activation), partial(values, activation))
    return Loops(*(njit(nogil=True, **OPTIONS)(_with_pair(make(0), pair)) for make in templates))


def _callable(function):
    """Something compiled code can call, if there is a way: ufuncs and jitted functions are."""
    return njit(function) if isinstance(function, FunctionType) else function


def _with_pair(function, pair):
    """The same function with another activation under the name `pair`."""
    names = {**function.__globals__, "pair": pair}
    return FunctionType(function.__code__, names, function.__name__, None, function.__closure__)
