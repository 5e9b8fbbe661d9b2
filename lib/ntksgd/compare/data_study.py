"""A data set with its operator, its effective regularity and the schedule that follows from it."""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd.kernels.empirical import EmpiricalSpectrum, empirical_spectrum, gram
from ntksgd.kernels.two_layer import TangentKernel, tangent_kernel
from ntksgd.problems.data import Population, load
from ntksgd.problems.grid import log_steps
from ntksgd.problems.regularity import matched_regularity, regularity
from ntksgd.problems.schedules import Schedule, polynomial, power_sums, source_polynomial
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.predicted import capacity_free
from ntksgd.sgd.population import exact_moments
from ntksgd.stats.rates import Slope


@dataclass(frozen=True)
class Study:
    """A population, the operator of a tangent kernel on it, and the regularity between two times.

    Attributes
    ----------
    population : Population
    kernel : TangentKernel
    matrix : ndarray, shape (n, n)
        Kernel matrix.
    spectrum : EmpiricalSpectrum
    eta1 : float
        First step.
    fit : Slope
        r on the window of eigenvalues that SGD visits between the two times.
    """

    population: Population
    kernel: TangentKernel
    matrix: np.ndarray
    spectrum: EmpiricalSpectrum
    eta1: float
    fit: Slope

    @property
    def r(self):
        """Effective regularity."""
        return self.fit.value

    @property
    def rate(self):
        """Predicted exponent of the risk in T, -2r/(2r+1), with the interval that of r implies."""
        return self.predicted_rate(0.0)

    def predicted_rate(self, deviation):
        """`rate` with an interval widened by twice the standard deviation of r from sampling."""
        ends = self.fit.high + 2 * deviation, max(self.fit.low - 2 * deviation, 0.0)
        value, low, high = (-float(capacity_free(r)) for r in (self.r, *ends))
        return Slope(value, low, high, self.fit.x_min, self.fit.x_max, 0.0)

    @property
    def schedule(self) -> Schedule:
        """eta_1 t^(-theta) with theta = 2r/(2r+1)."""
        return source_polynomial(self.eta1, self.r)

    def between(self, T_low, T_high):
        """The same study with r fitted for another range of steps."""
        return replace(self, fit=matched_regularity(self.spectrum, self.eta1, T_low, T_high))

    def expected(self, times, noise=0.0):
        """`exact_risk.expected_risk` of the per-mode recursion at the given steps."""
        return expected_risk(self.spectrum, self.spectrum.power, self.schedule, times, noise=noise)


def index_regularity(study):
    """r on the eigenvalues of index 10 to n/4: what one would fit without asking for T."""
    values = study.spectrum.eigenvalues
    return regularity(study.spectrum, values[study.population.n // 4 - 1], values[9])


def recursion_risk(study, theta, T, noise):
    """Risk after T steps of eta_1 t^(-theta) by the recursion per mode."""
    schedule = polynomial(study.eta1, float(theta))
    return expected_risk(study.spectrum, study.spectrum.power, schedule, [T], noise=noise).risk[0]


def reached_norm(study, T):
    """Squared RKHS norm of the mean iterate after T steps, e^(-lambda tau) for its filter."""
    effort = power_sums(study.schedule, [T])[0]
    values, power = study.spectrum.eigenvalues, study.spectrum.power
    return float(np.sum(np.expm1(-values * effort) ** 2 * power / values))


def studies(problems, T_low, T_high, load_factor=0.5):
    """Return the `Study` of each data set, by name.

    Parameters
    ----------
    problems : mapping of str to str
        Data set to activation.
    T_low, T_high : int
        Range of steps that the regularity is fitted for.
    load_factor : float
        eta_1 kappa(1), between 0 and 2 (see `population_sgd` for why 2).
    """
    operators, out = {}, {}
    for name, spec in problems.items():
        population, kernel = load(name), tangent_kernel(spec)
        key = population.x.tobytes(), kernel.activation.name
        if key not in operators:  # two targets on the same points share one decomposition
            matrix = gram(kernel, population.x)
            operators[key] = matrix, empirical_spectrum(population, kernel, matrix)
        matrix, spectrum = operators[key]
        spectrum, eta1 = spectrum.relabel(population.y), load_factor / kernel.trace
        fit = matched_regularity(spectrum, eta1, T_low, T_high)
        out[name] = Study(population, kernel, matrix, spectrum, eta1, fit)
    return out


def discrepancy(measured, predicted):
    """Measured minus predicted exponent, with the interval that both intervals allow.

    Returns
    -------
    value, low, high : float
        The interval adds the ends of both, so it is wider than 95 %: it asks whether any slope in
        one is in the other.
    """
    return (measured.value - predicted.value, measured.low - predicted.high,
            measured.high - predicted.low)


def per_mode_check(study, size, T, noise, seed):
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
    chosen = np.random.default_rng(seed).permutation(study.population.n)[:size]
    population, matrix = study.population.subset(chosen), study.matrix[np.ix_(chosen, chosen)]
    risk, rkhs = exact_moments(matrix, population.y, study.schedule, T, noise)
    times = log_steps(T, 30)
    spectrum = empirical_spectrum(population, study.kernel, matrix)
    recursion = expected_risk(spectrum, spectrum.power, study.schedule, times, noise=noise).risk
    eta, trace = study.schedule.steps(T), study.kernel.trace
    left = np.cumsum(eta * (2 - eta * trace) * risk[:-1])
    right = rkhs[0] - rkhs[1:] + noise * trace * np.cumsum(eta**2)
    return times, recursion / risk[times], float(np.max(np.abs(left / right - 1)))
