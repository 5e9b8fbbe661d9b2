"""From an activation to its training loop: compiled if numba can, else plain numpy.

The loop of a built-in activation is kept on disk; that of any other is compiled in memory.
"""

from functools import lru_cache, partial

from ntksgd.compilation import compiled
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.sgd.loops import array_loops, linearised_step, network_step


def network_loop(activation, d):
    """``run`` of `network_step` for an activation in dimension d."""
    return _loop(activation, d, network_step, array_loops.network)


def linearised_loop(activation, d):
    """``run`` of `linearised_step` for an activation in dimension d."""
    return _loop(activation, d, linearised_step, array_loops.linearised)


def _loop(activation, d, step, in_numpy):
    pair, key = compiled_pair(activation)
    if pair is None:
        return partial(in_numpy, activation)
    if d <= step.UNROLLED:
        return _compiled(step.unrolled_loop, key, pair, d)
    return _compiled(step.blocked_loop, key, pair)


@lru_cache(maxsize=64)
def _compiled(make, key, pair, *constants):
    if key is None:
        return compiled(make(pair, *constants), cache=False)
    return compiled(make(pair, *constants), key=f"{key} {constants}")  # all that the closure holds
