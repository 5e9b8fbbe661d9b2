"""Kernel SGD under a law with finitely many points, run on the values at these points.

With e_t = f_t - f* restricted to the points, K their kernel matrix and x_i the point drawn,
    e <- e - eta (e_i - xi) K_i,        xi = label - y_i, the noise of the label,
O(n) a step, whatever the number of steps.
"""

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.sgd.inputs import checked


def empirical_sgd(matrix, y, step_sizes, drawn, labels, times):
    """Mean of e_t^2 over the points along one path, shape (len(times),).

    Parameters
    ----------
    matrix : array, shape (n, n)
        Kernel matrix at the points.
    y : array, shape (n,)
        f* at the points.
    step_sizes : Schedule or array
        eta_t for t = 1, 2, ...
    drawn : array of int, shape (T,)
        Index i of the point seen at step t.
    labels : array, shape (T,)
        Label seen there.
    times : sequence of int
        Increasing numbers of steps in [1, T]. They may exceed n: draws are with replacement.

    Raises
    ------
    ValueError
        For shapes that do not fit, an index that is no point, times out of order or beyond T.
    """
    matrix, y = check.finite_array("matrix", matrix, 2), check.finite_array("y", y, 1)
    if matrix.shape != (y.size, y.size):
        raise ValueError(f"matrix: shape {matrix.shape}, must be {(y.size, y.size)}")
    drawn = np.asarray(drawn)
    if drawn.dtype.kind not in "iu" or drawn.size and not 0 <= drawn.min() <= drawn.max() < y.size:
        raise ValueError(f"drawn: must be integers in [0, {y.size - 1}]")
    # a point of the law is known by its index: an input in dimension 1
    stream = checked((drawn[..., None], labels), step_sizes, times, np.empty((0, 1)), 1, first=1)
    return _path(np.require(matrix, requirements=["C", "W"]), y, stream.step_sizes,
                 drawn.astype(np.int64), stream.y, stream.times)


@compiled
def _path(matrix, y, step_sizes, drawn, labels, times):
    """Mean square of e_t at the `times`, along one path."""
    error, risk, done = -y.copy(), np.empty(times.size), 0
    for c in range(times.size):
        for t in range(done, times[c]):
            i = drawn[t]
            scale = step_sizes[t] * (error[i] + y[i] - labels[t])
            row = matrix[i]
            for j in range(y.size):
                error[j] -= scale * row[j]
        done = times[c]
        total = 0.0
        for j in range(y.size):
            total += error[j] * error[j]
        risk[c] = total / y.size
    return risk
