"""The excess E R_m / R - 1 of a network over its kernel: unbiased samples, means, bootstrap.

R_m is the risk of the network, R that of SGD with the infinite-width kernel, known exactly. Each
replicate gives a sample
    x = [R_m - (R_hat - E R_hat)] / R - 1,
R_hat being the risk of kernel SGD on the same samples: a control variate of known mean (E R_hat = R
unless it runs with a truncated kernel). Its coefficient is fixed at 1, its limit as m grows: that
is unbiased for any number of replicates, while an estimated coefficient is not. A path serves every
T: the bootstrap draws whole replicates.
"""

from dataclasses import dataclass, field

import numpy as np

from ntksgd import check


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


def line(log_t, log_m):
    """Least-squares slope and intercept of log_m (..., n) on log_t (n,), along the last axis."""
    centred = log_t - log_t.mean()
    slope = log_m @ centred / (centred @ centred)
    return slope, log_m.mean(axis=-1) - slope * log_t.mean()


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
        trend, level = line(log_m, log_spread.T)
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
