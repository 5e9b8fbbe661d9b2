"""Exponents: log-log slopes by least squares, of replicated samples and of exact curves.

A slope of replicated samples has an interval by the rule of `intervals`. A deterministic curve has
none: its exponent is a number and the range of x it is fitted on (`numerical` brackets its limit).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.stats.intervals import Interval, of


@dataclass(frozen=True)
class Fit:
    """The exponent of one curve: slope of log y on log x over [x_min, x_max], by least squares.

    The intercept is log y at log x = 0.
    """

    value: float
    x_min: float
    x_max: float
    intercept: float

    def __call__(self, x: ArrayLike) -> np.ndarray:
        """The fitted power law at x."""
        return np.exp(self.intercept) * np.asarray(x, dtype=float) ** self.value

    def __str__(self):
        return f"{self.value:.3f}"


@dataclass(frozen=True)
class Slope(Fit, Interval):
    """A `Fit` to means over replicates with its `Interval`: (value, low, high, x_min, ...)."""

    __str__ = Interval.__str__


def fit(log_x, log_y):
    """The least-squares line of log_y (..., n) on log_x (n,): slopes and intercepts (...)."""
    centred = log_x - log_x.mean()
    slope = log_y @ centred / (centred @ centred)
    return slope, log_y.mean(axis=-1) - slope * log_x.mean()


def slope(x: ArrayLike, samples: ArrayLike, independent: bool = False,
          confidence: float = 0.95) -> Slope:
    """Log-log slope of the mean over replicates, with its interval.

    Parameters
    ----------
    x : array, shape (n,)
        Positive and distinct, n >= 3.
    samples : array, shape (replicates, n)
        At least 2 replicates. Every mean, also without any one replicate, > 0.
    independent : bool
        False: a replicate is a whole row (one path seen at every x). True: every column is
        independent of the others.
    confidence : float
        In (0, 1).

    Returns
    -------
    Slope
    """
    samples, independent = (check.finite_array("samples", samples, 2),
                            check.flag("independent", independent))
    count = check.integer("replicates", len(samples), 2)
    log_x = _log_x(x, samples)
    # a mean is a mean of its deleted means, so that it is > 0 if they are
    least = (samples.sum(axis=0) - samples.max(axis=0)) / (count - 1)
    if np.any(least <= 0):
        j = int(np.argmin(least))
        raise ValueError(f"samples: column {j} without its largest entry has the mean "
                         f"{least[j]:.4g}; every mean without one replicate must be > 0")
    blocks = list(samples.T) if independent else [samples]

    def exponent(*means):
        return fit(log_x, np.log(np.stack(means, axis=-1) if independent else means[0]))[0]

    interval = of(exponent, *blocks, confidence=confidence)
    intercept = fit(log_x, np.log(samples.mean(axis=0)))[1]
    return Slope(interval.value, interval.low, interval.high, float(np.min(x)), float(np.max(x)),
                 float(intercept))


def curve_slope(x: ArrayLike, y: ArrayLike) -> Fit:
    """Log-log slope of one deterministic curve, which has no confidence interval.

    Returns a `Fit` of y (n,) on x (n,), n >= 3, all finite and > 0, x distinct: else ValueError.
    """
    y = check.finite_array("y", y, 1)
    value, intercept = fit(_log_x(x, y), _log_y(y))
    return Fit(float(value), float(np.min(x)), float(np.max(x)), float(intercept))


def local_exponents(x, y):
    """d log y / d log x by central differences in log x, shape as y (last axis along x)."""
    y = check.finite_array("y", y)
    return np.gradient(_log_y(y), _log_x(x, y), axis=-1)


def _log_x(x, y):
    x = check.finite_array("x", x, 1)
    if x.size < 3 or y.ndim == 0 or y.shape[-1] != x.size:
        raise ValueError(f"x, y: need at least 3 points and equal lengths, got {x.size}, {y.shape}")
    if np.any(x <= 0) or np.unique(x).size < x.size:
        raise ValueError(f"x = {x}: every entry must be > 0, and no two equal")
    return np.log(x)


def _log_y(y):
    if np.any(y <= 0):
        raise ValueError(f"y: has the entry {y.min():.4g}, a log-log slope needs every entry > 0")
    return np.log(y)
