"""The claims table: what is refused, which verdict the rule gives, what is written."""

import math
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

from ntksgd.report import claims, statements, verdicts
from ntksgd.report.claims import Statement

GOOD = {
    "claim": "B'", "quantity": "slope in T", "kind": "claim", "activation": "relu", "d": 2,
    "r": 0.5, "range": "T = 1e3..1e5", "relation": "=", "theory": -0.5, "measured": -0.49,
    "interval": (-0.52, -0.47), "interval_kind": "statistical",
}
FINDING = GOOD | {"kind": "finding", "theory": None, "relation": ""}
EXACT = GOOD | {"interval": None, "interval_kind": "none", "resolution": 1e-3}
HEADER = ("claim,quantity,activation,d,r,range,kind,relation,theory,measured,ci_low,ci_high,"
          "interval,verdict,why")


@pytest.fixture(autouse=True)
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path))
    monkeypatch.delenv("NTKSGD_CLAIMS", raising=False)
    return tmp_path


@pytest.mark.parametrize(("row", "name"), [
    (GOOD | {"claim": "Z"}, "claim"),
    (GOOD | {"kind": "theorem"}, "kind"),
    (GOOD | {"quantity": ""}, "quantity"),
    (GOOD | {"range": ""}, "range"),
    (GOOD | {"relation": "<"}, "relation"),
    (GOOD | {"relation": ""}, "relation"),
    (GOOD | {"why": "bad luck"}, "why"),
    (GOOD | {"theory": math.nan}, "theory"),
    (GOOD | {"theory": math.inf}, "theory"),
    (GOOD | {"theory": None, "kind": "check"}, "theory"),
    (GOOD | {"measured": math.nan}, "measured"),
    (GOOD | {"measured": None}, "measured"),
    (GOOD | {"measured": -0.53}, "measured"),
    (GOOD | {"r": math.nan}, "r"),
    (GOOD | {"interval": (-0.47, -0.52)}, "interval"),
    (GOOD | {"interval": (-0.49, -0.49)}, "interval"),
    (GOOD | {"interval": (-math.inf, math.inf)}, "interval"),
    (GOOD | {"interval": (math.nan, -0.4)}, "interval"),
    (GOOD | {"interval_kind": "bayesian"}, "interval_kind"),
    (GOOD | {"interval_kind": "none"}, "interval_kind"),
    (GOOD | {"interval": None}, "interval_kind"),
    (GOOD | {"resolution": 0.0}, "resolution"),
    (GOOD | {"resolution": math.inf}, "resolution"),
    (GOOD | {"relation": "<=", "resolution": 0.1}, "resolution"),
    (GOOD | {"here": -0.45}, "settles"),
    (GOOD | {"settles": "from T = 1e9 on"}, "settles"),
    (GOOD | {"claim": "F"}, "kind"),
    (GOOD | {"claim": "F", "kind": "check"}, "kind"),
    (EXACT | {"resolution": None}, "resolution"),
    (FINDING | {"theory": -0.5}, "theory"),
    (FINDING | {"relation": "="}, "relation"),
    (FINDING | {"resolution": 0.1}, "resolution"),
    (FINDING | {"here": 0.1, "settles": "later"}, "here"),
])
def test_a_wrong_row_is_refused_by_name(row, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        Statement(**row)


@pytest.mark.parametrize(("relation", "theory", "low", "high", "more", "expected"), [
    ("=", 1.0, 0.9, 1.1, {}, "holds"),
    ("=", 1.1, 0.9, 1.1, {}, "holds"),  # ends belong to the interval
    ("=", 1.0, 0.84, 1.16, {}, "undecided"),  # half-width 0.16 > 0.05 + 0.1
    ("=", 1.0, 0.84, 1.16, {"resolution": 0.2}, "holds"),
    ("=", 1.0, 0.9, 1.1, {"resolution": 0.05}, "undecided"),
    ("=", 1.0, 0.9, math.inf, {}, "undecided"),
    ("=", 1.11, 0.9, 1.1, {}, "fails"),
    ("=", 1.11, 0.9, 1.1, {"here": 1.0}, "out of range"),
    ("=", 1.11, 0.9, 1.1, {"here": 1.2}, "fails"),
    ("=", 1.0, 0.9, 1.1, {"here": 1.05}, "holds"),
    ("=", 1.05, 1.0, 1.0, {"resolution": 0.1}, "fails"),  # width 0 is no licence to widen
    ("<=", 1.1, 0.9, 1.1, {}, "holds"),
    ("<=", 1.0, 0.9, 1.1, {}, "undecided"),
    ("<=", 0.9, 0.9, 1.1, {}, "undecided"),
    ("<=", 0.8, 0.9, 1.1, {}, "fails"),
    ("<=", 0.8, 0.9, 1.1, {"here": 1.0}, "out of range"),
    ("<=", 0.8, 0.9, 1.1, {"here": 0.85}, "fails"),
    ("<=", 1.0, 1.0, 1.0, {}, "holds"),
    (">=", 0.9, 0.9, 1.1, {}, "holds"),
    (">=", 1.0, 0.9, 1.1, {}, "undecided"),
    (">=", 1.1, 0.9, 1.1, {}, "undecided"),
    (">=", 1.2, 0.9, 1.1, {}, "fails"),
    (">=", 1.2, 0.9, math.inf, {}, "undecided"),
    (">=", 1.2, 0.9, 1.1, {"here": 1.0}, "out of range"),
    (">=", 1.2, 1.0, 1.0, {}, "fails"),
])
def test_verdict_is_read_off_the_interval(relation, theory, low, high, more, expected):
    assert verdicts.verdict(relation, theory, low, high, **more) == expected


@pytest.mark.parametrize(("row", "expected"), [
    (GOOD, ("holds", "")),
    (GOOD | {"resolution": 0.03}, ("holds", "resolution 0.03")),
    (GOOD | {"resolution": 0.02}, ("undecided", "interval too wide")),
    (GOOD | {"relation": "<="}, ("undecided", "interval contains the bound")),
    (GOOD | {"theory": -0.6}, ("fails", "unexplained")),
    (GOOD | {"theory": -0.6, "why": "saturation"}, ("fails", "saturation")),
    (GOOD | {"theory": -0.6, "here": -0.5, "settles": "from T = 1e9 on"},
     ("out of range", "not asymptotic: from T = 1e9 on")),
    (EXACT, ("fails", "unexplained")),
    (EXACT | {"measured": -0.4999}, ("holds", "resolution 0.001")),
    (FINDING, ("", "")),
    (GOOD | {"claim": "F", "kind": "prediction", "theory": 7.0}, ("", "")),
    (EXACT | {"claim": "F", "kind": "prediction", "resolution": None}, ("", "")),
    (EXACT | {"relation": "<=", "resolution": None}, ("fails", "unexplained")),
    (EXACT | {"relation": ">=", "resolution": None}, ("holds", "")),
])
def test_every_row_that_does_not_hold_says_why(row, expected):
    assert Statement(**row).judge() == expected


def test_intervals_are_judged_as_written_and_exact_numbers_unrounded():
    third = GOOD | {"theory": 1 / 3, "measured": 0.34, "interval": (0.3333333349, 0.35)}
    assert Statement(**third).judge()[0] == "holds"  # both are written 0.33333333
    close = EXACT | {"theory": 1.0, "measured": 1 + 1e-9, "resolution": 1e-10}
    assert Statement(**close).judge()[0] == "fails"


def test_an_interval_may_be_a_pair_or_an_object_with_ends():
    slope = Statement(**GOOD | {"interval": SimpleNamespace(low=-0.52, high=-0.47)})
    assert slope.ends == Statement(**GOOD).ends == (-0.52, -0.47)


def test_record_writes_exactly_the_columns_and_reads_back(figures):
    rows = [Statement(**GOOD), Statement(**FINDING | {"claim": "B*"}), Statement(**EXACT | {
        "claim": "A", "activation": "", "d": None, "r": None, "theory": 1 / 3, "range": "-"})]
    table = claims.record("03_toy", rows)
    text = (figures / "03_toy-claims.csv").read_text()
    assert text == (
        f"{HEADER}\n"
        "B',slope in T,relu,2,0.5,T = 1e3..1e5,claim,=,-0.5,-0.49,-0.52,-0.47,statistical,holds,\n"
        "B*,slope in T,relu,2,0.5,T = 1e3..1e5,finding,,,-0.49,-0.52,-0.47,statistical,,\n"
        "A,slope in T,,,,-,claim,=,0.33333333,-0.49,,,none,fails,unexplained\n"
    )
    read = claims.read(figures / "03_toy-claims.csv")
    pd.testing.assert_frame_equal(read, table, check_exact=False, rtol=1e-7)


def test_merge_keeps_the_order_of_notebooks_and_the_time_when_nothing_changed(figures):
    claims.record("03_toy", [Statement(**GOOD)])
    claims.record("01_toy", [Statement(**GOOD | {"claim": "E"})])
    claims.merge(figures)
    before = (figures / "claims.csv").stat().st_mtime_ns
    assert list(claims.merge(figures)["claim"]) == ["E", "B'"]
    assert (figures / "claims.csv").stat().st_mtime_ns == before
    assert (figures / "claims.csv").read_text().startswith(HEADER + "\n")


def test_read_takes_the_whole_study_unless_told_otherwise(figures, monkeypatch):
    claims.record("01_toy", [Statement(**GOOD)])
    claims.merge(figures)
    monkeypatch.setenv("NTKSGD_CLAIMS", str(figures / "claims.csv"))
    assert list(claims.read()["quantity"]) == ["slope in T"]


def test_outside_its_repository_read_names_the_variable_that_helps(tmp_path):
    shutil.copytree(Path(claims.__file__).parents[1], tmp_path / "x" / "ntksgd")
    code = "from ntksgd.report import claims; claims.read()"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONPATH": str(tmp_path / "x")},
                          capture_output=True, text=True)
    assert "FileNotFoundError" in done.stderr and "set NTKSGD_CLAIMS" in done.stderr


def test_counts_by_claim_kind_and_verdict(figures):
    rows = [Statement(**GOOD | {"claim": "F", "kind": "prediction"}),
            Statement(**GOOD), Statement(**GOOD | {"d": 3}), Statement(**GOOD | {"kind": "check"}),
            Statement(**GOOD | {"theory": -0.6, "d": 5}), Statement(**FINDING)]
    table = claims.counts(claims.record("01_toy", rows))
    assert list(table.index) == [("B'", "claim"), ("B'", "check"), ("B'", "finding"),
                                 ("F", "prediction")]
    assert list(table.columns) == [*verdicts.VERDICTS, "none"]
    assert table.to_numpy().tolist() == [
        [2, 1, 0, 0, 0], [1, 0, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]]


def test_text_leaves_out_what_no_row_has(figures):
    rows = [Statement(**EXACT | {"claim": "A", "activation": "", "d": None, "r": None}),
            Statement(**GOOD)]
    table = claims.record("01_toy", rows)
    lines = claims.text(table).splitlines()
    assert lines[0].split() == ["claim", "quantity", "activation", "d", "r", "range", "kind",
                                "theory", "measured", "interval", "verdict", "why"]
    assert "= -0.5 -0.49 [-0.52, -0.47] statistical   holds" in lines[2]
    assert "NA" not in claims.text(table) and "nan" not in claims.text(table)
    assert "activation" not in claims.text(table.iloc[:1]).splitlines()[0].split()
    assert claims.text(table.iloc[:0]) == "none"


@pytest.mark.parametrize(("notebook", "rows", "message"), [
    ("toy", [GOOD], "notebook='toy'"),
    ("01_toy", [], "empty"),
    ("01_toy", [GOOD, GOOD | {"theory": 0.0}], "row 1 repeats"),
])
def test_record_refuses(figures, notebook, rows, message):
    with pytest.raises(ValueError, match=message):
        claims.record(notebook, [Statement(**row) for row in rows])
    assert list(figures.iterdir()) == []


def test_read_refuses_other_columns(figures):
    (figures / "x.csv").write_text("claim,holds\nA,True\n")
    with pytest.raises(ValueError, match="columns of x.csv"):
        claims.read(figures / "x.csv")


def test_rows_of_another_range_or_kind_are_not_repeats(figures):
    rows = [GOOD, GOOD | {"range": "T = 1e5..1e7"}, GOOD | {"kind": "prediction"}]
    assert len(claims.record("01_toy", [Statement(**row) for row in rows])) == 3


def test_vocabularies_have_no_doubles():
    for words in (statements.CLAIMS, statements.KINDS, verdicts.VERDICTS):
        assert len(set(words)) == len(words)
