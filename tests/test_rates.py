"""Predicted exponents against exact risks, and the tools that measure them."""

import numpy as np
import pytest

from ntksgd.compare import capacity, rates
from ntksgd.compare.weight_decay import decayed_risks
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.risk import predicted as predicted_rates
from ntksgd.stats.numerical import window, window_times


@pytest.fixture(scope="module")
def circle():
    return mercer_spectrum("relu", 2, 20_000)


@pytest.mark.parametrize("r", [0.5, 1.5])
def test_last_iterate_has_the_least_of_three_exponents(circle, r):
    """r = 1.5 is beyond 1 - 1/(2 beta) = 3/4: memory, not 2r/(2r+1)."""
    thetas = [0.3, 0.6, 2 * r / (2 * r + 1)]
    times = window_times(1e12, 3)
    risks = rates.decaying_risks(circle, [r], thetas, times, 1.0, excess=0.01)[:, 0]
    theory = -predicted_rates.last_iterate(r, np.array(thetas), 2.0)
    measured = [window(times, risk).value for risk in risks]
    np.testing.assert_allclose(measured, theory, atol=0.012)


def test_best_theta_maximises_the_rate():
    theta = np.linspace(0.01, 0.99, 9801)
    for r in (0.25, 0.6, 1.0, 3.0):
        for beta in (1.25, 2.0, np.inf):
            rates = predicted_rates.last_iterate(r, theta, beta)
            best = predicted_rates.best_theta(r, beta)
            np.testing.assert_allclose(theta[rates.argmax()], best, atol=2e-4)
    np.testing.assert_allclose(predicted_rates.last_iterate(0.5, 0.5), 0.5)
    np.testing.assert_allclose(predicted_rates.capacity_free(0.5), 0.5)


def test_tied_steps_have_no_memory_and_weight_decay_saturates(circle):
    times = window_times(1e20, 5)
    for decay, theory in ((0.0, 0.75), (1.0, 0.5)):
        risk = rates.tied_risks(circle, [1.5], times, 1.0, decay=decay, excess=0.01)
        e = window(times, risk[0])
        assert e.low <= -theory <= e.high
        assert e.high - e.low < 0.1


def test_times_that_are_not_resolved_are_left_out():
    curves = rates.paper_risks([("relu", 5)], [0.25], [10, 1e9, 1e24], workers=1)
    assert list(curves["relu", 5, 0.25].times) == [10, 1e9]


def test_last_exponent_interpolates_and_ends_where_the_curve_does():
    times = np.geomspace(1, 1e9, 55)
    bent = rates.last_exponent(times, np.where(times < 1e3, 1.0, (times / 1e3) ** -0.5), 1e9, 3)
    assert bent.value == pytest.approx(-0.5)
    late = rates.last_exponent(times, times**-0.5, 1e12, 3)
    assert late.value == pytest.approx(-0.5)
    assert late.high - late.low == pytest.approx(2 * np.log(1.1) / np.log(1e3))


def test_balance_is_the_risk_of_the_tied_step_and_says_when_it_settles(circle):
    times = np.array([1e6, 1e9])
    exact = rates.tied_risks(circle, [0.5], times, 1.0)[0]
    np.testing.assert_allclose(rates.balanced_risks(circle, 0.5, times, 1.0), exact, rtol=0.02)
    assert rates.settles_at(circle, 0.5, 1e9, 1.0) == "first at T = 1e+09"
    assert rates.settles_at(circle, 1.5, 1e12, 1.0, decades=1) == "beyond T = 1e+12"


def test_exponents_are_those_of_each_curve_at_each_noise():
    times = np.round(np.geomspace(10, 1e9, 40))
    curves = rates.paper_risks([("erf", 2)], [0.5], times)
    table = {row["column"]: row for row in rates.exponents(curves, [0.0, 1.0], 1e6, 1e9)}
    curve = curves["erf", 2, 0.5]
    end = min(1e9, curve.times[-1])
    assert list(table) == ["s2=0", "s2=1", "far"]
    for name, risk, T, decades in (("s2=0", curve.signal, 1e6, 3),
                                   ("s2=1", curve.signal + curve.variance, 1e6, 3),
                                   ("far", curve.signal + curve.variance, end, None)):
        expected = rates.last_exponent(curve.times, risk, T, decades)
        assert table[name]["exponent"] == expected.value
        assert table[name]["T"] == T


def test_half_of_the_nodes_move_no_risk_by_more_than_5e_5(circle):
    """And each function hands its `nodes` on: something moves."""
    times = window_times(1e12, 3)
    found = {name: [risk(nodes) for nodes in (12, 6)] for name, risk in {
        "paper": lambda n: rates.paper_risks([("relu", 3)], [1.0], times, workers=1,
                                             nodes=n)["relu", 3, 1.0].risk,
        "decaying": lambda n: rates.decaying_risks(circle, [0.5], [0.5], times, 1.0, nodes=n),
        "tied": lambda n: rates.tied_risks(circle, [0.5], times, 1.0, nodes=n),
        "decayed": lambda n: decayed_risks(circle, 1.0, times, [0.0], nodes=n)[..., 1],
        "losses": lambda n: capacity.tuned_losses([("power", 1.5)], 0.5, 10**6, workers=1,
                                                  nodes=n),
        "gaps": lambda n: np.array([capacity.capacity_gaps(
            [("power", 1.5)], [0.5], times, workers=1, nodes=n)[0].gap.value])}.items()}
    for name, (fine, coarse) in found.items():
        np.testing.assert_allclose(coarse, fine, rtol=5e-5, err_msg=name)
        assert np.any(coarse != fine), name
    with pytest.raises(ValueError, match="nodes = 1: must be"):
        rates.tied_risks(circle, [0.5], times, 1.0, nodes=1)
