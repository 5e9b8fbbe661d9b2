"""A power law and its next order: exact laws, a general optimiser, coverage."""

import numpy as np
import pytest
from scipy.optimize import curve_fit

from ntksgd.stats.slopes import fit, slope
from ntksgd.stats.two_orders import NotTold, leading_exponent, two_orders

X = 2.0 ** np.arange(8, 15)
LAWS = {(-1.5, -2.0): (0.4, 9.0), (-2.0, -3.0): (0.03, 3.0), (-1.0, -1.5): (1.0, -8.0)}
EVERY = pytest.mark.parametrize("orders", LAWS)


def law(orders, x=X):
    return sum(c * x**power for c, power in zip(LAWS[orders], orders, strict=True))


def paths(orders, shape, seed):
    """Replicates of mean `law`, last axis along X: a factor that paths share, and one a width."""
    rng = np.random.default_rng(seed)
    shared, own = rng.gamma(9, 1 / 9, (*shape, 1)), rng.gamma(25, 1 / 25, (*shape, X.size))
    return law(orders) * shared * own


@EVERY
def test_exact_law_is_found(orders):
    samples = law(orders) * np.array([0.7, 1.0, 1.3])[:, None]
    found = two_orders(X, samples, orders)
    np.testing.assert_allclose([found.leading.value, found.following.value], LAWS[orders],
                               rtol=1e-9)
    np.testing.assert_allclose(found(X), law(orders))
    assert found.misfit < 1e-9 and (found.x_min, found.x_max) == (X[0], X[-1])
    assert leading_exponent(X, samples, orders[1]).value == pytest.approx(orders[0], abs=1e-3)


@EVERY
def test_fits_are_those_of_a_general_optimiser(orders):
    samples = paths(orders, (24,), 3)
    slope_of_spread, level = fit(np.log(X), np.log(samples.std(axis=0, ddof=1)))
    error = np.exp(level + slope_of_spread * np.log(X)) / np.sqrt(24)
    linear, _ = curve_fit(lambda x, a, b: a * x**orders[0] + b * x**orders[1], X, samples.mean(0),
                          LAWS[orders], error)
    found = two_orders(X, samples, orders)
    np.testing.assert_allclose([found.leading.value, found.following.value], linear, rtol=1e-4)
    free, _ = curve_fit(lambda x, a, b, p: a * (x / 1e3) ** p + b * (x / 1e3) ** orders[1], X,
                        samples.mean(0), [*(c * 1e3**p for c, p in zip(LAWS[orders], orders)),
                                          orders[0]], error)
    assert leading_exponent(X, samples, orders[1]).value == pytest.approx(free[2], abs=2e-3)


@EVERY
def test_intervals_cover(orders):
    """Of 400 each, at 24 replicates; Monte Carlo error 0.011, of which three are allowed."""
    hits = []
    for samples in paths(orders, (400, 24), 5):
        found = two_orders(X, samples, orders)
        hits.append([found.leading.contains(LAWS[orders][0]),
                     found.following.contains(LAWS[orders][1]),
                     leading_exponent(X, samples, orders[1]).contains(orders[0])])
    assert np.all(np.mean(hits, axis=0) > 0.94 - 0.033), np.mean(hits, axis=0)
    assert np.all(np.mean(hits, axis=0) < 0.995)


def test_one_power_misses_the_leading_order():
    samples = paths((-1.5, -2.0), (24,), 0)
    assert slope(X, samples).high < -1.5
    assert leading_exponent(X, samples, -2).contains(-1.5)
    wrong = two_orders(X, samples, (-2, -3))
    assert wrong.misfit > 3 > two_orders(X, samples, (-1.5, -2)).misfit


@pytest.mark.parametrize("call, message", [
    (lambda y: two_orders(X, y, (-1, -1)), "must differ"),
    (lambda y: two_orders(X[:2], y[:, :2], (-1, -2)), "at least 3 points"),
    (lambda y: two_orders(X, y[:, 1:], (-1, -2)), "equal lengths"),
    (lambda y: two_orders(-X, y, (-1, -2)), "every entry must be > 0"),
    (lambda y: two_orders(X, y[:1], (-1, -2)), "replicates = 1"),
    (lambda y: two_orders(X, y[[0, 0, 0]], (-1, -2)), "column 0 does not vary"),
    (lambda y: leading_exponent(X[:3], y[:, :3], -2), "at least 4 points"),
    (lambda y: leading_exponent(X, y, np.nan), "following"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call(paths((-1.0, -1.5), (8,), 1) + 1e-3)


def test_an_order_that_is_not_told_is_an_error_of_its_own():
    """Bad input is not one: who takes the first for an answer must not swallow the second."""
    samples = paths((-1.0, -1.5), (8,), 1) + 1e-3
    with pytest.raises(NotTold, match="no exponent within 2.5 of following = -2"):
        leading_exponent(X, -samples, -2)
    samples[0] += 1e3  # the mean tells, the mean of the others is below zero
    with pytest.raises(NotTold, match="without one of its replicates"):
        leading_exponent(X, samples - 10, -2)
    with pytest.raises(ValueError, match="following") as found:
        leading_exponent(X, samples, np.nan)
    assert not isinstance(found.value, NotTold)
