"""Points and weights on which L^2 norms over the sphere are computed, and times to do so.

Circle and S^2: exact quadrature for polynomials up to a degree, so the risk ||g - f*||^2 is exact
as far as g and f* have no harmonics beyond half of it. Beyond: one fixed random sample of points,
common to everything that is compared (its own error is of relative order n^(-1/2)).
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.problems.data import Population

RANDOM_POINTS, RANDOM_SEED = 1024, 7670
LARGEST_DEGREE = {2: 1024, 3: 48}


class Grid(NamedTuple):
    """Points (n, d), weights (n,) of total 1 and the target's values there (n,)."""

    points: np.ndarray
    weights: np.ndarray
    target: np.ndarray

    def mean_square(self, values):
        """Squared L^2 norm of functions given by their values, shape (..., n) -> (...)."""
        # not a matrix product: a row's sum must not depend on the rows beside it
        return np.sum(np.square(values) * self.weights, axis=-1)

    def risk(self, values):
        """Excess risk ||g - f*||^2, shape (..., n) -> (...)."""
        return self.mean_square(values - self.target)


def grid(target, degree=None):
    """Grid for the risk of a target.

    Parameters
    ----------
    target : Target or Population
        Of a population the grid is all its points, each of the same weight.
    degree : int, optional
        Degree up to which the rule is exact, for d = 2 and 3; default twice the target's largest
        degree, but no more than 1024 on the circle and 48 on S^2. Unused for d > 3.
    """
    d = target.d
    if isinstance(target, Population):
        return Grid(target.x, np.full(target.n, 1 / target.n), target.y)
    if d in LARGEST_DEGREE:
        if degree is None:
            power = getattr(target, "power", None)
            wanted = LARGEST_DEGREE[d] if power is None else 2 * (len(power) - 1)
            degree = min(wanted, LARGEST_DEGREE[d])
        points, weights = sphere.quadrature(d, check.integer("degree", degree, 1))
    else:
        points = sphere.uniform(np.random.default_rng(RANDOM_SEED), RANDOM_POINTS, d)
        weights = np.full(RANDOM_POINTS, 1 / RANDOM_POINTS)
    return Grid(points, weights, target(points))


def log_times(T, count, first=1):
    """At most `count` distinct integers from `first` to T, evenly spaced in log t."""
    T, first = check.integer("T", T, 1, 2**62), check.integer("first", first, 1, 2**62)
    count = check.integer("count", count, 2, 10**7)
    return np.unique(np.rint(np.geomspace(min(first, T), T, count)).astype(int))
