"""Odd inputs that once gave a wrong number or none, each by itself."""

import time

import numpy as np
import pytest

import ntksgd
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import Activation
from ntksgd.problems.decays import linear_to_zero
from ntksgd.problems.schedules import constant, polynomial
from ntksgd.risk.clustering import cluster
from ntksgd.risk.modes import Modes, sphere_modes
from ntksgd.risk.stability import largest_stable_step

FLAT = Spectrum(2, np.full(16, 0.04), np.append(1.0, np.full(15, 2.0)), 0.04 * 31)


@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_a_flat_kernel_is_stable_where_stability_says_so(share):
    """Nodes above the largest eigenvalue made a stable step unstable: -5e108 in place of 0.215."""
    step = constant(share * largest_stable_step(FLAT, batch=100))
    direct, fast = (ntksgd.expected_risk(FLAT, np.full(16, 0.1), step, [10, 1000], noise=0.1,
                                         batch=100, method=m).risk
                    for m in ("direct", "collocation"))
    np.testing.assert_allclose(fast, direct, rtol=1e-9)


@pytest.mark.parametrize("width", [1e-12, 0.01, 0.9])
def test_clustering_stays_within_the_eigenvalues_and_keeps_smooth_sums(width):
    lam = 0.5 + 0.49 * width * np.random.default_rng(0).random(200)
    F = np.random.default_rng(1).random((1, 200))
    modes = Modes(lam, lam**2, F, 1 / lam)
    few = cluster(modes)
    assert few.eigenvalues.size <= 24 and lam.min() <= few.eigenvalues.min()
    assert few.eigenvalues.max() <= lam.max()
    for S in (1, 30):
        np.testing.assert_allclose(few.power[0] @ np.exp(-2 * S * few.eigenvalues),
                                   F[0] @ np.exp(-2 * S * lam), rtol=0,
                                   atol=1e-10 * F.sum())


def test_a_risk_of_nothing_is_zero_not_negative():
    spectrum = mercer_spectrum("squareplus(0.5)", 2, 200).without_tail()
    power = np.zeros(201)
    power[0] = 1.0
    found = ntksgd.expected_risk(spectrum, power, constant(0.5), [10, 10**4, 10**8])
    assert np.all(found.risk >= 0)


@pytest.mark.parametrize("arguments", [
    {"schedule": polynomial(0.3, 0.5), "times": [10**17], "average": "tail"},
    {"schedule": linear_to_zero(0.3, 10**17), "times": [10**17]}])
def test_beyond_the_last_whole_number_that_has_a_successor(arguments):
    """Both looped for ever."""
    spectrum = mercer_spectrum("relu", 2, 16).without_tail()
    with pytest.raises(ValueError, match="times: 1e"):
        ntksgd.expected_risk(spectrum, ntksgd.source_target(spectrum, 0.5), **arguments)


def test_times_in_any_order():
    problem, times = ntksgd.source_problem("relu", max_degree=12), np.array([10, 100, 1000])
    for function in (ntksgd.first_order, ntksgd.kernel_risk):
        np.testing.assert_allclose(function(problem, times[::-1], True),
                                   function(problem, times, True)[::-1], rtol=1e-14)
        with pytest.raises(ValueError, match="times"):
            function(problem, [10.5])


def test_a_target_of_another_dimension_is_refused():
    two, three = mercer_spectrum("relu", 2, 8), mercer_spectrum("relu", 3, 8)
    with pytest.raises(ValueError, match="target: lives in d = 2"):
        ntksgd.expected_risk(three, ntksgd.source_target(two, 0.5), constant(0.1), [10])


def test_power_out_of_reach_of_the_kernel_has_an_infinite_rkhs_norm():
    spectrum = Spectrum(2, [0.5, 0.0], [1.0, 2.0], 0.5)
    found = ntksgd.expected_risk(spectrum, [0.5, 0.5], constant(0.1), [1, 100], noise=0.1)
    assert np.all(np.isinf(found.rkhs)) and np.all(found.risk >= 0.5)
    within = ntksgd.expected_risk(spectrum, [0.5, 0.0], constant(0.1), [1, 100], noise=0.1)
    assert np.all(np.isfinite(within.rkhs))


@pytest.mark.parametrize("spec", ["relu", "squareplus(0.5)", "tanh"])
@pytest.mark.parametrize("d", [345, 784, 5000])
def test_many_dimensions(spec, d):
    """The eigenvalues' trace against the one-dimensional integrals of kappa, by its Taylor terms.

    As d grows N_k lambda_k tends to the k-th Taylor coefficient of kappa at 0, up to O(1/d).
    """
    spectrum, kernel = mercer_spectrum(spec, d, 3), tangent_kernel(spec)
    per_degree = spectrum.eigenvalues * spectrum.multiplicities
    h = 1e-3
    assert per_degree[0] == pytest.approx(float(kernel(0.0)), abs=3 / d)
    assert per_degree[1] == pytest.approx(float(kernel(h) - kernel(-h)) / (2 * h), abs=6 / d)
    assert per_degree.sum() <= spectrum.trace


@pytest.mark.parametrize("t", [1.5, -1.01, [0.0, np.nan]])
def test_a_kernel_beyond_its_domain(t):
    for kernel in (tangent_kernel("squareplus(0.5)"), ntksgd.deep_kernel("relu", 2)):
        with pytest.raises(ValueError, match=r"t"):
            kernel(t)


@pytest.mark.parametrize("value, derivative", [
    (lambda u: np.where(u > 0, u, np.expm1(np.minimum(u, 0))),
     lambda u: np.where(u > 0, 1.0, np.exp(np.minimum(u, 0)))),
    (lambda u: u / (1 + np.abs(u)), lambda u: 1 / (1 + np.abs(u)) ** 2)])
def test_a_kink_in_a_higher_derivative_is_asked_for_soon(value, derivative):
    """It took 12 to 22 s to say something else."""
    begin = time.process_time()
    with pytest.raises(ValueError, match=r"kinks = \(0,\)"):
        tangent_kernel(Activation("silent", value, derivative))(0.3)
    assert time.process_time() - begin < 10
    kernel = tangent_kernel(Activation("declared", value, derivative, kinks=(0.0,)))
    modes = mercer_spectrum(Activation("again", value, derivative, kinks=(0.0,)), 3, 24)
    assert modes.kernel(0.3) == pytest.approx(float(kernel(0.3)), rel=1e-4)


def test_explicit_bound_at_times_that_are_none():
    spectrum = mercer_spectrum("relu", 2, 32)
    target, step = ntksgd.source_target(spectrum, 0.5), polynomial(0.5, 0.5)
    for times in ([100.4], [0], [], [np.nan]):
        with pytest.raises(ValueError, match="times|T ="):
            ntksgd.risk_bound(spectrum, target, step, times)
    with pytest.raises(ValueError, match="horizon"):
        ntksgd.risk_bound(spectrum, target, linear_to_zero(0.3, 10), [5])


def test_spectrum_refuses_more_trace_than_the_kernel_has():
    for wrong in ({"trace": np.nan}, {"trace": 0.5}, {"multiplicities": [1.0]}, {"d": 1}):
        good = {"d": 2, "eigenvalues": [0.5, 0.2], "multiplicities": [1.0, 2.0], "trace": 1.0}
        with pytest.raises(ValueError, match=next(iter(wrong))):
            Spectrum(**good | wrong)


def test_sphere_modes_of_a_spectrum_whose_tail_is_rounding():
    spectrum = mercer_spectrum("relu", 2, 8).without_tail()
    assert sphere_modes(spectrum, [np.ones(9)]).eigenvalues.size == 9
