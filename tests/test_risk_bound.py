"""The explicit bound, term by term and as a whole, over the exact risk it must not fall below."""

import numpy as np
import pytest

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.bound import bias_bound, risk_bound, rough_bound
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.memory import memory_bound, trace_power
from ntksgd.risk.variance import balance, leading_variance, variance_equivalent

CASES = [("relu", 2, 3000), ("relu", 5, 2000), ("squareplus(0.5)", 3, 100)]


@pytest.fixture(scope="module", params=CASES, ids=lambda c: f"{c[0]}-{c[1]}")
def spectrum(request):
    return mercer_spectrum(*request.param)


@pytest.mark.parametrize("r", [0.25, 0.5, 0.75, 1.5])
def test_bias_bound_is_over_the_bias_and_sharp_for_one_degree(spectrum, r):
    target = source_target(spectrum, r)
    for S in (0.3, 10.0, 1e4):
        bias = np.sum(target.power * np.exp(-2 * spectrum.eigenvalues * S))
        assert bias <= bias_bound(r, S, target.source_norm(r))
    lam = r / S  # where x^(2r) exp(-2 x S) is largest
    np.testing.assert_allclose(lam ** (2 * r) * np.exp(-2 * lam * S), bias_bound(r, S, 1.0))


@pytest.mark.parametrize("alpha", [1.0, 0.9, 0.8])
def test_memory_bound_is_over_phi_and_sharp_for_one_degree(spectrum, alpha):
    lam, N = spectrum.eigenvalues, spectrum.multiplicities
    for D in (0.5, 20.0, 1e5):
        phi = np.sum(lam**2 * N * np.exp(-2 * lam * D))
        assert phi <= memory_bound(alpha, trace_power(spectrum, alpha), D)
    x = (2 - alpha) / (2 * D)
    np.testing.assert_allclose(x**2 * np.exp(-2 * x * D), memory_bound(alpha, x**alpha, D))


def test_trace_power_continues_the_tail():
    """Sum of 2 k^(-2 alpha): exact from the zeta function, alpha = 0.8."""
    short, long = (mercer_spectrum("relu", 2, K) for K in (500, 200_000))
    np.testing.assert_allclose(trace_power(short, 0.8), trace_power(long, 0.8), rtol=1e-3)
    assert np.isinf(trace_power(short, 0.45))
    np.testing.assert_allclose(trace_power(short, 1.0), short.trace)


@pytest.mark.parametrize("noise", [0.0, 0.1, 3.0])
@pytest.mark.parametrize("r", [0.25, 0.75, 1.0])
def test_bound_is_over_the_exact_risk_and_within_a_hundredfold(spectrum, r, noise):
    target, times = source_target(spectrum, r), [1, 3, 10, 100, 10**4, 10**6]
    for theta in (2 * r / (2 * r + 1), 0.2, 0.8):
        schedule = schedules.polynomial(1 / spectrum.trace, theta)
        exact = expected_risk(spectrum, target, schedule, times, noise).risk
        bound = risk_bound(spectrum, target, schedule, times, noise)
        assert np.all(exact <= bound.total)
        assert np.all(exact <= bound.rho)
        if theta == 2 * r / (2 * r + 1) and noise > 0:
            assert np.all(bound.total <= 200 * exact)


def test_rough_bound_holds_for_a_constant_step(spectrum):
    eta, target = 1 / spectrum.trace, source_target(spectrum, 0.5)
    risk = expected_risk(spectrum, target, schedules.constant(eta), [0, 1, 10, 10**8], 2.0).risk
    assert np.all(risk <= rough_bound(eta, spectrum.trace, target.power.sum(), 2.0))


@pytest.mark.parametrize("theta", [0.0, 0.2, 1 / 3])
def test_variance_with_its_correction_is_the_exact_variance(spectrum, theta):
    eta1, times = 0.5 / spectrum.trace, np.array([1e5, 1e7])
    silent = np.zeros(len(spectrum.eigenvalues))
    decaying = schedules.polynomial(eta1, theta)
    exact = expected_risk(spectrum, silent, decaying, times, tail=False).variance
    np.testing.assert_allclose(variance_equivalent(spectrum, eta1, theta, times), exact, rtol=2e-3)
    off = exact / leading_variance(spectrum.trace, eta1, theta, times) - 1
    assert np.abs(off[1]) > 10 * np.abs(exact[1] / variance_equivalent(
        spectrum, eta1, theta, times)[1] - 1)


def test_balance_has_its_limits_and_series_meets_function():
    q = 0.5
    np.testing.assert_allclose(balance(q, [1e-9]), 2e-9, rtol=1e-6)  # x / (1 - q)
    np.testing.assert_allclose(balance(q, [1e6]), 1 + q / 1e6, rtol=1e-11)
    np.testing.assert_allclose(*balance(q, [199.999, 200.001]), rtol=1e-6)
    np.testing.assert_allclose(balance(0.0, [0.7]), 1 - np.exp(-0.7))


@pytest.mark.parametrize(("change", "message"), [
    ({"schedule": schedules.constant(1.2)}, "eta_1 kappa"),
    ({"noise": -1.0}, "noise = -1.0"),
    ({"times": [0.5]}, "times"),
    ({"alphas": (1.2,)}, "alpha = 1.2"),
])
def test_bad_input_is_named(spectrum, change, message):
    arguments = {"spectrum": spectrum, "target": source_target(spectrum, 0.5), "times": [10],
                 "schedule": schedules.constant(0.2)} | change
    with pytest.raises(ValueError, match=message):
        risk_bound(**arguments)
