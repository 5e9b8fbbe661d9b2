"""The risk given the start: against the full recursion on points, sampled runs, the limit."""

from functools import partial

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.drawn import DrawnOperator, drawn_operator
from ntksgd.kernels.harmonics import evaluate
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.two_layer import Parameters, initialise
from ntksgd.problems import decays
from ntksgd.problems.problem import source_problem
from ntksgd.problems.schedules import constant, polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk import coupled, given_start
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.stability import fixed_point_gain
from ntksgd.sgd.network import train_linearised
from reference_given_start import covariance_on_points


def drawn(name, d, degree, m, seed=0):
    return drawn_operator(initialise(m, d, np.random.default_rng(seed)), name, degree)


def rough_target(operator, powers, seed=5):
    """Coefficients of a target that is not zonal, of the given power in each degree."""
    raw = np.random.default_rng(seed).standard_normal(operator.degrees.size)
    size = np.bincount(operator.degrees, raw**2)
    return raw * np.sqrt(powers / size)[operator.degrees]


FULL = [  # activation, d, K, m, schedule of kappa(1), weight decay, average
    ("relu", 2, 12, 16, lambda k: polynomial(1 / k, 0.5), 0.0, "uniform"),
    ("squareplus(0.5)", 2, 12, 16, lambda k: polynomial(1 / k, 2 / 3), 0.0, "tail"),
    ("relu", 2, 10, 4, lambda k: polynomial(1 / k, 0.25), 0.0, None),
    ("relu", 2, 12, 16, lambda k: polynomial(1 / k, 0.5), 0.02, "uniform"),
    ("squareplus(0.5)", 2, 8, 8, lambda k: constant(0.3 / k), 0.01, "tail"),
    ("relu", 2, 12, 16, lambda k: decays.warmup_stable_decay(0.5 / k, 2100, 0.1, 0.3), 0.0, None),
    ("erf", 3, 3, 8, lambda k: polynomial(1 / k, 0.5), 0.0, "tail"),
]


@pytest.mark.parametrize(("name", "d", "degree", "m", "schedule", "decay", "average"), FULL)
def test_equals_the_full_recursion_on_points(name, d, degree, m, schedule, decay, average):
    """All steps in full on the quadrature's points: a fixed target, and one that is averaged."""
    operator, noise, times = drawn(name, d, degree, m), 0.3, [7, 400, 2100]
    spectrum = mercer_spectrum(name, d, degree)
    target, schedule = source_target(spectrum, 0.5), schedule(spectrum.trace)
    grid = sphere.quadrature(d, (3 if d == 2 else 2) * degree)
    fixed = rough_target(operator, target.power)
    values = evaluate(grid[0], degree)[0] @ fixed
    averaged = np.tensordot(target.power, sphere.legendre(
        d, degree, np.clip(grid[0] @ grid[0].T, -1, 1)), axes=1)
    for rows, start in ((fixed, np.outer(values, values)), (target.power, averaged)):
        found = risk_given_start(operator, rows[None], schedule, times, decay, average)
        last, mean = covariance_on_points(operator, grid, start, schedule, times, noise, decay,
                                          average)
        np.testing.assert_allclose(found.risk(noise)[0], last, rtol=5e-6)
        np.testing.assert_allclose(found.averaged(noise)[0], mean, rtol=5e-6)


@pytest.mark.parametrize(("name", "d", "degree", "decay"), [
    ("squareplus(0.5)", 2, 40, 0.0), ("squareplus(0.5)", 3, 10, 0.05), ("erf", 5, 7, 0.0)])
def test_sampled_runs_from_the_same_start_agree(name, d, degree, decay):
    """The mean of 400 sampled linearised networks, features not cut at any degree."""
    params, T, noise, runs = initialise(12, d, np.random.default_rng(8)), 150, 0.2, 400
    problem = source_problem(name, d, 0.5, noise, 1.0, min(degree, 5), weight_decay=decay)
    points, weights = sphere.quadrature(d, {2: 120, 3: 24, 5: 14}[d])
    truth, risks = problem.target(points), np.empty(runs)
    for i, seed in enumerate(np.random.SeedSequence(3).spawn(runs)):
        path = train_linearised(params, problem.samples(T, seed), problem.schedule, name,
                                times=[T], points=points, weight_decay=decay)
        risks[i] = weights @ (path.values[0] - truth) ** 2
    operator = drawn_operator(params, name, degree)
    fixed = problem.target.harmonic_coefficients(degree)
    exact = risk_given_start(operator, fixed[None], problem.schedule, [T], decay).risk(noise)[0, 0]
    error = risks.std(ddof=1) / np.sqrt(runs)
    assert abs(risks.mean() - exact) < 3 * error
    limit = expected_risk(problem.spectrum, problem.target, problem.schedule, [T], noise, decay)
    assert abs(limit.risk[0] - exact) > 6 * error  # the limit kernel's risk would be refused


@pytest.mark.parametrize("average", ["uniform", "tail"])
def test_kernel_without_fluctuation_has_the_known_risk(average):
    """L_0 = L is the limit m = infinity: the recursion per degree, to 10^7 steps."""
    spectrum = mercer_spectrum("relu", 2, 40)
    target, schedule = source_target(spectrum, 0.75), polynomial(1 / spectrum.trace, 0.6)
    diagonal = np.repeat(spectrum.eigenvalues, spectrum.multiplicities.astype(int))
    times, decay = [10, 3000, 10**7], 1e-4
    found = risk_given_start(DrawnOperator(2, 40, np.diag(diagonal)), target.power[None], schedule,
                             times, decay, average)
    known = expected_risk(spectrum, target, schedule, times, 0.3, decay, average=average,
                          tail=False)
    np.testing.assert_allclose(found.risk(0.3)[0], known.risk, rtol=1e-8)
    np.testing.assert_allclose(found.averaged(0.3)[0], known.averaged, rtol=1e-8)


def test_constant_steps_end_at_the_fixed_point():
    """Zonal kernel: R = s^2 G / (1 - G), G of `stability`; blocks do not drift away from it."""
    spectrum = mercer_spectrum("squareplus(0.5)", 2, 6)
    eta = 1.2 / spectrum.trace
    diagonal = np.repeat(spectrum.eigenvalues, spectrum.multiplicities.astype(int))
    found = risk_given_start(DrawnOperator(2, 6, np.diag(diagonal)), np.ones((1, 1)),
                             constant(eta), [10**7])
    gain = fixed_point_gain(spectrum, eta, tail=False)
    assert found.variance[0] == pytest.approx(gain / (1 - gain), rel=1e-8)
    assert found.signal[0, 0] < 1e-12


@pytest.mark.parametrize(("name", "m", "r"), [("squareplus(0.5)", 64, 0.5), ("relu", 16, 0.25)])
def test_far_horizon_does_not_depend_on_the_method(name, m, r, monkeypatch):
    """T = 10^9: what rests, degrees and blocks all finer, and the error stays below 1e-5."""
    problem = source_problem(name, 2, r, 0.25, 1.0, max_degree=48)
    operator, times = drawn(name, 2, 48, m), [10**3, 10**6, 10**9]
    run = partial(risk_given_start, operator, np.stack([problem.target.power, np.eye(49)[3]]),
                  problem.schedule, times)
    usual = run()
    monkeypatch.setattr(coupled, "FROZEN", 1e-6)
    monkeypatch.setattr(coupled, "COARSE", 8)
    monkeypatch.setattr(coupled, "CLOSE", 1e-11)
    monkeypatch.setattr(given_start, "FIRST", 256)
    monkeypatch.setattr(given_start, "RESOLVED", 1e-10)
    fine = run()
    assert not np.array_equal(usual.signal, fine.signal)
    np.testing.assert_allclose(usual.signal, fine.signal, rtol=1e-5)
    np.testing.assert_allclose(usual.variance, fine.variance, rtol=1e-5)


def test_mean_over_rotations_knows_only_the_power_per_degree():
    """Linear in F_k whatever the shape of f*: rotated starts, two targets, one mean."""
    params, degree, T = initialise(6, 2, np.random.default_rng(2)), 5, 60
    spectrum = mercer_spectrum("relu", 2, degree)
    schedule = polynomial(1 / spectrum.trace, 0.5)
    powers = source_target(spectrum, 0.5).power
    first = drawn_operator(params, "relu", degree)
    rows = np.stack([rough_target(first, powers, seed) for seed in (1, 2)])
    risks = []
    for angle in 2 * np.pi * np.arange(2 * degree + 1) / (2 * degree + 1):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = Parameters(params.a, params.b @ turn, params.c)
        risks.append(risk_given_start(drawn_operator(turned, "relu", degree), rows, schedule, [T],
                                      degree=4 * degree).signal[:, 0])
    mean = risk_given_start(first, powers[None], schedule, [T], degree=4 * degree).signal[0, 0]
    np.testing.assert_allclose(np.mean(risks, axis=0), mean, rtol=2e-6)
    assert np.ptp(risks, axis=0).min() > 0.01 * mean  # each rotation by itself has another risk
    each = risk_given_start(first, np.eye(degree + 1), schedule, [T], degree=4 * degree)
    assert powers @ each.signal[:, 0] == pytest.approx(mean, rel=1e-6)


def test_times_in_any_order_and_fewer_powers_than_degrees():
    """The answer belongs to the time; missing powers are zero."""
    operator, schedule = drawn("relu", 2, 6, 8), polynomial(0.5, 0.5)
    one = risk_given_start(operator, [[0.5, 0.5]], schedule, [300, 5, 300])
    two = risk_given_start(operator, [[0.5, 0.5, 0, 0, 0, 0, 0]], schedule, [5, 300])
    np.testing.assert_array_equal(one.signal[0], two.signal[0, [1, 0, 1]])
    assert np.isnan(one.averaged(0.1)).all()


def test_bad_input_is_refused():
    """Each message names the parameter."""
    operator, good = drawn("relu", 2, 6, 8), polynomial(0.5, 0.5)
    for message, arguments in [
            ("targets", (np.ones((1, 8)), good, [5])), ("targets", (np.ones(7), good, [5])),
            ("targets", (-np.ones((1, 7)), good, [5])), ("targets", ([[np.nan]], good, [5])),
            ("schedule", ([[1.0]], 0.5, [5])), ("T = 0", ([[1.0]], good, [0])),
            ("times", ([[1.0]], good, [1.5])), ("weight_decay", ([[1.0]], good, [5], -1.0)),
            ("weight_decay", ([[1.0]], good, [5], 2.0)),
            ("average", ([[1.0]], good, [5], 0.0, "all")),
            ("degree", ([[1.0]], good, [5], 0.0, None, 11))]:
        with pytest.raises(ValueError, match=message):
            risk_given_start(operator, *arguments)
    with pytest.raises(ValueError, match="noise"):
        risk_given_start(operator, [[1.0]], good, [5]).risk(-0.1)
    with pytest.raises(ArithmeticError, match="too large"):
        risk_given_start(operator, [[1.0]], constant(3.0), [10**5])
    with pytest.raises(ArithmeticError, match="without bound"):
        risk_given_start(operator, [[1.0]], constant(1e3), [90])
