"""Exponents: log-log slopes with confidence intervals, and local exponents.

The slope of log y on log x is ordinary least squares. For one curve the interval is Student's,
which takes departures from the power law as noise. For replicated measurements the bootstrap
resamples whole replicates, so that it keeps the dependence along x (paths share samples).
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ntksgd import check


@dataclass(frozen=True)
class Slope:
    """A fitted exponent, its confidence interval and the range of x of the fit.

    Attributes
    ----------
    value, low, high : float
        Slope and the ends of its interval.
    x_min, x_max : float
        Range fitted.
    intercept : float
        log y at log x = 0.
    """

    value: float
    low: float
    high: float
    x_min: float
    x_max: float
    intercept: float

    def __call__(self, x):
        """The fitted power law at x."""
        return np.exp(self.intercept) * np.asarray(x, dtype=float) ** self.value

    def __str__(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def _logs(x, y):
    x, y = check.finite_array("x", x, 1), check.finite_array("y", y)
    if x.size < 3 or y.shape[-1] != x.size:
        raise ValueError(f"x, y: need at least 3 points and equal lengths, got {x.size}, {y.shape}")
    if np.any(x <= 0) or np.any(y <= 0):
        raise ValueError("x, y: a log-log slope needs every entry > 0")
    return np.log(x), np.log(y)


def _fit(log_x, log_y):
    """Least-squares slopes and intercepts along the last axis."""
    centred = log_x - log_x.mean()
    slope = log_y @ centred / (centred @ centred)
    return slope, log_y.mean(axis=-1) - slope * log_x.mean()


def slope(x, y, confidence=0.95):
    """Log-log slope of one curve with Student's interval.

    Parameters
    ----------
    x, y : array, shape (n,)
        Positive, n >= 3.
    confidence : float
        In (0, 1).

    Returns
    -------
    Slope

    Raises
    ------
    ValueError
        For fewer than 3 points, or an entry that is not finite and > 0.
    """
    confidence = check.number("confidence", confidence, 0, 1, open_low=True, open_high=True)
    log_x, log_y = _logs(x, check.finite_array("y", y, 1))
    value, intercept = _fit(log_x, log_y)
    residual = log_y - intercept - value * log_x
    spread = np.sqrt(residual @ residual / (log_x.size - 2) / np.sum((log_x - log_x.mean()) ** 2))
    half = stats.t.ppf((1 + confidence) / 2, log_x.size - 2) * spread
    return Slope(float(value), float(value - half), float(value + half),
                 float(np.min(x)), float(np.max(x)), float(intercept))


def bootstrap_slope(x, samples, seed, confidence=0.95, resamples=2000, paired=True):
    """Log-log slope of the mean over replicates, with a percentile bootstrap interval.

    Parameters
    ----------
    x : array, shape (n,)
    samples : array, shape (replicates, n)
        Positive means after averaging; at least 2 replicates.
    seed : int or numpy.random.SeedSequence
    paired : bool
        True: a replicate is a whole row (one path seen at every x) and rows are resampled.
        False: the columns are independent and each is resampled on its own.

    Returns
    -------
    Slope
    """
    samples = check.finite_array("samples", samples, 2)
    count = check.integer("replicates", samples.shape[0], 2)
    rng = np.random.default_rng(seed)
    log_x, log_mean = _logs(x, samples.mean(axis=0))
    value, intercept = _fit(log_x, log_mean)
    if paired:
        # how often each replicate is drawn: means of resamples become one matrix product
        draws = rng.multinomial(count, np.full(count, 1 / count), size=resamples)
        means = draws @ samples / count
    else:
        draws = rng.multinomial(count, np.full(count, 1 / count), size=(resamples, len(log_x)))
        means = np.einsum("bnr,rn->bn", draws, samples) / count
    slopes, _ = _fit(log_x, np.log(means))
    edge = 50 * (1 - check.number("confidence", confidence, 0, 1, open_low=True, open_high=True))
    low, high = np.percentile(slopes, [edge, 100 - edge])
    return Slope(float(value), float(low), float(high), float(np.min(x)), float(np.max(x)),
                 float(intercept))


def local_exponents(x, y):
    """d log y / d log x by central differences in log x, shape as y (last axis along x)."""
    log_x, log_y = _logs(x, y)
    return np.gradient(log_y, log_x, axis=-1)
