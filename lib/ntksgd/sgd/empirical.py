"""Kernel SGD under a law with finitely many points, run on the values at these points.

With f_t its values there, K the kernel matrix and i the point drawn,
    f <- f - eta (f_i - label) K_i,
O(n) a step, whatever the number of steps.
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.sgd.inputs import checked


def empirical_sgd(matrix, step_sizes, drawn, labels, times):
    """Values of f_t at the points along one path, shape (len(times), n).

    Parameters
    ----------
    matrix : array, shape (n, n)
        Kernel matrix at the points.
    step_sizes : Schedule or array
        eta_t for t = 1, 2, ...
    drawn : array of int, shape (T,)
        Index i of the point seen at step t.
    labels : array, shape (T,)
        Label seen there.
    times : sequence of int
        Increasing numbers of steps in [1, T]. They may exceed n: draws are with replacement.
    """
    matrix = check.finite_array("matrix", matrix, 2)
    n = len(matrix)
    if matrix.shape != (n, n):
        raise ValueError(f"matrix: shape {matrix.shape}, must be (n, n)")
    drawn = np.asarray(drawn)
    if drawn.dtype.kind not in "iu" or drawn.size and not 0 <= drawn.min() <= drawn.max() < n:
        raise ValueError(f"drawn: must be integers in [0, {n - 1}]")
    # a point of the law is known by its index: an input in dimension 1
    stream = checked((drawn[..., None], labels), step_sizes, times, np.empty((0, 1)), 1, first=1)
    return _path(np.require(matrix, requirements=["C", "W"]), stream.step_sizes,
                 drawn.astype(np.int64), stream.y, stream.times)


@compiled
def _path(matrix, step_sizes, drawn, labels, times):
    f, done = np.zeros(matrix.shape[0]), 0
    values = np.empty((times.size, f.size))
    for c in range(times.size):
        for t in range(done, times[c]):
            i = drawn[t]
            scale, row = step_sizes[t] * (f[i] - labels[t]), matrix[i]
            for j in range(f.size):
                f[j] -= scale * row[j]
        done = times[c]
        values[c] = f
    return values
