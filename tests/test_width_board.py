"""Rows and tables on the width: what is recorded is what the laws say, theory beside it."""

from types import SimpleNamespace

import numpy as np
import pytest

from ntksgd.report import theorem_tables, width_board
from ntksgd.report.width_tables import headline_table
from ntksgd.risk.predicted_widths import drift_heuristic_width, sufficient_width, theorem_width

TIMES = 100 * 10.0 ** np.arange(4)


def law(power=0.3, tau=0.1, censored=(0, 0, 0, 0), slope=True):
    """A width law with m* = 10 (T/100)^power."""
    required = 10 * (TIMES / 100) ** power
    fit = SimpleNamespace(value=power, low=power - 0.05, high=power + 0.05,
                          x_min=TIMES[0], x_max=TIMES[-1])
    return SimpleNamespace(times=TIMES, tau=tau, required=required, low=0.8 * required,
                           high=1.25 * required, censored=np.array(censored),
                           seen=np.array(censored) == 0, slope=fit if slope else None)


def test_networks_stand_beside_the_paper_and_at_one_tolerance_beside_the_heuristic():
    rows = width_board.networks({0.5: [law(), law(tau=0.5)]}, 0.1, "relu")
    assert [(r.kind, r.range, r.theory) for r in rows] == [
        ("claim", "T = 100..100000, tau = 0.1", sufficient_width(0.5)),
        ("prediction", "T = 100..100000, tau = 0.1", drift_heuristic_width(0.5)),
        ("claim", "T = 100..100000, tau = 0.5", sufficient_width(0.5))]
    assert all(r.judge()[0] == "holds" for r in rows)
    assert width_board.networks({0.5: [law(power=5.0)]}, 1.0, "relu")[0].judge()[0] == "fails"


def test_what_has_no_slope_has_no_row():
    assert width_board.networks({0.5: [law(slope=False)]}, 0.1, "relu") == []
    assert width_board.worst_targets({(0.5, "own"): law(slope=False)}, "relu", ["own"]) == []


def test_neurons_needed_are_told_where_they_are_among_the_widths():
    rows = width_board.needed({0.5: law(), 1.0: law(censored=(0, 0, 0, 1))}, "network", "relu")
    (row,) = rows
    assert row.measured == pytest.approx(10 * 1000**0.3)
    assert row.ends == pytest.approx((8 * 1000**0.3, 12.5 * 1000**0.3))
    assert (row.r, row.range) == (0.5, "T = 100000, tau = 0.1")


def test_only_the_readings_asked_for_are_recorded():
    laws = {(0.5, "own"): law(), (0.5, "our target"): law()}
    (row,) = width_board.worst_targets(laws, "relu", ["own"])
    assert row.quantity.endswith("worst target (own), linearised")


def test_first_order_is_compared_on_the_times_seen():
    case = ("relu", 2, 0.5)
    order = {case: np.array([1e9, 2.0, 4.0, 8.0])}  # the first time is not seen
    (row,) = width_board.linearised({case: law(censored=(-1, 0, 0, 0))}, order)
    assert row.theory == pytest.approx(np.log10(2))


def test_lines_of_theory_start_at_the_first_measured_width():
    table = headline_table(law(), law(), 0.5, np.array([1.0, 2.0, 4.0, 8.0]))
    first = table[table["T"] == 100]
    for name, power in (("paper", sufficient_width), ("heuristic", drift_heuristic_width),
                        ("theorem", theorem_width)):
        assert np.allclose(first[name], 10)
        last = table.loc[table["T"] == 100_000, name]
        assert np.allclose(last, 10 * 1000 ** power(0.5))
    assert np.allclose(table["first_order"], np.tile([10, 20, 40, 80], 2))


def test_gaps_are_intervals_over_starts_beside_bounds_that_close():
    gap = np.exp(np.random.default_rng(0).normal(size=(20, 2)))
    bounds = [[SimpleNamespace(gap=2.0)], [SimpleNamespace(gap=np.inf)]]
    table = theorem_tables.gap_table([64, 128], gap, bounds, bounds)
    assert np.allclose(table["measured"], gap.mean(0))
    assert np.all((table["low"] < table["measured"]) & (table["measured"] < table["high"]))
    assert table["Theorem 7"].iloc[0] == 4.0 and np.isnan(table["Theorem 7"].iloc[1])
