"""The width requirement m*(T, tau) and its exponent in T, with intervals.

    m*(T, tau) = least width m with  E R_m(T) <= (1 + tau) R(T),
R_m the risk of the network after T steps, R that of SGD with the infinite-width kernel. The excess
E R_m / R - 1 is sampled as in `excess`; near the crossing it is taken as a local power law
A m^(-alpha), fitted by least squares in the excess itself, weighted by its standard error, so that
the noise may make a mean negative.
"""

from dataclasses import dataclass

import numpy as np
from scipy import optimize

from ntksgd import check
from ntksgd.stats import rates
from ntksgd.width.excess import Excess, controlled_excess, line

__all__ = ["Excess", "WidthLaw", "controlled_excess", "isotonic_crossing", "local_crossing",
           "width_law"]

ALPHAS = np.linspace(0.2, 2.5, 116)  # local exponents in m that a fit may take
REACH = 2  # widths of the local fit on either side of the crossing
FULLY_SEEN = 0.95  # share of resamples in which m* lies among the widths, to enter the slope


def local_crossing(widths, mean, error, tau):
    """Width at which the excess crosses tau, by a local power law.

    Parameters
    ----------
    widths : ndarray, shape (n_m,)
    mean, error : ndarray, shape (..., n_m)
        Mean excess at each width and its standard error.
    tau : float

    Returns
    -------
    required : ndarray, shape (...)
        m*; the end of the range of widths where it is censored.
    censored : ndarray of int
        -1 where m* is at or below the least width, +1 where above the largest, else 0.
    alpha : ndarray
        Local exponent: excess ~ m^(-alpha) around m*.
    """
    count = widths.size
    # the excess falls with the width, so the number of widths above tau tells where it crosses
    above = np.sum(mean > tau, axis=-1)[..., None]
    low = np.clip(above - REACH, 0, count - 2 * REACH) if count >= 2 * REACH else 0 * above
    index = np.arange(count)
    weight = np.where((index >= low) & (index < low + 2 * REACH), error**-2.0, 0.0)
    log_m = np.log(widths)
    # at fixed alpha the amplitude is linear: what it explains, maximised over alpha on a grid
    shape = np.exp(-np.outer(log_m - log_m.mean(), ALPHAS))
    cross, square = (weight * mean) @ shape, weight @ shape**2
    best = np.argmax(np.maximum(cross, 0) ** 2 / square, axis=-1)[..., None]
    alpha = ALPHAS[best][..., 0]
    amplitude = np.take_along_axis(cross / square, best, -1)[..., 0]
    log_required = log_m.mean() + np.log(np.maximum(amplitude, 1e-300) / tau) / alpha
    censored = np.where(log_required <= log_m[0], -1, np.where(log_required > log_m[-1], 1, 0))
    inside = np.exp(np.clip(log_required, log_m[0], log_m[-1]))
    return np.choose(censored + 1, (widths[0], inside, widths[-1])), censored, alpha


def isotonic_crossing(widths, mean, error, tau):
    """m* without a power law: decreasing regression, then linear in log m. One T; nan if censored.

    Between two widths the fitted excess is interpolated linearly (it may be <= 0 at the larger).
    """
    fitted = optimize.isotonic_regression(mean, weights=error**-2.0, increasing=False).x
    if fitted[0] <= tau or fitted[-1] > tau:
        return np.nan
    j = int(np.argmax(fitted <= tau))
    share = (fitted[j - 1] - tau) / (fitted[j - 1] - fitted[j])
    return float(widths[j - 1] * (widths[j] / widths[j - 1]) ** share)


@dataclass(frozen=True)
class WidthLaw:
    """m*(T) at one tau, and its exponent in T.

    Attributes
    ----------
    tau : float
    times, required, low, high : ndarray, shape (n_T,)
        m* and its 95 % interval at each T.
    censored : ndarray of int
        As `local_crossing` returns.
    seen : ndarray of bool
        Times that enter the slope: m* among the widths in nearly all resamples.
    slope : Slope or None
        Exponent of m* in T; None with fewer than 3 such times.
    draws : ndarray, shape (resamples, n_T)
        Bootstrap m*, for bands.
    """

    tau: float
    times: np.ndarray
    required: np.ndarray
    low: np.ndarray
    high: np.ndarray
    censored: np.ndarray
    seen: np.ndarray
    slope: rates.Slope | None
    draws: np.ndarray

    def band(self, T):
        """95 % band of the fitted power law at the times T: arrays (low, high)."""
        log_t, log_m = np.log(self.times[self.seen]), np.log(self.draws[:, self.seen])
        slope, intercept = line(log_t, log_m)
        lines = intercept[:, None] + slope[:, None] * np.log(T)
        return np.exp(np.percentile(lines, [2.5, 97.5], axis=0))


def width_law(excess, tau, seed, resamples=1000, t_min=0.0):
    """m*(T, tau) at each T and its exponent, by least squares in log-log with bootstrap intervals.

    Censored times are reported as bounds and do not enter the slope.

    Parameters
    ----------
    excess : Excess
    tau : float
        Tolerance, > 0.
    seed : int or numpy.random.SeedSequence
    resamples : int
    t_min : float
        Times below are left out of the slope.

    Returns
    -------
    WidthLaw
    """
    tau = check.positive("tau", tau)
    resamples = check.integer("resamples", resamples, 100)
    error = excess.error.T
    required, censored, _ = local_crossing(excess.widths, excess.mean.T, error, tau)
    means = excess.resampled_means(resamples, seed).transpose(0, 2, 1)
    draws, outside, _ = local_crossing(excess.widths, means, np.broadcast_to(error, means.shape),
                                       tau)
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    seen = (np.mean(outside == 0, axis=0) >= FULLY_SEEN) & (censored == 0)
    seen &= excess.times >= t_min
    slope = None
    if seen.sum() >= 3:
        log_t = np.log(excess.times[seen])
        value, intercept = line(log_t, np.log(required[seen]))
        ends = np.percentile(line(log_t, np.log(draws[:, seen]))[0], [2.5, 97.5])
        slope = rates.Slope(float(value), float(ends[0]), float(ends[1]),
                            float(excess.times[seen].min()), float(excess.times[seen].max()),
                            float(intercept))
    return WidthLaw(tau, excess.times, required, low, high, censored, seen, slope, draws)
