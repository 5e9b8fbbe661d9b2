"""Step schedules and their sums."""

import numpy as np
import pytest

from ntksgd.problems import schedules
from ntksgd.problems.schedules import power_sums


def test_steps_are_the_formulas():
    t = np.arange(1, 11)
    np.testing.assert_allclose(schedules.polynomial(0.5, 0.3).step_sizes(10), 0.5 * t**-0.3)
    np.testing.assert_allclose(schedules.constant(0.5).step_sizes(10), 0.5)
    np.testing.assert_allclose(schedules.linear_to_zero(0.5, 10).step_sizes(10),
                               0.5 * (11 - t) / 10)


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("schedule", [
    schedules.polynomial(0.5, 0.0), schedules.polynomial(0.5, 0.5), schedules.polynomial(0.5, 0.9),
    schedules.linear_to_zero(0.5, 10**5),
], ids=lambda s: s.name)
def test_power_sums_are_sums(schedule, power):
    times = np.array([3, 64, 65, 1000, 99_999])
    sums = np.cumsum(schedule.step_sizes(10**5) ** power)[times - 1]
    np.testing.assert_allclose(power_sums(schedule, times, power), sums, rtol=1e-11)


@pytest.mark.parametrize(("make", "message"), [
    (lambda: schedules.polynomial(0.0, 0.5), "eta1 = 0.0"),
    (lambda: schedules.polynomial(np.nan, 0.5), "eta1 = nan"),
    (lambda: schedules.polynomial(0.5, 1.0), "theta = 1.0"),
    (lambda: schedules.polynomial(0.5, -0.1), "theta = -0.1"),
    (lambda: schedules.constant(-1.0), "eta = -1.0"),
    (lambda: schedules.linear_to_zero(0.5, 0), "T = 0"),
    (lambda: schedules.constant(0.5).step_sizes(0), "T = 0"),
])
def test_bad_input_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()
