"""SGD in the RKHS of a kernel times the identity of C outputs, on a kernel matrix."""

import numpy as np

from ntksgd import check
from ntksgd.models.class_losses import CODES, targets
from ntksgd.sgd.classes import loops
from ntksgd.sgd.classes.run import Run, checked_order, recorded


def kernel_sgd(matrix, labels, classes, order, step_sizes, *, times, shown, loss="square"):
    """Train f_t, whose outputs see each other only through the loss.

    Parameters
    ----------
    matrix : array, shape (N, N)
        Kernel matrix of all points: those trained on come first.
    labels : array of int, shape (n,)
        Of the first n <= N points.
    classes : int
    order, step_sizes, times, loss
        As in `networks.train`.
    shown : slice or array of int
        The points whose values are kept.
    """
    matrix = check.finite_array("matrix", matrix, 2)
    y, f = targets(labels, classes, loss), np.zeros((len(matrix), classes))
    if matrix.shape != (len(f), len(f)) or len(y) > len(f):
        raise ValueError(f"matrix: shape {matrix.shape}, must be (N, N), N >= {len(y)}")
    order, step_sizes, times = checked_order(order, step_sizes, times, len(y))
    norm = 0.0

    def advance(part):
        nonlocal norm
        done, change = loops.run_kernel(f, matrix, y, order[part], step_sizes[part], CODES[loss])
        norm += change
        return done

    def record(_):
        return f[shown].copy(), norm, None

    return Run(*recorded(advance, record, times, "kernel"))
