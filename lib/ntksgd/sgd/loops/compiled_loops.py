"""From an activation to its training loops: compiled if numba can, else plain numpy.

The loops of a built-in activation are kept on disk; those of any other are compiled in memory.
"""

from functools import lru_cache, partial
from typing import NamedTuple

from ntksgd.compilation import compiled
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.sgd.loops import array_loops
from ntksgd.sgd.loops.linearised_step import linearised_loop, linearised_values_loop
from ntksgd.sgd.loops.network_step import UNROLLED, blocked_loop, unrolled_loop, values_loop


class Loops(NamedTuple):
    """What a learner is run by.

    ``run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss) -> steps done`` and
    ``values(theta, start, m, x, gamma, scale, out)``.
    """

    run: object
    values: object


def network_loops(activation, d):
    """Training and evaluation loops of the network in dimension d."""
    pair, key = compiled_pair(activation)
    if pair is None:
        return Loops(partial(array_loops.network, activation),
                     partial(array_loops.network_values, activation))
    run = _loop(unrolled_loop, pair, key, d) if d <= UNROLLED else _loop(blocked_loop, pair, key)
    return Loops(run, _loop(values_loop, pair, key))


def linearised_loops(activation, d):
    """Training and evaluation loops of the linearised network, for any d."""
    pair, key = compiled_pair(activation)
    if pair is None:
        return Loops(partial(array_loops.linearised, activation),
                     partial(array_loops.linearised_values, activation))
    return Loops(_loop(linearised_loop, pair, key), _loop(linearised_values_loop, pair, key))


@lru_cache(maxsize=64)
def _loop(make, pair, key, *constants):
    """The compiled loop over `pair`; `key` and the constants say all that its closure holds."""
    if key is None:
        return compiled(make(pair, *constants), cache=False)
    return compiled(make(pair, *constants), key=str((key, *constants)))
