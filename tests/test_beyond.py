"""Label models, pairing of network and kernel, and the exact risk they rest on."""

import numpy as np
import pytest
from ntksgd.compare.deep_limit import kernel_errors
from ntksgd.compare.momentum_study import batch_table, momentum_table, sampled_over_exact
from ntksgd.compare.trained_kernel import risk_and_trace, trained_trace
from ntksgd.width.cases import excess, exponent_difference

from ntksgd.compare import beyond
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models import two_layer as network
from ntksgd.models.activations import activation
from ntksgd.problems import grid as risk
from ntksgd.problems.labels import huber, logistic, logistic_excess, square
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.problems.schedules import polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.seeds import child
from ntksgd.width.requirement import Excess, width_law

STEPS = np.array([30, 300])
TARGET = source_target(mercer_spectrum("relu", 2, 32), 0.5, norm=1.5)
GRID = risk.grid(TARGET)


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

    np.testing.assert_allclose(logistic_excess(g, truth), loss(g) - loss(truth), atol=1e-12)
    assert logistic(GRID).risk(GRID, np.full(GRID.target.size, np.inf)) == np.inf
    near = GRID.target + 1e-4
    expected = logistic(GRID).risk_factor * GRID.risk(near)
    assert logistic(GRID).risk(GRID, near) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("depth", [1, 2])
def test_kernel_paths_of_a_deep_case_have_the_exact_risk(depth):
    case = beyond.deep_case("relu", depth, 0.5, 0.25, 1.0, 32)
    run = beyond.compare(case, [2], STEPS, 600, 1)
    error = run.kernel.std(axis=0) / np.sqrt(600)
    exact = case.local_theory(STEPS)
    assert np.all(error < 0.03 * exact)
    assert np.all(np.abs(run.kernel.mean(axis=0) - exact) < 4 * error)


def test_huber_near_the_target_is_the_square_loss_with_matched_step_and_noise():
    """Risk after 4000 steps within 4 standard errors and 3 % of the quadratic theory."""
    case = beyond.two_layer_case("relu", huber(0.5, 2.0), 0.5, 1.0, 16, norm=0.3)
    run = beyond.compare(case, [2], [4000], 400, 2)
    error = run.kernel.std() / np.sqrt(400)
    theory = case.local_theory([4000])[0]
    assert abs(run.kernel.mean() - theory) < 4 * error + 0.03 * theory
    assert 4 * error < 0.2 * theory


@pytest.mark.parametrize("case", [beyond.deep_case("relu", 2, 0.5, 0.25, 1.0, 32),
                                  beyond.two_layer_case("relu", logistic, 0.5, 0.25, 32)])
def test_wide_networks_follow_their_own_kernel(case):
    run = beyond.compare(case, [8, 256], STEPS, 12, 3)
    narrow, wide = np.abs(run.network - run.kernel[:, None]).mean(axis=(0, 2))
    assert wide < 0.4 * narrow  # m^(-1/2) would give 0.18
    assert wide < 0.2 * run.kernel.mean()


def test_results_do_not_depend_on_workers_and_excess_uses_the_exact_risk():
    case = beyond.deep_case("relu", 2, 0.5, 0.25, 1.0, 16)
    one, two = (beyond.compare(case, [4, 8, 16], STEPS, 4, 5, workers=w) for w in (1, 2))
    np.testing.assert_array_equal(one.network, two.network)
    got = excess(case, [one]).mean
    exact = case.local_theory(STEPS)
    expected = (one.network - one.kernel[:, None]).mean(axis=0) / exact
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_exponent_difference_of_known_laws():
    rng, times, widths = np.random.default_rng(0), np.geomspace(100, 1e4, 5), np.arange(8, 129, 20)

    def law(exponent, seed):
        mean = 0.5 * (6 * times**exponent) / widths[:, None]
        samples = mean + 0.01 * rng.standard_normal((40, *mean.shape))
        return width_law(Excess(times, ((widths, samples),)), 0.5, seed)

    value, low, high = exponent_difference(law(0.3, 1), law(0.1, 2))
    assert value == pytest.approx(0.2, abs=0.02)
    assert low <= 0.2 <= high


def test_trained_trace_is_the_diagonal_of_the_empirical_kernel():
    case = beyond.two_layer_case("relu", square(0.25), 0.5, 1.0, 16)
    start = trained_trace(case, [64], 1, 3, 4)
    assert start.shape == (3, 1)
    params = network.initialise(64, 2, parameter_rng(child(np.random.SeedSequence(4), 0)))
    points = risk.sphere.quadrature(2, 63)[0]
    kernel = network.empirical_ntk(params, points, points, activation("relu"))
    # one step moves the trace by O(m^(-1/2)) at most
    assert start[0, 0] == pytest.approx(np.mean(np.diag(kernel)) / 1.5, rel=0.1)


def test_equal_signs_do_not_converge_and_drawn_signs_do():
    drawn, equal = (kernel_errors("relu", 2, [32, 512], 24, 1, equal_signs=flag).mean(axis=0)
                    for flag in (False, True))
    assert drawn[1] < 0.35 * drawn[0]
    assert equal[1] > 0.4 * equal[0]


def test_risk_and_trace_is_the_ratio_of_mean_risks():
    case = beyond.two_layer_case("relu", square(0.25), 0.5, 1.0, 16)
    table = risk_and_trace(case, [8, 64], 200, 40, 9)
    run = beyond.compare(case, [8, 64], [200], 40, 9)
    np.testing.assert_allclose(table["ratio"], run.network.mean(axis=0)[:, 0] / run.kernel.mean())
    np.testing.assert_allclose(table["trace"],
                               trained_trace(case, [8, 64], 200, 10, 9).mean(axis=0))


def test_batches_see_the_same_samples_and_unstable_ones_are_left_out():
    trace, n, sizes = TARGET.spectrum.trace, 256, [1, 4, 64]
    rules = {"linear": lambda b: 0.5 * b / trace, "fixed": lambda b: 0.5 / trace}
    table = batch_table(TARGET, rules, 0.5, sizes, n, 0.25, [4], 400, 1)
    exact = table[table["half"].isna()].set_index(["series", "x"])["mean"]
    schedule = polynomial(0.5 * 4 / trace * 4**-0.5, 0.5)
    expected = expected_risk(TARGET.spectrum, TARGET, schedule, [n // 4], noise=0.25, batch=4,
                             tail=False).risk[0]
    assert exact["linear", 4] == pytest.approx(expected, rel=1e-8)
    assert ("fixed", 64) in exact.index
    assert ("linear", 64) in exact.index  # its first step is 0.5 * 64^(1/2) / kappa(1), b = 64
    sampled = table[table["half"].notna()].set_index(["series", "x"])
    for name in rules:
        gap = abs(sampled.loc[(name, 4), "mean"] - exact[name, 4])
        assert gap < 4 * sampled.loc[(name, 4), "half"] / 1.96
    hot = {"hot": lambda b: 3.0 / trace}
    assert list(batch_table(TARGET, hot, 0.0, [1, 16], n, 0.25, [16], 4, 1)["x"]) == [16, 16]


def test_momentum_table_has_unbiased_paths():
    table = momentum_table(TARGET, 0.5 / TARGET.spectrum.trace, 0.5, (0.0, 0.8), STEPS, 0.25, 400,
                           2)
    ratio = sampled_over_exact(table)
    assert ratio["error"].max() < 0.06
    assert ((ratio["ratio"] - 1) / ratio["error"]).abs().max() < 4


@pytest.mark.parametrize("model", [square(0.25), logistic])
def test_steps_are_in_units_of_curvature_and_trace(model):
    case = beyond.two_layer_case("relu", model, 1.0, 0.8, 32)
    eta = case.schedule(np.array([1.0, 8.0])) * case.model.curvature * 1.5  # kappa(1) = 3/2
    np.testing.assert_allclose(eta, [0.8, 0.8 * 8 ** (-2 / 3)])
