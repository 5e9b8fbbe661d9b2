"""A data set with its operator, its effective regularity and the schedule that follows from it."""

from dataclasses import dataclass

import numpy as np

from ntksgd.empirical_spectrum import EmpiricalSpectrum, empirical_spectrum, gram
from ntksgd.kernel import TangentKernel, tangent_kernel
from ntksgd.rates import Slope
from ntksgd.real_data import Population, load
from ntksgd.regularity import best_theta, matched_regularity
from ntksgd.schedules import Schedule, polynomial


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
        value, low, high = (-best_theta(r) for r in (self.r, self.fit.high, self.fit.low))
        return Slope(value, low, high, self.fit.x_min, self.fit.x_max, 0.0)

    @property
    def schedule(self) -> Schedule:
        """eta_1 t^(-theta) with theta = 2r/(2r+1)."""
        return polynomial(self.eta1, best_theta(self.r))


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
