"""The answer's table, sentences and picture say what the rows of claims.csv say, and no more."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from ntksgd.report import claims
from ntksgd.report.abstract import sentences
from ntksgd.report.answer import Line, by_regularity, lines_of, markdown, number, verdict
from ntksgd.report.answer_beyond import BEYOND
from ntksgd.report.answer_lines import LINES
from ntksgd.report.claims import Statement
from ntksgd.report.exponents import CLAIMED, MEASURED, exponents
from ntksgd.report.figures.answer import answer
from ntksgd.report.full_study import beside, verdict_changes


def row(claim="B", measured=-0.5, theory=-0.5, half=0.02, r=0.5, kind="claim", **options):
    options = {"quantity": "steps t^(-2r/(2r+1))", "relation": "=", "activation": "relu", "d": 2,
               "range": "T = 1e6..1e9"} | options
    return Statement(claim, kind=kind, measured=measured, theory=theory, r=r,
                     interval=(measured - half, measured + half), interval_kind="numerical",
                     **options)


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Claims table of some statements."""
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    return lambda *rows: claims.record("01_toy", rows)


@pytest.fixture(scope="module")
def committed():
    return claims.read()


def test_a_line_selects_by_value_choice_and_condition(table):
    rows = table(row(), row(r=1.0), row(d=3), row("C"))
    for wanted, count in (({}, 3), ({"d": 2}, 2), ({"d": (2, 3)}, 3), ({"r": lambda r: r < 1}, 2)):
        assert len(Line("B", "", str, "", "", rows=wanted).select(rows)) == count


def test_a_condition_is_never_asked_of_an_empty_cell(table):
    rows = table(row(d=None), row())
    assert len(Line("B", "", str, "", "", rows={"d": lambda d: d > 1}).select(rows)) == 1


def test_verdict_is_that_of_all_rows_or_says_how_many(table):
    good, good_too, bad = row(), row(r=0.25), row(r=1.0, measured=-0.3)
    assert verdict(table(good)) == "**holds** (1 row)"
    assert verdict(table(bad)) == "**fails** (1 row)"
    assert verdict(table(good, bad)) == "1 holds, 1 fails"
    assert verdict(table(good, good_too, bad), "proved") == "**proved** (2 hold, 1 fails)"


def test_findings_are_measured_unless_something_is_proved(table):
    rows = table(row(kind="finding", theory=None, relation=""))
    assert verdict(rows) == "measured"
    assert verdict(rows, "proved for all") == "**proved for all**"


def test_numbers_are_those_of_the_rows(table):
    rows = table(row(r=1.0, measured=-0.3), row(r=1.0, measured=-0.4, d=3))
    assert number(next(rows.itertuples()), ".2f") == "-0.30 [-0.32, -0.28]"
    assert by_regularity(rows) == "r = 1: -0.40 to -0.30 [-0.42, -0.28]"


def test_a_line_without_rows_is_left_out_of_the_table(table):
    line = Line("B", "says", lambda rows: f"{len(rows)} rows | two", "03_x", "why")
    other = Line("C", "", str, "03_x", "")
    text = markdown(lines_of(table(row()), (line, other)), "notebooks/")
    assert text.splitlines()[2:] == [
        "| B | says | 1 rows \\| two | **holds** (1 row) | why | [03](notebooks/03_x.ipynb) |"]


@pytest.mark.parametrize("line", LINES + BEYOND, ids=lambda line: f"{line.claim} {line.says[:40]}")
def test_every_line_has_rows_in_the_study(line, committed):
    rows = line.select(committed)
    assert len(rows)
    assert line.found(rows)


def test_no_row_of_a_claim_is_left_out_of_the_answer(committed):
    """What the paper claims and we tested is all spoken of, misses included."""
    seen = pd.concat([line.select(committed) for line in LINES])
    tested = committed[committed["kind"] == "claim"]
    assert set(tested.index) <= set(seen.index)


def test_all_sentences_are_there_with_the_numbers_of_the_study(committed):
    text = sentences(committed)
    assert len(text) == 5
    rows = committed[(committed["quantity"] == "neurons needed, network")
                     & committed["range"].str.endswith("tau = 0.1")]
    assert all(f"{row.measured:.0f} [{row.ci_low:.0f}, {row.ci_high:.0f}] at r = {row.r:g}"
               in text[3] for row in rows.itertuples())


def test_a_sentence_without_its_rows_is_left_out(table):
    assert len(sentences(table(row(), row(r=1.0, measured=-0.3, theory=-2 / 3)))) == 2
    assert sentences(table(row("A"))) == []


def test_the_picture_draws_what_is_claimed_beside_what_was_measured(table):
    plt.switch_backend("agg")
    data = exponents(table(row(), row(r=1.0, measured=-0.3, theory=-2 / 3)))
    assert {(one.kind, one.r, round(one.exponent, 2)) for one in data.itertuples()} == {
        (MEASURED, 0.5, -0.5), (CLAIMED, 0.5, -0.5), (MEASURED, 1.0, -0.3), (CLAIMED, 1.0, -0.67)}
    fig = answer(data)
    assert [ax.get_title() for ax in fig.axes] == ["Rate (ReLU): as claimed up to r = 0.5"]
    plt.close(fig)
    with pytest.raises(ValueError, match="no exponent to draw"):
        answer(data.iloc[:0])


def test_the_full_study_differs_where_a_verdict_does(table):
    default = table(row(), row(r=1.0))
    full = table(row(range="T = 1e6..1e12"), row(r=1.0, measured=-0.3), row(r=2.0))
    changed = verdict_changes(default, full).set_index("r")
    assert changed["default"].to_dict() == {1.0: "1 holds", 2.0: "-"}
    assert changed["full study"].to_dict() == {1.0: "1 fails", 2.0: "1 holds"}
    assert verdict_changes(default, default).empty
    assert beside(default, full)["full study", "holds"].tolist() == [2]
