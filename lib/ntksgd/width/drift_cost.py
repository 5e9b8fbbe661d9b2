r"""What the movement of the features adds to the width law: network minus linearised network.

Both start at the same parameters and see the same samples, so that the fluctuation of the kernel
cancels. With g the network, l its linearisation, R and R_lin their excess risks,
    R_m - R_m^lin = 2 <g - l, l - f*> + ||g - l||^2.
In which powers of m can its mean come? Write theta_i(0) + eps v_i for neuron i, eps = m^(-1/2), so
that g is a sum of terms eps phi(theta_i), phi = a sigma(u). The neurons of a pair start at
(+1, b, 0) and (-1, b, 0). If (alpha, beta) moves the first, in (a, (b, c)), then (alpha, -beta) the
second: (-1 + eps alpha) sigma(u - eps w) is minus the first at -eps. A pair gives h(eps) + h(-eps),
the residual that drives both is even in eps, hence so is g, and l is its value at eps -> 0.
  smooth sigma  g - l = D_1/m + D_2/m^2 + ..., D_j functionals of the empirical law of the pairs,
                whose expectations are powers of 1/m. The excess has the orders 1, 2, 3, ...:
                the first is the cross term alone, ||g - l||^2 begins at the second.
  ReLU          a kink that is crossed (probability ~ eps) changes its neuron's term by ~ eps^2,
                with random sign: g - l ~ m^(-3/4), of mean O(1/m) by the pairs. So the cross term
                has nothing of order 3/4 in the mean: the orders are 1 (the cross term) and 3/2
                (E ||g - l||^2 > 0, and the correlation of the crossings with l).
So c_drift(T) = lim m E[R_m - R_m^lin] / R(T) exists, beside the fluctuation's c(T). (This counts
orders and bounds no remainder: T is fixed as m grows.)

The limit belongs to the neurons' law and not to their independence. The start `learners.even` has
that law, but does not couple low harmonics, the part of the fluctuation that costs most. With
independent pairs its products with drift, of the next order, outweigh c_drift until m >> c(T).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check
from ntksgd.compare.learners import even
from ntksgd.compare.paths import paths
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.stats import intervals
from ntksgd.stats.slopes import slope


def orders_of(activation):
    """The two leading orders in 1/m of the excess: (1, 2), or (1, 3/2) if sigma' jumps."""
    return (1.0, 1.5) if activation.kinks else (1.0, 2.0)


def leading_samples(widths, samples, orders):
    """A of A m^-p + B m^-q + ..., a sample for each path: least squares in m^p x samples.

    In m^p x excess the noise is about the same at every width, so all weigh alike.

    Parameters
    ----------
    widths : array, shape (n_m,)
        Positive and distinct, at least as many as orders.
    samples : array, shape (replicates, n_m, ...)
        The excess.
    orders : sequence of float
        p < q < ..., > 0.

    Returns
    -------
    ndarray, shape (replicates, ...)
    """
    widths, orders = (check.finite_array(name, values, 1)
                      for name, values in (("widths", widths), ("orders", orders)))
    samples = check.finite_array("samples", samples)
    if np.any(np.diff(orders, prepend=0) <= 0) or not orders.size:
        raise ValueError(f"orders = {orders}: must be positive and increasing")
    if np.any(widths <= 0) or np.unique(widths).size < max(widths.size, orders.size):
        raise ValueError(f"widths = {widths}: must be positive, distinct, {orders.size} or more")
    if samples.ndim < 2 or samples.shape[1] != widths.size:
        raise ValueError(f"samples: shape {samples.shape}, must be (., {widths.size}, ...)")
    basis = (widths[:, None] / widths[0]) ** (orders[0] - orders)
    weights = np.linalg.pinv(basis)[0] * widths ** orders[0]
    return np.tensordot(samples, weights, axes=(1, 0))


@dataclass(frozen=True)
class DriftCost:
    """Samples of (R_m - R_m^lin) / R, paths seen by every width at every time.

    Attributes
    ----------
    times : ndarray, shape (n_T,)
    widths : ndarray, shape (n_m,)
    samples : ndarray, shape (replicates, n_m, n_T)
    fluctuation : ndarray, shape (n_T,)
        c(T) of the linearised network.
    orders : tuple of float
        In 1/m, the first one 1.
    """

    times: np.ndarray
    widths: np.ndarray
    samples: np.ndarray
    fluctuation: np.ndarray
    orders: tuple[float, ...]

    def averaged(self, per_decade: int = 2) -> "DriftCost":
        """The same, averaged over the times of each half decade, or as asked for.

        The noise at two times of one such part is hardly correlated at high noise s^2.
        """
        place = per_decade * np.log10(self.times / self.times[0])
        last = max(int(np.rint(place[-1])) - 1, 0)  # the end of the last part belongs to it
        part = np.minimum((place + 0.01).astype(int), last)  # times are rounded to integers
        share = (part[:, None] == np.unique(part)).astype(float)
        share /= share.sum(axis=0)
        return replace(self, times=np.exp(np.log(self.times) @ share),
                       samples=self.samples @ share, fluctuation=self.fluctuation @ share)

    @property
    def limits(self):
        """A sample of c_drift(T) for each path, shape (replicates, n_T)."""
        return leading_samples(self.widths, self.samples, self.orders)

    def coefficient(self, **options):
        """`Interval` of c_drift(T), arrays (n_T,)."""
        return intervals.of(lambda mean: mean, self.limits, **options)

    def at_width(self, **options):
        """`Interval` of m E[R_m - R_m^lin] / R at each width, arrays (n_m, n_T)."""
        return intervals.of(lambda mean: mean * self.widths[:, None], self.samples, **options)

    def share(self, **options):
        """`Interval` of c_drift / (c + c_drift): the part of the width m* that drift asks for."""
        return intervals.of(lambda mean: mean / (self.fluctuation + mean), self.limits, **options)

    def exponent(self, low: float = 0.0, high: float = np.inf):
        """`Slope` of c + c_drift in T over low <= T <= high: exponent of m*(T, tau), tau -> 0."""
        used = (self.times >= low) & (self.times <= high)
        return slope(self.times[used], (self.fluctuation + self.limits)[:, used])


def drift_cost(problem: Problem, widths: Sequence[int], T: int, replicates: int,
               seed: int | np.random.SeedSequence, *, points: int = 33, t_min: int = 100,
               start: Callable = even, orders: Sequence[float] | None = None,
               workers: int | None = None) -> DriftCost:
    """Run network and linearised network on the same starts and samples.

    Parameters
    ----------
    problem : Problem
        Square loss, on the circle with the default start.
    widths : sequence of int
        At least as many as orders; multiples of 32 for the default start.
    T, points, t_min : int
        Recorded at `points` log-spaced numbers of steps from t_min to T.
    replicates, seed, workers
        As in `compare.paths.paths`.
    start : callable
        As there; `learners.start` for independent pairs, the network of claim C itself.
    orders : sequence of float, optional
        Default `orders_of` the activation.

    Returns
    -------
    DriftCost
    """
    check.one_of("problem.labels.loss", problem.labels.loss, ("square",))
    times = log_times(T, points, t_min)
    run = paths(problem, ["network", "linearised"], widths, times, replicates, seed, start=start,
                workers=workers)
    samples = (run.network - run.linearised) / kernel_risk(problem, times)
    return DriftCost(times, run.widths.astype(float), samples, first_order(problem, times),
                     tuple(orders_of(problem.activation) if orders is None else orders))
