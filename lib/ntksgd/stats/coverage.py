"""How often the intervals of `intervals` contain the truth: a simulation to print beside them.

Replicates are paths over a few points. With u, v autoregressive Gaussian paths, 1 + 0.3 u is
"symmetric" and (u^2 + v^2)/2, exponential at every point, "skewed" (skewness 2).
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.stats.intervals import of
from ntksgd.stats.slopes import fit

KINDS = ("mean", "ratio", "slope", "crossing")
#: Correlation of neighbouring points of a path.
RHO = 0.9
#: Place of a crossing, as a share of the range of log x.
LEVEL = 0.6


@dataclass(frozen=True)
class Coverage:
    """Share of simulated intervals that contain the truth; ``error``: its Monte Carlo error."""

    kind: str
    replicates: int
    confidence: float
    symmetric: float
    skewed: float
    error: float

    def __str__(self):
        return (f"simulated coverage of {100 * self.confidence:g} % intervals at "
                f"{self.replicates} replicates: {self.symmetric:.3f} (symmetric), "
                f"{self.skewed:.3f} (skewed)")


def coverage(kind, replicates, points=4, independent=False, confidence=0.95, trials=4000, seed=0):
    """Simulate the coverage of one kind of interval.

    Parameters
    ----------
    kind : str
        "mean" (of positive data, on the log scale), "ratio" (of the means of two independent
        blocks, likewise), "slope" (log-log), "crossing" (where a line fitted in log-log to a
        falling excess crosses a level, on the log scale).
    replicates, points : int
        At least 2, in every block; at least 3, a factor of 2 apart, of a slope or a crossing.
    independent : bool
        Of a slope or a crossing: replicates are paths seen at every point (False), or every point
        has replicates of its own (True).
    confidence, trials : float and int
        In (0, 1), and at least 100.
    seed : int or numpy.random.SeedSequence

    Returns
    -------
    Coverage
    """
    check.one_of("kind", kind, KINDS)
    replicates = check.integer("replicates", replicates, 2)
    points, trials = check.integer("points", points, 3), check.integer("trials", trials, 100)
    log_x = np.log(2) * np.arange(points)
    # the replicates have mean 1 at every point; all trials are entries of one statistic
    statistic, truth, transform, size = {
        "mean": (lambda mean: mean[..., 0], 1.0, "log", 1),
        "ratio": (lambda mean: mean[..., 0] / mean[..., 1], 1.0, "log", 2),
        "slope": (lambda mean: fit(log_x, np.log(mean))[0], 0.0, None, points),
        "crossing": (lambda mean: _crossing(log_x, mean), np.exp(LEVEL * log_x[-1]), "log", points),
    }[kind]
    independent = independent or kind == "ratio"
    rng, shares = np.random.default_rng(seed), []
    for skewed in (False, True):
        paths = _paths(rng, (replicates, trials, size), 0.0 if independent else RHO, skewed)
        blocks = np.split(paths, size, axis=-1) if independent else [paths]
        # a deleted mean may be negative (two symmetric replicates): that interval is the whole line
        with np.errstate(divide="ignore", invalid="ignore"):
            interval = of(lambda *means: statistic(np.concatenate(means, axis=-1)), *blocks,
                          confidence=confidence, transform=transform)
        shares.append(float(np.mean(interval.contains(truth))))
    error = float(np.sqrt(confidence * (1 - confidence) / trials))
    return Coverage(kind, replicates, confidence, *shares, error)


def _paths(rng, shape, rho, skewed):
    """Paths along the last axis, with mean 1 at every point."""
    def gaussian():
        path = rng.standard_normal(shape)
        for j in range(1, shape[-1]):
            path[..., j] = rho * path[..., j - 1] + np.sqrt(1 - rho**2) * path[..., j]
        return path

    return (gaussian() ** 2 + gaussian() ** 2) / 2 if skewed else 1 + 0.3 * gaussian()


def _crossing(log_x, mean):
    """Where the excess mean / x crosses x^(-1) at the share LEVEL of the range of log x."""
    slope, intercept = fit(log_x, np.log(mean) - log_x)
    return np.exp(-(LEVEL * log_x[-1] + intercept) / slope)
