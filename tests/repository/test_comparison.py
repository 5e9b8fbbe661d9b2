"""Regenerated files against committed ones: every kind of difference is seen."""

import pytest

from comparison import ATOL_OF_COLUMN, RTOL, compare_directories, same_fingerprint
from fingerprint import fingerprint
from repository.toy import ROOT

TABLE = "x,risk,name\n1,0.25,a\n2,,b\n"


@pytest.fixture
def pair(tmp_path):
    for side in ("committed", "made"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "01_a-risk.csv").write_text(TABLE)
        (tmp_path / side / "01_a-risk.png").write_bytes(b"png")
        (tmp_path / side / "02_b-risk.csv").write_text("x\n1\n")
    return tmp_path / "committed", tmp_path / "made"


@pytest.mark.parametrize("exact", [True, False])
def test_equal_files_pass(pair, exact):
    assert compare_directories(*pair, "01_a-*", exact) == []


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("side", [0, 1])
def test_missing_or_extra_file(pair, exact, side):
    (pair[side] / "01_a-risk.png").unlink()
    assert len(compare_directories(*pair, "01_a-*", exact)) == 1


@pytest.mark.parametrize(("old", "new", "tolerated"), [
    ("0.25", f"{0.25 * (1 + RTOL / 2):.12f}", True),
    ("0.25", f"{0.25 * (1 + 2 * RTOL + 2 * ATOL_OF_COLUMN):.12f}", False),
    ("2,,b", "2,0.1,b", False),
    ("2,,b", "2,,c", False),
    ("risk", "error", False),
    ("2,,b\n", "", False),
])
def test_csv_is_compared_to_the_stated_tolerance(pair, old, new, tolerated):
    (pair[1] / "01_a-risk.csv").write_text(TABLE.replace(old, new))
    assert (compare_directories(*pair, "01_a-*", exact=False) == []) is tolerated
    assert compare_directories(*pair, "01_a-*", exact=True) != []


def test_png_is_compared_only_where_bytes_must_agree(pair):
    (pair[1] / "01_a-risk.png").write_bytes(b"gnp")
    assert compare_directories(*pair, "01_a-*", exact=False) == []
    assert compare_directories(*pair, "01_a-*", exact=True) == ["01_a-risk.png: bytes differ"]


def test_fingerprint_is_stable_and_complete():
    here = fingerprint(ROOT)
    assert same_fingerprint(here, fingerprint(ROOT))
    assert all(here.values()), here
    for part in here:
        assert not same_fingerprint(here | {part: "other"}, here)
