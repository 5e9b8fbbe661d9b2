"""Real data on the sphere: the data sets that scikit-learn ships inside its package.

A `Population` is finitely many points x_1, ..., x_n on S^(d-1) with values y_i. Its empirical law
P_n, which draws an index uniformly, is an input law like any other: drawn with replacement, its
samples are independent, and every expectation is a finite sum. Features are centred, divided by
their standard deviation where their units differ, and scaled to length 1.
"""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check


@dataclass(frozen=True)
class Population:
    """Equally likely points on the sphere and the target's values there.

    Attributes
    ----------
    name : str
    x : ndarray, shape (n, d)
        Unit vectors.
    y : ndarray, shape (n,)
        Mean square 1 (`load`), so that the risk of f = 0 is 1.
    """

    name: str
    x: np.ndarray
    y: np.ndarray

    def __post_init__(self):
        """Refuse points off the sphere and values that are not finite or not as many."""
        x, y = check.finite_array("x", self.x, 2), check.finite_array("y", self.y, 1)
        if len(x) != len(y) or len(y) < 2:
            raise ValueError(f"x, y: shapes {x.shape} and {y.shape}, need the same n >= 2")
        off = np.abs(np.linalg.norm(x, axis=1) - 1)
        if off.max() > 1e-12:
            raise ValueError(f"x[{off.argmax()}]: is {off.max():.2g} off the unit sphere")

    @property
    def n(self):
        """Number of points."""
        return len(self.y)

    @property
    def d(self):
        """Dimension of the ambient space."""
        return self.x.shape[1]

    def subset(self, indices):
        """The population of the points `indices` alone."""
        return replace(self, x=self.x[indices], y=self.y[indices])


#: What rounding leaves of a row that is the mean, relative to the columns' largest entries.
ROUNDING = 1e-12


def to_sphere(features, scale=True, reference=None, name="features"):
    """Centre the columns, divide them by their standard deviation if `scale`, then unit length.

    Parameters
    ----------
    features : array, shape (n, p)
    scale : bool
        False keeps the relative scale of columns that share a unit (pixels).
    reference : array, shape (k, p), optional
        Rows that mean and deviation are taken from; a training set, when `features` holds a test
        set. Default: `features`.
    name : str
        Of the features, in errors.

    Raises
    ------
    ValueError
        For a column to be scaled that is constant, or a row without direction, equal to the mean up
        to rounding.
    """
    features, scale = check.finite_array(name, features, 2), check.flag("scale", scale)
    reference = features if reference is None else check.finite_array("reference", reference, 2)
    centred, size = features - reference.mean(axis=0), np.abs(reference).max(axis=0)
    if scale:
        deviation = reference.std(axis=0)
        # rounding leaves a constant column some deviation
        flat = np.flatnonzero((np.ptp(reference, axis=0) == 0) | (deviation == 0))
        if flat.size:
            raise ValueError(f"{name}: column {check.listed(flat)} (from 0) is constant, must "
                             "vary: leave it out")
        centred, size = centred / deviation, size / deviation
    norms = np.linalg.norm(centred, axis=1, keepdims=True)
    lost = np.flatnonzero(norms <= ROUNDING * np.linalg.norm(size))
    if lost.size:
        raise ValueError(f"{name}: row {check.listed(lost)} (from 0) is the mean of all rows, "
                         "must have a direction: leave it out")
    return centred / norms


def _digits(positive):
    from sklearn import datasets
    data = datasets.load_digits()
    return data.data, np.where(np.isin(data.target, positive), 1.0, -1.0), False


def _breast_cancer():
    from sklearn import datasets
    features, benign = datasets.load_breast_cancer(return_X_y=True)
    return features, 2.0 * benign - 1, True


def _diabetes():
    from sklearn import datasets
    features, response = datasets.load_diabetes(return_X_y=True)
    return features, response - response.mean(), True


def _photograph(rows=32, columns=48, block=13):
    """Mean grey level of blocks of pixels, as a function of the block's place (u, v)."""
    from sklearn import datasets
    grey = datasets.load_sample_image("flower.jpg").mean(axis=2)[: rows * block, : columns * block]
    grey = grey.reshape(rows, block, columns, block).mean(axis=(1, 3))
    u, v = np.meshgrid(np.linspace(-1, 1, columns), np.linspace(-1, 1, rows) * rows / columns)
    # a chart of the sphere already, not features to be standardised: no scale
    x = np.stack([u.ravel(), v.ravel(), np.ones(u.size)], axis=1)
    return x, grey.ravel() - grey.mean(), None


SOURCES = {
    "digits, parity": lambda: _digits([1, 3, 5, 7, 9]),
    "digits, zero": lambda: _digits([0]),
    "breast cancer": _breast_cancer,
    "diabetes": _diabetes,
    "photograph": _photograph,
}


def load(name):
    """Return the data set `name` as a population.

    ========================  ====  ==  ======================================================
    name                         n   d  y
    ========================  ====  ==  ======================================================
    digits, parity            1797  64  +1 for an odd digit, -1 for an even one
    digits, zero              1797  64  +1 for the digit 0, -1 for the others
    breast cancer              569  30  +1 benign, -1 malignant
    diabetes                   442  10  progression after a year, centred, deviation 1
    photograph                1536   3  grey level at (u, v), input (u, v, 1) scaled to length 1
    ========================  ====  ==  ======================================================
    """
    features, y, scale = SOURCES[check.one_of("name", name, tuple(SOURCES))]()
    x = features if scale is None else to_sphere(features, scale)
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    return Population(name, x, y / np.sqrt(np.mean(y**2)))


def raw(name):
    """Features before normalisation, values (mean square 1) and whether to scale the columns.

    For a split into training and test set, where the test set must not enter the centring. Not for
    the photograph, whose points have no features to centre.
    """
    allowed = tuple(key for key in SOURCES if key != "photograph")
    features, y, scale = SOURCES[check.one_of("name", name, allowed)]()
    return features, y / np.sqrt(np.mean(y**2)), scale
