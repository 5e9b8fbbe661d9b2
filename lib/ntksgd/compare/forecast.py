r"""What one sample foretells, without training: the risk on other points, and their test error.

From n points: eigenvalues lambda_i and coefficients c_i^2, and r for the steps up to T_fit. Then
    curve      the recursion per mode with this spectrum, for the training risk under the law of n
               *other* points of the same kind;
    power law  the curve up to T_fit, from there on T^(-2r/(2r+1)): one number in place of n;
    coarse     the curve of n/2 of the points: as far as it agrees the curve is resolved, and does
               not depend on how many points there are.
Test error. The last n/2 eigenfunctions are not to be told from noise: let s^2 = n times the mean of
c_i^2 over them. Under P_n such labels are signal that more steps learn; on new points they are
noise, which no step learns and every step adds. The recursion is linear in the power and in s^2,
    test(T) = curve(T) + s^2 (1 + V(T) - W(T)),
V the risk that noise of variance 1 adds, W what is left of it if it is to be learnt (power 1/n in
every mode). That the labels split so is a heuristic.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ntksgd import check
from ntksgd.compare.data_problem import DataProblem, data_problem
from ntksgd.problems.grid import log_times


@dataclass(frozen=True)
class Forecast:
    """What a sample foretells.

    Attributes
    ----------
    source : DataProblem
        The sample; r is fitted for the steps from times[0] to T_fit.
    times : ndarray of int, shape (n_T,)
        T_fit is among them.
    T_fit : int
    curve, power_law, coarse : ndarray, shape (n_T,)
        Training risk of kernel SGD on other points, see the module.
    once : ndarray of int, shape (n_t,)
        Steps of one pass, up to n.
    plain, test : ndarray, shape (n_t,)
        R_n, and the test error after one pass over t of the sample's points.
    floor : float
        s^2.
    """

    source: DataProblem
    times: NDArray
    T_fit: int
    curve: NDArray
    power_law: NDArray
    coarse: NDArray
    once: NDArray
    plain: NDArray
    test: NDArray
    floor: float

    @property
    def late(self):
        """Which of the times are at or beyond T_fit."""
        return self.times >= self.T_fit


def forecast(sample, spec, T_low, T_fit, T_high, load_factor=0.5, points=5):
    """`Forecast` of a `Population` for SGD from T_low steps to T_high, fitted up to T_fit.

    `points` times are recorded on either side of T_fit, and as many in one pass.
    """
    T_fit = check.integer("T_fit", T_fit, check.integer("T_low", T_low, 1) + points)
    T_high = check.integer("T_high", T_high, T_fit + points)
    times = np.union1d(log_times(T_fit, points, T_low), log_times(T_high, points, T_fit))
    source = data_problem(sample, spec, T_low, T_fit, load_factor)
    # in a random order: the points of a sample may be sorted
    part = np.random.default_rng(0).permutation(sample.n)[: sample.n // 2]
    curve = source.risk(times)
    level = curve[times == T_fit]
    power_law = np.where(times < T_fit, curve, level * (times / T_fit) ** source.rate)
    fewer = source.at(sample.subset(part), source.problem.gram[np.ix_(part, part)])
    once = log_times(sample.n, points, min(30, sample.n // 4))
    return Forecast(source, times, T_fit, curve, power_law, fewer.risk(times), once,
                    *_test_error(source, once))


def _test_error(source, times):
    """R_n, the test error, and s^2."""
    power, n = source.spectrum.power, source.population.n
    floor = n * power[n // 2 :].mean()
    white = source.expected(times, power=np.full(n, 1 / n))
    plain = source.risk(times)
    return plain, plain + floor * (1 + white.variance - white.risk), float(floor)
