"""A data set as a problem: its operator, its effective regularity and the steps that follow."""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd.compare.regularity import Regularity, matched_regularity
from ntksgd.kernels.empirical import EmpiricalSpectrum, empirical_spectrum, gram
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.data import load
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.problems.schedules import polynomial, power_sums, source_polynomial
from ntksgd.risk.covariance import covariance_recursion
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.predicted import capacity_free
from ntksgd.stats.numerical import Bracket


@dataclass(frozen=True)
class DataProblem:
    """A problem on a `Population`, with its operator and its regularity between two times.

    Attributes
    ----------
    problem : Problem
        Steps eta_1 t^(-2r/(2r+1)) with the r of `fit`.
    spectrum : EmpiricalSpectrum
    fit : Regularity
        r on the window of eigenvalues that SGD visits between the two times.
    """

    problem: Problem
    spectrum: EmpiricalSpectrum
    fit: Regularity

    @property
    def population(self):
        """The points and their values."""
        return self.problem.target

    @property
    def r(self):
        """Effective regularity."""
        return self.fit.value

    @property
    def eta1(self):
        """First step."""
        return self.problem.schedule.largest

    @property
    def rate(self):
        """Predicted exponent of the risk in T, -2r/(2r+1), with the range that of r implies."""
        return self.predicted_rate(0.0)

    def predicted_rate(self, half):
        """`rate`, the range of r widened by `half` an interval of its sampling error."""
        ends = self.fit.high + half, max(self.fit.low - half, 0.0)
        return Bracket(*(-float(capacity_free(r)) for r in (self.r, *ends)))

    def between(self, T_low, T_high):
        """The same problem with r fitted for another range of steps."""
        fit = matched_regularity(self.spectrum, self.eta1, T_low, T_high)
        schedule = source_polynomial(self.eta1, fit.value)
        return replace(self, fit=fit, problem=self.problem.with_(schedule=schedule))

    def expected(self, times, noise=0.0, theta=None):
        """`expected_risk` of the recursion per mode, by default with the problem's own steps."""
        schedule = self.problem.schedule if theta is None else polynomial(self.eta1, float(theta))
        return expected_risk(self.spectrum, self.spectrum.power, schedule, times, noise=noise)

    def reached_norm(self, T):
        """Squared RKHS norm of the mean iterate after T steps, 1 - e^(-lambda tau) its filter."""
        effort = power_sums(self.problem.schedule, [T])[0]
        values, power = self.spectrum.eigenvalues, self.spectrum.power
        return float(np.sum(np.expm1(-values * effort) ** 2 * power / values))


def data_problems(activations, T_low, T_high, load_factor=0.5):
    """Return the `DataProblem` of each data set, by name.

    Parameters
    ----------
    activations : mapping of str to str
        Data set to activation.
    T_low, T_high : int
        Range of steps that the regularity is fitted for.
    load_factor : float
        eta_1 kappa(1), in (0, 2) (see `risk.covariance` for why 2).
    """
    operators, out = {}, {}
    for name, spec in activations.items():
        population, kernel = load(name), tangent_kernel(spec)
        key = population.x.tobytes(), kernel.activation.name
        if key not in operators:  # two targets on the same points share one decomposition
            matrix = gram(kernel, population.x)
            operators[key] = matrix, empirical_spectrum(population, kernel, matrix)
        matrix, spectrum = operators[key]
        spectrum, eta1 = spectrum.relabel(population.y), load_factor / kernel.trace
        fit = matched_regularity(spectrum, eta1, T_low, T_high)
        problem = Problem(kernel.activation, population, source_polynomial(eta1, fit.value))
        problem.__dict__["gram"] = matrix  # known already
        out[name] = DataProblem(problem, spectrum, fit)
    return out


def per_mode_check(chosen, size, T, noise, seed):
    """Recursion per mode against the exact second moments on `size` points of the population.

    Returns
    -------
    times : ndarray of int
    ratio : ndarray
        Risk of the recursion over the exact risk.
    identity : float
        Largest relative error of the trace identity summed over the steps,
        sum_t eta_t (2 - eta_t kappa(1)) R_t = ||f*||_H^2 - E||e_T||_H^2 + s^2 kappa(1) sum eta_t^2.
    """
    problem, kernel = chosen.problem, chosen.problem.kernel
    kept = np.random.default_rng(seed).permutation(chosen.population.n)[:size]
    population, matrix = chosen.population.subset(kept), problem.gram[np.ix_(kept, kept)]
    risk, rkhs = covariance_recursion(matrix, population.y, problem.schedule, T, noise)
    times = log_times(T, 30)
    small = replace(chosen, spectrum=empirical_spectrum(population, kernel, matrix))
    eta = problem.schedule.step_sizes(T)
    left = np.cumsum(eta * (2 - eta * kernel.trace) * risk[:-1])
    right = rkhs[0] - rkhs[1:] + noise * kernel.trace * np.cumsum(eta**2)
    recursion = small.expected(times, noise).risk
    return times, recursion / risk[times], float(np.max(np.abs(left / right - 1)))
