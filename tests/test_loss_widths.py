"""Width laws compared, the bound beside paths, the trace mechanism: of known data."""

import numpy as np
import pytest

from ntksgd.compare.bounded_paths import bounded_path, bounded_paths
from ntksgd.compare.loss_paths import loss_paths
from ntksgd.compare.paths import paths
from ntksgd.compare.trace_mechanism import trace_test
from ntksgd.problems import labels
from ntksgd.problems.problem import source_problem
from ntksgd.report.loss_tables import beside_bound
from ntksgd.report.loss_width_tables import hits
from ntksgd.risk.circle_closure import circle_moments
from ntksgd.seeds import child
from ntksgd.stats.intervals import Interval
from ntksgd.width.comparisons import (
    drift_excess,
    exponents_of_part,
    over_first_order,
    required_ratio,
)
from ntksgd.width.excess import Excess
from ntksgd.width.requirement import width_law

TIMES, WIDTHS = np.geomspace(100, 1e4, 9), np.arange(8, 257, 31)


def excess(coefficient, seed=0):
    """Samples around coefficient(T)/m."""
    mean = coefficient(TIMES) / WIDTHS[:, None]
    noise = np.random.default_rng(seed).standard_normal((60, *mean.shape))
    return Excess(TIMES, ((WIDTHS, mean * (1 + 0.02 * noise)),))


def bent(T):
    return 5 * np.where(T < 1000, (T / 1000) ** 0.1, (T / 1000) ** 0.4)


def test_exponents_decade_by_decade():
    first, last = exponents_of_part(width_law(excess(bent), 0.1), TIMES <= 1001, TIMES >= 999)
    assert first.value == pytest.approx(0.1, abs=0.01)
    assert first.contains(0.1)
    assert last.value == pytest.approx(0.4, abs=0.01)
    nowhere = width_law(excess(lambda T: 1e-6 * T), 0.1)
    assert exponents_of_part(nowhere, TIMES > 0) == [None]


def test_ratio_of_required_widths_at_the_last_time():
    one, two = (width_law(excess(lambda T, c=c: c * T**0), 0.1, t_min=1e9) for c in (6, 4))
    assert required_ratio(one, two).value == pytest.approx(1.5, rel=0.02)
    assert required_ratio(one, two).contains(1.5)


def test_excess_over_its_first_order_is_one():
    found = over_first_order(excess(bent), bent(TIMES), 64, TIMES >= 1000)
    assert found.value == pytest.approx(1, abs=0.01)
    assert found.contains(1.0)
    assert not over_first_order(excess(bent), 1.2 * bent(TIMES), 64, TIMES >= 1000).contains(1.0)


def test_a_path_beside_its_bound_is_that_of_paths():
    p = source_problem("squareplus(0.5)", 2, 0.5, step=0.25, max_degree=16,
                       labels=labels.huber(0.5, 2.0))
    seed = child(np.random.SeedSequence(3), 0)
    run = paths(p, ["network", "linearised"], [4096], [50], 1, 3)
    found = bounded_path(p, 50, 4096, seed)
    assert found.gap == pytest.approx(np.sqrt(run.network_linearised[0, 0, 0]), rel=1e-10)
    assert found.gap < found.known < found.any_labels
    assert 0.01 < found.moved < 1


def test_no_bound_for_residuals_that_are_not_bounded():
    squared = source_problem("squareplus(0.5)", 2, 0.5, step=0.25, max_degree=8)
    with pytest.raises(ValueError, match="loss = 'square'"):
        bounded_path(squared, 5, 64, child(np.random.SeedSequence(3), 0))
    signs = source_problem("squareplus(0.5)", 2, 0.5, step=0.25, max_degree=8,
                           labels=labels.logistic)
    with pytest.raises(ValueError, match="y: every label"):
        bounded_path(signs, 5, 64, child(np.random.SeedSequence(3), 0), np.full(5, 2.0))


def test_paths_beside_their_bound():
    m, inf = np.array([4, 8, 16]), np.inf
    one = np.array([[[1.0, inf, inf, 0.0], [1.0, 4.0, 8.0, 0.3], [1.0, 9.0, 2.0, 0.2]],
                    [[1.0, 8.0, inf, 0.1], [1.0, 4.0, 8.0, 0.3], [1.0, 9.0, 2.0, 0.7]]])
    found = beside_bound({"some": one, "finite": one[1:], "none": one[:, [0, 0, 0]][:1]}, m)
    assert found.loc["some"].iloc[:5].tolist() == [5, 6, 0.5, 0.7, 2.0]
    assert found.loc["none"].iloc[:4].tolist() == [0, 3, 0, 0]
    assert np.isnan(found.loc["some"].iloc[5])
    assert found.loc["finite"].iloc[5] == pytest.approx(-1)


def test_paths_of_many_seeds_and_widths_are_those_of_each():
    p = source_problem("squareplus(0.5)", 2, 0.5, 0.5, max_degree=8, labels=labels.huber(0.5, 2.0))
    seeds = [child(np.random.SeedSequence(3), i) for i in range(2)]
    found = bounded_paths(p, 5, [64, 128], seeds)
    np.testing.assert_array_equal(found[1, 0], bounded_path(p, 5, 64, seeds[1]))
    loud = bounded_paths(p, 5, [64, 128], seeds[:1] * 2, (7.0, -7.0))
    np.testing.assert_array_equal(loud[1, 1], bounded_path(p, 5, 128, seeds[0], np.full(5, -7.0)))
    assert loud.shape == found.shape == (2, 2, 4)


def test_drift_is_the_difference_on_the_same_paths():
    one, other = excess(bent), excess(lambda T: 3 * T**0, seed=1)
    found = drift_excess(one, other)
    np.testing.assert_array_equal(found.blocks[0][1], one.blocks[0][1] - other.blocks[0][1])
    narrower = Excess(TIMES, ((WIDTHS[:-1], other.blocks[0][1][:, :-1]),))
    with pytest.raises(ValueError, match="must be the same"):
        drift_excess(one, narrower)


def test_hits_are_counted():
    found = [Interval(2.0, 0.5, 3.5), Interval(0.5, 0.0, 0.9), Interval(0.9, 0.8, 1.0)]
    assert hits(found, 1) == "1 in 2 of 3 intervals, half widths 0.10-1.50, 1 centres above"


def test_both_sides_of_the_trace_mechanism_are_what_paths_measure():
    p = source_problem("relu", 2, 0.5, 0.3, 0.5, 16)
    found = trace_test(p, [8, 16], 100, 6, 2)
    run = loss_paths(p, [8, 16], [100], 6, 2, linearised=True, trace=True)["loss"]
    drift = (run.network - run.linearised).mean(axis=0)[:, 0] / run.kernel.mean()
    share = circle_moments(p, [100]).noise_share[0]
    np.testing.assert_allclose(found.measured.value, drift)
    np.testing.assert_allclose(found.predicted.value,
                               share * (run.trace.mean(axis=0)[:, 0] - 1))
    np.testing.assert_allclose(found.difference.value,
                               found.measured.value - found.predicted.value)
    assert "of 2 widths" in found.verdict
