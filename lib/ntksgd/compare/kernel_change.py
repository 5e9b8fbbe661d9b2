"""How far training has moved a kernel, and whether towards the labels."""

import numpy as np


def relative_change(before, after):
    """||K_T - K_0|| / ||K_0||, Frobenius norms of kernel matrices (n, n)."""
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


def alignment(matrix, labels):
    """Centred kernel-target alignment <K, Y> / (||K|| ||Y||), at most 1.

    Y_ij = 1 where the labels are equal, else 0; from K and Y the means of rows and of columns are
    taken off (Cortes, Mohri and Rostamizadeh 2012).
    """
    labels = np.asarray(labels)
    centred = [k - k.mean(axis=0) - k.mean(axis=1, keepdims=True) + k.mean()
               for k in (matrix, np.equal.outer(labels, labels).astype(float))]
    k, y = centred
    return float(np.vdot(k, y) / (np.linalg.norm(k) * np.linalg.norm(y)))
