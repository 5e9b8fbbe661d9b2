"""Losses of C outputs, one a class, and how a label enters them.

    square    l = |g - y|^2 / 2,              y the one-hot label less 1/C,   dl/dg = g - y
    logistic  l = -log softmax(g)_label,                                      dl/dg = softmax(g) - p
with p the one-hot label. The square loss has its labels centred so that those of balanced classes
have mean 0, as g has at the start.
"""

import numpy as np

from ntksgd import check

CODES = {"square": 0, "logistic": 1}


def targets(labels, classes, loss):
    """The labels, integers in [0, C), as rows (n, C): y for the square loss, else p."""
    classes = check.integer("classes", classes, 2, 10**4)
    try:
        labels = np.asarray(labels)
    except ValueError:  # rows of different lengths
        labels = np.empty((0, 0))
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or not np.all(
            (labels >= 0) & (labels < classes)):
        raise ValueError(f"labels: must be integers in [0, {classes - 1}]")
    shift = {"square": 1 / classes, "logistic": 0.0}[check.one_of("loss", loss, tuple(CODES))]
    return np.eye(classes)[labels] - shift


def curvature(loss):
    """Largest eigenvalue of the Hessian of the loss in g: 1 for the square loss, else 1/2.

    That of the logistic loss is diag(p) - p p^T, p = softmax(g); its rows sum to 2 p_k (1 - p_k)
    in absolute value, at most 1/2, which two classes with p = 1/2 attain.
    """
    return {"square": 1.0, "logistic": 0.5}[check.one_of("loss", loss, tuple(CODES))]
