"""Operator under an empirical law, and the regularity read off it."""

import numpy as np
import pytest
from scipy.special import gamma

from ntksgd.compare.data_problem import data_problem
from ntksgd.compare.regularity import (
    half_sample_regularity,
    matched_regularity,
    regularity,
    window,
)
from ntksgd.kernels.empirical import EmpiricalSpectrum, empirical_spectrum, gram
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import data as real_data
from ntksgd.problems import schedules
from ntksgd.problems.data import Population
from ntksgd.problems.schedules import paper_theta
from ntksgd.risk.exact import expected_risk


def power_law(r, beta=1.5, n=20000):
    """lambda_i = i^(-beta) and a tail power that is exactly lambda^(2r)."""
    i = np.arange(1, n + 1.0)
    power = i ** (-2 * r * beta) - np.append(i[1:] ** (-2 * r * beta), 0.0)
    values = i**-beta
    return EmpiricalSpectrum(values, np.zeros((0, n)), power, float(values.sum()))


@pytest.fixture(scope="module")
def cancer():
    population, kernel = real_data.load("breast cancer"), tangent_kernel("squareplus(0.5)")
    return population, kernel, gram(kernel, population.x)


def test_eigenfunctions_are_orthonormal_and_solve_the_integral_equation(cancer):
    population, kernel, matrix = cancer
    s = empirical_spectrum(population, kernel, matrix)
    np.testing.assert_allclose(s.eigenfunctions.T @ s.eigenfunctions / population.n,
                               np.eye(population.n), atol=1e-12)
    np.testing.assert_allclose(matrix @ s.eigenfunctions / population.n,
                               s.eigenfunctions * s.eigenvalues, atol=1e-12)
    assert np.all(np.diff(s.eigenvalues) <= 0) and s.eigenvalues[-1] > 0
    assert s.eigenvalues.sum() == pytest.approx(kernel.trace, rel=1e-12)
    assert s.power.sum() == pytest.approx(np.mean(population.y**2), rel=1e-12)
    assert s.relabel(2 * population.y).power == pytest.approx(4 * s.power)


def test_regular_polygon_has_the_mercer_spectrum_of_the_circle():
    n, kernel = 64, tangent_kernel("squareplus(0.5)")
    phi = 2 * np.pi * np.arange(n) / n
    population = Population("polygon", np.stack([np.cos(phi), np.sin(phi)], axis=1), np.ones(n))
    found = empirical_spectrum(population, kernel).eigenvalues[:11]
    mercer = mercer_spectrum("squareplus(0.5)", 2, 40).eigenvalues
    expected = np.sort(np.concatenate([mercer, mercer[1:]]))[::-1][:11]  # N_k = 2, but N_0 = 1
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_gram_has_the_trace_on_its_diagonal_and_is_the_kernel_elsewhere(cancer):
    population, kernel, matrix = cancer
    assert np.all(np.diag(matrix) == kernel.trace)
    t = np.clip(population.x[:5] @ population.x[5:9].T, -1, 1)
    np.testing.assert_allclose(matrix[:5, 5:9], kernel(t), rtol=1e-13)


def test_tail_power_counts_the_eigenvalues_up_to_the_cut():
    s = EmpiricalSpectrum(np.array([4.0, 2.0, 1.0]), np.eye(3), np.array([0.5, 0.3, 0.2]), 7.0)
    np.testing.assert_allclose(s.tail_power([0.5, 1.0, 1.5, 2.0, 9.0]), [0, 0.2, 0.2, 0.5, 1.0])


@pytest.mark.parametrize("r", [0.1, 0.25, 0.5, 1.0])
def test_regularity_of_an_exact_power_law(r):
    s = power_law(r)
    fit = regularity(s, 1e-5, 1e-2)
    assert fit.value == pytest.approx(r, rel=0.02)
    assert fit.low <= fit.value <= fit.high and fit.high - fit.low < 0.05 * r + 0.01
    # the learning curve of the mean iterate, with the constant of the module's docstring
    effort = 2000.0
    assert s.bias(effort) == pytest.approx(gamma(2 * r + 1) * (2 * effort) ** (-2 * r), rel=0.05)


def test_interval_of_r_shows_a_broken_power_law():
    s = power_law(0.3)
    rough = EmpiricalSpectrum(s.eigenvalues, s.eigenfunctions,
                              s.power + 1e-6 * (s.eigenvalues < 1e-3), s.trace)
    fit, straight = regularity(rough, 1e-5, 1e-2), regularity(s, 1e-5, 1e-2)
    assert fit.high - fit.low > 5 * (straight.high - straight.low)


def test_window_is_what_the_steps_reach():
    schedule = schedules.polynomial(0.4, 0.3)
    low, high = window(0.4, 0.3, 50, 1000)
    assert high == pytest.approx(1 / (2 * schedule.step_sizes(50).sum()), rel=1e-10)
    assert low == pytest.approx(1 / (2 * schedule.step_sizes(1000).sum()), rel=1e-10)


def test_matched_regularity_is_a_fixed_point_and_predicts_the_rate():
    s, eta1 = power_law(0.3), 0.5 / power_law(0.3).trace
    fit = matched_regularity(s, eta1, 1000, 10**5)
    expected = window(eta1, paper_theta(fit.value), 1000, 10**5)
    assert (fit.x_min, fit.x_max) == pytest.approx(expected, rel=0.02)
    risk = expected_risk(s, s.power, schedules.polynomial(eta1, paper_theta(fit.value)),
                         [10**3, 10**5]).risk
    measured = np.log(risk[1] / risk[0]) / np.log(100)
    assert measured == pytest.approx(-paper_theta(fit.value), abs=0.02)


def test_half_samples_scatter_about_the_value_of_the_whole(cancer):
    population, kernel, matrix = cancer
    fit = regularity(empirical_spectrum(population, kernel, matrix), 3e-3, 3e-2)
    halves = half_sample_regularity(population, kernel, matrix, [fit], 6, 0)
    assert halves.shape == (6, 1)
    assert 1e-4 < halves.std() < 0.05
    assert abs(halves.mean() - fit.value) < 0.05
    again = half_sample_regularity(population, kernel, matrix, [fit], 6, 0)
    np.testing.assert_array_equal(halves, again)


def test_data_problem_ties_rate_schedule_and_regularity_together():
    data = data_problem(real_data.load("diabetes"), "relu", 50, 2000)
    theta = 2 * data.r / (2 * data.r + 1)
    assert data.rate == pytest.approx(-theta)
    own = empirical_spectrum(data.population, data.problem.kernel)
    np.testing.assert_allclose(data.spectrum.power, own.power, atol=1e-12)
    assert data.problem.schedule(100.0) == pytest.approx(0.5 / 1.5 * 100**-theta)
    assert data.window(50, 2000) == pytest.approx((data.fit.x_min, data.fit.x_max), rel=1e-3)
    some = data.population.subset(np.arange(50))
    other = data.at(some)
    assert other.r == data.r and other.problem.schedule is data.problem.schedule
    np.testing.assert_allclose(other.problem.gram, data.problem.gram[:50, :50], rtol=1e-13)
    np.testing.assert_allclose(other.spectrum.power.sum(), np.mean(some.y**2), rtol=1e-12)


def test_norm_reached_by_the_mean_iterate():
    """||f_T||_H^2 of f <- f - eta (f - f*) K / n, step by step."""
    data = data_problem(real_data.load("diabetes"), "relu", 50, 2000)
    matrix, y, T = data.problem.gram, data.population.y, 3000
    values, vectors = np.linalg.eigh(matrix / len(y))
    kept = np.prod(1 - np.outer(data.problem.schedule.step_sizes(T), values), axis=0)
    exact = np.sum((1 - kept) ** 2 * (vectors.T @ y / np.sqrt(len(y))) ** 2 / values)
    # exp(-lambda tau) in place of the product: relative error eta_1 lambda, once a mode
    assert data.reached_norm([T])[0] == pytest.approx(exact, rel=1e-3)


def test_bad_windows_are_refused():
    s = power_law(0.5, n=100)
    with pytest.raises(ValueError, match="high = 0.01"):
        regularity(s, 0.1, 0.01)
    with pytest.raises(ValueError, match="no power"):
        regularity(s, 1e-9, 1e-2)
    with pytest.raises(ValueError, match="r = -1"):
        paper_theta(-1)
