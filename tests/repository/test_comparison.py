"""Regenerated files against committed ones: every kind of difference is seen."""

import base64
import io

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from comparison import (
    ATOL_OF_COLUMN,
    LEVELS,
    RTOL,
    SHARE,
    compare_directories,
    compare_outputs,
    same_machine,
)
from fingerprint import fingerprint

TABLE = "x,risk,name\n1,0.25,a\n2,,b\n"


def drawn(suffix, shift=0.0, colour="C0", size=(4, 3), marks=20):
    """A figure of two curves and some marks, as bytes."""
    figure = Figure(size)
    ax = figure.subplots()
    x = np.linspace(0, 10, marks)
    ax.plot(x, np.sin(x + shift), "o-", color=colour)
    ax.plot(x, np.cos(x))
    ax.set(xlim=(0, 10), ylim=(-1.2, 1.2))
    file = io.BytesIO()
    figure.savefig(file, format=suffix)
    return file.getvalue()


PNG, PDF = drawn("png"), drawn("pdf")


@pytest.fixture
def pair(tmp_path):
    for side in ("committed", "made"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "01_a-risk.csv").write_text(TABLE)
        (tmp_path / side / "01_a-risk.png").write_bytes(PNG)
        (tmp_path / side / "01_a-risk.pdf").write_bytes(PDF)
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


@pytest.mark.parametrize(("old", "new", "said"), [
    ("0.25", "0.26", "01_a-risk.csv: line 2, column 'risk': 0.26, committed is 0.25; allowed are "
                     "1e-05 of it and 2.5e-08 (1 of 2 rows differ)"),
    ("2,,b", "2,0.1,b", "line 3, column 'risk': 0.1, committed is nan"),
    ("2,,b", "2,,c", "line 3, column 'name': 'c', committed is 'b' (1 of 2"),
    ("risk", "error", "columns are ['x', 'error', 'name'], committed are"),
    ("2,,b\n", "", "1 rows, committed are 2"),
])
def test_the_row_and_the_value_are_named(pair, old, new, said):
    (pair[1] / "01_a-risk.csv").write_text(TABLE.replace(old, new))
    (problem,) = compare_directories(*pair, "01_a-*", exact=False)
    assert said in problem


def test_infinities_are_compared(pair):
    (pair[0] / "01_a-risk.csv").write_text("x\ninf\n-inf\n1\n")
    (pair[1] / "01_a-risk.csv").write_text("x\ninf\n-inf\n1\n")
    assert compare_directories(*pair, "01_a-*", exact=False) == []
    (pair[1] / "01_a-risk.csv").write_text("x\ninf\ninf\n1\n")
    (problem,) = compare_directories(*pair, "01_a-*", exact=False)
    assert "line 3, column 'x': inf, committed is -inf" in problem


def test_the_worst_row_is_named(pair):
    (pair[0] / "01_a-risk.csv").write_text("x\n1\n1\n1\n")
    (pair[1] / "01_a-risk.csv").write_text("x\n1.1\n1.3\n1.2\n")
    (problem,) = compare_directories(*pair, "01_a-*", exact=False)
    assert "line 3, column 'x': 1.3, committed is 1" in problem
    assert "(3 of 3 rows differ)" in problem


@pytest.mark.parametrize(("suffix", "other"), [
    ("png", b"gnp"), ("png", PNG[:200]), ("png", drawn("png", shift=0.05)),
    ("png", drawn("png", colour="C3")), ("png", drawn("png", size=(4, 3.02))),
    ("pdf", b"fdp"), ("pdf", PNG), ("pdf", drawn("pdf", size=(4, 3.02))),
    ("pdf", drawn("pdf", marks=30)),
])
@pytest.mark.parametrize("exact", [True, False])
def test_another_picture_is_seen(pair, suffix, other, exact):
    (pair[1] / f"01_a-risk.{suffix}").write_bytes(other)
    problems = compare_directories(*pair, "01_a-*", exact)
    assert len(problems) >= 1
    assert all(p.startswith(f"01_a-risk.{suffix}: ") for p in problems)


def edited(change):
    pixels = np.asarray(Image.open(io.BytesIO(PNG)).convert("RGB"), int)
    file = io.BytesIO()
    Image.fromarray(np.clip(change(pixels.copy()), 0, 255).astype("uint8")).save(file, "png")
    return file.getvalue()


def spotted(share):
    def change(pixels):
        flat = pixels.reshape(-1, 3)
        flat[: int(share * len(flat))] = 0
        return pixels
    return edited(change)


@pytest.mark.parametrize(("made", "tolerated"), [
    (edited(lambda p: p - LEVELS), True), (edited(lambda p: p - LEVELS - 1), False),
    (spotted(0.9 * SHARE), True), (spotted(1.1 * SHARE), False),
    (drawn("png", shift=1e-4), True),
])
def test_pictures_are_compared_to_the_stated_tolerance(pair, made, tolerated):
    (pair[1] / "01_a-risk.png").write_bytes(made)
    assert (compare_directories(*pair, "01_a-*", exact=False) == []) is tolerated
    assert compare_directories(*pair, "01_a-*", exact=True) != []


def test_numbers_in_a_pdf_may_differ(pair):
    (pair[1] / "01_a-risk.pdf").write_bytes(drawn("pdf", shift=1e-4))
    assert compare_directories(*pair, "01_a-*", exact=False) == []


def outputs(*pictures):
    found = [{"output_type": "stream", "name": "stdout", "text": "x"}]
    return found + [{"output_type": "display_data",
                     "data": {"image/png": base64.b64encode(p).decode(), "text/plain": "<Figure>"}}
                    for p in pictures]


@pytest.mark.parametrize(("made", "said"), [
    ([PNG, PNG], []), ([PNG], ["1 pictures, stored are 2"]), ([], ["0 pictures, stored are 2"]),
    ([PNG, drawn("png", shift=0.05)], ["picture 2: "]),
    ([drawn("png", size=(5, 3)), b"gnp"], ["picture 1: 500 x 300 pixels, committed are 400 x 300",
                                           "picture 2: not a picture"]),
])
def test_pictures_of_a_cell(made, said):
    problems = compare_outputs(outputs(PNG, PNG), outputs(*made))
    assert len(problems) == len(said)
    assert all(p.startswith(s) for p, s in zip(problems, said))


def test_fingerprint_is_stable_and_complete():
    here = fingerprint()
    record = {"machine": here, "lock": "a"}
    assert same_machine(record, fingerprint(), "a")
    assert all(here.values()), here
    for part in here:
        assert not same_machine(record, here | {part: "other"}, "a")
    assert not same_machine(record, here, "b")
    assert not same_machine({}, here, "b")
