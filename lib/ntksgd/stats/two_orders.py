r"""A power law and its next order: y ~ A x^a + B x^b, with a and b given, or with b alone.

Least squares of the mean over replicates, in y and not in its logarithm, so that B may have either
sign, weighted by the inverse square of the standard error. The errors are smoothed over x, by a
power law: a mean that is low by chance would else come with a small error and a large weight. They
are set once; what a deleted replicate changes is the mean (rule of `intervals`).

With a free, A and B are linear for each a of a grid, and the sum of squares is least where
    <y, u>^2 / <u, u>,    u = what is left of x^a beside x^b,    A = <y, u> / <u, u> > 0,
is largest; a parabola refines the place. Two powers are hard to tell apart: a range of x of one
decade leaves a to within a few tenths, whatever the noise says.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.stats.intervals import Interval, of
from ntksgd.stats.slopes import fit

#: Steps of the grid of exponents, how near they come to the next order, how far they go from it.
STEP, NEAREST, FARTHEST = 0.01, 0.1, 2.5


class NotTold(ValueError):
    """The samples do not tell the leading order from the next one."""


@dataclass(frozen=True)
class TwoOrders:
    """Fit of A x^a + B x^b.

    Attributes
    ----------
    exponents : tuple
        a and b.
    leading, following : Interval
        A and B.
    misfit : float
        Root mean square of the residuals in standard errors: about 1 or less if the law holds
        (columns that share replicates are correlated, so that it is no test statistic).
    x_min, x_max : float
        Range of x it was fitted on.
    """

    exponents: tuple[float, float]
    leading: Interval
    following: Interval
    misfit: float
    x_min: float
    x_max: float

    def __call__(self, x):
        """The fitted law at x."""
        a, b = self.exponents
        x = np.asarray(x, dtype=float)
        return self.leading.value * x**a + self.following.value * x**b


def two_orders(x, samples, exponents, confidence=0.95):
    """Amplitudes of two given orders.

    Parameters
    ----------
    x : array, shape (n,)
        Positive and distinct, n >= 3.
    samples : array, shape (replicates, n)
        At least 2 replicates, each seen at every x.
    exponents : pair of float
        a and b, which differ: the leading order first.
    confidence : float
        In (0, 1).

    Returns
    -------
    TwoOrders
    """
    a, b = (check.number("exponents", e) for e in exponents)
    if a == b:
        raise ValueError(f"exponents = {exponents}: must differ")
    x, samples, error = _checked(x, samples, 3)
    basis = np.stack([x**a, x**b])
    size = np.linalg.norm(basis / error, axis=1)  # columns of one length: a well-scaled system
    solve = np.linalg.pinv((basis / error).T / size) / size[:, None]
    found = of(lambda mean: (mean / error) @ solve.T, samples, confidence=confidence)
    residual = (samples.mean(axis=0) - found.value @ basis) / error
    return TwoOrders((a, b), found[0], found[1], float(np.sqrt(np.mean(residual**2))),
                     float(x.min()), float(x.max()))


def leading_exponent(x, samples, following, confidence=0.95):
    """`Interval` of the exponent a of A x^a + B x^following, A > 0.

    Parameters
    ----------
    x, samples, confidence
        As in `two_orders`, n >= 4.
    following : float
        b; a is sought up to 2.5 from it, above it if x^a is to lead as x grows (b < 0), else below.

    Raises
    ------
    NotTold
        If a is on the edge of what is sought, for the mean or without one replicate: the samples do
        not tell it from b, or no power law of that range leads.
    ValueError
        For what does not fit.
    """
    x, samples, error = _checked(x, samples, 4)
    b = check.number("following", following)
    away = np.arange(NEAREST, FARTHEST, STEP) * (1 if b < 0 else -1)
    other = x**b / error
    other /= np.linalg.norm(other)
    left = (x / np.exp(np.log(x).mean())) ** (b + away)[:, None] / error
    left -= (left @ other)[:, None] * other
    left /= np.linalg.norm(left, axis=1)[:, None]

    def exponent(mean):
        explained = np.maximum((mean / error) @ left.T, 0) ** 2
        j = explained.argmax(axis=-1)
        inside = (j > 0) & (j < away.size - 1)
        j = np.clip(j, 1, away.size - 2)
        before, at, after = (np.take_along_axis(explained, (j + k)[:, None], -1)[:, 0]
                             for k in (-1, 0, 1))
        shift = (before - after) / (2 * (before - 2 * at + after))
        return np.where(inside, b + away[j] + shift * (away[1] - away[0]), np.nan)

    with np.errstate(invalid="ignore", divide="ignore"):
        if np.isnan(exponent(samples.mean(axis=0, keepdims=True))[0]):
            raise NotTold(f"samples: no exponent within {FARTHEST:g} of following = {b:g}, and "
                          f"{NEAREST:g} away from it, leads")
        found = of(exponent, samples, confidence=confidence)
    if not np.isfinite(found.low):
        raise NotTold("samples: without one of its replicates the mean does not tell the exponent")
    return found


def _checked(x, samples, least):
    """x, samples, and the standard error of their mean, smoothed over x by a power law."""
    x, samples = check.finite_array("x", x, 1), check.finite_array("samples", samples, 2)
    check.integer("replicates", len(samples), 2)
    if x.size < least or samples.shape[1] != x.size:
        raise ValueError(f"x, samples: need at least {least} points and equal lengths, got "
                         f"{x.size}, {samples.shape}")
    if np.any(x <= 0) or np.unique(x).size < x.size:
        raise ValueError(f"x = {x}: every entry must be > 0, and no two equal")
    spread = samples.std(axis=0, ddof=1)
    if np.any(spread == 0):
        raise ValueError(f"samples: column {int(np.argmin(spread))} does not vary, it has no error")
    slope, level = fit(np.log(x), np.log(spread))
    return x, samples, np.exp(level + slope * np.log(x)) / np.sqrt(len(samples))
