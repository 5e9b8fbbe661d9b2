"""The memory of early noise: its two bounds, the parts of the risk, what weight decay does."""

import numpy as np
import pytest

from ntksgd.compare.weight_decay import decayed_risks, enough_decay
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.bound import risk_bound
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.memory import (
    first_step_bound,
    log_products,
    weak_constant,
    weak_memory_bound,
)
from ntksgd.risk.parts import half_times, risk_parts

SCHEDULES = [schedules.polynomial(0.4, 0.6), schedules.polynomial(0.9, 0.3), schedules.constant(.3)]


@pytest.fixture(scope="module")
def circle():
    return mercer_spectrum("relu", 2, 3000)


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s.name)
def test_log_products_are_the_plain_products(circle, schedule):
    lam = circle.eigenvalues[[0, 1, 5, 100, 3000]]
    times = [1, 2, 200, 257, 5000, 40_000]
    plain = np.cumsum(np.log1p(-2 * np.outer(schedule.step_sizes(times[-1])[1:], lam)), axis=0)
    plain = np.vstack([np.zeros(len(lam)), plain])[np.array(times) - 1]
    np.testing.assert_allclose(log_products(schedule, lam, times), plain, rtol=1e-11)


def test_one_degree_whose_product_is_beyond_all_numbers_counts_as_zero():
    late = log_products(schedules.constant(0.45), np.array([1.0, 1e-3]), [300])
    assert np.isneginf(late[0, 0])
    assert np.isfinite(late[0, 1])


@pytest.mark.parametrize("noise", [0.0, 1.0])
@pytest.mark.parametrize("r", [0.5, 1.0, 1.5])
def test_first_step_bound_is_under_the_risk_and_near_it_where_memory_decides(circle, r, noise):
    target, times = source_target(circle, r), [1, 2, 10, 1000, 10**6, 10**9]
    schedule = schedules.source_polynomial(1 / circle.trace, r)
    risk = expected_risk(circle, target, schedule, times, noise).risk
    bound = first_step_bound(circle, target, schedule, times, noise)
    assert np.all(bound <= risk)
    if r > 0.75:
        assert risk[-1] < 4 * bound[-1]


def test_first_step_bound_is_the_noise_of_a_run_whose_other_samples_have_none(circle):
    """By hand: T = 3, every term but eta_1^2 lambda^2 N (||f*||^2 + s^2) struck out."""
    target, schedule = source_target(circle, 0.5), SCHEDULES[0]
    lam, eta = circle.eigenvalues, schedule.step_sizes(3)
    kept = (1 - 2 * eta[1] * lam) * (1 - 2 * eta[2] * lam)
    by_hand = eta[0] ** 2 * (1 + 0.7) * np.sum(lam**2 * circle.multiplicities * kept)
    np.testing.assert_allclose(first_step_bound(circle, target, schedule, [3], 0.7), by_hand)


def test_chord_of_the_lower_bound():
    x = np.linspace(0, 0.5, 1001)
    assert np.all(1 - x >= 4**-x - 1e-15)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_weak_type_bound_is_over_phi_and_within_a_factor(d):
    s, alpha = mercer_spectrum("relu", d, 3000), (d - 1) / d
    A = weak_constant(s, alpha)
    for D in (0.5, 20.0, 1e4):
        phi = np.sum(s.eigenvalues**2 * s.multiplicities * np.exp(-2 * s.eigenvalues * D))
        assert phi <= weak_memory_bound(alpha, A, D)
    exact = Spectrum(2, np.arange(1, 200_001.0) ** -2, np.ones(200_000), np.pi**2 / 6)
    np.testing.assert_allclose(weak_constant(exact, 0.5), 1.0)  # i^-2, once each
    phi = np.sum(exact.eigenvalues**2 * np.exp(-2e6 * exact.eigenvalues))
    assert phi <= weak_memory_bound(0.5, 1.0, 1e6) <= 4 * phi


def test_weak_constant_is_attained_at_a_low_degree(circle):
    for K in (100, 1000):
        part = Spectrum(2, circle.eigenvalues[:K], circle.multiplicities[:K], circle.trace)
        assert weak_constant(part, 0.5) == weak_constant(circle, 0.5)


def test_risk_bound_closes_the_rate_at_the_threshold(circle):
    """r = 1 - 1/(2 beta) = 3/4: with the weak type the looseness stays, without it it grows."""
    target, schedule = source_target(circle, 0.75), schedules.source_polynomial(.5, 0.75)
    times = [10**5, 10**9]
    risk = expected_risk(circle, target, schedule, times, 1.0).risk
    closed = risk_bound(circle, target, schedule, times, 1.0, beta=2.0).total / risk
    before = risk_bound(circle, target, schedule, times, 1.0).total / risk
    assert np.all(closed >= 1)
    assert closed[1] < 1.1 * closed[0]
    assert before[1] > 1.2 * before[0]


@pytest.mark.parametrize("r", [0.5, 1.0])
def test_parts_are_those_of_the_plain_recursion(circle, r):
    """Bias, memory and fresh noise, each by its definition, one step after another."""
    target, schedule, T, s2 = source_target(circle, r), SCHEDULES[0], 3000, 0.5
    lam, w, eta = circle.eigenvalues, circle.eigenvalues**2 * circle.multiplicities, None
    eta = schedule.step_sizes(T)
    m = int(half_times(schedule, [T])[0])
    assert np.sum(eta[:m]) <= np.sum(eta) / 2 < np.sum(eta[:m + 1])
    bias, early, late = target.power.copy(), np.zeros_like(lam), np.zeros_like(lam)
    for t, step in enumerate(eta, 1):
        injected = step**2 * w * ((bias + early + late).sum() + s2)
        bias, early, late = ((1 - 2 * step * lam) * part for part in (bias, early, late))
        early, late = (early + injected, late) if t <= m else (early, late + injected)
    parts = risk_parts(circle, target, schedule, [10, T], s2)
    found = [parts.bias[1], parts.memory[1], parts.fresh[1]]
    np.testing.assert_allclose(found, [bias.sum(), early.sum(), late.sum()], rtol=2e-3)


@pytest.mark.parametrize("eta", [0.1, 0.29903631387726576, 1 / 3, 0.49])
def test_half_of_constant_steps_is_half_of_the_time(eta):
    """S_(T/2) = S_T/2, a tie that the rounding of the sums must not decide."""
    times = np.array([1, 2, 10, 101, 200, 500, 1000, 10**4, 10**6])
    np.testing.assert_array_equal(half_times(schedules.constant(eta), times), times // 2)


def test_parts_add_up_to_the_risk_at_any_horizon(circle):
    target, schedule = source_target(circle, 1.0), schedules.source_polynomial(0.5, 1.0)
    times = [1, 2, 50, 10**6, 1e17]
    parts = risk_parts(circle, target, schedule, times, 1.0)
    risk = expected_risk(circle, target, schedule, times, 1.0).risk
    np.testing.assert_allclose(parts.bias + parts.memory + parts.fresh, risk, rtol=1e-8)
    assert np.all(parts.memory >= 0)
    assert parts.memory[-1] > 0.8 * risk[-1]


def test_weight_decay_multiplies_the_memory_by_its_square_factor(circle):
    plain, tied = decayed_risks(circle, 1.5, [1e12], [0.0, lambda T, S: 1 / S])[:, 0, 1]
    np.testing.assert_allclose(tied / plain, np.exp(-2), rtol=0.05)
    direct = expected_risk(circle, source_target(circle, 1.5),
                           schedules.source_polynomial(1 / circle.trace, 1.5), [1000], 1.0, 1e-3)
    column = decayed_risks(circle, 1.5, [1000], [1e-3])[0, 0]
    np.testing.assert_allclose(column, [direct.signal[0], direct.variance[0]], rtol=1e-9)


def test_enough_decay_brings_the_memory_to_the_rate():
    for r, beta in ((1.0, 2.0), (1.5, 4.0)):
        theta, a = 2 * r / (2 * r + 1), enough_decay(r, beta)
        assert a > 0
        np.testing.assert_allclose((2 - 1 / beta) * (1 - theta) + 2 * a, theta)
    assert enough_decay(0.75, 2.0) == 0
    assert enough_decay(0.5, 2.0) == 0


@pytest.mark.parametrize(("call", "message"), [
    (lambda s, f: first_step_bound(s, f, schedules.constant(1.0), [10]), "2 eta_1 lambda"),
    (lambda s, f: first_step_bound(s, f, SCHEDULES[0], [0, 1.5]), "whole"),
    (lambda s, f: first_step_bound(s, f, SCHEDULES[0], [10], -1.0), "noise = -1.0"),
    (lambda s, f: risk_parts(s, f, SCHEDULES[0], [10, 5]), "must increase"),
    (lambda s, f: risk_parts(s, f, schedules.constant(1.0), [10]), "2 eta_1 lambda"),
    (lambda s, f: risk_bound(s, f, schedules.constant(0.2), [10], beta=0.5), "beta = 0.5"),
    (lambda s, f: weak_constant(s, 0.0), "alpha = 0"),
    (lambda s, f: decayed_risks(s, 1.0, [10], [-1.0]), "weight decay = -1.0"),
    (lambda s, f: decayed_risks(s, 1.0, [10], [5.0]), "weight_decay = 5.0"),
])
def test_bad_input_is_named(circle, call, message):
    with pytest.raises(ValueError, match=message):
        call(circle, source_target(circle, 0.5))
