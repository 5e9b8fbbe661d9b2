"""`make estimate`: core-hours as measured with the same sizes, and what they lack is said."""

import json

import pytest

import estimate
from provenance import digest, library_digest

SOURCE = "import math\n"
SIZES = {"n": 10}


@pytest.fixture
def root(tmp_path):
    for folder in ("notebooks", "lib/ntksgd", "params", "build/mine"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "notebooks/01_toy.py").write_text(SOURCE)
    return tmp_path


def row(root, **changes):
    known = {"notebook": "01_toy", "parameters": SIZES, "cpu": 3600.0, "sweeps": 1800.0, "kept": 0,
             "source": digest(SOURCE.encode()), "library": library_digest(SOURCE, root),
             "machine": "zen"}
    return known | changes


def kept_in_table(root, *rows):
    (root / estimate.TABLE).write_text(json.dumps({"other": rows}))


def report(root, brief=False):
    return "\n".join(estimate.lines("mine", {"01_toy": SIZES}, root, brief))


def test_a_measurement_with_the_same_sizes_counts_whatever_the_profile(root):
    kept_in_table(root, row(root), row(root, parameters={}, cpu=7.0))
    assert "mine: 1.00 core-hours, of these 0.50 in sweeps" in report(root)
    assert "1: 60.0 min, 2: 45.0 min" in report(root)
    assert "Measured on: zen" in report(root)


def test_what_was_measured_here_goes_first_unless_results_were_kept(root):
    kept_in_table(root, row(root))
    here = root / "build/mine/01_toy.seconds.json"
    here.write_text(json.dumps(row(root, cpu=7200.0)))
    assert "mine: 2.00 core-hours" in report(root)
    here.write_text(json.dumps(row(root, cpu=7200.0, kept=5)))
    assert "mine: 1.00 core-hours" in report(root)
    (root / estimate.TABLE).unlink()
    assert "at least: 5 results were kept" in report(root)


@pytest.mark.parametrize(("changes", "said"), [
    ({}, "no notebook was ever measured with these sizes, so no estimate"),
    ({"parameters": {"n": 11}}, "no notebook was ever measured with these sizes, so no estimate"),
    ({"source": "0"}, "the notebook has changed since"),
    ({"library": "0"}, "the library has changed since"),
])
def test_what_an_estimate_lacks_is_said(changes, said, root):
    if changes:
        kept_in_table(root, row(root, **changes))
    assert said in report(root)
    assert len(report(root, brief=True).splitlines()) == 1


def test_a_sum_over_some_notebooks_is_at_least(root):
    kept_in_table(root, row(root))
    (line,) = estimate.lines("mine", {"01_toy": SIZES, "02_other": {}}, root, True)
    assert line.startswith("mine: at least 1.00 core-hours")
    assert "(1 of 2 notebooks not measured)" in line


def test_a_damaged_table_is_as_good_as_none(root):
    (root / estimate.TABLE).write_text("{")
    assert "no estimate" in report(root)
