"""Step schedules and their sums."""

import numpy as np
import pytest

from ntksgd.problems import decays, schedules
from ntksgd.problems.schedules import power_sums


def test_steps_are_the_formulas():
    t = np.arange(1, 11)
    np.testing.assert_allclose(schedules.polynomial(0.5, 0.3).step_sizes(10), 0.5 * t**-0.3)
    np.testing.assert_allclose(schedules.constant(0.5).step_sizes(10), 0.5)
    np.testing.assert_allclose(decays.linear_to_zero(0.5, 10).step_sizes(10),
                               0.5 * (11 - t) / 10)
    np.testing.assert_allclose(decays.power_to_zero(0.5, 10, 1.7).step_sizes(10),
                               0.5 * ((11 - t) / 10) ** 1.7)
    steps = decays.geometric(0.5, 10, 0.01).step_sizes(10)
    np.testing.assert_allclose(steps[1:] / steps[:-1], 0.01 ** (1 / 9))
    np.testing.assert_allclose(steps[[0, -1]], [0.5, 0.005])
    np.testing.assert_allclose(
        decays.warmup_stable_decay(1.0, 10, 0.3, 0.4, 2).step_sizes(10),
        [1 / 3, 2 / 3, 1, 1, 1, 1, 1, (3 / 4) ** 2, 1 / 4, 1 / 16])


def test_breaks_are_where_the_derivative_jumps():
    schedule = decays.warmup_stable_decay(1.0, 1000, 0.1, 0.25)
    assert schedule.breaks == (100, 751)
    bends = np.abs(np.diff(schedule.step_sizes(1000), 2)) > 1e-9
    assert list(np.flatnonzero(bends) + 2) == [100, 751]
    assert decays.power_to_zero(1.0, 1000, 0.5).breaks == ()


def test_special_cases_are_the_simpler_schedules():
    T = 101
    for made, simple in (
        (decays.power_to_zero(0.3, T, 0.0), schedules.constant(0.3)),
        (decays.geometric(0.3, T, 1.0), schedules.constant(0.3)),
        (decays.warmup_stable_decay(0.3, T, 0.0, 0.0), schedules.constant(0.3)),
        (decays.warmup_stable_decay(0.3, T, 0.0, 1.0, 2.5), decays.power_to_zero(0.3, T, 2.5)),
    ):
        np.testing.assert_allclose(made.step_sizes(T), simple.step_sizes(T), rtol=1e-14)
    np.testing.assert_allclose(decays.geometric(0.3, 1, 0.5).step_sizes(1), 0.3)
    assert np.all(decays.warmup_stable_decay(0.3, 3, 0.5, 0.5).step_sizes(3) > 0)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("schedule", [
    schedules.polynomial(0.5, 0.0), schedules.polynomial(0.5, 0.5), schedules.polynomial(0.5, 0.9),
    decays.linear_to_zero(0.5, 10**5), decays.power_to_zero(0.5, 10**5, 0.37),
    decays.power_to_zero(0.5, 10**5, 3.0), decays.geometric(0.5, 10**5, 1e-5),
    decays.warmup_stable_decay(0.5, 10**5, 0.03, 0.2, 1.5),
], ids=lambda s: s.name)
def test_power_sums_are_sums(schedule, power):
    times = np.array([3, 64, 65, 1000, 3001, 79_999, 85_001, 99_999])
    sums = np.cumsum(schedule.step_sizes(10**5) ** power)[times - 1]
    np.testing.assert_allclose(power_sums(schedule, times, power), sums, rtol=1e-11)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: schedules.polynomial(0.0, 0.5), "eta1 = 0.0"),
    (lambda: schedules.polynomial(np.nan, 0.5), "eta1 = nan"),
    (lambda: schedules.polynomial(0.5, 1.0), "theta = 1.0"),
    (lambda: schedules.polynomial(0.5, -0.1), "theta = -0.1"),
    (lambda: schedules.constant(-1.0), "eta = -1.0"),
    (lambda: decays.linear_to_zero(0.5, 0), "T = 0"),
    (lambda: schedules.constant(0.5).step_sizes(0), "T = 0"),
    (lambda: decays.power_to_zero(0.0, 10, 1), "eta = 0.0"),
    (lambda: decays.power_to_zero(0.5, 10.5, 1), "T = 10.5"),
    (lambda: decays.power_to_zero(0.5, 10, -0.5), "p = -0.5"),
    (lambda: decays.power_to_zero(0.5, 10, np.nan), "p = nan"),
    (lambda: decays.geometric(-0.5, 10, 0.1), "eta = -0.5"),
    (lambda: decays.geometric(0.5, 0, 0.1), "T = 0"),
    (lambda: decays.geometric(0.5, 10, 0.0), "final = 0.0"),
    (lambda: decays.geometric(0.5, 10, 1.5), "final = 1.5"),
    (lambda: decays.warmup_stable_decay(np.inf, 10, 0.1, 0.2), "eta = inf"),
    (lambda: decays.warmup_stable_decay(0.5, True, 0.1, 0.2), "T = True"),
    (lambda: decays.warmup_stable_decay(0.5, 10, -0.1, 0.2), "warmup = -0.1"),
    (lambda: decays.warmup_stable_decay(0.5, 10, 0.1, 1.2), "decay = 1.2"),
    (lambda: decays.warmup_stable_decay(0.5, 10, 0.6, 0.6), "warmup . decay = 1.2"),
    (lambda: decays.warmup_stable_decay(0.5, 10, 0.1, 0.2, -1), "p = -1"),
    (lambda: power_sums(schedules.constant(0.5), [-1.0]), "times"),
    (lambda: power_sums(schedules.constant(0.5), [1.0], 0), "power = 0"),
])
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("schedule", [
    decays.power_to_zero(0.5, 10**9, 1.7),
    decays.warmup_stable_decay(0.5, 10**9 + 1, 0.013, 0.2, 0.5),
], ids=lambda s: s.name)
def test_power_sums_at_long_horizons_are_integrals(schedule):
    """Sums of 10^9 terms: two halves of the run add up, and the whole is near its integral."""
    T, knots = schedule.horizon, [1, *schedule.breaks, schedule.horizon + 1]
    x, w = np.polynomial.legendre.leggauss(400)
    integral = sum((b - a) / 2 * w @ schedule(a + (x + 1) / 2 * (b - a))
                   for a, b in zip(knots[:-1], knots[1:], strict=True))
    np.testing.assert_allclose(power_sums(schedule, [T]), integral, rtol=1e-6)
