"""Risk on finitely many points: three closures against the full recursion and sampled paths."""

import numpy as np
import pytest

from ntksgd.compare.data_problem import data_problem
from ntksgd.compare.paths import paths
from ntksgd.kernels.empirical import empirical_spectrum, gram
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import data as real_data
from ntksgd.problems.schedules import constant, polynomial
from ntksgd.risk import empirical
from ntksgd.risk.covariance import covariance_recursion
from ntksgd.risk.empirical import METHODS, empirical_risk
from ntksgd.sgd.network import train_linearised
from ntksgd.width.on_data import drawn_spectrum

NAMES = ("digits, parity", "breast cancer", "diabetes", "photograph")


def points(name, n, spec="relu"):
    """A small problem: its spectrum, kernel matrix and labels."""
    population = real_data.load(name)
    population = population.subset(np.random.default_rng(1).permutation(population.n)[:n])
    kernel = tangent_kernel(spec)
    matrix = gram(kernel, population.x)
    return empirical_spectrum(population, kernel, matrix), matrix, population.y, kernel


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_closures_against_the_full_recursion(name, noise):
    """Exact to 1e-6, by the mean iterate to 1e-3, per mode to 2 %."""
    spectrum, matrix, y, kernel = points(name, 30)
    schedule, times = polynomial(0.6 / kernel.trace, 0.15), [0, 5, 100, 600, 500]
    risk = covariance_recursion(matrix, y, schedule, 600, noise)[0][times]
    error = {how: np.abs(empirical_risk(spectrum, y, schedule, times, noise, how) / risk - 1).max()
             for how in METHODS}
    assert error["exact"] < 1e-6
    assert error["mean"] < 1e-3
    assert 10 * error["mean"] < error["mode"] < 0.02  # else the simpler one would do


@pytest.mark.parametrize("m", [8, 64])
@pytest.mark.parametrize("name", NAMES)
def test_closures_for_a_drawn_network(name, m):
    """The diagonal of K_0 is not constant, and its rank may be lower than n."""
    here = data_problem(real_data.load(name).subset(np.arange(40)), "relu", 30, 300)
    spectrum, y, schedule = drawn_spectrum(here, m, 3), here.population.y, here.problem.schedule
    matrix = (spectrum.eigenfunctions * spectrum.eigenvalues) @ spectrum.eigenfunctions.T
    assert np.ptp(np.diag(matrix)) > 0.01 * matrix.max()
    risk = covariance_recursion(matrix, y, schedule, 900)[0][[100, 900]]
    exact, mean, mode = (empirical_risk(spectrum, y, schedule, [100, 900], method=how)
                         for how in ("exact", "mean", "mode"))
    np.testing.assert_allclose(exact, risk, rtol=1e-5)
    np.testing.assert_allclose(mean, risk, rtol=5e-3)
    np.testing.assert_allclose(mode, risk, rtol=0.06)


def test_sampled_linearised_networks_from_the_same_start_agree():
    from ntksgd.models.two_layer import initialise
    from ntksgd.problems.samples import parameter_rng
    here = data_problem(real_data.load("diabetes").subset(np.arange(30)), "relu", 30, 300)
    problem, T, runs = here.problem, 200, 300
    params, risks = initialise(16, problem.d, parameter_rng(5)), np.empty(runs)
    for i in range(runs):
        path = train_linearised(params, problem.samples(T, i), problem.schedule, "relu", times=[T],
                                points=here.population.x)
        risks[i] = np.mean((path.values[0] - here.population.y) ** 2)
    exact = empirical_risk(drawn_spectrum(here, 16, 5), here.population.y, problem.schedule, [T],
                           method="exact")[0]
    error = risks.std(ddof=1) / np.sqrt(runs)
    assert abs(risks.mean() - exact) < 3.5 * error
    assert abs(here.risk([T], "exact")[0] - exact) > 6 * error  # the limit kernel's is another


def test_far_horizon_does_not_depend_on_how_the_first_steps_are_taken(monkeypatch):
    spectrum, _, y, kernel = points("photograph", 40, "squareplus(0.5)")
    schedule, times = polynomial(0.5 / kernel.trace, 0.2), [10, 3000, 10**6]
    found = empirical_risk(spectrum, y, schedule, times)
    monkeypatch.setattr(empirical, "SINGLE", 400)
    np.testing.assert_allclose(found, empirical_risk(spectrum, y, schedule, times), rtol=1e-6)


def test_by_mode_blocks_of_steps_agree_with_single_steps(monkeypatch):
    spectrum, _, y, kernel = points("breast cancer", 40)
    schedule, times = polynomial(0.5 / kernel.trace, 0.2), [900, 0, 20_000, 30]
    found = empirical_risk(spectrum, y, schedule, times, 0.3, "mode")
    monkeypatch.setattr(empirical, "WALKED", 0)
    np.testing.assert_allclose(found, empirical_risk(spectrum, y, schedule, times, 0.3, "mode"),
                               rtol=1e-5)


def test_sampled_kernel_sgd_agrees_on_all_points():
    here = data_problem(real_data.load("diabetes"), "squareplus(0.5)", 50, 500)
    times = [50, 500, 1500]
    kernel = paths(here.problem, ["kernel"], [], times, 100, 4).kernel
    z = (kernel.mean(0) - here.risk(times, "mean")) / (kernel.std(0, ddof=1) / np.sqrt(100))
    assert np.all(np.abs(z) < 4)


def test_bad_input_is_refused():
    spectrum, _, y, kernel = points("diabetes", 10)
    schedule = polynomial(0.5 / kernel.trace, 0.2)
    for change, message in (({"method": "some"}, "method = 'some'"), ({"noise": -1}, "noise = -1"),
                            ({"y": y[:9]}, "y: shape"), ({"times": [1.5]}, "whole numbers")):
        with pytest.raises(ValueError, match=message):
            empirical_risk(**{"spectrum": spectrum, "y": y, "schedule": schedule, "times": [9],
                              **change})
    with pytest.raises(ArithmeticError):
        empirical_risk(spectrum, y, constant(30 / kernel.trace), [4000])
