"""The width requirement m*(T, tau) and its exponent in T, with intervals.

    m*(T, tau) = least width m with  E R_m(T) <= (1 + tau) R(T),
R_m the risk of the network after T steps, R that of SGD with the infinite-width kernel. The excess
E R_m / R - 1 is sampled as in `excess`, and its crossing of tau is that of a local power law
(`crossing`), whose widths are chosen once, from all replicates.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.stats.slopes import Slope, fit
from ntksgd.width.crossing import local_weights, log_crossing
from ntksgd.width.excess import Excess


@dataclass(frozen=True)
class WidthLaw:
    """m*(T) at one tau, and its exponent in T.

    Attributes
    ----------
    excess : Excess
    tau : float
    required, low, high : ndarray, shape (n_T,)
        m* and its 95 % interval at each T. Where m* is censored it is the end of the range of
        widths; an end of the interval beyond that range is 0 or infinite.
    censored : ndarray of int
        -1 where m* is at or below the least width, +1 where above the largest, else 0.
    seen : ndarray of bool
        Times that enter the slope: the interval of m* lies among the widths.
    slope : Slope or None
        Exponent of m* in T; None with fewer than 3 such times.
    """

    excess: Excess
    tau: float
    required: np.ndarray
    low: np.ndarray
    high: np.ndarray
    censored: np.ndarray
    seen: np.ndarray
    slope: Slope | None

    @property
    def times(self):
        """Numbers of steps, shape (n_T,)."""
        return self.excess.times

    def text(self, index):
        """m* at one time in words of a table: censored values as the bounds that they are."""
        bound = ("<= ", "", "> ")[self.censored[index] + 1]
        return f"{bound}{self.required[index]:.0f}"

    def log_required(self, means):
        """log m* at each T from means (k, n_m, n_T): (k, n_T), not cut to the range of widths."""
        return log_crossing(self.excess.widths, np.swapaxes(means, -1, -2), self._weights, self.tau)

    @property
    def _weights(self):
        return local_weights(self.excess.mean.T, self.excess.error.T, self.tau)


def width_law(excess: Excess, tau: float, t_min: float = 0.0) -> WidthLaw:
    """m*(T, tau) at each T and its exponent, by least squares in log-log, with intervals.

    Censored times are reported as bounds and do not enter the slope.

    Parameters
    ----------
    excess : Excess
    tau : float
        Tolerance, > 0.
    t_min : float
        Times below are left out of the slope.

    Returns
    -------
    WidthLaw
    """
    check.instance("excess", excess, Excess)
    tau, widths = check.number("tau", tau, 1e-100, 1e100), excess.widths
    t_min = check.number("t_min", t_min)
    blank = WidthLaw(excess, tau, *[None] * 6)
    found = excess.of(blank.log_required)
    least, largest = np.log(widths[0]), np.log(widths[-1])
    censored = np.where(found.value <= least, -1, np.where(found.value > largest, 1, 0))
    required = np.choose(censored + 1, (widths[0], np.exp(found.value.clip(least, largest)),
                                        widths[-1]))
    low = np.where(found.low <= least, 0.0, np.exp(found.low.clip(least, largest)))
    high = np.where(found.high > largest, np.inf, np.exp(found.high.clip(least, largest)))
    seen = (found.low > least) & (found.high <= largest) & (excess.times >= t_min)
    slope = None
    if seen.sum() >= 3:
        log_t = np.log(excess.times[seen])
        exponent = excess.of(lambda means: fit(log_t, blank.log_required(means)[:, seen])[0])
        intercept = float(found.value[seen].mean() - exponent.value * log_t.mean())
        slope = Slope(exponent.value, exponent.low, exponent.high,
                      float(excess.times[seen].min()), float(excess.times[seen].max()), intercept)
    return WidthLaw(excess, tau, required, low, high, censored, seen, slope)
