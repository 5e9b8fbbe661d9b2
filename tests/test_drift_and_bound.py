"""The formulas of notebook 05: fluctuation bound, drift of parameters and kernel, spread."""

import numpy as np
import pytest

from ntksgd.compare.bound import (
    KernelDistance,
    fluctuation_bound,
    kernel_distance,
    largest_share,
    start_distances,
)
from ntksgd.compare.drift import diagonal, kernel_change, kernel_change_bound
from ntksgd.compare.learners import kernel_values, network_path, start, unpaired
from ntksgd.compare.paths import paths
from ntksgd.compare.spread import initialisation_spread
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise
from ntksgd.problems import schedules
from ntksgd.problems.labels import huber, square
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.rkhs_norm import expected_rkhs_norm
from ntksgd.seeds import child
from ntksgd.sgd.learner import Network
from ntksgd.sgd.network import train_linearised
from ntksgd.stats.quantiles import quantile

NAME, NOISE = "squareplus(0.5)", 0.25
SPECTRUM = mercer_spectrum(NAME, 2, 24)


def setting(theta=0.5, weight_decay=0.0):
    schedule = schedules.polynomial(0.6 / SPECTRUM.trace, theta)
    return Problem(NAME, source_target(SPECTRUM, 0.5), schedule, square(NOISE), weight_decay)


def test_expected_rkhs_norm_is_that_of_sampled_paths():
    # SGD on the coefficients of the Mercer features, whose Euclidean norm is the RKHS norm
    problem, count, rng = setting(), 1500, np.random.default_rng(0)
    degrees, theta, sampled = np.arange(25), np.zeros((1500, 50)), {}
    scale = np.sqrt(SPECTRUM.eigenvalues * SPECTRUM.multiplicities)
    for t, eta in enumerate(problem.schedule.step_sizes(60), start=1):
        angle = rng.uniform(0, 2 * np.pi, (count, 1)) * degrees
        features = np.hstack([scale * np.cos(angle), scale * np.sin(angle)])
        y = np.cos(angle) @ problem.target.coefficients
        e = np.sum(features * theta, axis=1) - y - np.sqrt(NOISE) * rng.standard_normal(count)
        theta = theta - eta * e[:, None] * features
        sampled[t] = np.sum(theta**2, axis=1)
    times = np.array([5, 60])
    exact = expected_rkhs_norm(SPECTRUM, problem.target, problem.schedule, times, NOISE)
    for t, expected in zip(times, exact, strict=True):
        error = sampled[t].std() / np.sqrt(count)
        assert error < 0.02 * expected
        assert abs(sampled[t].mean() - expected) < 4 * error


def test_displacement_has_the_rkhs_norm_of_the_function():
    # ||W|| = ||l||_(K_0): interpolation of l with K_0 at more points than features
    problem, params = setting(), initialise(4, 2, np.random.default_rng(3))
    samples = square(NOISE).draw(problem.target, 40, 8)
    act = activation(NAME)
    run = train_linearised(params, samples, problem.schedule, act, times=[40], points=samples.x)
    gram = empirical_ntk(params, samples.x, samples.x, act)
    norm = run.values[0] @ np.linalg.pinv(gram, rcond=1e-10, hermitian=True) @ run.values[0]
    assert run.drift[0] ** 2 == pytest.approx(norm, rel=1e-6)


def test_kernel_change_stays_below_its_bound_pointwise():
    act, rng, m, gamma = activation(NAME), np.random.default_rng(0), 40, 1.0
    begin, x = initialise(m, 2, rng), setting().grid(20).points
    before, largest = empirical_ntk(begin, x, x, act), 0.0
    for size in (0.01, 0.3, 3.0):
        for direction in range(20):
            step = rng.standard_normal((4, m))
            if direction == 0:  # all neurons the way that moves the kernel most: a away from zero
                step = np.stack([begin.a, *np.zeros((3, m))])
            step *= size / np.linalg.norm(step)
            now = Parameters(begin.a + step[0], begin.b + step[1:3].T, begin.c + step[3])
            change = np.abs(empirical_ntk(now, x, x, act) - before).max()
            bound = kernel_change_bound(size, m, before.diagonal().max(), 1.0, gamma)
            largest = max(largest, change / bound)
    assert 0.05 < largest <= 1


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
def test_fluctuation_stays_below_its_bound(weight_decay):
    problem, m, count, times = setting(weight_decay=weight_decay), 32, 40, [1, 10, 200]
    run = paths(problem, ["linearised", "kernel"], [m], times, count, 5)
    distance = KernelDistance(*(v[0] for v in start_distances(problem, [m], count, 5)))
    last = kernel_distance(problem, start(problem, m, parameter_rng(child(5, count - 1))),
                           problem.grid())
    assert tuple(v[-1] for v in distance) == last
    bound = fluctuation_bound(distance, problem, times)
    ratio = run.linearised_kernel[:, 0].mean(axis=0) / bound.mean(axis=0)
    assert np.all(ratio < 1)
    assert ratio[0] > 0.2  # one step: only sup over x and mean over x differ


def test_fluctuation_bound_stays_below_its_closed_form():
    # the closed form of the notebook, lambda = 0
    problem, T, distance = setting(), 300, KernelDistance(0.1, 0.2, 0.7)
    eta = problem.schedule.step_sizes(T)
    risk = np.concatenate([[1.0], expected_risk(SPECTRUM, problem.target, problem.schedule,
                                                np.arange(1, T), NOISE).risk])
    forcing = np.sum(eta * (0.1 + eta * np.sqrt(0.7) * 0.2) * np.sqrt(risk))
    chance = 0.2 * np.sqrt(np.sum(eta**2 * (risk + NOISE)))
    closed = np.exp(0.35 * np.sum(eta**2)) * (forcing + chance)
    first, last = fluctuation_bound(distance, problem, [1, T])
    assert 0.4 * closed < np.sqrt(last) <= closed
    assert first == pytest.approx(eta[0] ** 2 * 0.2**2 * (1 + NOISE))


@pytest.mark.parametrize("change", [{"labels": huber(0.5, 3.0)}, {"momentum": 0.5}, {"batch": 2}])
def test_fluctuation_bound_refuses_what_it_is_not_proved_for(change):
    with pytest.raises(ValueError, match=r"problem: loss = .* the bound is for square, 0, 1"):
        fluctuation_bound(KernelDistance(0.1, 0.2, 0.7), setting().with_(**change), [5])


@pytest.mark.parametrize("begin", [start, unpaired])
def test_kernel_drift_falls_like_1_over_m_paired_or_not(begin):
    # bands: four standard errors over seeds; the powers 1/2 of the bound, 1 of fluctuation are out
    run = paths(setting(), ["network", "linearised"], [256, 2048], [60], 8, 2, start=begin,
                degree=64, observers={"kernel": kernel_change, "diagonal": diagonal})
    for values, power, band in ((run.observed["kernel"], 1, 0.3),
                                (run.network_linearised, 2, 0.5)):
        narrow, wide = values[..., 0].mean(axis=0)
        assert np.log(narrow / wide) / np.log(8) == pytest.approx(power, abs=band)
    # and stays below its bound: |sigma''| <= 1/(2 scale) = 1
    bound = kernel_change_bound(run.drift, np.array([[256], [2048]]), run.observed["diagonal"], 1.0)
    assert np.all(run.observed["kernel"] < bound)


@pytest.mark.parametrize("change", [{}, {"weight_decay": 0.2}, {"labels": huber(0.5, 3.0)}])
def test_spread_is_the_mean_risk_of_each_network_over_the_kernel_s(change):
    problem, times = setting().with_(**change), [60]
    points = problem.grid()
    run = {"times": times, "points": points.points}
    streams = [problem.samples(60, child(child(1, 0), j)) for j in range(2)]
    kernel = np.mean([problem.risk(points, kernel_values(problem, s, **run)[0]) for s in streams])
    expected = [np.mean([problem.risk(points, network_path(problem, s, 8, child(child(1, 1), i),
                                                           **run).values[0]) for s in streams])
                for i in range(3)]
    found = initialisation_spread(problem, 8, 60, 3, 2, 1, workers=1)
    np.testing.assert_allclose(found, np.array(expected) / kernel, rtol=1e-12)


def test_spread_of_a_network_that_diverges_is_infinite():
    found = initialisation_spread(setting().with_(labels=square(400.0)), 2, 60, 40, 1, 0, workers=1)
    assert np.isinf(found).any() and np.isfinite(found).any()


def test_spread_does_not_evaluate_a_network_that_stopped_early(monkeypatch):
    monkeypatch.setattr(Network, "advance", lambda self, x, y, steps: (len(y) - 1, y))
    monkeypatch.setattr(Network, "values", lambda self, points: np.zeros(len(points)))
    assert np.all(np.isinf(initialisation_spread(setting(), 8, 9, 2, 1, 0, workers=1)))


@pytest.mark.parametrize("change", [{"momentum": 0.5}, {"batch": 2}, {"depth": 1}])
def test_spread_refuses_what_it_does_not_run(change):
    with pytest.raises(ValueError, match=r"problem: depth = .* the spread is for None, 0, 1"):
        initialisation_spread(setting().with_(**change), 8, 9, 4, 2, 0)


def test_spread_over_initialisations_narrows_with_width():
    problem = setting()
    narrow = initialisation_spread(problem, 8, 100, 40, 2, 1, workers=1)
    wide = initialisation_spread(problem, 256, 100, 40, 2, 1, workers=2)
    again = initialisation_spread(problem, 8, 100, 40, 2, 1, workers=2)
    np.testing.assert_array_equal(narrow, again)
    assert wide.std() < 0.4 * narrow.std()
    assert wide.mean() == pytest.approx(1, abs=0.1)
    levels = quantile(narrow, [0.5, 0.9]).value
    assert np.mean(narrow > levels[1]) <= 0.1
    assert levels[0] < levels[1]


@pytest.mark.parametrize("arguments", [(7, 9, 4, 2, 0), (8, 0, 4, 2, 0), (8, 9, 0, 2, 0),
                                       (8, 9, 4, 0, 0)])
def test_bad_input_of_the_spread_is_named(arguments):
    names = ["m", "T", "initialisations", "streams"]
    wrong = next(n for n, v in zip(names, arguments, strict=False) if v in (0, 7))
    with pytest.raises(ValueError, match=f"^{wrong} = "):
        initialisation_spread(setting(), *arguments)


def test_largest_share_is_where_the_means_are_nearest():
    bound = np.array([[[1.0, 2, 4]] * 5, [[2.0, 8, 8]] * 5])  # (widths, replicates, times)
    gap = np.random.default_rng(0).gamma(9, 1 / 9, (5, 2, 3))
    gap[:, 1, 1] += 20  # 2.6 of the bound; no other entry is near it
    found = largest_share(gap, bound)
    assert found.value == pytest.approx(gap[:, 1, 1].mean() / 8) and found.low < found.value
