"""Claim C: the sweep, its budget and the side studies."""

import numpy as np
import pytest

from ntksgd.compare import kernel_drift
from ntksgd.problems.schedules import constant
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.rkhs_norm import expected_rkhs_norm
from ntksgd.width import budget as width_budget
from ntksgd.width import experiment, studies
from ntksgd.width.excess import Excess

PLAN = width_budget.Plan(200, (((8, 16), 4), ((32,), 2)), linearised=True)


@pytest.fixture(scope="module")
def setup():
    """Squareplus, r = 1/2, few degrees."""
    return experiment.setting("squareplus(0.5)", 2, 0.5, max_degree=16)


def test_sweep_does_not_depend_on_workers(setup):
    """Same numbers for one and two workers; shapes by block."""
    one, two = (experiment.run(setup, PLAN, 3, 4, 20, workers=w) for w in (1, 2))
    assert np.array_equal(one.times, [20, 43, 93, 200])
    for name in ("network", "linearised"):
        a, b = getattr(one, name), getattr(two, name)
        assert [s.shape for _, s in a.blocks] == [(4, 2, 4), (2, 1, 4)]
        for (_, s), (_, t) in zip(a.blocks, b.blocks, strict=True):
            assert np.array_equal(s, t)
    assert one.diverged == {}


def test_budget_counts_the_work():
    """Updates by hand: (8 + 16) 200 4 + 32 200 2, times 3.5 if linearised, plus kernel SGD."""
    kernel = width_budget.KERNEL * 200 * 6
    assert PLAN.updates == (24 * 200 * 4 + 32 * 200 * 2) * (1 + width_budget.LINEARISED) + kernel
    text = width_budget.budget({"a": PLAN, "b": PLAN}, limit=1.0, rate=1e6)
    assert "a: " in text and "b: " in text and f"total about {2 * PLAN.updates / 1e6:.0f}" in text


def test_budget_refuses_what_costs_too_much():
    """The message states cost and limit before anything runs."""
    huge = width_budget.Plan(10**9, (((1024, 2048), 100),))
    with pytest.raises(ValueError, match=r"limit 60 core-seconds: lower T"):
        width_budget.budget({"huge": huge}, limit=60)


@pytest.mark.parametrize("T, blocks", [(1, PLAN.blocks), (100, ()), (100, (((7,), 4),)),
                                       (100, (((8,), 1),))])
def test_bad_plans_are_refused(T, blocks):
    """T, no blocks, an odd width, a single replicate."""
    with pytest.raises(ValueError):
        width_budget.Plan(T, blocks)


@pytest.mark.parametrize("step", [0.0, 2.0, np.nan])
def test_unstable_step_is_refused(step):
    """eta_1 kappa(1) must lie in (0, 2)."""
    with pytest.raises(ValueError, match="step"):
        experiment.setting("erf", 2, 0.5, step=step, max_degree=8)


def test_step_decay_is_the_one_that_balances(setup):
    """eta_t kappa(1) = step t^(-2r/(2r+1))."""
    trace = setup.target.spectrum.trace
    np.testing.assert_allclose(setup.schedule([1, 16]) * trace, [1, 0.25])


def test_diverged_widths_are_left_out(setup, monkeypatch):
    """An infinite risk is reported with its share, and the other widths stay."""
    real = experiment.couple

    def broken(*args, **kwargs):
        result = real(*args, **kwargs)
        if 8 in result.widths:
            result.network[0, 0, -1] = np.inf
        return result

    monkeypatch.setattr(experiment, "couple", broken)
    blocks = (((8, 16), 4), ((32, 64), 2))
    sweep = experiment.run(setup, width_budget.Plan(200, blocks), 3, 4, 20)
    assert sweep.diverged == {8: 0.25}
    assert np.array_equal(sweep.network.widths, [16, 32, 64])


def test_expected_rkhs_norm_is_that_of_the_kernel_iterate(setup):
    """E||f_t||_H^2 against the products taken step by step, and against a wide network's drift."""
    spectrum, power = setup.target.spectrum, setup.target.power
    times = [1, 5, 60]
    steps, lam = setup.schedule(np.arange(1, 61)), spectrum.eigenvalues
    products = [np.prod(1 - np.outer(steps[:t], lam), axis=0) for t in times]
    distance = expected_risk(spectrum, setup.target, setup.schedule, times, setup.noise).rkhs
    live = power > 0
    norms = power[live] / spectrum.eigenvalues[live]
    expected = [d + np.sum(norms * (1 - 2 * p[live]))
                for d, p in zip(distance, products, strict=True)]
    found = expected_rkhs_norm(spectrum, setup.target, setup.schedule, times, setup.noise)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    drift = experiment.couple(setup, [512], times[1:], 300, 1, linearised=False).drift[:, 0]
    np.testing.assert_allclose(np.mean(drift**2, axis=0), found[1:], rtol=0.12)


def test_expected_rkhs_norm_refuses_steps_beyond_its_products(setup):
    spectrum = setup.target.spectrum
    schedule = constant(1.01 / spectrum.eigenvalues[0])
    with pytest.raises(ValueError, match="1.01, must be below 1"):
        expected_rkhs_norm(spectrum, setup.target, schedule, [10], 0.1)


def test_small_tolerance_law_is_exact_part_plus_difference(setup):
    """Mean of c(T) samples = first order + m (network - linearised) of the same cell."""
    samples = kernel_drift.small_tolerance_law(setup, 64, [100], 8, 5)
    cell = studies.cell(setup, 64, 100, 8, 5)
    expected = experiment.first_order(setup, [100])[0] + 64 * cell.difference[0]
    assert samples.mean() == pytest.approx(expected, rel=1e-9)


def test_risk_along_a_law():
    """Excess 1/m and risk T^(-1/2) along m = T^(1/2): the slope of T^(-1/2) (1 + T^(-1/2))."""
    times, widths = np.array([100.0, 400.0, 1600.0]), np.array([8.0, 16.0, 32.0, 64.0])
    samples = np.tile((1 / widths)[None, :, None], (3, 1, 3))
    excess = Excess(times, ((widths, samples),))
    risk = times**-0.5
    along = studies.risk_along(excess, [16.0, 32.0, 64.0], risk, 0)
    np.testing.assert_allclose(along.risk, risk * (1 + 1 / np.array([16, 32, 64])))
    assert along.slope.low == pytest.approx(along.slope.high)
    with pytest.raises(ValueError, match="widths"):
        studies.risk_along(excess, [16.0, 32.0, 128.0], risk, 0)


def test_paper_width(setup):
    """m = T^(7/2) at r = 1/2, rounded to even; there the network is the kernel."""
    (found,) = studies.at_paper_width(setup, 0.5, [10], 20, 2)
    assert found.m == 3162
    assert abs(found.network[0]) < 0.02


def test_kernel_of_symmetric_pairs_drifts_like_one_over_m(setup):
    """||K_T - K_0|| falls like 1/m, not m^(-1/2): the first order cancels in each pair."""
    widths = [64, 256, 1024]
    change = kernel_drift.kernel_change(setup, widths, 100, 12, 4)
    slope = np.polyfit(np.log(widths), np.log(np.sqrt(np.mean(change**2, axis=0))), 1)[0]
    assert slope == pytest.approx(-1, abs=0.2)
