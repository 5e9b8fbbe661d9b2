"""A sample as a problem: its operator, its effective regularity, and the steps that follow."""

import numpy as np

from ntksgd.compare.regularity import half_sample_regularity, matched_regularity
from ntksgd.kernels.empirical import empirical_spectrum, gram
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.problem import Problem
from ntksgd.problems.schedules import source_polynomial
from ntksgd.stats import intervals
from ntksgd.stats.numerical import Bracket

HALVES = 8  # half samples, for the sampling error of r
LOAD = 0.5  # eta_1 kappa(1)


def data_problem(sample, activation, steps, seed):
    """`Problem` with steps eta_1 t^(-2r/(2r+1)), its `EmpiricalSpectrum`, and r as a `Bracket`."""
    kernel = tangent_kernel(activation)
    matrix = gram(kernel, sample.x)
    spectrum, eta1 = empirical_spectrum(sample, kernel, matrix), LOAD / kernel.trace
    try:
        fit = matched_regularity(spectrum, eta1, max(steps // 100, 1), steps)
        halves = half_sample_regularity(sample, kernel, matrix, [fit], HALVES, seed)[:, 0]
    except ValueError as error:
        raise ValueError(f"steps = {steps}: must be fewer for {sample.n} points, whose every "
                         f"eigenvalue is learnt by then ({error})") from error
    # a half sample is as far off as the sample is: not the interval of the mean of halves
    half = intervals.of(lambda mean: mean, halves).half * np.sqrt(HALVES)
    problem = Problem(kernel.activation, sample, source_polynomial(eta1, fit.value))
    problem.__dict__["gram"] = matrix  # known already
    return problem, spectrum, Bracket(fit.value, max(fit.low - half, 0.0), fit.high + half)
