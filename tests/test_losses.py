"""Expected losses, the moment closure, the first order of any loss, both measures of paths."""

import numpy as np
import pytest
from scipy import stats

from ntksgd.compare.drift import trace
from ntksgd.compare.loss_paths import kernel_trace, loss_paths
from ntksgd.compare.paths import paths
from ntksgd.kernels.harmonics import evaluate
from ntksgd.kernels.sphere import quadrature
from ntksgd.models.losses import loss_value
from ntksgd.models.two_layer import initialise
from ntksgd.problems import expected_loss, labels
from ntksgd.problems.expected_loss import local
from ntksgd.problems.problem import source_problem
from ntksgd.risk.circle_closure import circle_moments
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.loss_first_order import loss_first_order
from ntksgd.risk.moment_closure import moments
from reference_network_sgd import residual

TIMES = np.array([1, 3, 30, 300, 3000])
CASES = {"logistic": (labels.logistic, 2.0), "huber": (labels.huber(0.5, 2.0), 1.0)}


def problem(name, degree=16, act="relu", step=0.25):
    law, norm = CASES[name]
    return source_problem(act, 2, 0.5, step=step, max_degree=degree, labels=law, norm=norm)


@pytest.mark.parametrize("name", CASES)
def test_expected_loss_is_the_mean_over_the_labels(name):
    law = problem(name).labels
    rng, n = np.random.default_rng(1), 400_000
    for f, g in ((0.3, 0.3), (0.3, 1.2), (-1.0, 2.5), (0.5, -4.0)):
        y = law.labels(np.full(n, f), rng)
        for found, sample in (
                (law.expected.mean(g, f), residual(name, g, y)),
                (law.expected.square(g, f), residual(name, g, y) ** 2),
                (law.expected.excess(g, f), loss_value(name, g, y) - loss_value(name, f, y))):
            assert abs(sample.mean() - found) < 4.5 * sample.std() / np.sqrt(n) + 1e-9
        e = 1e-4
        change = law.expected.mean(g + e, f) - law.expected.mean(g - e, f)
        assert law.expected.slope(g, f) == pytest.approx(change / (2 * e), rel=1e-5, abs=1e-8)
        change = law.expected.excess(g + e, f) - law.expected.excess(g - e, f)
        assert law.expected.mean(g, f) == pytest.approx(change / (2 * e), rel=1e-5, abs=1e-7)


def test_huber_means_by_numerical_integration():
    law = stats.t(3, scale=0.7)
    found = expected_loss.huber(law.cdf)
    for u in (-20.0, -1.3, 0.0, 0.4, 11.0, 30.0):
        mean = law.expect(lambda xi, u=u: np.clip(u - xi, -1, 1), limit=400)
        excess = law.expect(lambda xi, u=u: loss_value("huber", u, xi) - loss_value("huber", 0, xi),
                            limit=400)
        # beyond the table the residual is that of its end
        assert found.mean(u, 0.0) == pytest.approx(mean, abs=1e-6 if abs(u) < 12 else 1e-3)
        assert found.excess(u, 0.0) == pytest.approx(excess, abs=1e-5 if abs(u) < 12 else 0.02)


def test_huber_curvature_and_variance_are_the_library_s():
    law = CASES["huber"][0]
    assert law.expected.slope(0.0, 0.0) == pytest.approx(law.curvature, rel=1e-10)
    assert law.expected.square(0.0, 0.0) == pytest.approx(law.variance, rel=1e-7)


@pytest.mark.parametrize("step", [0.25, 1.0])
@pytest.mark.parametrize("act", ["relu", "squareplus(0.5)"])
def test_closure_is_exact_for_the_square_loss(act, step):
    p = source_problem(act, 2, 0.5, 0.3, step, 16)
    exact = kernel_risk(p, TIMES, tail=False)
    np.testing.assert_allclose(circle_moments(p, TIMES).distance, exact, rtol=2e-3)
    np.testing.assert_allclose(circle_moments(p, TIMES[:3]).distance, exact[:3], rtol=1e-12)
    found = circle_moments(p, TIMES)
    np.testing.assert_allclose(found.excess, found.distance / 2, rtol=1e-12)


def covariance_recursion(p, T):
    """S = E e e^T on a grid of the whole circle for the local model, D and V uneven in x."""
    x, w = quadrature(2, 4 * p.spectrum.max_degree)
    Y, degrees = evaluate(x, p.spectrum.max_degree)
    K, f = (Y * p.spectrum.eigenvalues[degrees]) @ Y.T, p.target(x)
    D, V = p.labels.expected.slope(f, f), p.labels.expected.square(f, f)
    L, S = K * w, np.outer(f, f)
    for eta in p.schedule.step_sizes(T):
        level = w * (D**2 * np.diag(S) + V)
        S = S - eta * (L @ (D[:, None] * S) + (S * D) @ L.T) + eta**2 * (K * level) @ K
    return w @ np.diag(S), w @ (D * np.diag(S)) / 2


def test_local_model_is_the_covariance_recursion_on_the_circle():
    p, T = problem("logistic", 8), 400
    found = circle_moments(p, [T], local(p.labels.expected))
    np.testing.assert_allclose([found.distance[0], found.excess[0]], covariance_recursion(p, T),
                               rtol=2e-3)
    even = problem("huber", 8)  # D does not depend on x: it is the twin
    found = circle_moments(even, TIMES, local(even.labels.expected))
    np.testing.assert_allclose(found.excess, kernel_risk(even, TIMES, tail=False), rtol=1e-3)


def stepped(p, T, nodes=20):
    """The recursion of the module's docstring, step by step, on the whole circle."""
    x, w = quadrature(2, 4 * p.spectrum.max_degree)
    Y, degrees = evaluate(x, p.spectrum.max_degree)
    psi, f = Y * np.sqrt(p.spectrum.eigenvalues[degrees]), p.target(x)
    z, gauss = np.polynomial.hermite_e.hermegauss(nodes)
    gauss, loss = gauss / gauss.sum(), p.labels.expected
    a, P = np.zeros(degrees.size), np.zeros((degrees.size,) * 2)
    for eta in p.schedule.step_sizes(T):
        g = (psi @ a)[:, None] + np.sqrt(np.sum((psi @ P) * psi, axis=1))[:, None] * z
        G, D, q = (part(g, f[:, None]) @ gauss for part in loss[:3])
        b = psi.T @ (w * G)
        M, Q = ((psi.T * (w * part)) @ psi for part in (D, q))
        a, P = a - eta * b, P - eta * (M @ P + P @ M) + eta**2 * (Q - np.outer(b, b))
    g = (psi @ a)[:, None] + np.sqrt(np.sum((psi @ P) * psi, axis=1))[:, None] * z
    return w @ ((g - f[:, None]) ** 2 @ gauss), w @ (loss.excess(g, f[:, None]) @ gauss)


@pytest.mark.parametrize("name", CASES)
def test_blocks_are_the_steps(name):
    p = problem(name, 8)
    for T in (40, 2000):
        found = circle_moments(p, [T])
        np.testing.assert_allclose([found.distance[0], found.excess[0]], stepped(p, T),
                                   rtol=1e-5 if T < 100 else 1e-3)


@pytest.mark.parametrize("name", CASES)
def test_closure_is_what_kernel_sgd_does_from_the_first_step_on(name):
    p, n = problem(name), 1500
    found, run = circle_moments(p, TIMES), loss_paths(p, [2], TIMES, n, 3)
    for measure, theory in (("loss", found.excess), ("distance", found.distance)):
        sampled = run[measure].kernel
        error = sampled.std(axis=0) / np.sqrt(n)
        assert np.all(error < 0.04 * theory)  # the check has teeth
        assert np.all(np.abs(sampled.mean(axis=0) - theory) < 4 * error + 0.01 * theory)
    if name == "logistic":  # and the mean curvature is not
        off = kernel_risk(p, TIMES, tail=False) / found.excess
        assert np.all(np.abs(off - 1) > 0.15)


def test_noise_share_is_that_of_the_variance_for_the_square_loss():
    p = source_problem("relu", 2, 0.5, 0.3, 0.5, 16)
    silent = p.with_(labels=labels.square(0.0))
    rates = p.spectrum.eigenvalues
    bias = np.prod(1 - np.outer(p.schedule.step_sizes(300), rates), axis=0) ** 2 @ p.target.power
    found = circle_moments(p, [300]).noise_share[0]
    assert found == pytest.approx(1 - bias / kernel_risk(p, [300], tail=False)[0], rel=2e-3)
    assert circle_moments(silent, [300]).noise_share[0] > 0  # the gradient's own noise


@pytest.mark.parametrize(("act", "radii", "close"), [("squareplus(0.5)", 6, 0.02),
                                                     ("relu", 3, 0.03)])
def test_first_order_by_one_neuron_is_that_of_divided_differences(act, radii, close):
    p, times = source_problem(act, 2, 0.5, 0.3, 0.25, 12), [100, 1000]
    loss, distance = loss_first_order(p, times, 12, 8, radii)
    np.testing.assert_allclose(loss, distance, rtol=1e-6)  # differences
    np.testing.assert_allclose(distance, first_order(p, times), rtol=close)


def test_three_radii_are_exact_for_relu():
    p = problem("logistic", 8)
    three, five = (loss_first_order(p, [50], 8, 4, n)[0] for n in (3, 5))
    np.testing.assert_allclose(three, five, rtol=1e-4)


def test_both_measures_and_the_trace_are_those_of_paths():
    p = problem("huber")
    found = loss_paths(p, [4, 8], [10, 100], 3, 5, linearised=True)
    run = paths(p, ["network", "linearised", "kernel"], [4, 8], [10, 100], 3, 5)
    for name in ("network", "linearised", "kernel"):
        np.testing.assert_array_equal(getattr(found["loss"], name), getattr(run, name))
    grid = p.grid()
    half_square = p.with_(labels=labels.square(0.1))
    both = loss_paths(half_square, [4], [10], 2, 5)
    np.testing.assert_allclose(2 * both["loss"].network, both["distance"].network, rtol=1e-12)
    params = initialise(6, 2, np.random.default_rng(1))
    assert kernel_trace(p, grid, params) == pytest.approx(trace(p, grid, params, params))


def test_bad_input_is_refused():
    p = problem("huber")
    with pytest.raises(ValueError, match="circle"):
        circle_moments(p.with_(momentum=0.5), [10])
    with pytest.raises(ValueError, match="ratio"):
        circle_moments(p, [10], ratio=1.0)
    with pytest.raises(ValueError, match="batch 1"):
        loss_first_order(p.with_(batch=2), [10])
    with pytest.raises(ValueError, match="two layers"):
        loss_paths(source_problem("relu", max_degree=8, depth=2), [4], [10], 2, 1)
    with pytest.raises(ValueError, match="times"):
        moments([np.ones((3, 1))], np.ones(3) / 3, np.ones(3), p.labels.expected, p.schedule,
                [3, 1])


def test_kernel_alone_is_that_which_networks_run_beside():
    p = problem("logistic")
    alone, beside = (loss_paths(p, widths, [10, 100], 3, 5) for widths in ([], [4]))
    for measure in ("loss", "distance"):
        np.testing.assert_array_equal(alone[measure].kernel, beside[measure].kernel)
    assert alone["loss"].network.shape == (3, 0, 2)
    assert np.isnan(beside["loss"].trace).all()


@pytest.mark.parametrize(("fixed", "name"), [(True, "logistic"), (True, "huber"),
                                             (False, "logistic")])
def test_a_fixed_curvature_is_diagonalised_once(fixed, name, monkeypatch):
    p, calls, original = problem(name), [], np.linalg.eigh
    loss = local(p.labels.expected) if fixed else p.labels.expected
    before = circle_moments(p, [300], loss)
    monkeypatch.setattr(np.linalg, "eigh", lambda M: calls.append(1) or original(M))
    found = circle_moments(p, [300], loss)
    assert (len(calls) == 2) == fixed  # cosines and sines
    np.testing.assert_array_equal(found.distance, before.distance)
