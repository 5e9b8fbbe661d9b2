"""Pieces of the loops over steps: how a step ends, and where training counts as diverged."""

import math

from numba.np.unsafe.ndarray import to_fixed_tuple

from ntksgd.compilation import compiled
from ntksgd.models.losses import residual

LIMIT = 1e8
BLOCK = 256  # neurons whose pre-activations stay in the innermost cache


@compiled(inline=True)
def push(g, y, step_size, loss):
    """eta l'(g, y); NaN where the prediction g is not finite or exceeds LIMIT in size."""
    return step_size * residual(loss, g, y) if abs(g) <= LIMIT else math.nan


@compiled(inline=True)
def kernel_of_inputs(x, z, gamma):
    """<x, z> + gamma^2: how far a step at x moves the pre-activation at z, per unit of slope."""
    k = gamma * gamma
    for j in range(len(x)):
        k += x[j] * z[j]
    return k


def holder(d):
    """An input as a loop holds it: d numbers, or the array if d is None.

    The compiler knows of numbers that no write to an array changes them.
    """
    @compiled(inline=True)
    def hold(x):
        return x if d is None else to_fixed_tuple(x, d)

    return hold


@compiled(cache=False)
def shrink(theta, start, decay):
    """theta <- theta - decay (theta - start)."""
    for j in range(theta.shape[0]):
        row, origin = theta[j], start[j]
        for i in range(row.size):
            row[i] -= decay * (row[i] - origin[i])
