"""Heavy-ball recursion: plain SGD, fixed point, and sampled paths."""

import numpy as np
import pytest

from ntksgd.compare.paths import paths
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.problems.labels import square
from ntksgd.problems.problem import Problem
from ntksgd.problems.schedules import constant, polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.momentum import heavy_ball_risk
from ntksgd.risk.stability import fixed_point_gain, largest_stable_step

SPECTRUM = mercer_spectrum("relu", 2, 60)
TARGET = source_target(SPECTRUM, 0.5)
TIMES = np.array([1, 2, 10, 100, 1000])


@pytest.mark.parametrize("batch", [1, 8])
def test_without_momentum_it_is_the_recursion_of_plain_sgd(batch):
    schedule, s2 = polynomial(0.5 / SPECTRUM.trace, 0.5), 0.3
    plain = expected_risk(SPECTRUM, TARGET, schedule, TIMES, noise=s2, batch=batch, tail=False)
    got = heavy_ball_risk(SPECTRUM, TARGET.power, schedule, 0.0, TIMES, batch) @ [1, s2]
    np.testing.assert_allclose(got, plain.risk, rtol=1e-8)


@pytest.mark.parametrize(("beta", "batch"), [(0.0, 1), (0.5, 1), (0.9, 1), (0.5, 4)])
def test_long_run_reaches_the_fixed_point(beta, batch):
    few = Spectrum(2, np.array([1.0, 0.4, 0.2]), np.array([1.0, 2.0, 2.0]), 2.2)
    eta = 0.6 * (1 - beta) / few.trace
    gain = fixed_point_gain(few, eta, beta, batch)
    risk = heavy_ball_risk(few, np.ones(3), constant(eta), beta, np.array([5000]), batch)[0]
    np.testing.assert_allclose(risk, [0, gain / (1 - gain)], atol=1e-12, rtol=1e-10)


def test_gain_one_is_the_stability_limit():
    few = Spectrum(2, np.array([1.0, 0.4]), np.array([1.0, 2.0]), 1.8)
    times, beta = np.array([1000, 20000]), 0.5
    assert largest_stable_step(few, 0.0) == pytest.approx(2 / few.trace)
    limit = largest_stable_step(few, beta)
    below, above = (heavy_ball_risk(few, np.ones(2), constant(factor * limit), beta, times)[:, 0]
                    for factor in (0.97, 1.03))
    assert below[1] < below[0]
    assert above[1] > above[0]


@pytest.mark.parametrize(("beta", "batch"), [(0.0, 1), (0.8, 1), (0.5, 3)])
def test_sampled_paths_agree_with_the_recursion(beta, batch):
    schedule = polynomial(0.5 * (1 - beta) / SPECTRUM.trace, 0.5)
    exact = heavy_ball_risk(SPECTRUM, TARGET.power, schedule, beta, TIMES, batch) @ [1, 0.3]
    problem = Problem("relu", TARGET, schedule, square(0.3), momentum=beta, batch=batch)
    np.testing.assert_allclose(kernel_risk(problem, TIMES, tail=False), exact, rtol=1e-8)
    sampled = paths(problem, ["kernel"], [], TIMES, 800, 7).kernel
    error = sampled.std(axis=0) / np.sqrt(len(sampled))
    assert np.all(error[1:] < 0.04 * exact[1:])  # the check has teeth
    assert np.all(np.abs(sampled.mean(axis=0) - exact) < 4 * error)


def test_a_step_that_batches_allow_is_refused_for_single_samples():
    step = 3.0 / SPECTRUM.trace
    problem = Problem("relu", TARGET, constant(step), batch=16)
    assert np.isfinite(paths(problem, ["kernel"], [], [16], 2, 1).kernel).all()
    with pytest.raises(ValueError, match="largest stable step"):
        paths(problem.with_(batch=1), ["kernel"], [], [16], 2, 1)


def test_bad_input_is_refused():
    schedule = constant(0.1)
    heavy = Problem("relu", TARGET, schedule, momentum=0.5)
    with pytest.raises(ValueError, match="momentum = 0.5: the linearised network runs with"):
        paths(heavy, ["linearised", "kernel"], [4], [10], 1, 0)
    with pytest.raises(ValueError, match="momentum = 1"):
        heavy.with_(momentum=1.0)
    for beta in (-0.1, 1.0, np.nan):
        with pytest.raises(ValueError, match="beta"):
            heavy_ball_risk(SPECTRUM, TARGET.power, schedule, beta, TIMES)
    with pytest.raises(ValueError, match="times"):
        heavy_ball_risk(SPECTRUM, TARGET.power, schedule, 0.5, np.array([3, 1]))
    with pytest.raises(ValueError, match="diverge"):
        heavy_ball_risk(SPECTRUM, TARGET.power, constant(50.0), 0.5, np.array([10000]))
