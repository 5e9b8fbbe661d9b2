"""The scoreboard figure shows every row, where it belongs, and whether it holds."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from ntksgd.report.claims import COLUMNS
from ntksgd.report.figures import save
from ntksgd.report.figures.scoreboard import FAILS, HOLDS, LIMIT, deviations, scoreboard

ROWS = [
    ("A", "slope", "relu", 2, 0.5, -0.5, -0.45, -0.6, -0.4, "=", True),
    ("A", "exponent $m$", "", pd.NA, np.nan, 2.0, 1.0, 0.5, 1.5, "<=", True),
    ("B'", "x" * 200, "erf", 3, 1.0, 0.0, 0.02, 0.01, 0.04, "=", False),
    ("E", "error", "tanh", 3, np.nan, 1e-10, 3e-9, 1e-9, np.inf, "<=", False),
]
TABLE = pd.DataFrame(ROWS, columns=list(COLUMNS)).astype({"d": "Int64"})


@pytest.fixture(autouse=True)
def _agg():
    plt.switch_backend("agg")
    yield
    plt.close("all")


def test_deviations_are_relative_to_theory():
    found = deviations(TABLE)[["deviation", "low", "high"]].to_numpy()
    expected = [[0.1, -0.2, 0.2], [-0.5, -0.75, -0.25], [0.5, 0.25, 1.0], [29.0, 9.0, np.inf]]
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_every_row_is_drawn_in_the_panel_of_its_claim_and_in_its_colour():
    fig = scoreboard(TABLE)
    assert [ax.get_title(loc="left") for ax in fig.axes] == [
        "Claim A: 2 of 2 hold", "Claim B': 0 of 1 hold", "Claim E: 0 of 1 hold",
    ]
    markers = [line for ax in fig.axes for line in ax.lines if line.get_marker() in "o<>"]
    assert [line.get_marker() for line in markers] == ["o", "<", "o", "<"]
    assert [line.get_color() for line in markers] == [HOLDS, HOLDS, FAILS, FAILS]
    np.testing.assert_allclose([m.get_xdata()[0] for m in markers], [0.1, -0.5, 0.5, LIMIT])


@pytest.mark.parametrize("count", [1, 2, 4])
def test_any_number_of_rows_can_be_rendered(count):
    scoreboard(TABLE.iloc[:count]).canvas.draw()


def test_rows_without_dimension_and_regularity_can_be_saved(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    save(scoreboard(TABLE.iloc[1:2]), "00_toy-scoreboard", deviations(TABLE.iloc[1:2]))
    lines = (tmp_path / "00_toy-scoreboard.csv").read_text().splitlines()
    assert lines[1] == "A,exponent $m$,,,,<=,True,-0.5,-0.75,-0.25"


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="no claims"):
        scoreboard(TABLE.iloc[:0])
