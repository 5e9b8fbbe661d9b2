"""One set of samples for three algorithms; the kernel's side is known exactly."""

import numpy as np
import pytest

from ntksgd.compare.paths import Setting, couple, neuron_updates
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.sphere import legendre, uniform
from ntksgd.problems import schedules
from ntksgd.problems.grid import grid, log_times
from ntksgd.problems.samples import draw_samples, target_values
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.spectral import spectral_sgd

NOISE = 0.2


def setting(d=2, max_degree=24, weight_decay=0.0, noise=NOISE, name="relu"):
    spectrum = mercer_spectrum(name, d, max_degree)
    schedule = schedules.polynomial(0.7 / spectrum.trace, 0.4)
    return Setting(name, source_target(spectrum, 0.75), schedule, noise, weight_decay)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_spectral_sgd_is_kernel_sgd_with_the_truncated_kernel(weight_decay):
    problem, steps = setting(), [1, 7, 400]
    spectrum = problem.target.spectrum
    samples = draw_samples(problem.target, 400, NOISE, 3)
    points = uniform(np.random.default_rng(0), 9, 2)
    values = spectral_sgd(spectrum, samples, problem.schedule, times=steps, points=points,
                          weight_decay=weight_decay)
    path = kernel_sgd(lambda t: spectrum.kernel(t), samples.x[None], samples.y[None],
                      problem.schedule.step_sizes(400), points, steps, weight_decay)
    np.testing.assert_allclose(values, path.last[0], rtol=0, atol=1e-10)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_kernel_risk_has_its_exact_expectation(weight_decay):
    problem, steps = setting(weight_decay=weight_decay), np.array([30, 300])
    run = couple(problem, [2], steps, 600, 0, linearised=False)
    exact = expected_risk(problem.target.spectrum, problem.target, problem.schedule, steps, NOISE,
                          weight_decay, tail=False).risk
    error = run.kernel.std(axis=0, ddof=1) / np.sqrt(600)
    assert np.all(error < 0.03 * exact)
    assert np.all(np.abs(run.kernel.mean(axis=0) - exact) < 4 * error)


@pytest.mark.parametrize("d", [2, 3, 4])
def test_wide_networks_approach_the_kernel_on_the_same_samples(d):
    # squared gaps fall like 1/m: by 64 from m to 64 m; 4 leaves room for chance, not for a
    # stream of samples that is not the same (the gap would then stay of the size of the risk)
    problem = setting(d, max_degree=24, name="tanh")
    run = couple(problem, [32, 2048], [200], 4, 5)
    for gap in (run.network_kernel, run.linearised_kernel, run.network_linearised):
        narrow, wide = gap.mean(axis=0)[:, 0]
        assert wide < 4 * narrow / 64
    assert run.network_linearised.mean() < 0.3 * run.linearised_kernel.mean()


def test_results_depend_on_the_seed_alone():
    problem, widths, steps = setting(), [4, 16], [5, 50]
    one = couple(problem, widths, steps, 3, 11, workers=1)
    two = couple(problem, widths, steps, 5, 11, workers=2)
    alone = couple(problem, [16], [50], 3, 11, linearised=False)
    for name in ("network", "linearised", "kernel", "network_kernel", "drift"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name)[:3])
    np.testing.assert_array_equal(alone.network[:, 0, 0], one.network[:, 1, 1])
    assert np.isnan(alone.linearised).all()
    assert not np.array_equal(one.network, couple(problem, widths, steps, 3, 12).network)


def test_a_diverging_network_is_flagged_and_infinite():
    problem = setting(noise=1e8)
    run = couple(problem, [2, 4096], [10, 400], 6, 2, linearised=False)
    assert 0 < run.diverged[:, 0].sum() < 6
    np.testing.assert_array_equal(np.isinf(run.network[..., -1]), run.diverged)
    assert not np.isnan(run.network).any()


def test_samples_of_a_short_run_are_those_of_a_long_one():
    target = setting().target
    short, long = draw_samples(target, 10, NOISE, 1), draw_samples(target, 100, NOISE, 1)
    np.testing.assert_array_equal(short.x, long.x[:10])
    np.testing.assert_array_equal(short.y, long.y[:10])
    clean = draw_samples(target, 20000, 0.0, 1)
    noise = draw_samples(target, 20000, NOISE, 1).y - clean.y
    assert np.var(noise) == pytest.approx(NOISE, rel=0.04)
    np.testing.assert_allclose(clean.y, target(clean.x), rtol=0, atol=1e-11)


@pytest.mark.parametrize("d", [2, 3, 6])
def test_target_values_without_a_table(d):
    target = setting(d, 12).target
    x = uniform(np.random.default_rng(1), 77, d)
    expected = target.coefficients @ legendre(d, 12, x[:, 0])
    np.testing.assert_allclose(target_values(target, x), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize(("d", "tolerance"), [(2, 1e-12), (3, 1e-12), (5, 0.15)])
def test_grid_gives_the_norm_of_the_target(d, tolerance):
    target = setting(d, 12).target
    points = grid(target)
    assert points.risk(np.zeros(len(points.weights))) == pytest.approx(1, rel=tolerance)
    assert points.mean_square(np.ones((3, len(points.weights)))) == pytest.approx(np.ones(3))


def test_log_times():
    np.testing.assert_array_equal(log_times(1000, 4), [1, 10, 100, 1000])
    assert np.all(np.diff(log_times(50, 40)) >= 1)
    assert neuron_updates([2, 8], 100, 3) == 3000


@pytest.mark.parametrize(("change", "message"), [
    ({"widths": [3]}, "m = 3: must be an even integer"),
    ({"steps": [0, 5]}, "steps"),
    ({"steps": [5, 5]}, "steps"),
    ({"replicates": 0}, "replicates = 0"),
    ({"setting": setting(noise=-1.0)}, "noise = -1.0"),
])
def test_bad_input_is_named(change, message):
    arguments = {"setting": setting(), "widths": [4], "steps": [5], "replicates": 1, "seed": 0}
    with pytest.raises(ValueError, match=message):
        couple(**arguments | change)


def test_an_unstable_step_is_refused():
    target = setting().target
    fast = Setting("relu", target, schedules.constant(3 / target.spectrum.trace), NOISE)
    with pytest.raises(ValueError, match="largest stable step"):
        couple(fast, [4], [5], 1, 0)
