"""Deeper networks and other losses: their problems, network and kernel on the same samples."""

import numpy as np
import pytest

from ntksgd.compare.drift import trace
from ntksgd.compare.paths import paths
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models import two_layer
from ntksgd.models.activations import activation
from ntksgd.problems.grid import grid
from ntksgd.problems.labels import huber, logistic, square
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.seeds import child
from ntksgd.width.comparisons import required_ratio
from ntksgd.width.excess import Excess
from ntksgd.width.measured import excess_of
from ntksgd.width.requirement import width_law

STEPS = np.array([30, 300])
TARGET = source_target(mercer_spectrum("relu", 2, 32), 0.5, norm=1.5)
GRID = grid(TARGET)


@pytest.mark.parametrize("make", [lambda: square(0.3), lambda: logistic(GRID),
                                  lambda: huber(0.5, 3.0)])
def test_curvature_and_variance_of_the_residual_at_the_target(make):
    """E h = 0, E h^2 = V, and E h(f* + e) = D e to first order, by sampling."""
    model, n, e = make(), 400_000, 0.02
    samples = model.draw(TARGET, n, 5)
    truth = draw_samples(TARGET, n, 5).y
    residual = {"square": lambda g, y: g - y, "logistic": lambda g, y: -y / (1 + np.exp(y * g)),
                "huber": lambda g, y: np.clip(g - y, -1, 1)}[model.loss]
    h = residual(truth, samples.y)
    assert abs(h.mean()) < 4 * h.std() / np.sqrt(n)
    assert abs((h**2).mean() - model.variance) < 4 * (h**2).std() / np.sqrt(n)
    change = (residual(truth + e, samples.y) - residual(truth - e, samples.y)) / (2 * e)
    # the second difference is of order e^2
    assert abs(change.mean() - model.curvature) < 4 * change.std() / np.sqrt(n) + e**2


def test_logistic_excess_is_the_mean_excess_loss():
    g, truth = np.array([-1.0, 0.3, 2.0, 40.0]), np.array([0.5, 0.3, -1.0, -40.0])
    p = 1 / (1 + np.exp(-truth))

    def loss(f):
        return p * np.log1p(np.exp(-f)) + (1 - p) * np.log1p(np.exp(f))

    found = logistic(GRID).expected.excess(g, truth)
    np.testing.assert_allclose(found, loss(g) - loss(truth), atol=1e-12)
    assert logistic(GRID).risk(GRID, np.full(GRID.target.size, np.inf)) == np.inf
    near = GRID.target + 1e-4
    expected = logistic(GRID).risk_factor * GRID.risk(near)
    assert logistic(GRID).risk(GRID, near) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("depth", [1, 2])
def test_kernel_paths_of_a_deep_problem_have_the_exact_risk(depth):
    problem = source_problem("relu", max_degree=32, depth=depth)
    run = paths(problem, ["network", "kernel"], [2], STEPS, 600, 1)
    error = run.kernel.std(axis=0) / np.sqrt(600)
    exact = kernel_risk(problem, STEPS, tail=False)
    assert np.all(error < 0.03 * exact)
    assert np.all(np.abs(run.kernel.mean(axis=0) - exact) < 4 * error)


def test_huber_near_the_target_is_the_square_loss_with_matched_step_and_noise():
    """Risk after 4000 steps within 4 standard errors and 3 % of the quadratic theory."""
    problem = source_problem("relu", step=1.0, max_degree=16, labels=huber(0.5, 2.0), norm=0.3)
    run = paths(problem, ["kernel"], [], [4000], 400, 2)
    error = run.kernel.std() / np.sqrt(400)
    theory = kernel_risk(problem, [4000], tail=False)[0]
    assert abs(run.kernel.mean() - theory) < 4 * error + 0.03 * theory
    assert 4 * error < 0.2 * theory


def test_local_theory_is_the_square_loss_at_step_d_and_noise_v_over_d_squared():
    problem = source_problem("relu", step=0.25, max_degree=32, labels=logistic, norm=2.0)
    D, V = problem.labels.curvature, problem.labels.variance
    twin = source_problem("relu", noise=V / D**2, step=0.25, max_degree=32, norm=2.0)
    expected = expected_risk(twin.spectrum, twin.target, twin.schedule, STEPS, V / D**2).risk
    np.testing.assert_allclose(kernel_risk(twin, STEPS), expected, rtol=1e-12)
    np.testing.assert_allclose(kernel_risk(problem, STEPS), D / 2 * expected, rtol=1e-10)


@pytest.mark.parametrize("problem", [
    source_problem("relu", max_degree=32, depth=2),
    source_problem("relu", step=0.25, max_degree=32, labels=logistic)])
def test_wide_networks_follow_their_own_kernel(problem):
    run = paths(problem, ["network", "kernel"], [8, 256], STEPS, 12, 3)
    narrow, wide = np.abs(run.network - run.kernel[:, None]).mean(axis=(0, 2))
    assert wide < 0.4 * narrow  # m^(-1/2) would give 0.18
    assert wide < 0.2 * run.kernel.mean()


def test_results_do_not_depend_on_workers_and_excess_uses_the_exact_risk():
    problem = source_problem("relu", max_degree=16, depth=2)
    one, two = (paths(problem, ["network", "kernel"], [4, 8, 16], STEPS, 4, 5, workers=w)
                for w in (1, 2))
    np.testing.assert_array_equal(one.network, two.network)
    got = Excess(STEPS, excess_of(problem, [one])).mean
    mean, exact = (kernel_risk(problem, STEPS, tail=tail) for tail in (False, True))
    expected = (one.network - one.kernel[:, None] + mean).mean(axis=0) / exact - 1
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_excess_without_an_exact_risk_is_over_the_mean_of_all_the_kernels_paths():
    problem = source_problem("relu", step=0.25, max_degree=16, labels=logistic)
    runs = [paths(problem, ["network", "kernel"], widths, STEPS, 4, seed)
            for seed, widths in ((5, [4, 8]), (6, [16]))]
    mean = np.concatenate([run.kernel for run in runs]).mean(axis=0)
    for (widths, samples), run in zip(excess_of(problem, runs), runs, strict=True):
        np.testing.assert_array_equal(widths, run.widths)
        np.testing.assert_allclose(samples, (run.network - run.kernel[:, None]) / mean, atol=1e-12)


def test_ratio_of_known_laws():
    rng, times, widths = np.random.default_rng(0), np.geomspace(100, 1e4, 5), np.arange(8, 129, 20)

    def law(exponent):
        mean = 0.5 * (6 * times**exponent) / widths[:, None]
        samples = mean + 0.01 * rng.standard_normal((40, *mean.shape))
        return width_law(Excess(times, ((widths, samples),)), 0.5)

    ratio = required_ratio(law(0.3), law(0.1))
    assert ratio.value == pytest.approx(times[-1] ** 0.2, rel=0.1)
    assert ratio.contains(times[-1] ** 0.2)


def test_trained_trace_is_the_diagonal_of_the_empirical_kernel():
    problem = source_problem("relu", max_degree=16)
    run = paths(problem, ["network"], [64], [1, 200], 3, 4, observers={"trace": trace}, degree=63)
    assert run.observed["trace"].shape == (3, 1, 2)
    params = two_layer.initialise(64, 2, parameter_rng(child(np.random.SeedSequence(4), 0)))
    points = problem.grid(63).points
    kernel = two_layer.empirical_ntk(params, points, points, activation("relu"))
    # one step moves the trace by O(m^(-1/2)) at most
    assert run.observed["trace"][0, 0, 0] == pytest.approx(np.mean(np.diag(kernel)) / 1.5, rel=0.1)


@pytest.mark.parametrize("model", [square(0.25), logistic])
def test_steps_are_in_units_of_curvature_and_trace(model):
    problem = source_problem("relu", r=1.0, step=0.8, max_degree=32, labels=model)
    eta = problem.schedule(np.array([1.0, 8.0])) * problem.labels.curvature * 1.5  # kappa(1) = 3/2
    np.testing.assert_allclose(eta, [0.8, 0.8 * 8 ** (-2 / 3)])


def test_the_deep_network_of_one_layer_is_not_the_papers():
    """Its activation is normalised: the kernel is that of the paper over E sigma^2 = 1/2."""
    paper, deep = (source_problem("relu", max_degree=16, depth=depth) for depth in (None, 1))
    assert deep.kernel.trace == pytest.approx(2 * paper.kernel.trace)
    np.testing.assert_allclose(deep.spectrum.eigenvalues, 2 * paper.spectrum.eigenvalues,
                               atol=1e-8)
    np.testing.assert_allclose(kernel_risk(deep, STEPS), kernel_risk(paper, STEPS), rtol=1e-5)
    with pytest.raises(ValueError, match="depth = 1: the linearised network"):
        paths(deep, ["linearised"], [4], STEPS, 1, 0)
    with pytest.raises(ValueError, match="depth = 0"):
        deep.with_(depth=0)
