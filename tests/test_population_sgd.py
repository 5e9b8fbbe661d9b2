"""SGD under a discrete law: moments by enumeration, the trace identity, sampled paths."""

import itertools

import numpy as np
import pytest

from ntksgd.compare.paths import paths
from ntksgd.kernels.empirical import empirical_spectrum, gram
from ntksgd.kernels.sphere import uniform
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import data as real_data
from ntksgd.problems import schedules
from ntksgd.problems.data import Population
from ntksgd.problems.labels import square
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import INPUTS
from ntksgd.risk.covariance import covariance_recursion
from ntksgd.risk.exact import expected_risk
from ntksgd.seeds import child
from ntksgd.sgd.empirical import empirical_sgd
from ntksgd.sgd.kernel import kernel_sgd

KERNEL = tangent_kernel("relu")
SCHEDULE = schedules.polynomial(0.6 / KERNEL.trace, 0.3)


def cloud(n, d=3, seed=0):
    """Points crowded on one side, so that nothing is symmetric."""
    rng = np.random.default_rng(seed)
    x = uniform(rng, n, d) + 0.5
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    population = Population("cloud", x, rng.standard_normal(n))
    return population, gram(KERNEL, x)


def polygon(n):
    """Regular polygon: the addition theorem holds on it."""
    phi = 2 * np.pi * np.arange(n) / n
    x = np.stack([np.cos(phi), np.sin(phi)], axis=1)
    population = Population("polygon", x, np.sign(np.sin(phi + 0.1)))
    return population, gram(KERNEL, x)


def problem_on(population, noise=0.0):
    return Problem("relu", population, SCHEDULE, square(noise))


@pytest.mark.parametrize("noise", [0.0, 0.7])
def test_moment_recursion_is_the_average_over_all_sample_paths(noise):
    population, matrix = cloud(3)
    T, y, step_sizes = 3, population.y, SCHEDULE.step_sizes(3)
    signs = (-1, 1) if noise else (0,)  # two-point noise of the same variance
    risks, norms, inverse = [], [], np.linalg.inv(matrix)
    for path in itertools.product(itertools.product(range(3), signs), repeat=T):
        e = -y
        for t, (i, sign) in enumerate(path):
            e = e - step_sizes[t] * (e[i] - sign * np.sqrt(noise)) * matrix[i]
        risks.append(np.mean(e**2))
        norms.append(e @ inverse @ e)
    risk, rkhs = covariance_recursion(matrix, y, SCHEDULE, T, noise)
    assert risk[0] == pytest.approx(np.mean(y**2), rel=1e-12)
    assert risk[T] == pytest.approx(np.mean(risks), rel=1e-11)
    assert rkhs[T] == pytest.approx(np.mean(norms), rel=1e-9)


@pytest.mark.parametrize("name", ["digits, zero", "breast cancer", "diabetes"])
def test_rkhs_distance_needs_only_the_risk_on_real_data(name):
    population = real_data.load(name).subset(np.arange(60))
    matrix, T, noise = gram(KERNEL, population.x), 200, 0.3
    risk, rkhs = covariance_recursion(matrix, population.y, SCHEDULE, T, noise)
    eta, trace = SCHEDULE.step_sizes(T), KERNEL.trace
    change = -2 * eta * risk[:-1] + eta**2 * trace * (risk[:-1] + noise)
    np.testing.assert_allclose(np.diff(rkhs), change, atol=1e-10 * rkhs[0])


def test_per_degree_recursion_is_exact_where_the_addition_theorem_holds():
    population, matrix = polygon(24)
    spectrum = empirical_spectrum(population, KERNEL, matrix)
    risk, rkhs = covariance_recursion(matrix, population.y, SCHEDULE, 300, 0.2)
    closed = expected_risk(spectrum, spectrum.power, SCHEDULE, [1, 20, 300], noise=0.2)
    np.testing.assert_allclose(closed.risk, risk[[1, 20, 300]], rtol=1e-8)
    np.testing.assert_allclose(closed.rkhs, rkhs[[1, 20, 300]], rtol=1e-6)


def test_per_degree_recursion_is_only_close_on_data_without_symmetry():
    population, matrix = cloud(24)
    spectrum = empirical_spectrum(population, KERNEL, matrix)
    risk, _ = covariance_recursion(matrix, population.y, SCHEDULE, 300, 0.2)
    gap = expected_risk(spectrum, spectrum.power, SCHEDULE, [20], noise=0.2).risk / risk[20] - 1
    assert 1e-4 < np.abs(gap[0]) < 0.2


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_sampled_risk_agrees_with_the_covariance_recursion(noise):
    population, matrix = cloud(20)
    times, replicates = [3, 30, 300], 600
    problem = problem_on(population, noise)
    run = paths(problem, ["kernel"], [], times, replicates, 4)
    kernel = run.kernel
    assert run.network.shape == (replicates, 0, 3)
    np.testing.assert_array_equal(problem.gram, matrix)
    risk, _ = covariance_recursion(matrix, population.y, SCHEDULE, 300, noise)
    z = (kernel.mean(0) - risk[times]) / (kernel.std(0, ddof=1) / np.sqrt(replicates))
    assert np.all(np.abs(z) < 4)


def test_a_path_is_kernel_sgd_on_the_samples_drawn():
    population, _ = cloud(20)
    kernel = paths(problem_on(population), ["kernel"], [], [10, 200], 2, 5, workers=1).kernel
    rng = np.random.default_rng(child(child(np.random.SeedSequence(5), 1), INPUTS))
    drawn = rng.integers(population.n, size=200)
    path = kernel_sgd(KERNEL, population.x[drawn][None], population.y[drawn][None],
                      SCHEDULE.step_sizes(200), population.x, [10, 200])
    oracle = np.mean((path.last[0] - population.y) ** 2, axis=1)
    np.testing.assert_allclose(kernel[1], oracle, rtol=1e-7)


def test_wide_network_follows_the_kernel_on_the_same_samples():
    population, _ = cloud(20)
    problem, learners = problem_on(population, 0.2), ["network", "kernel"]
    one, two = (paths(problem, learners, [8, 2048], [30, 100], 4, 6, workers=workers)
                for workers in (1, 2))
    gap = np.abs(one.network / one.kernel[:, None] - 1).mean(axis=0)
    assert np.all(gap[1] < 0.06) and np.all(gap[1] < 0.5 * gap[0])
    np.testing.assert_array_equal(one.network, two.network)  # whatever the number of workers
    np.testing.assert_array_equal(one.kernel, two.kernel)


def test_bad_input_is_refused():
    population, matrix = cloud(5)
    with pytest.raises(ValueError, match="matrix: shape"):
        empirical_sgd(matrix[:4], SCHEDULE, np.zeros(3, dtype=int), np.zeros(3), [3])
    with pytest.raises(ValueError, match=r"drawn: must be integers in \[0, 4\]"):
        empirical_sgd(matrix, SCHEDULE, np.array([0, 5, 1]), np.zeros(3), [3])
    with pytest.raises(ValueError, match="times"):
        paths(problem_on(population), ["kernel"], [], [3, 3], 2, 0)
    with pytest.raises(ValueError, match="noise = -1"):
        covariance_recursion(matrix, population.y, SCHEDULE, 3, -1)
    with pytest.raises(ValueError, match="m = 7"):
        paths(problem_on(population), ["network"], [7], [3], 2, 0)


@pytest.mark.parametrize(("change", "message"), [
    ({"matrix": np.ones((5, 4))}, "matrix: shape"),
    ({"drawn": np.array([0, 5])}, r"drawn: must be integers in \[0, 4\]"),
    ({"drawn": np.array([-1, 0])}, "drawn"),
    ({"drawn": np.array([0.0, 1.0])}, "drawn"),
    ({"labels": np.array([1.0, np.inf])}, r"samples.y\[1\]"),
    ({"times": [3]}, "N >= 3"),
    ({"step_sizes": [0.1]}, "step_sizes: 1 of them"),
])
def test_bad_input_of_a_path_is_refused(change, message):
    arguments = {"matrix": np.eye(5), "step_sizes": [0.1, 0.1], "drawn": np.array([0, 4]),
                 "labels": np.ones(2), "times": [2]}
    assert np.isfinite(empirical_sgd(**arguments)).all()
    with pytest.raises(ValueError, match=message):
        empirical_sgd(**arguments | change)
