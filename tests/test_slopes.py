"""Log-log slopes: exact power laws, the interval of the rule by hand, refusals."""

import numpy as np
import pytest
from scipy import stats

from ntksgd.stats.intervals import Interval, of
from ntksgd.stats.slopes import Fit, Slope, curve_slope, fit, local_exponents, slope

X = 2.0 ** np.arange(3, 11)


def samples(seed=0, replicates=10):
    return X**-0.5 * np.random.default_rng(seed).gamma(2, 0.5, (replicates, X.size))


def test_exact_power_law_has_no_interval():
    exact = curve_slope(X, 3 * X**-0.7)
    assert isinstance(exact, Fit) and not hasattr(exact, "low")
    assert exact.value == pytest.approx(-0.7, abs=1e-12) and (exact.x_min, exact.x_max) == (8, 1024)
    np.testing.assert_allclose(exact(X), 3 * X**-0.7)
    assert str(exact) == "-0.700"


def test_fit_is_scipy_s_regression_along_the_last_axis():
    log_x, log_y = np.log(X), np.log(samples().reshape(2, 5, -1))
    lines = fit(log_x, log_y)
    assert lines[0].shape == (2, 5)
    for index in np.ndindex(2, 5):
        expected = stats.linregress(log_x, log_y[index])
        np.testing.assert_allclose([lines[0][index], lines[1][index]],
                                   [expected.slope, expected.intercept])


def test_slope_of_replicates_without_noise():
    exact = slope(X, np.tile(2 * X**-1.0, (3, 1)))
    assert isinstance(exact, Interval) and isinstance(exact, Fit)
    np.testing.assert_allclose([exact.value, exact.low, exact.high], -1, atol=1e-12)
    np.testing.assert_allclose(exact(4.0), 0.5)
    assert str(Slope(-1.002, -1.03, -0.97, 1, 2, 0)) == "-1.002 [-1.030, -0.970]"


@pytest.mark.parametrize("independent", [False, True])
def test_slope_is_the_rule(independent):
    rows, log_x = samples(), np.log(X)

    def exponent(*means):
        return fit(log_x, np.log(np.stack(means, axis=1) if independent else means[0]))[0]

    expected = of(exponent, *(rows.T if independent else [rows]), confidence=0.9)
    one = slope(X, rows, independent, confidence=0.9)
    assert (one.value, one.low, one.high) == (expected.value, expected.low, expected.high)
    assert one.value == pytest.approx(curve_slope(X, rows.mean(axis=0)).value, abs=1e-14)
    assert one.intercept == pytest.approx(curve_slope(X, rows.mean(axis=0)).intercept, abs=1e-12)


@pytest.mark.parametrize("independent", [False, True])
def test_width_of_the_interval_by_the_delta_method(independent):
    """1.96 sd / (mean sqrt(n S_xx)), sd/mean = sqrt(1/2), at 4000 replicates (2 % of noise)."""
    centred = np.log(X) - np.log(X).mean()
    half = 1.96 * np.sqrt(0.5 / 4000 / (centred @ centred))
    assert slope(X, samples(1, 4000), independent).half == pytest.approx(half, rel=0.06)


def test_pairing_matters_when_rows_share_noise():
    rng = np.random.default_rng(3)
    rows = X**-1.0 * rng.gamma(2, 0.5, (50, 1)) * (1 + 0.01 * rng.normal(size=(50, X.size)))
    assert slope(X, rows).half < slope(X, rows, independent=True).half / 20


def test_local_exponents_of_a_power_law_and_of_rows():
    np.testing.assert_allclose(local_exponents(X, 5 * X**0.3), 0.3, atol=1e-12)
    both = local_exponents(X, np.stack([X, 1 + X]))
    np.testing.assert_allclose(both[0], 1, atol=1e-12)
    assert np.all(np.diff(both[1]) > 0) and both[1][-1] < 1


@pytest.mark.parametrize("x, y, message", [
    (X[:2], X[:2], "at least 3 points"),
    (X, X[:-1], "equal lengths"),
    ([1, 1, 1], [1, 2, 3], "no two equal"),
    ([0, 1, 2], [1, 2, 3], "every entry must be > 0"),
    ([1, 2, np.inf], [1, 2, 3], r"x\[2\]"),
    ([1, 2, 3], [1, 0, 3], "every entry > 0"),
    ([1, 2, 3], [1, np.nan, 3], r"y\[1\]"),
])
def test_bad_curves(x, y, message):
    for function in (curve_slope, local_exponents):
        with pytest.raises(ValueError, match=message):
            function(x, y)


@pytest.mark.parametrize("x, rows, message", [
    (X, X, "has shape"),
    (X, X[None], "replicates = 1"),
    ([2, 2, 2], np.ones((4, 3)), "no two equal"),
    (X, -samples(), "column 0 without its largest entry has the mean -"),
    ([1, 2, 3], [[1, 1, -1], [1, 1, 3], [1, 1, -1]], "column 2 without its largest entry"),
])
def test_bad_replicates(x, rows, message):
    for independent in (False, True):
        with pytest.raises(ValueError, match=message):
            slope(x, rows, independent)
