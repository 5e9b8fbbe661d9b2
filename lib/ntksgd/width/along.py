"""The network along a width law: its risk after T steps at width m(T), and the slope in T."""

import numpy as np

from ntksgd import check
from ntksgd.stats.slopes import Slope, fit


def risk_along(excess, widths, risk):
    """Risk of the network at width widths[j] after times[j] steps, between the widths measured.

    The excess is interpolated linearly in log m.

    Parameters
    ----------
    excess : Excess
    widths : array, shape (n_T,)
        Inside the range of widths measured, else ValueError.
    risk : array, shape (n_T,)
        Exact kernel risk.

    Returns
    -------
    along : Interval
        Of arrays (n_T,).
    slope : Slope
        Of the risk in T.
    """
    log_m, grid = np.log(check.finite_array("widths", widths, 1)), np.log(excess.widths)
    if log_m.min() < grid[0] or log_m.max() > grid[-1]:
        raise ValueError(f"widths: {np.min(widths):.4g} to {np.max(widths):.4g}, must lie between "
                         f"{excess.widths[0]:g} and {excess.widths[-1]:g}")
    j = np.clip(np.searchsorted(grid, log_m) - 1, 0, grid.size - 2)
    share, column = (log_m - grid[j]) / (grid[j + 1] - grid[j]), np.arange(log_m.size)
    log_t = np.log(excess.times)

    def along(mean):
        return risk * (1 + (1 - share) * mean[..., j, column] + share * mean[..., j + 1, column])

    values = excess.of(along, transform="log")
    slope = excess.of(lambda mean: fit(log_t, np.log(along(mean)))[0])
    intercept = fit(log_t, np.log(values.value))[1]
    return values, Slope(slope.value, slope.low, slope.high, float(excess.times[0]),
                         float(excess.times[-1]), float(intercept))
