"""A data set as a problem: its operator, its effective regularity and the steps that follow."""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check
from ntksgd.compare.regularity import Regularity, matched_regularity
from ntksgd.kernels.empirical import EmpiricalSpectrum, empirical_spectrum, gram
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.problem import Problem
from ntksgd.problems.schedules import polynomial, power_sums, source_polynomial
from ntksgd.risk.empirical import empirical_risk
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.predicted import capacity_free


@dataclass(frozen=True)
class DataProblem:
    """A problem on a `Population`, with its operator and its regularity between two times.

    Attributes
    ----------
    problem : Problem
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
    def rate(self):
        """Predicted exponent of the risk in T, -2r/(2r+1)."""
        return -float(capacity_free(self.r))

    def at(self, population, matrix=None):
        """Other points with the same kernel and the same steps; r stays that of the first.

        Pass `matrix`, the kernel matrix of these points, if it is known already.
        """
        problem = self.problem.with_(target=population)
        matrix = gram(problem.kernel, population.x) if matrix is None else matrix
        problem.__dict__["gram"] = matrix  # known already
        spectrum = empirical_spectrum(population, problem.kernel, matrix)
        return replace(self, problem=problem, spectrum=spectrum)

    def risk(self, times, method="mode", noise=0.0, theta=None):
        """Training risk of kernel SGD, see `empirical_risk`; by default with the problem's steps.

        With `theta`: steps eta_1 t^(-theta).
        """
        schedule = self.problem.schedule
        if theta is not None:
            schedule = polynomial(schedule.largest, float(theta))
        return empirical_risk(self.spectrum, self.population.y, schedule, times, noise, method)

    def expected(self, times, power=None):
        """`expected_risk` of the recursion per mode, by default for the problem's target."""
        power = self.spectrum.power if power is None else power
        return expected_risk(self.spectrum, power, self.problem.schedule, times)

    def window(self, T_low, T_high):
        """Eigenvalues 1/(2 tau) that are learnt between two numbers of steps."""
        high, low = 1 / (2 * power_sums(self.problem.schedule, [T_low, T_high]))
        return float(low), float(high)

    def reached_norm(self, times):
        """Squared RKHS norm of the mean iterate after T steps, 1 - e^(-lambda tau) its filter."""
        effort = power_sums(self.problem.schedule, times)
        values, power = self.spectrum.eigenvalues, self.spectrum.power
        return np.expm1(-np.multiply.outer(effort, values)) ** 2 @ (power / values)


def data_problem(population, spec, T_low, T_high, load_factor=0.5):
    """The `DataProblem` of a population, with steps eta_1 t^(-2r/(2r+1)).

    Parameters
    ----------
    population : Population
    spec : str or Activation
    T_low, T_high : int
        Range of steps that the regularity is fitted for.
    load_factor : float
        eta_1 kappa(1), in (0, 2) (see `risk.covariance` for why 2).
    """
    load = check.number("load_factor", load_factor, 0, 2, open_low=True, open_high=True)
    kernel = tangent_kernel(spec)
    matrix, eta1 = gram(kernel, population.x), load / kernel.trace
    spectrum = empirical_spectrum(population, kernel, matrix)
    fit = matched_regularity(spectrum, eta1, T_low, T_high)
    problem = Problem(kernel.activation, population, source_polynomial(eta1, fit.value))
    problem.__dict__["gram"] = matrix
    return DataProblem(problem, spectrum, fit)
