"""Effective regularity r of a target under an empirical law, on a window of eigenvalues.

If ||L^(-r) f*|| is finite then  sum_(lambda_i <= l) c_i^2 <= l^(2r) ||L^(-r) f*||^2:  r is half the
log-log slope of the tail power. With tau = sum of the steps the mean iterate has the risk
sum_i c_i^2 exp(-2 lambda_i tau), which for a tail power A l^(2r) is A Gamma(2r+1) (2 tau)^(-2r):
steps up to tau see the eigenvalues above 1/(2 tau). Finitely many points lie in the range of every
L^r, so r has a meaning only together with the window it was fitted on.
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels.empirical import empirical_spectrum
from ntksgd.problems.schedules import paper_theta, polynomial, power_sums
from ntksgd.stats.rates import Slope, slope


def regularity(spectrum, low, high, points=40):
    """Effective regularity r on a window of eigenvalues: tail_power(lambda) ~ lambda^(2r).

    Parameters
    ----------
    low, high : float
        Window, 0 < low < high.

    Returns
    -------
    Slope
        value = r; low and high are the smallest and the largest r on the lower half, the upper
        half and the whole of the window (in log lambda): a measure of departure from a power law,
        not of sampling error.
    """
    low = check.positive("low", low)
    high = check.number("high", high, low, open_low=True)
    cuts = np.geomspace(low, high, check.integer("points", points, 6))
    values = spectrum.tail_power(cuts)
    if values[0] == 0:
        raise ValueError(f"low = {low:g}: no power in the eigenvalues below it")
    half = points // 2
    fits = [slope(cuts[part], values[part]) for part in
            (slice(None), slice(None, half), slice(half, None))]
    r = [fit.value / 2 for fit in fits]
    return Slope(r[0], min(r), max(r), low, high, fits[0].intercept)


def window(eta1, theta, T_low, T_high):
    """Eigenvalues 1/(2 tau) learnt between T_low and T_high, tau = sum of eta1 t^(-theta)."""
    effort = power_sums(polynomial(eta1, theta), [T_low, T_high])
    return 1 / (2 * effort[1]), 1 / (2 * effort[0])


def matched_regularity(spectrum, eta1, T_low, T_high):
    """Regularity on the window that SGD visits between T_low and T_high with theta = 2r/(2r+1).

    The window depends on theta, hence on r: the fixed point is found by bisection on r in (0, 4).
    The tail power is a step function, so it is met up to the jumps of the fit (about 1e-3).
    """
    def excess(r):
        fit = regularity(spectrum, *window(eta1, float(paper_theta(r)), T_low, T_high))
        return fit.value - r, fit

    low, high = 0.0, 4.0
    for _ in range(40):
        middle = (low + high) / 2
        gap, fit = excess(middle)
        low, high = (middle, high) if gap > 0 else (low, middle)
    return fit


def half_sample_regularity(population, kernel, matrix, fits, halves, seed):
    """r from random halves of the population, on the windows of `fits`: its sampling variation.

    The delete-half jackknife: the standard deviation over halves estimates the standard error of
    the estimate from all n points, taken as a sample from an unknown law.

    Returns
    -------
    ndarray, shape (halves, len(fits))
    """
    rng = np.random.default_rng(seed)
    values = np.empty((check.integer("halves", halves, 2), len(fits)))
    for b in range(halves):
        kept = rng.permutation(population.n)[: population.n // 2]
        half = empirical_spectrum(population.subset(kept), kernel, matrix[np.ix_(kept, kept)])
        values[b] = [regularity(half, fit.x_min, fit.x_max).value for fit in fits]
    return values
