"""Exact risks over a sample of starts, and their part of first order."""

import numpy as np
import pytest

from ntksgd.compare.learners import start
from ntksgd.compare.paths import paths
from ntksgd.kernels.drawn import DrawnOperator, drawn_operator
from ntksgd.models.two_layer import initialise
from ntksgd.problems.labels import square
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.given_start import risk_given_start
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.seeds import child
from ntksgd.width.starts import risks_over_starts, risks_over_widths

TIMES = [3, 500, 10**6]


def test_first_order_part_is_the_derivative_along_the_fluctuation():
    """d/deps of the exact risk of L + eps (L_0 - L): only tr(P_k L_0) / N_k enters."""
    problem = source_problem("squareplus(0.5)", 2, 0.5, max_degree=6, weight_decay=1e-3)
    found = risks_over_starts(problem, 64, TIMES, 2, 5, workers=1)
    params = initialise(64, 2, parameter_rng(child(5, 1)))
    drawn = drawn_operator(params, problem.activation, 6)
    limit = np.diag(problem.spectrum.eigenvalues[drawn.degrees])

    def risks(part):
        operator = DrawnOperator(2, 6, limit + part * (drawn.matrix - limit))
        each = risk_given_start(operator, problem.target.power[None], problem.schedule, TIMES, 1e-3)
        return np.vstack([each.signal, each.variance])

    np.testing.assert_allclose(found.risks[1], risks(1), rtol=1e-12)
    np.testing.assert_allclose(found.limit, risks(0), rtol=1e-8)
    slope = (risks(0.01) - risks(-0.01)) / 0.02
    np.testing.assert_allclose(found.first[1], slope, rtol=2e-3, atol=1e-5 * slope.max())
    assert np.abs(found.first[1]).max() > 0.01 * found.limit.max()


def test_second_order_part_is_unbiased_and_follows_the_risk():
    """Mean zero over starts; with it the spread at m = 4096 falls by much more than without."""
    problem = source_problem("relu", 2, 0.5, 0.25, max_degree=16)
    found = risks_over_starts(problem, 4096, [100, 1000], 40, 3)
    mean, spread = found.second.mean(0), found.second.std(0, ddof=1)
    assert np.all(np.abs(mean) < 4 * spread / np.sqrt(40))
    wide = found.excess(0.25, controlled=False).std(0)
    once = (found.risks - found.first)[:, 0] + 0.25 * (found.risks - found.first)[:, 1]
    narrow, one = found.excess(0.25).std(0), (once / once.mean(0)).std(0)
    assert np.all(narrow < 0.2 * wide) and np.all(narrow < 0.5 * one)


def test_excess_by_hand_and_by_degree():
    """(R_m - linear - R) / R at any noise and power; degrees beyond the target's are added."""
    problem = source_problem("relu", 2, 0.75, 0.3, max_degree=6)
    whole = risks_over_starts(problem, 16, TIMES, 2, 1, max_degree=8, workers=1)
    each = risks_over_starts(problem, 16, TIMES, 2, 1, np.eye(9), max_degree=8, workers=1)
    power = np.pad(problem.target.power, (0, 2))
    for controlled in (False, True):
        risk = whole.controlled if controlled else whole.risks
        exact = whole.limit[0] + 0.3 * whole.limit[1]
        by_hand = (risk[:, 0] + 0.3 * risk[:, 1]) / exact - 1
        np.testing.assert_allclose(whole.excess(0.3, controlled=controlled), by_hand, rtol=1e-9)
        np.testing.assert_allclose(each.excess(0.3, power, controlled), by_hand, rtol=1e-4)
    narrow = risks_over_starts(problem, 16, TIMES, 1, 1, workers=1)
    np.testing.assert_allclose(narrow.limit[0] + 0.3 * narrow.limit[1],
                               kernel_risk(problem, TIMES, tail=False), rtol=1e-6)


def test_widths_together_are_each_width_alone():
    """All fields, with the width's seed; the risks are those of the starts of `compare.paths`."""
    problem = source_problem("relu", 2, 0.5, 0.25, max_degree=5)
    together = risks_over_widths(problem, [8, 16], TIMES, 2, [3, child(3, 1)])
    for m, seed, found in zip([8, 16], [3, child(3, 1)], together, strict=True):
        alone = risks_over_starts(problem, m, TIMES, 2, seed, workers=1)
        for name in ("m", "times", "risks", "first", "second", "limit"):
            np.testing.assert_array_equal(getattr(found, name), getattr(alone, name))
        drawn = []

        def record(problem, m, rng, drawn=drawn):
            drawn.append(start(problem, m, rng))
            return drawn[-1]

        paths(problem, ["linearised"], [m], [3], 2, seed, workers=1, start=record)
        by_hand = [risk_given_start(drawn_operator(params, "relu", 5), problem.target.power[None],
                                    problem.schedule, TIMES).signal for params in drawn]
        np.testing.assert_allclose(found.risks[:, :1], by_hand, rtol=1e-12)


def test_bad_input_is_refused():
    """Problems without an exact risk, odd widths, too many powers, wrong weights."""
    problem = source_problem("relu", 2, 0.5, max_degree=4)
    with pytest.raises(ValueError, match="problem"):
        risks_over_starts(problem.with_(batch=2), 8, [5], 1, 0)
    with pytest.raises(ValueError, match="m = 7"):
        risks_over_starts(problem, 7, [5], 1, 0)
    with pytest.raises(ValueError, match="targets"):
        risks_over_starts(problem, 8, [5], 1, 0, np.eye(6))
    with pytest.raises(ValueError, match="seeds"):
        risks_over_widths(problem, [8, 16], [5], 1, [0])
    with pytest.raises(ValueError, match="starts"):
        risks_over_starts(problem, 8, [5], 0, 0)
    found = risks_over_starts(problem.with_(labels=square(0.1)), 8, [5], 1, 0)
    with pytest.raises(ValueError, match="weights"):
        found.excess(0.1, np.ones(2))
    with pytest.raises(ValueError, match="noise"):
        found.excess(-0.1)
