"""The scoreboard figure shows how many rows of each claim and kind have which verdict."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from ntksgd.report import claims
from ntksgd.report.figures import save, use_style
from ntksgd.report.figures.scoreboard import scoreboard

COLUMNS = ["claim", "kind", "holds", "fails", "undecided", "out of range", "none"]
COUNTS = pd.DataFrame([
    ("A", "claim", 3, 1, 0, 2, 0),
    ("A", "finding", 0, 0, 0, 0, 9),
    ("B'", "check", 7, 0, 0, 0, 0),
    ("F", "prediction", 0, 0, 0, 0, 5),
], columns=COLUMNS)


@pytest.fixture(autouse=True)
def _agg():
    plt.switch_backend("agg")
    use_style()
    yield
    plt.close("all")


def numbers(ax):
    """Count at each (claim, verdict) of a panel, read off where it is written."""
    claim, verdict = ([label.get_text() for label in axis.get_ticklabels()]
                      for axis in (ax.figure.axes[0].yaxis, ax.xaxis))
    return {(claim[int(text.get_position()[1])], verdict[int(text.get_position()[0])]):
            text.get_text() for text in ax.texts}


def test_every_count_stands_at_its_claim_kind_and_verdict():
    left, middle, right = scoreboard(COUNTS).axes
    assert numbers(left) == {("A", "holds"): "3", ("A", "fails"): "1", ("A", "out of\nrange"): "2"}
    assert numbers(middle) == {}
    assert numbers(right) == {("B'", "holds"): "7"}
    assert [ax.get_title() for ax in (left, middle, right)] == [
        "claims: 6 rows", "predictions: 0 rows", "checks: 7 rows"]


def test_statements_can_be_counted_drawn_and_saved(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    row = claims.Statement("C", "exponent of m* in T", "claim", theory=3.5, relation="<=",
                           measured=0.3, interval=(0.2, 0.4), interval_kind="statistical",
                           range="T = 1e2..1e5")
    counts = claims.counts(claims.record("05_toy", [row])).reset_index()
    save(scoreboard(counts), "00_toy-scoreboard", counts)
    lines = (tmp_path / "00_toy-scoreboard.csv").read_text().splitlines()
    assert lines == [",".join(COLUMNS), "C,claim,1,0,0,0,0"]


def test_without_a_verdict_there_is_nothing_to_draw():
    with pytest.raises(ValueError, match="no row with a verdict"):
        scoreboard(COUNTS[COUNTS["claim"] == "F"])
