"""The excess E R_m / R - 1 of a network over its kernel: unbiased samples, means, intervals.

R_m is the risk of the network, R that of SGD with the infinite-width kernel, known exactly. Each
replicate gives a sample
    x = [R_m - (R_hat - E R_hat)] / R - 1,
R_hat being the risk of kernel SGD on the same samples: a control variate of known mean (E R_hat = R
unless it runs with a truncated kernel). Its coefficient is fixed at 1, its limit as m grows: that
is unbiased for any number of replicates, while an estimated coefficient is not. A path serves every
T, so a replicate is a whole path: `of` gives intervals for whatever is computed from the means.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ntksgd import check
from ntksgd.stats import intervals
from ntksgd.stats.slopes import fit

LEAST_SPREAD = 1e-12  # of samples without noise, so that they keep a finite weight


def controlled_excess(network, kernel, kernel_mean, exact):
    """Samples of E R_m / R - 1 with the control variate of the module's docstring.

    Parameters
    ----------
    network : array, shape (replicates, widths, times)
        Risks of the network.
    kernel : array, shape (replicates, times)
        Risks of kernel SGD on the same samples.
    kernel_mean, exact : array, shape (times,)
        Expectation of `kernel`, and expected risk > 0 of SGD with the whole kernel.
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


@dataclass(frozen=True)
class Excess:
    """Samples of the excess E R_m / R - 1 over (width, T), in blocks of paths.

    Attributes
    ----------
    times : ndarray, shape (n_T,)
    blocks : sequence of (widths, samples)
        Samples of shape (2 or more replicates, widths of the block, n_T): each path of a block is
        seen by all its widths. Blocks are independent, with no width in common; 3 widths in all.
    """

    times: np.ndarray
    blocks: tuple[tuple[np.ndarray, np.ndarray], ...]

    def __post_init__(self):
        """Check the shapes."""
        times = check.finite_array("times", self.times, 1)
        blocks = [(check.finite_array("widths", w, 1), check.finite_array("samples", s, 3))
                  for w, s in self.blocks]
        for widths, samples in blocks:
            if len(samples) < 2 or samples.shape[1:] != (widths.size, times.size):
                raise ValueError(f"samples of widths {widths}: shape {samples.shape}, must be "
                                 f"(>= 2 replicates, {widths.size}, {times.size})")
        every = np.concatenate([w for w, _ in blocks]) if blocks else np.zeros(0)
        if every.size < 3 or np.unique(every).size < every.size or every.min() <= 0:
            raise ValueError(f"widths = {every}: must be at least 3, positive and distinct")
        object.__setattr__(self, "times", times)
        object.__setattr__(self, "blocks", tuple(blocks))

    @cached_property
    def widths(self):
        """All widths, increasing, shape (n_m,)."""
        return np.sort(np.concatenate([w for w, _ in self.blocks]))

    def joined(self, parts):
        """Parts of the blocks, widths along the last axis but one, sorted by width."""
        order = np.argsort(np.concatenate([w for w, _ in self.blocks]))
        return np.concatenate(parts, axis=-2)[..., order, :]

    @cached_property
    def mean(self):
        """Mean excess, shape (n_m, n_T)."""
        return self.joined([samples.mean(axis=0) for _, samples in self.blocks])

    @cached_property
    def error(self):
        """Standard error of the mean, shape (n_m, n_T), smoothed over the widths.

        The spread is fitted by a power law in m at each T: a mean that is low by chance would else
        come with a small error, and get a large weight.
        """
        log_m = np.log(self.widths)
        spread = self.joined([samples.std(axis=0, ddof=1) for _, samples in self.blocks])
        trend, level = fit(log_m, np.log(np.maximum(spread, LEAST_SPREAD)).T)
        count = self.joined([np.full((w.size, 1), len(s)) for w, s in self.blocks])
        return np.exp(level + np.outer(log_m, trend)) / np.sqrt(count)

    def of(self, statistic, **options):
        """Interval of a function of means, (k, n_m, n_T) -> (k, ...), by `stats.intervals`."""
        return intervals.of(lambda *means: statistic(self.joined(means)),
                            *(samples for _, samples in self.blocks), **options)
