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
                has nothing of order 3/4 in the mean: it begins at 1, and E ||g - l||^2 at 3/2.
                Between them this count leaves room (a kink near the last samples moves by their
                noise, which l holds too), and the limit is reached late, if at all: kinks must
                move by less than the finest wavelength learnt.
So for smooth sigma c_drift(T) = lim m E[R_m - R_m^lin] / R(T) exists, beside the fluctuation's c(T)
(orders at fixed T; no remainder is bounded). For ReLU read the values at each width.

Two ways to see drift apart from the kernel's fluctuation:
  an even start  c_drift belongs to the neurons' law and not to their independence. `learners.even`
                 has that law, does not couple low harmonics, which is what costs most, and
                 spaces kinks evenly.
  more neurons   N = `neurons` of them trained on labels kappa y, divided by kappa, move kappa
                 times as far: kappa^2 = N/m gives the drift of width m at the fluctuation of N.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check
from ntksgd.compare.learners import even
from ntksgd.compare.paths import paths
from ntksgd.models.activations import Activation
from ntksgd.problems.grid import log_times
from ntksgd.problems.labels import square
from ntksgd.problems.problem import Problem
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.stats import intervals
from ntksgd.stats.leading_amplitude import leading_samples
from ntksgd.stats.slopes import slope


def orders_of(activation: Activation) -> tuple[float, float]:
    """Orders in 1/m of the excess: 1 and the next; 3/2 where sigma' jumps, if not less (above)."""
    return (1.0, 1.5) if activation.kinks else (1.0, 2.0)


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
        In 1/m, the first one 1; those of `leading_samples`.
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
               seed: int | np.random.SeedSequence, *, neurons: int | None = None, points: int = 33,
               t_min: int = 100, start: Callable = even, orders: Sequence[float] | None = None,
               workers: int | None = None) -> DriftCost:
    """Run network and linearised network on the same starts and samples.

    Parameters
    ----------
    problem : Problem
        Square loss, on the circle with the default start.
    widths : sequence of int
        At least as many as orders; the default start asks for multiples of 32 (of `neurons`, if
        given).
    T, points, t_min : int
        Recorded at `points` log-spaced numbers of steps from t_min to T.
    replicates, seed, workers
        As in `compare.paths.paths`. Every width sees the same samples.
    neurons : int, optional
        The drift of each width at the fluctuation of this many neurons, by scaled labels; default:
        as many as the width.
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
    widths = [check.integer("widths", int(m), 1) for m in widths]
    learners, options = ["network", "linearised"], {"start": start, "workers": workers}
    if neurons is None:
        runs = [(1.0, paths(problem, learners, widths, times, replicates, seed, **options))]
    else:
        runs = [(neurons / m, paths(_scaled(problem, neurons / m), learners, [neurons], times,
                                    replicates, seed, **options)) for m in widths]
    gaps = [(run.network - run.linearised) / factor for factor, run in runs]
    if orders is None:
        orders = orders_of(problem.activation)
    return DriftCost(times, np.array(widths, dtype=float),
                     np.concatenate(gaps, axis=1) / kernel_risk(problem, times),
                     first_order(problem, times), tuple(orders))


def _scaled(problem, factor):
    """The problem with labels times sqrt(factor): every risk is times `factor`."""
    target = replace(problem.target, power=factor * problem.target.power)
    return problem.with_(target=target, labels=square(factor * problem.noise))
