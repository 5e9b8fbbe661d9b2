"""The width requirement m*(T, tau) and its exponent in T, with intervals.

    m*(T, tau) = least width m with  E R_m(T) <= (1 + tau) R(T),
R_m the risk of the network after T steps, R that of SGD with the infinite-width kernel, known
exactly. Each replicate gives an unbiased sample of the excess E R_m / R - 1,
    x = [R_m - (R_hat - E R_hat)] / R - 1,
R_hat being the risk of kernel SGD on the same samples: a control variate of known mean (E R_hat = R
unless it runs with a truncated kernel). Its coefficient is fixed at 1, its limit as m grows: that
is unbiased for any number of replicates, while an estimated coefficient is not. Near the crossing
the excess is taken as a local power law A m^(-alpha), fitted by least squares in the excess itself,
weighted by its standard error, so that the noise may make a mean negative. A path serves every T:
the bootstrap draws whole replicates.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import optimize

from ntksgd import check, rates

ALPHAS = np.linspace(0.2, 2.5, 116)  # local exponents in m that a fit may take
REACH = 2  # widths of the local fit on either side of the crossing
FULLY_SEEN = 0.95  # share of resamples in which m* lies among the widths, to enter the slope


def controlled_excess(network, kernel, kernel_mean, exact):
    """Samples of E R_m / R - 1 with the control variate of the module's docstring.

    Parameters
    ----------
    network : array, shape (replicates, widths, times)
        Risks of the network.
    kernel : array, shape (replicates, times)
        Risks of kernel SGD on the same samples.
    kernel_mean, exact : array, shape (times,)
        Expectation of `kernel`, and expected risk of SGD with the whole kernel.

    Raises
    ------
    ValueError
        If the shapes do not match, or an entry is not finite, or exact is not > 0.
    """
    network = check.finite_array("network", network, 3)
    kernel = check.finite_array("kernel", kernel, 2)
    kernel_mean = check.finite_array("kernel_mean", kernel_mean, 1)
    exact = check.finite_array("exact", exact, 1)
    if not (network.shape[::2] == kernel.shape and exact.shape == kernel_mean.shape
            and exact.size == kernel.shape[1]):
        shapes = f"{network.shape}, {kernel.shape}, {kernel_mean.shape}, {exact.shape}"
        raise ValueError(f"network, kernel, kernel_mean, exact: shapes {shapes} do not match")
    if np.any(exact <= 0):
        raise ValueError(f"exact = {exact.min():g}: every expected risk must be > 0")
    return (network - (kernel - kernel_mean)[:, None]) / exact - 1


def control_coefficient(network, kernel):
    """Variance-minimising coefficient of the control, shape (widths, times): a diagnostic."""
    network, kernel = network - network.mean(axis=0), kernel - kernel.mean(axis=0)
    return (network * kernel[:, None]).sum(axis=0) / (kernel**2).sum(axis=0)


@dataclass(frozen=True)
class Excess:
    """Samples of the excess E R_m / R - 1 over (width, T), in blocks of paths.

    Attributes
    ----------
    times : ndarray, shape (n_T,)
    blocks : sequence of (widths, samples)
        Samples of shape (replicates, widths of the block, n_T): each path of a block is seen by
        all its widths. Blocks are independent and have no width in common; 3 widths in all.
    widths : ndarray, shape (n_m,)
        All of them, increasing.
    mean, error : ndarray, shape (n_m, n_T)
        Mean excess; its standard error, smoothed over the widths.
    """

    times: np.ndarray
    blocks: tuple
    widths: np.ndarray = field(init=False)
    mean: np.ndarray = field(init=False)
    error: np.ndarray = field(init=False)

    def __post_init__(self):
        """Check the shapes and reduce the samples."""
        times, blocks = check.finite_array("times", self.times, 1), []
        for widths, samples in self.blocks:
            widths = check.finite_array("widths", widths, 1)
            samples = check.finite_array("samples", samples, 3)
            if samples.shape[0] < 2 or samples.shape[1:] != (widths.size, times.size):
                raise ValueError(f"samples of widths {widths}: shape {samples.shape}, must be "
                                 f"(>= 2 replicates, {widths.size}, {times.size})")
            blocks.append((widths, samples))
        widths = np.concatenate([w for w, _ in blocks]) if blocks else np.zeros(0)
        if widths.size < 3 or np.unique(widths).size < widths.size or widths.min() <= 0:
            raise ValueError(f"widths = {widths}: must be at least 3, positive and distinct")
        order = np.argsort(widths)
        counts = np.concatenate([np.full(w.size, len(s)) for w, s in blocks])[order, None]
        log_m = np.log(widths[order])
        spread = np.concatenate([s.std(axis=0, ddof=1) for _, s in blocks])[order]
        # smoothed over the widths: a mean that is low by chance would else get a large weight
        log_spread = np.log(np.maximum(spread, 1e-12))
        trend, level = _line(log_m, log_spread.T)
        smooth = np.exp(level + np.outer(log_m, trend))
        mean = np.concatenate([s.mean(axis=0) for _, s in blocks])[order]
        for name, value in (("times", times), ("blocks", tuple(blocks)), ("mean", mean),
                            ("widths", widths[order]), ("error", smooth / np.sqrt(counts))):
            object.__setattr__(self, name, value)

    def resampled_means(self, resamples, seed):
        """Bootstrap means, shape (resamples, n_m, n_T): whole paths, with all their widths."""
        rng, out = np.random.default_rng(seed), []
        for _, samples in self.blocks:
            n = len(samples)
            # n - 1 of n: the spread of the resampled mean is then that of the unbiased estimate
            draws = rng.multinomial(n - 1, np.full(n, 1 / n), size=resamples) / (n - 1)
            out.append(np.tensordot(draws, samples, axes=1))
        order = np.argsort(np.concatenate([w for w, _ in self.blocks]))
        return np.concatenate(out, axis=1)[:, order]


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
        slope, intercept = _line(log_t, log_m)
        lines = intercept[:, None] + slope[:, None] * np.log(T)
        return np.exp(np.percentile(lines, [2.5, 97.5], axis=0))


def _line(log_t, log_m):
    centred = log_t - log_t.mean()
    slope = log_m @ centred / (centred @ centred)
    return slope, log_m.mean(axis=-1) - slope * log_t.mean()


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
        value, intercept = _line(log_t, np.log(required[seen]))
        ends = np.percentile(_line(log_t, np.log(draws[:, seen]))[0], [2.5, 97.5])
        slope = rates.Slope(float(value), float(ends[0]), float(ends[1]),
                            float(excess.times[seen].min()), float(excess.times[seen].max()),
                            float(intercept))
    return WidthLaw(tau, excess.times, required, low, high, censored, seen, slope, draws)
