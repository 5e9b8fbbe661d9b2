"""Spectra of prescribed decay, and the gap between capacity-free and minimax rates."""

import numpy as np
import pytest
from scipy.special import zeta

from ntksgd.compare import capacity
from ntksgd.kernels.power_law import power_law, source_power
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.problems import schedules
from ntksgd.risk import predicted
from ntksgd.risk.exact import expected_risk
from ntksgd.stats.numerical import Bracket, window_times


@pytest.mark.parametrize("beta", [1.05, 2.0])
def test_octaves_stand_for_their_degrees(beta):
    """Against the list of all degrees: sums of three kinds, and what lies beyond by Hurwitz."""
    octaves = power_law(beta, 40_000.0**-beta)
    degrees = np.arange(round((octaves.multiplicities.sum() + 1) / 2))
    assert degrees.size in (2**16, 2**17)
    lam, N = (degrees + 1.0) ** -beta, np.where(degrees == 0, 1.0, 2.0)
    for f in (lambda x: x, lambda x: x**2, lambda x: np.exp(-300 * x) * x**0.7):
        expected = f(lam) @ N
        assert f(octaves.eigenvalues) @ octaves.multiplicities == pytest.approx(expected, rel=1e-6)
    beyond = 2 * zeta(beta, degrees.size + 1)
    assert octaves.tail == pytest.approx(beyond, abs=1e-8 * octaves.trace)


def test_risk_of_the_octaves_is_that_of_all_degrees():
    beta, r, K = 1.5, 0.5, 2**16
    coarse = power_law(beta, 1e-12)
    degrees = np.arange(K)
    plain = Spectrum(2, (degrees + 1.0) ** -beta, np.where(degrees == 0, 1.0, 2.0), coarse.trace)
    schedule = schedules.source_polynomial(1 / coarse.trace, r)
    risks = [expected_risk(s, source_power(s, beta, r, 0.5), schedule, [100, 10_000], 1.0).risk
             for s in (coarse, plain)]
    np.testing.assert_allclose(risks[0], risks[1], rtol=3e-6)


def test_source_power_has_the_exponent_of_the_source_condition():
    s = power_law(1.5)
    F = source_power(s, 1.5, 0.75, 0.1) / s.multiplicities  # per eigenfunction
    slope = np.polyfit(np.log(s.eigenvalues[100:]), np.log(F[100:]), 1)[0]
    assert slope == pytest.approx(2 * 0.75 + 1.1 / 1.5)
    assert source_power(s, 1.5, 0.75, 0.1).sum() == pytest.approx(1)


def test_gaps_follow_the_formula():
    gaps = capacity.capacity_gaps([("power", 1.25), ("power", 2.0), ("relu", 3)], [0.5],
                                  window_times(1e9, 2), workers=1)
    assert [gap.kernel for gap in gaps] == ["prescribed decay"] * 2 + ["ReLU, d = 3"]
    for gap in gaps:
        formula = (2 * gap.r * (gap.beta - 1) / ((2 * gap.r * gap.beta + 1) * (2 * gap.r + 1)))
        assert gap.derived == pytest.approx(formula)
        assert gap.gap.contains(gap.derived)
        assert gap.last.contains(predicted.capacity_free(gap.r))
        assert gap.average.contains(predicted.minimax(gap.r, gap.beta))
        assert gap.gap.value == pytest.approx(gap.average.value - gap.last.value)
    assert gaps[0].gap.high < gaps[1].gap.low  # nearer to 1, nearer to minimax


def test_an_unresolved_gap_is_left_out():
    """ReLU on the circle at r = 1/4: the average has used up the degrees kept at T = 10^15."""
    found = capacity.capacity_gaps([("relu", 2)], [0.25, 1.0], window_times(1e15, 1), workers=1)
    assert [gap.r for gap in found] == [1.0]


def test_loss_with_the_best_steps_is_found():
    """Against a dense grid of steps."""
    (loss,) = capacity.tuned_losses([("power", 2.0)], 0.5, 10**4, workers=1)
    s = power_law(2.0)
    power = source_power(s, 2.0, 0.5, 0.01)
    etas = np.geomspace(1e-3, 1, 60) / s.trace
    runs = [expected_risk(s, power, schedules.constant(eta), 10**4, 1.0, average="tail")
            for eta in etas]
    best = min(run.risk[0] for run in runs) / min(run.averaged[0] for run in runs)
    assert loss == pytest.approx(best, rel=0.01)


def test_continuation_to_beta_one():
    def gap(beta, low, high):
        return capacity.Gap("k", beta, 1.0, None, None, Bracket((low + high) / 2, low, high), 0.0)

    exact = capacity.at_one([gap(2.0, 9, 9), gap(1.2, 0.5, 0.5), gap(1.1, 0.3, 0.3)])
    assert exact.value == pytest.approx(0.1)  # a line through 0.3 and 0.5, one step back
    wide = capacity.at_one([gap(1.2, 0.4, 0.6), gap(1.1, 0.2, 0.4)])
    assert (wide.low, wide.high) == pytest.approx((-0.2, 0.4))
    with pytest.raises(ValueError, match="number of beta"):
        capacity.at_one([gap(1.1, 0, 1)])


@pytest.mark.parametrize(("cases", "change", "name"), [
    ([("power", 1.0)], {}, "beta or d"), ([("cube", 2.0)], {}, "case"),
    ([("power", 2.0)], {"noise": 0.0}, "noise")])
def test_capacity_gaps_refuses(cases, change, name):
    with pytest.raises(ValueError, match=name):
        capacity.capacity_gaps(cases, [0.5], window_times(1e6, 1), **change)


@pytest.mark.parametrize("arguments", [(1.0,), (11.0,), (2.0, 0.1)])
def test_power_law_refuses(arguments):
    with pytest.raises(ValueError, match="beta|smallest"):
        power_law(*arguments)
