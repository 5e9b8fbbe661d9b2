"""Rows and tables on the width: what is recorded is what the laws say, theory beside it."""

from types import SimpleNamespace

import numpy as np
import pytest

from ntksgd.report import theorem_tables, width_board
from ntksgd.report.width_summary import LADDER, in_words, ladder
from ntksgd.report.width_tables import crossings, headline_table, law_rows, worst_table
from ntksgd.risk.predicted_widths import drift_heuristic_width, sufficient_width, theorem_width
from ntksgd.stats.slopes import curve_slope

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


def test_worst_degree_is_that_of_the_width_nearest_to_what_is_needed():
    laws = {(0.5, "our target"): law(), (0.5, "own"): law(power=1.0)}
    for one in laws.values():  # m* = 10, 100, 1000, 10000 for the second
        one.excess = SimpleNamespace(widths=np.array([10.0, 90.0, 1200.0]))
    degree = np.arange(12).reshape(3, 4)
    table = worst_table(laws, {(0.5, "own"): degree})
    own = table[table["reading"] == "own"]
    assert own["degree"].tolist() == [0, 5, 10, 11] and own["tau"].unique() == [0.1]
    assert set(table.loc[table["reading"] == "our target", "degree"]) == {-1}


def test_first_order_stands_at_its_regularity_and_tolerance():
    order = {0.5: np.arange(1.0, 5.0), 1.0: np.arange(5.0, 9.0)}
    table = crossings({r: [law(tau=0.1), law(tau=0.5)] for r in order}, order)
    at = table.query("r == 1 and tau == 0.5")
    assert np.allclose(at["first_order"], order[1.0] / 0.5)
    assert "first_order" not in crossings({0.5: [law()]})


def told(power):
    """A law with what is told of it in words."""
    slope = curve_slope(TIMES, TIMES**power)
    return SimpleNamespace(**vars(law(power)) | {"slope": slope}, text=lambda i: f"m*({i})")


def test_rows_and_words_hold_the_exponent_its_range_and_the_papers():
    (row,) = law_rows({("relu", 2, 0.5): told(0.3)}, ["activation", "d", "r"]).itertuples()
    assert row[4] == "0.300" and row[-1] == f"{sufficient_width(0.5):.2f}"
    words = in_words(told(0.3), told(0.2), 0.5)
    assert "0.300 on 1e+02..1e+05" in words and "0.200 on" in words
    assert f"{sufficient_width(0.5):.2f}" in words and "within 10 %" in words


def test_ladder_descends_from_the_paper_to_what_is_measured():
    table = ladder({r: {"network": told(0.1 * r)} for r in (0.5, 1.0)})
    for r in (0.5, 1.0):
        exponents = [float(text.split()[0]) for text in table[f"r = {r:g}"]]
        assert exponents == sorted(exponents, reverse=True)
        assert exponents[0] == pytest.approx(sufficient_width(r), abs=0.005)
    assert len(table) == len(LADDER) + 1


def test_gaps_are_intervals_over_starts_beside_bounds_that_close():
    gap = np.exp(np.random.default_rng(0).normal(size=(20, 2)))
    bounds = [[SimpleNamespace(gap=2.0)], [SimpleNamespace(gap=np.inf)]]
    table = theorem_tables.gap_table([64, 128], gap, bounds, bounds)
    assert np.allclose(table["measured"], gap.mean(0))
    assert np.all((table["low"] < table["measured"]) & (table["measured"] < table["high"]))
    assert table["Theorem 7"].iloc[0] == 4.0 and np.isnan(table["Theorem 7"].iloc[1])
