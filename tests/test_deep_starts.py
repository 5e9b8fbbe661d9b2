"""Deep networks at a drawn start: kernel operator, mean shift, first order, exact risks."""

import numpy as np
import pytest

from ntksgd.compare.deep_drift import deep_paths
from ntksgd.kernels import deep_shift, sphere
from ntksgd.kernels.deep import deep_kernel, normalised
from ntksgd.kernels.deep_shift import eigenvalue_shift, mean_shift
from ntksgd.kernels.drawn import drawn_operator
from ntksgd.kernels.drawn_deep import deep_operator, stack_kernel
from ntksgd.kernels.gaussian_pair import GaussianPair
from ntksgd.kernels.harmonics import evaluate
from ntksgd.models.deep import count_parameters, draw_stack, empirical_ntk, initialise, stack_of
from ntksgd.models.two_layer import Parameters
from ntksgd.problems.problem import source_problem
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.start_expansion import start_expansion
from ntksgd.sgd.drawn import drawn_sgd
from ntksgd.width import deep_starts
from ntksgd.width.comparisons import exponent_between, width_ratio
from ntksgd.width.deep_starts import first_order_cuts, first_order_deep, layer_costs
from ntksgd.width.deep_sweep import deep_sweep
from ntksgd.width.requirement import width_law

SMOOTH = "squareplus(0.5)"
ANGLES = np.array([0.6, 2.0, 2.8])


def test_a_stack_is_one_copy_of_the_start():
    stack = draw_stack([6, 6, 6], 3, np.random.default_rng(1))
    params = initialise(12, 3, 3, np.random.default_rng(1))
    for ours, theirs in zip(stack.weights, stack_of(params).weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    np.testing.assert_array_equal(stack.signs, params.a[0])
    assert count_parameters(12, 3, 3) == sum(part.size for part in params)
    with pytest.raises(ValueError, match="params"):
        stack_of(params._replace(c=params.c + 1))


def test_kernel_of_a_stack_is_the_empirical_kernel():
    params = initialise(14, 3, 3, np.random.default_rng(2))
    x = sphere.uniform(np.random.default_rng(3), 9, 3)
    expected = empirical_ntk(params, x, x, normalised(SMOOTH)[0], 0.7)
    np.testing.assert_allclose(stack_kernel(stack_of(params), x, SMOOTH, 0.7), expected, atol=1e-12)


@pytest.mark.parametrize("spec, degree, error", [(SMOOTH, 96, 1e-6), ("relu", 512, 2e-3)])
def test_operator_of_one_hidden_layer_is_exact_by_funk_hecke(spec, degree, error):
    stack = draw_stack([20], 2, np.random.default_rng(4))
    exact = drawn_operator(Parameters(stack.signs, stack.weights[0], np.zeros(20)), spec, 16)
    got = deep_operator(stack, spec, 16, degree=degree).matrix
    np.testing.assert_allclose(got, exact.matrix / normalised(spec)[1], atol=error)


def test_gaussian_pair_has_the_derivatives_of_its_means():
    """Against moments of Gaussians of any covariance, by hand: E u^2 v^2 = ab + 2 c^2."""
    pair = GaussianPair(normalised("erf")[0], 0.4)
    f = pair.u[0] ** 2 * pair.u[1] ** 2
    assert pair.mean(f) == pytest.approx(1 + 2 * 0.4**2)
    np.testing.assert_allclose(pair.mean(f * pair.first), [1, 4 * 0.4, 1], rtol=1e-10)
    expected = np.array([[0, 0, 1], [0, 4, 0], [1, 0, 0]])
    np.testing.assert_allclose(pair.mean(f * pair.second), expected, atol=1e-9)
    gap = 1e-4
    ahead, behind = (GaussianPair(normalised("erf")[0], 0.4 + sign * gap) for sign in (1, -1))
    assert pair.slope[1] == pytest.approx((ahead.p - behind.p) / (2 * gap), rel=1e-6)
    assert pair.J[1, 1] == pytest.approx((ahead.S[1] - behind.S[1]) / (2 * gap), rel=1e-6)


def tanh_kernels(depth, n, draws, x, rng):
    """K_0(x, x') of many tanh networks at once, gamma = 1: written out anew, (draws, p, p)."""
    root = np.sqrt(normalised("tanh")[1])
    u = [x @ np.swapaxes(rng.standard_normal((draws, n, 2)), 1, 2)]
    w = [rng.standard_normal((draws, n, n)) / np.sqrt(n) for _ in range(depth - 1)]
    for one in w:
        u.append(np.tanh(u[-1]) / root @ one)
    values = [np.tanh(layer) / root for layer in u]
    signal = rng.choice([-1.0, 1.0], (draws, 1, n)) / np.sqrt(n)
    total = values[-1] @ np.swapaxes(values[-1], 1, 2) / n
    for level in range(depth)[::-1]:
        signal = signal * (1 - np.tanh(u[level]) ** 2) / root
        below = values[level - 1] @ np.swapaxes(values[level - 1], 1, 2) / n if level else x @ x.T
        total = total + signal @ np.swapaxes(signal, 1, 2) * (below + 1)
        if level:
            signal = signal @ np.swapaxes(w[level - 1], 1, 2)
    return total


def drawn_shift(depth, n, batches):
    """n (E K_0 - K_L) at three angles, networks averaged over rotations, and its errors."""
    count, steps, values = 20, np.array([3, 6, 9]), []
    angle = 2 * np.pi * np.arange(count) / count
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    rows, rng = np.arange(count), np.random.default_rng([7, depth])
    for _ in range(batches):
        kernels = tanh_kernels(depth, n, 500, x, rng)
        values.append([kernels[:, rows, (rows + s) % count].mean() for s in steps])
    values = n * (np.array(values) - deep_kernel("tanh", depth)(np.cos(angle[steps])))
    return np.cos(angle[steps]), values.mean(0), values.std(0) / np.sqrt(batches)


@pytest.mark.parametrize("depth", [2, 3])
def test_mean_shift_is_that_of_drawn_networks(depth, monkeypatch):
    t, found, error = drawn_shift(depth, 24, 100)
    derived = mean_shift("tanh", depth, t)
    near = 4 * error + 0.08 * np.abs(derived) + 0.02  # orders 1/n of n times the shift
    assert np.all(np.abs(found - derived) < near)
    # without the dependence between W and what lies above it the shift is another
    monkeypatch.setattr(deep_shift, "_tangents", lambda layers: np.prod([o.p for o in layers])
                        * np.linalg.inv(layers[0].inverse))
    assert np.any(np.abs(found - mean_shift("tanh", depth, t)) > near)


def test_one_hidden_layer_has_no_shift_and_shifts_by_degree_sum_to_the_function():
    np.testing.assert_allclose(mean_shift("relu", 1, np.cos(ANGLES)), 0, atol=1e-12)
    by_degree = eigenvalue_shift(SMOOTH, 2, 2, 40)
    series = by_degree * np.append(1, np.full(40, 2)) @ np.cos(np.outer(np.arange(41), ANGLES))
    np.testing.assert_allclose(series, mean_shift(SMOOTH, 2, np.cos(ANGLES)), atol=1e-5)
    coarse, fine = (eigenvalue_shift(SMOOTH, 3, 3, 8, nodes=n) for n in (32, 64))
    np.testing.assert_allclose(coarse, fine, atol=1e-8)


def test_shift_of_relu_is_resolved_to_the_largest_degree():
    """Against the midpoint rule: the alias from degree 2 N - k is the tail's (k / (2 N - k))^2."""
    top, nodes = 48, 480
    angle = (np.arange(nodes) + 0.5) * np.pi / nodes
    expected = np.cos(np.outer(np.arange(top + 1), angle)) @ mean_shift(
        "relu", 2, np.cos(angle)) / nodes
    alias = (top / (2 * nodes - top)) ** 2
    found = eigenvalue_shift("relu", 2, 2, top)
    np.testing.assert_allclose(found, expected, rtol=2 * alias, atol=1e-7)
    # the nodes alone, without the spline, would not do
    few = np.cos(np.outer(np.arange(top + 1), angle := (np.arange(64) + 0.5) * np.pi / 64)) @ (
        mean_shift("relu", 2, np.cos(angle))) / 64
    assert abs(few[top] / expected[top] - 1) > 0.2


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="t: must lie"):
        mean_shift(SMOOTH, 2, [1.0])
    with pytest.raises(ValueError, match="d = 4"):
        eigenvalue_shift(SMOOTH, 2, 4, 8)
    with pytest.raises(ValueError, match="problem: must have a depth"):
        first_order_deep(source_problem(SMOOTH), [100], 32, 4, 1)
    with pytest.raises(ValueError, match="degree"):
        deep_operator(draw_stack([4], 2, np.random.default_rng(0)), SMOOTH, 8, degree=8)


PROBLEMS = {L: source_problem(SMOOTH, 2, max_degree=16, depth=L) for L in (1, 2, 3)}
TIMES = np.array([100, 1000, 10000])


@pytest.mark.parametrize("depth", [1, 3])
def test_expansion_is_the_exact_risk_up_to_third_order(depth):
    """E made ever smaller: what is left falls by more than the second order does."""
    problem, left = PROBLEMS[depth], []
    lam = problem.spectrum.eigenvalues
    limit = kernel_risk(problem, TIMES, tail=False)
    operator = deep_starts.operator(problem, [256] * depth, None, 5, 0)
    whole = np.diag(lam[operator.degrees])
    for part in (1.0, 0.25):
        some = type(operator)(2, 16, whole + part * (operator.matrix - whole))
        exact = risk_given_start(some, problem.target.power[None], problem.schedule,
                                 TIMES).risk(problem.noise)[0]
        shift, squares = deep_starts.parts(problem, some)
        first, second = start_expansion(problem, TIMES, shift[None], squares[None])
        left.append([np.abs(exact - limit - first[0] - second[0]).max(), np.abs(second).max(),
                     np.abs(first).max()])
    (one, second, first), (one_small, second_small, _) = left
    assert second_small == pytest.approx(second / 16, rel=1e-6)
    assert one < 0.3 * first
    assert one_small < one / 25  # a remainder of second order would be one / 16


def test_first_order_of_one_hidden_layer_is_the_derived_one():
    found = first_order_deep(PROBLEMS[1], TIMES, 512, 240, 6)
    exact = first_order(source_problem(SMOOTH, 2, max_degree=16), TIMES)
    error = found.samples.std(0) / np.sqrt(len(found.samples))
    assert np.all(np.abs(found.samples.mean(0) - exact) < 4 * error)
    assert np.all(error < 0.06 * exact)


def test_layers_cost_what_the_whole_network_does():
    layers = layer_costs(PROBLEMS[2], TIMES, 48, 6, 60, 8)
    whole = first_order_deep(PROBLEMS[2], TIMES, 512, 60, 9).fluctuation
    total = layers.sum(1)
    error = np.hypot(total.std(0), whole.std(0)) / np.sqrt(60)
    # left over: orders 1/n of the shares themselves
    assert np.all(np.abs(total.mean(0) - whole.mean(0)) < 4 * error + 0.05 * whole.mean(0))
    assert np.all(layers.mean(0) > 0)


def test_sweep_is_unbiased_and_tends_to_the_first_order():
    widths, problem, starts = np.array([128, 512, 1024]), PROBLEMS[2], 120
    sweep = deep_sweep(problem, widths, TIMES, 3, 30, 11).excess
    first = first_order_deep(problem, TIMES, 1024, starts, 12).samples
    c, noise = first.mean(0), first.std(0, ddof=1) / np.sqrt(starts)
    found, error = (widths[1:] @ sweep.mean[1:] / 2,
                    np.hypot(np.linalg.norm(widths[1:, None] * sweep.error[1:], axis=0) / 2, noise))
    # the next order of 1/m is a share of the excess itself
    assert np.all(np.abs(found - c) < 4 * error + c**2 / 512)
    assert np.all(4 * error + c**2 / 512 < c, where=[True, False, True])  # none would be seen
    plain = np.array([risk_given_start(
        deep_starts.operator(problem, [64, 64], None, deep_starts.child(13, i), 0),
        problem.target.power[None], problem.schedule, TIMES).risk(problem.noise)[0]
        for i in range(48)]) / kernel_risk(problem, TIMES, tail=False) - 1
    error = np.hypot(plain.std(0, ddof=1) / np.sqrt(48), sweep.error[0])
    assert np.all(np.abs(plain.mean(0) - sweep.mean[0]) < 4 * error)


def test_first_order_at_fewer_degrees_is_that_of_the_same_starts():
    few = source_problem(SMOOTH, 2, max_degree=8, depth=2)
    _, cut = first_order_cuts([PROBLEMS[2], few], TIMES, 64, 4, 3, 64)
    alone = first_order_deep(few, TIMES, 64, 4, 3, 64)
    np.testing.assert_allclose(cut.samples, alone.samples, rtol=1e-6)
    with pytest.raises(ValueError, match="problems: must differ"):
        first_order_cuts([PROBLEMS[2], PROBLEMS[3]], TIMES, 64, 4, 3)


def test_drawn_sgd_is_sgd_with_that_kernel():
    problem = PROBLEMS[2]
    operator = deep_starts.operator(problem, [8, 8], None, 2, 0)
    samples, steps = problem.samples(50, 3), problem.schedule.step_sizes(50)
    basis = evaluate(samples.x, 16)[0]
    kernel, weights = basis @ operator.matrix @ basis.T, np.zeros(50)
    for t in range(50):  # the representer of each sample
        weights[t] = -steps[t] * (kernel[t] @ weights - samples.y[t])
    got = drawn_sgd(operator, samples, problem.schedule, times=[7, 50])
    np.testing.assert_allclose(got[1], operator.matrix @ basis.T @ weights, atol=1e-12)
    weights[7:] = 0
    np.testing.assert_allclose(got[0], operator.matrix @ basis.T @ weights, atol=1e-12)


def test_wide_networks_follow_their_linearisation():
    problem, times = PROBLEMS[2], [30, 300]
    paths = deep_paths(problem, [16, 256], times, 3, 4)
    gap = np.abs(paths.network - paths.linearised) / paths.linearised
    assert gap[:, 1].max() < 0.1 * gap[:, 0].max() + 0.02
    sweep = deep_sweep(problem, [16, 64, 256], times, 3, 2, 4)
    with pytest.raises(ValueError, match="paths: shape"):
        sweep.with_drift(deep_paths(problem, [32], times, 2, 4))


def test_parts_of_laws_are_those_of_a_power_law():
    from ntksgd.width.excess import Excess

    widths, times = np.array([16, 64, 256, 1024]), np.array([100, 300, 1000, 3000, 10000])
    rng = np.random.default_rng(5)

    def law(factor, power):
        mean = factor * times**power / widths[:, None]
        samples = mean * (1 + 0.01 * rng.standard_normal((8, 4, 5)))
        return width_law(Excess(times, ((widths, samples),)), 0.1)

    one, two = law(2.0, 0.2), law(4.0, 0.2)
    assert exponent_between(one, 1000, 10000).value == pytest.approx(0.2, abs=0.02)
    assert exponent_between(one, 2000, 2500) is None
    seen, ratio = width_ratio(two, one)
    np.testing.assert_allclose(ratio.value, 2, rtol=0.05)
    assert seen.size == 5
