"""Classification: data sets that scikit-learn ships in its package, and splits of them.

A split is drawn at random; centring and scaling are learnt from its training part alone
(`data.to_sphere`), and every point lies on the sphere S^(d-1).
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.problems.data import to_sphere


class Split(NamedTuple):
    """Training part x (n, d), labels (n,); test part; number C of classes, labelled 0 to C - 1."""

    x: np.ndarray
    labels: np.ndarray
    test_x: np.ndarray
    test_labels: np.ndarray
    classes: int


def _digits():
    from sklearn import datasets
    return (*datasets.load_digits(return_X_y=True), False)


def _pairs_of_digits():
    images, digits, scale = _digits()
    # the pairing is part of the data set: the same for all splits
    right = np.random.default_rng(0).permutation(len(digits))
    return np.hstack([images, images[right]]), (digits + digits[right]) % 2, scale


def _breast_cancer():
    from sklearn import datasets
    return (*datasets.load_breast_cancer(return_X_y=True), True)


SOURCES = {"digits": _digits, "pairs of digits": _pairs_of_digits,
           "breast cancer": _breast_cancer}


def load(name):
    """Features (n, d), labels (n,), and whether the columns are scaled one by one.

    ===============  ====  ===  =============================================================
    name                n    d  label
    ===============  ====  ===  =============================================================
    digits           1797   64  the digit, 0 to 9
    pairs of digits  1797  128  two images side by side, 1 if the sum of the digits is odd; each
                                image stands once on the left and once on the right
    breast cancer     569   30  0 malignant, 1 benign
    ===============  ====  ===  =============================================================
    """
    features, labels, scale = SOURCES[check.one_of("name", name, tuple(SOURCES))]()
    return features, labels.astype(int), scale


def split(name, train_size, rng):
    """A random split of a data set into train_size training points and the rest."""
    features, labels, scale = load(name)
    check.instance("rng", rng, np.random.Generator)
    train_size = check.integer("train_size", train_size, 2, len(labels) - 1)
    order = rng.permutation(len(labels))
    chosen, rest = order[:train_size], order[train_size:]
    # a column that is constant on the training part tells nothing, and cannot be scaled
    keep = np.ptp(features[chosen], axis=0) > 0
    reference = features[chosen][:, keep]
    x, test_x = (to_sphere(features[part][:, keep], scale, reference) for part in (chosen, rest))
    return Split(x, labels[chosen], test_x, labels[rest], int(labels.max()) + 1)
