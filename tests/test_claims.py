"""The scoreboard's rows: what is refused, when a claim holds, what is written."""

import math

import pandas as pd
import pytest

from ntksgd.report import claims
from ntksgd.report.claims import Claim

GOOD = {
    "claim": "B'", "quantity": "slope in T", "activation": "relu", "d": 2, "r": 0.5,
    "theory": -0.5, "measured": -0.49, "ci_low": -0.52, "ci_high": -0.47, "relation": "=",
}
HEADER = "claim,quantity,activation,d,r,theory,measured,ci_low,ci_high,relation,holds"


@pytest.fixture(autouse=True)
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    monkeypatch.delenv("NTKSGD_CLAIMS", raising=False)
    return tmp_path


@pytest.mark.parametrize(("field", "value"), [
    ("claim", "Z"), ("quantity", ""), ("relation", "<"), ("theory", math.nan),
    ("theory", math.inf), ("measured", math.nan), ("ci_low", math.nan), ("ci_high", math.nan),
    ("ci_low", -0.4), ("r", math.nan),
])
def test_bad_row_is_refused_by_name(field, value):
    with pytest.raises(ValueError, match=f"{field}="):
        Claim(**GOOD | {field: value})


@pytest.mark.parametrize(("relation", "theory", "holds"), [
    ("=", -0.52, True), ("=", -0.47, True), ("=", -0.46, False), ("=", -0.53, False),
    ("<=", -0.47, True), ("<=", -0.48, False), (">=", -0.52, True), (">=", -0.51, False),
])
def test_holds_is_read_off_the_interval(relation, theory, holds):
    assert Claim(**GOOD | {"relation": relation, "theory": theory}).holds is holds


def test_record_writes_exactly_the_columns_and_reads_back(figures):
    rows = [Claim(**GOOD), Claim("A", "error", "", None, None, 1 / 3, 0.3, 0.3, 0.4, "<=")]
    table = claims.record("03_toy", rows)
    text = (figures / "03_toy-claims.csv").read_text()
    assert text == (
        f"{HEADER}\nB',slope in T,relu,2,0.5,-0.5,-0.49,-0.52,-0.47,=,True\n"
        "A,error,,,,0.33333333,0.3,0.3,0.4,<=,False\n"
    )
    read = claims.read(figures / "03_toy-claims.csv")
    pd.testing.assert_frame_equal(read, table, check_exact=False, rtol=1e-7, check_dtype=False)


def test_merge_keeps_the_order_of_notebooks_and_the_time_when_nothing_changed(figures):
    claims.record("03_toy", [Claim(**GOOD)])
    claims.record("01_toy", [Claim(**GOOD | {"claim": "E"})])
    claims.merge(figures)
    before = (figures / "claims.csv").stat().st_mtime_ns
    assert list(claims.merge(figures)["claim"]) == ["E", "B'"]
    assert (figures / "claims.csv").stat().st_mtime_ns == before
    assert (figures / "claims.csv").read_text().startswith(HEADER + "\n")


def test_read_takes_the_whole_study_unless_told_otherwise(figures, monkeypatch):
    claims.record("01_toy", [Claim(**GOOD)])
    claims.merge(figures)
    monkeypatch.setenv("NTKSGD_CLAIMS", str(figures / "claims.csv"))
    assert list(claims.read()["quantity"]) == ["slope in T"]


def test_text_is_blank_where_d_and_r_do_not_apply(figures):
    rows = [Claim("A", "error", "", None, None, 1 / 3, 0.3, 0.2, 0.4, "="), Claim(**GOOD)]
    lines = [line.split() for line in claims.text(claims.record("01_toy", rows)).splitlines()]
    assert lines[1] == ["A", "error", "0.3333", "0.3", "0.2", "0.4", "=", "True"]
    assert lines[2][-8:] == ["2", "0.5", "-0.5", "-0.49", "-0.52", "-0.47", "=", "True"]
    assert claims.text(claims.record("01_toy", rows[:1])).count("NA") == 0
    assert claims.text(claims.record("01_toy", rows).iloc[:0]) == "none"


@pytest.mark.parametrize(("notebook", "rows", "message"), [
    ("toy", [Claim(**GOOD)], "notebook='toy'"),
    ("01_toy", [], "empty"),
    ("01_toy", [Claim(**GOOD), Claim(**GOOD | {"theory": 0.0})], "row 1 repeats"),
])
def test_record_refuses(figures, notebook, rows, message):
    with pytest.raises(ValueError, match=message):
        claims.record(notebook, rows)
    assert list(figures.iterdir()) == []


def test_read_refuses_other_columns(figures):
    (figures / "x.csv").write_text("claim,holds\nA,True\n")
    with pytest.raises(ValueError, match="columns of x.csv"):
        claims.read(figures / "x.csv")


def test_summary_has_one_line_a_quantity_with_ranges():
    rows = [Claim("A", "slope", "relu", 2, r, -r, -r - 0.125, -1.0, 0.0, "=") for r in (0.5, 1.0)]
    rows.append(Claim("B", "ratio", "erf", 3, 1.0, 1.0, 2.0, 1.5, 2.5, "<="))
    columns = list(claims.COLUMNS)
    table = pd.DataFrame([[getattr(c, name) for name in columns] for c in rows], columns=columns)
    lines = [line.split() for line in claims.summary(table).splitlines()]
    assert lines[1] == "A slope 2 2 = -1 to -0.5 -1.12 to -0.625".split()
    assert lines[2] == "B ratio 1 0 <= 1 2".split()
