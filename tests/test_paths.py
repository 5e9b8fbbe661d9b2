"""One set of samples for every learner; the kernel's side is known exactly."""

import numpy as np
import pytest

from ntksgd.compare.drift import diagonal, kernel_change, trace
from ntksgd.compare.learners import kernel_values, network_path, unpaired
from ntksgd.compare.paths import paths
from ntksgd.kernels.empirical import gram
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.sphere import legendre, uniform
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import deep
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise
from ntksgd.problems import schedules
from ntksgd.problems.data import Population
from ntksgd.problems.grid import grid, log_times
from ntksgd.problems.labels import logistic, square
from ntksgd.problems.problem import Problem, source_problem
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.problems.schedules import power_sums
from ntksgd.problems.target import source_target
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.seeds import child
from ntksgd.sgd import deep as deep_sgd
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.spectral import spectral_sgd
from ntksgd.width.budget import neuron_updates

NOISE = 0.2
ALL = ("network", "linearised", "kernel")


def setting(d=2, max_degree=24, weight_decay=0.0, noise=NOISE, name="relu"):
    spectrum = mercer_spectrum(name, d, max_degree)
    schedule = schedules.polynomial(0.7 / spectrum.trace, 0.4)
    return Problem(name, source_target(spectrum, 0.75), schedule, square(noise), weight_decay)


def population(n=30, d=4):
    rng = np.random.default_rng(1)
    data = Population("points", uniform(rng, n, d), rng.standard_normal(n))
    return Problem("relu", data, schedules.polynomial(0.5, 0.5))


def first_seed(root):
    """Seed of replicate 0."""
    return child(np.random.SeedSequence(root), 0)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_spectral_sgd_is_kernel_sgd_with_the_truncated_kernel(weight_decay):
    problem, times = setting(), [1, 7, 400]
    spectrum = problem.target.spectrum
    samples = square(NOISE).draw(problem.target, 400, 3)
    points = uniform(np.random.default_rng(0), 9, 2)
    values = spectral_sgd(spectrum, samples, problem.schedule, times=times, points=points,
                          weight_decay=weight_decay)
    path = kernel_sgd(lambda t: spectrum.kernel(t), samples.x[None], samples.y[None],
                      problem.schedule.step_sizes(400), points, times, weight_decay)
    np.testing.assert_allclose(values, path.last[0], rtol=0, atol=1e-10)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_kernel_risk_has_its_exact_expectation(weight_decay):
    problem, times = setting(weight_decay=weight_decay), np.array([30, 300])
    run = paths(problem, ["kernel"], [], times, 600, 0)
    exact = kernel_risk(problem, times, tail=False)
    error = run.kernel.std(axis=0, ddof=1) / np.sqrt(600)
    assert np.all(error < 0.03 * exact)
    assert np.all(np.abs(run.kernel.mean(axis=0) - exact) < 4 * error)


@pytest.mark.parametrize("change", [{"momentum": 0.5}, {"batch": 8}])
def test_kernel_risk_with_momentum_or_a_batch_has_its_exact_expectation(change):
    problem, times = setting().with_(**change), [100]
    run = paths(problem, ["kernel"], [], times, 600, 0)
    exact, error = kernel_risk(problem, times, tail=False), run.kernel.std(ddof=1) / np.sqrt(600)
    plain = kernel_risk(setting(), times, tail=False)
    assert abs(run.kernel.mean() - exact) < 4 * error < abs(exact - plain)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_wide_networks_approach_the_kernel_on_the_same_samples(d):
    # squared gaps fall like 1/m: by 64 from m to 64 m; 4 leaves room for chance, not for a
    # stream of samples that is not the same (the gap would then stay of the size of the risk)
    problem = setting(d, max_degree=24, name="tanh")
    run = paths(problem, ALL, [32, 2048], [200], 4, 5)
    for gap in (run.network_kernel, run.linearised_kernel, run.network_linearised):
        narrow, wide = gap.mean(axis=0)[:, 0]
        assert wide < 4 * narrow / 64
    assert run.network_linearised.mean() < 0.3 * run.linearised_kernel.mean()


def test_a_wide_network_follows_the_kernel_under_the_logistic_loss():
    problem = source_problem("squareplus(0.5)", 2, 0.75, max_degree=32, norm=2.0, labels=logistic)
    run = paths(problem, ALL, [32, 2048], [400], 6, 3)
    for gap in (run.network_kernel, run.linearised_kernel, run.network_linearised):
        narrow, wide = gap.mean(axis=0)[:, 0]
        assert wide < 4 * narrow / 64
    points = problem.grid()  # the risk of f*/2: E l(g, y) - E l(f*, y) by the definition
    values, p = points.target / 2, 1 / (1 + np.exp(-points.target))
    expected = [p * np.logaddexp(0, -g) + (1 - p) * np.logaddexp(0, g)
                for g in (values, points.target)]
    assert problem.risk(points, values) == pytest.approx(
        points.weights @ (expected[0] - expected[1]), rel=1e-10)


def test_a_wide_deep_network_follows_its_kernel():
    problem = source_problem("tanh", 2, 0.75, 0.1, max_degree=24, depth=2)
    run = paths(problem, ["network", "kernel"], [16, 512], [100], 6, 4)
    narrow, wide = run.network_kernel.mean(axis=0)[:, 0]
    assert wide < 4 * narrow / 32
    assert np.isnan(run.drift).all() and np.isnan(run.linearised).all()
    seed, points = first_seed(4), problem.grid()
    params = deep.initialise(16, 2, 2, parameter_rng(seed))
    values = deep_sgd.train(params, problem.samples(100, seed), problem.schedule, "tanh",
                            times=[100], points=points.points)
    assert run.network[0, 0, 0] == points.risk(values)[0]


def test_the_learners_of_a_population_see_its_points():
    problem, times = population(), [3, 400]
    run = paths(problem, ALL, [16, 1024], times, 5, 9)
    drawn = draw_samples(problem.target, 400, first_seed(9)).drawn
    f, matrix = np.zeros(30), gram(tangent_kernel("relu"), problem.target.x)
    for t, (i, eta) in enumerate(zip(drawn, problem.schedule.step_sizes(400), strict=True), 1):
        f = f - eta * (f[i] - problem.target.y[i]) * matrix[i]
        if t in times:
            risk = np.mean((f - problem.target.y) ** 2)
            assert run.kernel[0, times.index(t)] == pytest.approx(risk, rel=1e-10)
    narrow, wide = run.network_kernel[..., -1].mean(axis=0)
    assert wide < 4 * narrow / 64


def test_the_start_is_shifted_away():
    # for the linearised network g_0 in the labels cancels, whatever the loss of the form l(g - y)
    problem, m, T = setting(name="tanh"), 64, 50
    run = paths(problem, ALL, [m], [T], 3, 6, start=unpaired)
    seed, act = first_seed(6), activation("tanh")
    params, samples = unpaired(problem, m, parameter_rng(seed)), problem.samples(T, seed)
    W, features = np.zeros(4 * m), tangent(params, samples.x, act)
    for phi, y, eta in zip(features, samples.y, problem.schedule.step_sizes(T), strict=True):
        W -= eta * (phi @ W - y) * phi
    values = tangent(params, problem.grid().points, act) @ W
    assert run.linearised[0, 0, 0] == pytest.approx(problem.grid().risk(values), rel=1e-9)
    # two starts that have nothing in common learn the same target: their risks are alike
    wide = paths(problem, ["network", "kernel"], [32, 2048], [200], 4, 6, start=unpaired)
    narrow, gap = wide.network_kernel.mean(axis=0)[:, 0]
    assert gap < 4 * narrow / 64
    # signs or c alone are not in pairs: g_0 is not 0 either
    still = problem.with_(schedule=schedules.constant(1e-12))
    for odd in (lambda p: p._replace(a=np.abs(p.a)), lambda p: p._replace(c=np.arange(1.0 * m))):
        start = lambda problem, m, rng, odd=odd: odd(initialise(m, 2, rng))  # noqa: E731
        path = network_path(still, samples, m, seed, times=[1], points=samples.x, start=start)
        np.testing.assert_allclose(path.values, 0, atol=1e-8)


def tangent(params, x, act):
    """Gradient of g at points x, one row each, in another order than the library's."""
    u = x @ params.b.T + params.c
    inner = params.a * act.derivative(u)
    outer = inner[:, :, None] * x[:, None, :]
    columns = act.value(u), inner, outer.reshape(len(x), -1)
    return np.hstack(columns) / np.sqrt(params.a.size)


def test_observers_see_the_start_and_the_parameters_at_each_time():
    problem, m, times = setting(max_degree=12), 10, [1, 30]
    seen = {"kernel": kernel_change, "diagonal": diagonal, "trace": trace,
            "distance": lambda problem, points, start, now: np.sqrt(sum(
                np.sum((p - q) ** 2) for p, q in zip(start, now, strict=True)))}
    run = paths(problem, ["network"], [m], times, 2, 8, observers=seen)
    np.testing.assert_allclose(run.observed["distance"], run.drift, rtol=1e-12)
    seed, points, act = first_seed(8), problem.grid(), activation("relu")
    start = initialise(m, 2, parameter_rng(seed))
    phi, eta = tangent(start, problem.samples(1, seed).x, act)[0], problem.schedule(1.0)
    step = eta * problem.samples(1, seed).y[0] * phi  # from g_0 = 0
    now = Parameters(start.a + step[:m], start.b + step[2 * m:].reshape(m, 2),
                     start.c + step[m : 2 * m])
    before, after = (empirical_ntk(p, points.points, points.points, act) for p in (start, now))
    assert run.observed["kernel"][0, 0, 0] == pytest.approx(
        np.sqrt(points.weights @ (after - before) ** 2 @ points.weights), rel=1e-9)
    np.testing.assert_allclose(run.observed["diagonal"][0], before.diagonal().max(), rtol=1e-12)
    assert run.observed["trace"][0, 0, 0] == pytest.approx(
        points.weights @ after.diagonal() / problem.spectrum.trace, rel=1e-12)
    assert not np.array_equal(run.observed["kernel"][0], run.observed["kernel"][1])


@pytest.mark.parametrize("problem", [setting(), setting(3, 8), population(),
                                     source_problem("tanh", 2, 0.75, 0.1, max_degree=8, depth=2)],
                         ids=["circle", "sphere", "population", "deep"])
def test_results_depend_on_the_seed_alone(problem):
    widths, times = [4, 16], [5, 50]
    learners = ALL if problem.depth == 1 else ("network", "kernel")
    one = paths(problem, learners, widths, times, 3, 11, workers=1)
    two = paths(problem, learners, widths, times, 5, 11, workers=2)
    alone = paths(problem, ["network"], [16], [50], 3, 11)
    for name in ("network", "linearised", "kernel", "network_kernel", "drift"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name)[:3])
    np.testing.assert_array_equal(alone.network[:, 0, 0], one.network[:, 1, 1])
    assert np.isnan(alone.linearised).all() and np.isnan(alone.kernel).all()
    other = paths(problem, learners, widths, times, 3, 12)
    assert not np.array_equal(one.network, other.network)


def test_a_diverging_network_is_flagged_and_infinite():
    problem = setting(noise=1e8)
    run = paths(problem, ["network", "kernel"], [2, 4096], [10, 400], 6, 2,
                observers={"diagonal": diagonal})
    assert 0 < run.diverged[:, 0].sum() < 6
    np.testing.assert_array_equal(np.isinf(run.network[..., -1]), run.diverged)
    np.testing.assert_array_equal(np.isnan(run.observed["diagonal"][..., -1]), run.diverged)
    assert not np.isnan(run.network).any()


def test_samples_of_a_short_run_are_those_of_a_long_one():
    target = setting().target
    short, long = square(NOISE).draw(target, 10, 1), square(NOISE).draw(target, 100, 1)
    np.testing.assert_array_equal(short.x, long.x[:10])
    np.testing.assert_array_equal(short.y, long.y[:10])
    clean = draw_samples(target, 20000, 1)
    noise = square(NOISE).draw(target, 20000, 1).y - clean.y
    assert np.var(noise) == pytest.approx(NOISE, rel=0.04)
    np.testing.assert_allclose(clean.y, target(clean.x), rtol=0, atol=1e-11)
    # a problem draws the same
    np.testing.assert_allclose(setting().samples(10, 1).y, short.y, rtol=1e-14)


@pytest.mark.parametrize("d", [2, 3, 6])
def test_target_is_its_legendre_series(d):
    target = setting(d, 12).target
    x = uniform(np.random.default_rng(1), 77, d)
    expected = target.coefficients @ legendre(d, 12, x[:, 0])
    np.testing.assert_allclose(target(x), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("d", "tolerance"), [(2, 1e-12), (3, 1e-12), (5, 0.15)])
def test_grid_gives_the_norm_of_the_target(d, tolerance):
    target = setting(d, 12).target
    points = grid(target)
    assert points.risk(np.zeros(len(points.weights))) == pytest.approx(1, rel=tolerance)
    assert points.mean_square(np.ones((3, len(points.weights)))) == pytest.approx(np.ones(3))


def test_log_times_and_costs():
    np.testing.assert_array_equal(log_times(1000, 4), [1, 10, 100, 1000])
    assert np.all(np.diff(log_times(50, 40)) >= 1)
    assert neuron_updates([2, 8], 100, 3) == 3000


def test_source_problem_has_the_steps_of_the_paper():
    problem, t = source_problem("relu", 3, 1.0, 0.2, 0.8, 16, weight_decay=0.1), np.arange(1, 6)
    np.testing.assert_allclose(problem.schedule(t), 0.8 / problem.spectrum.trace * t ** (-2 / 3))
    np.testing.assert_allclose(power_sums(problem.schedule, [1, 5]) * problem.spectrum.trace,
                               0.8 * np.array([1, np.sum(t ** (-2 / 3))]))
    assert (problem.d, problem.noise, problem.weight_decay) == (3, 0.2, 0.1)
    assert problem.with_(weight_decay=0.0).weight_decay == 0 and problem.local_schedule is (
        problem.schedule)


@pytest.mark.parametrize(("change", "message"), [
    ({"widths": [3]}, "m = 3: must be an even integer"),
    ({"times": [0, 5]}, "times"),
    ({"times": [5, 5]}, "times"),
    ({"replicates": 0}, "replicates = 0"),
    ({"learners": ["ntk"]}, "learners = 'ntk'"),
    ({"learners": ["kernel"], "observers": {"trace": trace}}, "observers = .* has no network"),
    ({"problem": setting().with_(momentum=0.5), "learners": ["linearised"]},
     "momentum = 0.5: the linearised"),
    ({"problem": setting().with_(depth=2, batch=2)}, "batch = 2: the deep network"),
    ({"problem": setting().with_(batch=2), "learners": ["linearised"]}, "batch = 2: the linearis"),
    ({"problem": setting().with_(depth=2), "learners": ["linearised"]}, "depth = 2: the linear"),
    ({"problem": setting().with_(depth=2), "start": unpaired}, "depth = 2: the network with unp"),
    ({"problem": setting(weight_decay=0.1).with_(depth=2)}, "weight_decay = 0.1: the deep"),
    ({"problem": setting().with_(depth=2), "observers": {"trace": trace}}, "observers = .* depth"),
    ({"problem": setting().with_(labels=logistic(setting().grid())), "start": unpaired},
     "start: g_0 is not 0"),
])
def test_bad_input_is_named(change, message):
    good = {"problem": setting(), "learners": ["network"], "widths": [4], "times": [5],
            "replicates": 1, "seed": 0}
    with pytest.raises(ValueError, match=message):
        paths(**good | change)


@pytest.mark.parametrize(("problem", "message"), [
    (setting(3, 8).with_(momentum=0.5), "momentum = 0.5: the kernel off the circle"),
    (setting(3, 8).with_(batch=2), "batch = 2: the kernel off the circle"),
    (setting(3, 8).with_(labels=logistic(setting(3, 8).grid())), "labels.loss = 'logistic': the k"),
    (population().with_(weight_decay=0.1), "weight_decay = 0.1: the kernel on a population"),
    (population().with_(batch=2), "batch = 2: the kernel on a population"),
])
def test_a_kernel_refuses_what_it_would_leave_out(problem, message):
    points = problem.grid().points
    with pytest.raises(ValueError, match=message):
        kernel_values(problem, problem.samples(5, 0), times=[5], points=points)


@pytest.mark.parametrize(("change", "message"), [
    ({"labels": 0.25}, "labels = 0.25: must be a LabelModel"),
    ({"weight_decay": -1.0}, "weight_decay = -1.0"),
    ({"momentum": 1.0}, "momentum = 1.0"),
    ({"batch": 0}, "batch = 0"),
    ({"depth": 0}, "depth = 0"),
    ({"activation": "step"}, "activation = 'step'"),
])
def test_a_bad_problem_is_named(change, message):
    with pytest.raises(ValueError, match=message):
        setting().with_(**change)
    with pytest.raises(ValueError, match="noise = -1.0"):
        setting(noise=-1.0)


def test_an_unstable_step_is_refused():
    target = setting().target
    fast = Problem("relu", target, schedules.constant(3 / target.spectrum.trace), square(NOISE))
    with pytest.raises(ValueError, match="largest stable step"):
        paths(fast, ["network"], [4], [5], 1, 0)
    with pytest.raises(ValueError, match=r"step = 2.0"):
        source_problem("relu", step=2.0)
