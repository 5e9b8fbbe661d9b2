"""Claim C: the measured excess, its budget, the risk along a width law."""

import numpy as np
import pytest

from ntksgd.compare.drift import kernel_change
from ntksgd.compare.paths import paths
from ntksgd.problems.problem import source_problem
from ntksgd.problems.schedules import constant
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.predicted_widths import sufficient_width
from ntksgd.risk.rkhs_norm import expected_rkhs_norm
from ntksgd.width import budget, measured
from ntksgd.width.excess import controlled_excess

PLAN = budget.Plan(200, (((8, 16), 4), ((32,), 2)), linearised=True)


@pytest.fixture(scope="module")
def problem():
    """Squareplus, r = 1/2, few degrees."""
    return source_problem("squareplus(0.5)", 2, 0.5, max_degree=16)


def test_sweep_does_not_depend_on_workers(problem):
    """Same numbers for one and two workers; shapes by block."""
    one, two = (measured.measure(problem, PLAN, 3, 4, 20, workers=w) for w in (1, 2))
    assert np.array_equal(one.times, [20, 43, 93, 200])
    for name in ("network", "linearised"):
        a, b = getattr(one, name), getattr(two, name)
        assert [s.shape for _, s in a.blocks] == [(4, 2, 4), (2, 1, 4)]
        for (_, s), (_, t) in zip(a.blocks, b.blocks, strict=True):
            assert np.array_equal(s, t)
    assert one.diverged == {}


def test_budget_counts_the_work():
    """Updates by hand: (8 + 16) 200 4 + 32 200 2, times 3.5 if linearised, plus kernel SGD."""
    kernel = budget.KERNEL * 200 * 6
    assert PLAN.updates == (24 * 200 * 4 + 32 * 200 * 2) * (1 + budget.LINEARISED) + kernel
    text = budget.budget({"a": PLAN, "b": PLAN}, limit=1.0, rate=1e6)
    assert "a: " in text and "b: " in text and f"total about {2 * PLAN.updates / 1e6:.0f}" in text


def test_budget_refuses_what_costs_too_much():
    """The message states cost and limit before anything runs."""
    huge = budget.Plan(10**9, (((1024, 2048), 100),))
    with pytest.raises(ValueError, match=r"limit 60 core-seconds: lower T"):
        budget.budget({"huge": huge}, limit=60)


@pytest.mark.parametrize("T, blocks", [(1, PLAN.blocks), (100, ()), (100, (((7,), 4),)),
                                       (100, (((8,), 1),))])
def test_bad_plans_are_refused(T, blocks):
    """T, no blocks, an odd width, a single replicate."""
    with pytest.raises(ValueError):
        budget.Plan(T, blocks)


@pytest.mark.parametrize("step", [0.0, 2.0, np.nan])
def test_unstable_step_is_refused(step):
    """eta_1 kappa(1) must lie in (0, 2)."""
    with pytest.raises(ValueError, match="step"):
        source_problem("erf", 2, 0.5, step=step, max_degree=8)


def test_step_decay_is_the_one_that_balances(problem):
    """eta_t kappa(1) = step t^(-2r/(2r+1))."""
    trace = problem.spectrum.trace
    np.testing.assert_allclose(problem.schedule([1, 16]) * trace, [1, 0.25])


def test_diverged_widths_are_left_out(problem, monkeypatch):
    """An infinite risk is reported with its share, and the other widths stay."""
    def broken(*args, **kwargs):
        result = paths(*args, **kwargs)
        if 8 in result.widths:
            result.network[0, 0, -1], result.diverged[0, 0] = np.inf, True
        return result

    monkeypatch.setattr(measured, "paths", broken)
    blocks = (((8, 16), 4), ((32, 64), 2))
    found = measured.measure(problem, budget.Plan(200, blocks), 3, 4, 20)
    assert found.diverged == {8: 0.25}
    assert np.array_equal(found.network.widths, [16, 32, 64])


def test_expected_rkhs_norm_is_that_of_the_kernel_iterate(problem):
    """E||f_t||_H^2 against the products taken step by step, and against a wide network's drift."""
    spectrum, power = problem.spectrum, problem.target.power
    times = [1, 5, 60]
    steps, lam = problem.schedule(np.arange(1, 61)), spectrum.eigenvalues
    products = [np.prod(1 - np.outer(steps[:t], lam), axis=0) for t in times]
    distance = expected_risk(spectrum, problem.target, problem.schedule, times, problem.noise).rkhs
    live = power > 0
    norms = power[live] / spectrum.eigenvalues[live]
    expected = [d + np.sum(norms * (1 - 2 * p[live]))
                for d, p in zip(distance, products, strict=True)]
    found = expected_rkhs_norm(spectrum, problem.target, problem.schedule, times, problem.noise)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    drift = paths(problem, ["network"], [512], times[1:], 300, 1).drift[:, 0]
    np.testing.assert_allclose(np.mean(drift**2, axis=0), found[1:], rtol=0.12)


def test_expected_rkhs_norm_refuses_steps_beyond_its_products(problem):
    spectrum = problem.spectrum
    schedule = constant(1.01 / spectrum.eigenvalues[0])
    with pytest.raises(ValueError, match="1.01, must be below 1"):
        expected_rkhs_norm(spectrum, problem.target, schedule, [10], 0.1)


def test_paper_width(problem):
    """m = T^(7/2) at r = 1/2, rounded to even; there the network is the kernel."""
    m = 2 * round(10 ** sufficient_width(0.5) / 2)
    assert m == 3162
    run = paths(problem, ["network", "kernel"], [m], [10], 20, 2)
    mean, exact = (kernel_risk(problem, [10], tail=tail) for tail in (False, True))
    assert abs(controlled_excess(run.network, run.kernel, mean, exact).mean()) < 0.02


def test_kernel_of_symmetric_pairs_drifts_like_one_over_m(problem):
    """||K_T - K_0|| falls like 1/m, not m^(-1/2): the first order cancels in each pair."""
    widths = [64, 256, 1024]
    run = paths(problem, ["network"], widths, [100], 12, 4, degree=15,
                observers={"change": kernel_change})
    change = run.observed["change"][..., 0]
    slope = np.polyfit(np.log(widths), np.log(np.sqrt(np.mean(change**2, axis=0))), 1)[0]
    assert slope == pytest.approx(-1, abs=0.2)
