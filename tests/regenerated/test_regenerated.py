"""What nbval just made again, against what is committed. `make test` runs this last."""

import json
import os
from pathlib import Path

import pytest

from comparison import compare_directories, same_machine
from fingerprint import fingerprint
from ntksgd.report import claims
from provenance import digest, records

ROOT = Path(__file__).resolve().parents[2]
FIGURES = ROOT / "figures"
REGENERATED = Path(os.environ.get("NTKSGD_FIGURES", ROOT / "build/nbval-figures"))
LOCK = digest((ROOT / "requirements.lock").read_bytes())
NOTEBOOKS = sorted(p.stem for p in (ROOT / "notebooks").glob("[0-9][0-9]_*.py"))


@pytest.mark.parametrize("stage", ["tests", "book", "notebooks"])
def test_stage_before_this_one_passed(stage):
    """So that the last line of `make test` never says "passed" after a failure."""
    results = json.loads((ROOT / "build/stages.json").read_text())
    assert results[stage]["exit status"] == 0, f"stage {stage!r} failed, see above"


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_files_are_those_committed(notebook):
    exact = same_machine(records(FIGURES)[notebook], fingerprint(), LOCK)
    problems = compare_directories(FIGURES, REGENERATED, f"{notebook}-*", exact=exact)
    assert not problems, "\n".join(problems)


def test_every_file_belongs_to_a_notebook():
    names = {p.name for p in FIGURES.iterdir() if p.is_file()}
    owned = {n for n in names if n.split("-")[0] in NOTEBOOKS}
    assert names - owned == {"claims.csv", "fingerprints.json"}


def test_scoreboard_is_the_rows_of_the_notebooks():
    committed = (FIGURES / "claims.csv").read_bytes()
    assert not claims.merge(REGENERATED).empty
    recorded = records(FIGURES)
    exact = all(same_machine(recorded[n], fingerprint(), LOCK) for n in NOTEBOOKS)
    if exact:
        assert (REGENERATED / "claims.csv").read_bytes() == committed
    else:
        assert not compare_directories(FIGURES, REGENERATED, "claims.csv", exact=False)
