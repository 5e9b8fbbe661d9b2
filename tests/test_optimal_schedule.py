"""The best steps of all and the lower bound over all steps."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from ntksgd.compare.best_steps import last_risks, step_shapes, tuned_families
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.schedules import polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk.clustering import cluster
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.modes import Modes, sphere_modes
from ntksgd.risk.optimal_schedule import best_steps, risk_and_gradient
from ntksgd.risk.schedule_bound import continuous_limit, excess_factor, lower_bound

SPECTRUM = mercer_spectrum("relu", 2, 1000)
CAP = 1 / SPECTRUM.trace


def modes(r=0.5, **options):
    return sphere_modes(SPECTRUM, [source_target(SPECTRUM, r)], **options)


def test_risk_is_that_of_the_recursion():
    decaying = polynomial(CAP, 0.4)
    for noise in (0.0, 0.3):
        exact = expected_risk(SPECTRUM, source_target(SPECTRUM, 0.5), decaying, 300, noise,
                              method="direct").risk[0]
        steps = decaying.step_sizes(300)
        np.testing.assert_allclose(risk_and_gradient(modes(), steps, noise)[0], exact, rtol=1e-12)
        np.testing.assert_allclose(last_risks(modes(), steps) @ [1, noise], exact, rtol=1e-12)


def test_gradient_is_that_of_finite_differences():
    m, steps = modes(), CAP * np.random.default_rng(1).uniform(0.05, 1, 12)
    for noise in (0.0, 1.0):
        slope = approx_fprime(steps, lambda s, s2=noise: risk_and_gradient(m, s, s2)[0], 1e-7)
        exact = risk_and_gradient(m, steps, noise)[1]
        np.testing.assert_allclose(exact, slope, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("r", "noise"), [(0.25, 0.01), (0.5, 1.0), (1.5, 0.1)])
def test_best_steps_are_stationary_the_same_from_every_start_and_best(r, noise):
    T, m = 300, cluster(modes(r), 8)
    shapes = step_shapes(T)
    starts = [shapes["constant"][0], shapes["(1-t/T)^3"][0], shapes["t^(-theta)"][4]]
    found = [best_steps(m, noise, CAP, 0.5 * CAP * s) for s in starts]
    np.testing.assert_allclose([f.risk for f in found], found[0].risk, rtol=1e-8)
    assert max(f.residual for f in found) < 1e-4
    assert all(f.steps.min() > 0 and f.steps.max() <= CAP * (1 + 1e-12) for f in found)
    families = tuned_families(SPECTRUM, [r], [noise], T, CAP)
    for name, risk in families.items():
        if name not in ("ridge regression", "tail average, constant"):
            assert risk[0, 0] >= found[0].risk


def test_no_random_steps_are_below_the_lower_bound_and_a_smaller_q_fails():
    """Every single factor, and whole sequences on the spectrum itself (not clustered)."""
    x = np.linspace(0, 0.7, 500)[1:]
    assert np.all(1 - x >= np.exp(-excess_factor(0.7) * x) * (1 - 1e-12))
    assert np.any(1 - x < np.exp(-0.99 * excess_factor(0.7) * x))
    rng = np.random.default_rng(2)
    for noise in (0.0, 0.1, 1.0):
        for T in (3, 40, 200):
            bound = lower_bound(modes(), T, noise, CAP)
            for _ in range(8):
                shape = np.exp(rng.uniform(0, 3) * rng.standard_normal(T).cumsum() / np.sqrt(T))
                steps = CAP * 10 ** rng.uniform(-2, 0) * shape / shape.max()
                assert risk_and_gradient(modes(), steps, noise)[0] >= bound.risk


def test_bound_is_attained_by_one_degree_without_noise_and_fails_with_q_equal_to_one():
    one = Modes(np.array([0.3]), np.array([1e-15]), np.ones((1, 1)), np.array([1 / 0.3]))
    risk = risk_and_gradient(one, np.ones(4), 0.0)[0]
    np.testing.assert_allclose(risk, 0.4**4, rtol=1e-10)
    np.testing.assert_allclose(lower_bound(one, 4, 0.0, 1.0).risk, risk, rtol=1e-6)
    assert continuous_limit(one, 4, 0.0, 1.0).risk > 2 * risk


def test_bound_is_sharp_in_the_limit():
    long = mercer_spectrum("relu", 2, 20_000)
    m = cluster(sphere_modes(long, [source_target(long, 0.5)]))
    gaps = [1 - lower_bound(m, T, 1.0, CAP).risk / continuous_limit(m, T, 1.0, CAP).risk
            for T in (10**3, 10**5, 10**7)]
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2] > 0


def test_the_cap_binds_exactly_where_all_of_it_is_used():
    """Without noise and without gradient noise to speak of, constant steps at the cap are best."""
    few = continuous_limit(modes(0.25), 50, 0.0, 0.01 * CAP)
    np.testing.assert_allclose(few.steps, 0.01 * CAP, rtol=1e-6)
    np.testing.assert_allclose(few.total, 50 * 0.01 * CAP, rtol=1e-3)


def test_input_is_checked():
    m, start = modes(), np.full(5, CAP)
    for call, message in (
        (lambda: risk_and_gradient(m, [-0.1], 0.0), "steps"),
        (lambda: risk_and_gradient(m, [0.1], -1.0), "noise"),
        (lambda: risk_and_gradient(modes(weight_decay=0.1), [0.1], 0.0), "weight_decay"),
        (lambda: best_steps(m, 0.0, 10.0, start), "largest"),
        (lambda: best_steps(m, 0.0, CAP, [0.0]), "start"),
        (lambda: lower_bound(m, 10, 0.0, 0.5 / m.eigenvalues.max()), "largest"),
        (lambda: lower_bound(m, 0, 0.0, CAP), "T = 0"),
        (lambda: step_shapes(1), "T = 1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()
