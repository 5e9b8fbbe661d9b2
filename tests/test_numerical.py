"""Brackets of numerical limits: exact cases, the two rules by hand, calibration, refusals."""

import numpy as np
import pytest

from ntksgd.stats.intervals import Interval
from ntksgd.stats.numerical import Bracket, calibration, extrapolate, window, window_times


def test_window_of_a_power_law():
    """No change: the half-width is the slack of the prefactor alone."""
    times = window_times(1e6, 1.5)
    np.testing.assert_array_equal(times, [1000, 31623, 1e6])
    bracket = window(times, 3 * times**-0.6)
    half = np.log(1.1) / np.log(1e6 / 31623)
    np.testing.assert_allclose([bracket.value, bracket.low, bracket.high],
                               [-0.6, -0.6 - half, -0.6 + half])
    assert not isinstance(bracket, Interval)


def test_window_by_hand():
    """Exponents -1 then -2 over decades: -2, give or take 1 + log10(1.1)."""
    bracket = window([1, 10, 100], [1, 0.1, 0.001])
    half = 1 + np.log10(1.1)
    np.testing.assert_allclose([bracket.value, bracket.low, bracket.high],
                               [-2, -2 - half, -2 + half])
    assert str(bracket) == "-2.000 [-3.041, -0.959]"


@pytest.mark.parametrize("correction, inside", [(0.3, True), (0.1, False)])
def test_window_is_a_rule_of_thumb(correction, inside):
    """T = 1e9, two decades: a correction 3 T^(-0.3) is allowed for, 3 T^(-0.1) is missed."""
    times = window_times(1e9, 2)
    assert window(times, times**-0.5 * (1 + 3 * times**-correction)).contains(-0.5) == inside


def test_extrapolate_is_exact_for_its_model():
    x = np.array([1.0, 2, 4, 8, 16])
    bracket = extrapolate(x, 2 + 3 * x**-1.5, 1.5)
    np.testing.assert_allclose([bracket.value, bracket.low, bracket.high], 2, rtol=1e-13)


def test_extrapolate_by_hand():
    """Order 1 at x = 1 ... 4: the limits are the increments of x values, here 1, 2 and 4."""
    x = np.arange(1.0, 5)
    bracket = extrapolate(x, np.array([0, 1, 3, 7]) / x, 1)
    np.testing.assert_allclose([bracket.value, bracket.low, bracket.high], [4, 2, 6], rtol=1e-13)


def test_calibration_counts():
    brackets = [Bracket(0, -1, 1), Bracket(2, 1, 3), Interval(0, -1, 1)]
    assert str(calibration(brackets, [1, 4, -0.5])) == "2 of 3 contain the derived limit"
    assert calibration(iter(brackets), np.zeros(3)).contained == 2


@pytest.mark.parametrize("call, message", [
    (lambda: window([1, 2], [1, 2]), "three increasing"),
    (lambda: window([1, 3, 2], [1, 1, 1]), "three increasing"),
    (lambda: window([0, 1, 2], [1, 1, 1]), "three increasing"),
    (lambda: window([1, 2, 3], [1, 0, 1]), "values = "),
    (lambda: window([1, 2, 3], [1, np.nan, 1]), r"values\[1\]"),
    (lambda: window_times(0, 1), "T = 0"),
    (lambda: window_times(10, -1), "decades = -1"),
    (lambda: extrapolate([1, 2, 3], [1, 2, 3], 1), "4 or more"),
    (lambda: extrapolate([1, 2, 2, 3], [1, 2, 3, 4], 1), "increasing"),
    (lambda: extrapolate([1, 2, 3, 4], [1, 2, 3, 4], 0), "order = 0"),
    (lambda: calibration([], []), "at least 1"),
    (lambda: calibration([Bracket(0, 0, 0)], [1, 2]), "must be as many"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()
