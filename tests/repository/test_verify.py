"""`make verify` names what does not belong together, and computes nothing."""

import json
import shutil
import subprocess
import sys

import pytest

import verify
from provenance import digest, digests, origin
from repository.toy import FIRST, ROOT, make, project

BOTH = ["00_guide", "01_toy"]
PAPER = {"n": 5, "powers": [2, 1.5]}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The toy project with files and records as runs write them; test_checks has a real run."""
    root = project(tmp_path_factory.mktemp("verify"))
    source = root / "notebooks/01_toy.py"
    imports = FIRST + "import ntksgd.kernels.two_layer\n"
    source.write_text(source.read_text().replace(FIRST, imports))
    (root / "params/paper.yaml").write_text("01_toy:\n  n: 5\n  powers: [2, 1.5]\n")
    for name in BOTH:
        (root / f"notebooks/{name}.ipynb").write_text(f'{{"cells": "{name}", "png": "iVBORw0K"}}')
    for figures, parameters in ((root / "figures", {}), (root / "figures/paper", PAPER)):
        figures.mkdir(exist_ok=True)
        for suffix in ("csv", "pdf", "png"):
            (figures / f"01_toy-line.{suffix}").write_text("x\n2\n")
        for name in ("01_toy-claims.csv", "claims.csv"):
            (figures / name).write_text("claim,low\nA,0.9\n")
        (figures / "fingerprints.json").write_text(json.dumps(
            {name: record(root, figures, name, parameters) for name in BOTH}))
    return root


def record(root, figures, name, parameters):
    """As tools/run_notebook.py puts it together."""
    found = origin(root / f"notebooks/{name}.py", root, parameters if name == "01_toy" else {})
    found |= {"files": digests(figures.glob(f"{name}-*")), "machine": {},
              "notebook": digest((root / f"notebooks/{name}.ipynb").read_bytes())}
    if name.startswith("00_"):
        found["claims"] = digest((figures / "claims.csv").read_bytes())
    return found


@pytest.fixture
def copy(built, tmp_path):
    return shutil.copytree(built, tmp_path / "copy", ignore=shutil.ignore_patterns("build"))


@pytest.mark.parametrize("profile", ["default", "paper"])
def test_what_was_made_together_belongs_together(copy, profile):
    assert verify.problems(copy, profile) == []
    result = make(copy, "verify", f"PROFILE={profile}")
    assert (result.returncode, result.stderr) == (0, "")
    assert "belong together" in result.stdout
    assert not (copy / "build").exists()


def test_pictures_of_a_full_study_may_be_absent_its_csv_not(copy):
    for name in ("01_toy-line.png", "01_toy-line.pdf"):
        (copy / "figures/paper" / name).unlink()
    assert verify.problems(copy, "paper") == []
    (copy / "figures/paper/01_toy-line.csv").unlink()
    assert verify.problems(copy, "paper") == ["01_toy-line.csv: missing"]
    (copy / "figures/01_toy-line.png").unlink()
    assert verify.problems(copy) == ["01_toy-line.png: missing"]


def test_the_full_study_committed_is_whole():
    """Made in one piece, though perhaps before the last change of a source: verify names those."""
    found = [problem for problem in verify.problems(ROOT, "paper")
             if not problem.endswith(verify.SINCE)]
    assert found == []


def test_it_needs_nothing_but_python(copy):
    """No environment, no package: a fresh clone can be verified."""
    result = subprocess.run([sys.executable, "-S", copy / "tools/verify.py"], cwd=copy,
                            capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def edit(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


CHANGES = [
    (lambda p: edit(p / "notebooks/01_toy.py", "n = 3", "n = 4"), ["01_toy: notebooks/01_toy.py"]),
    (lambda p: edit(p / "notebooks/01_toy.py", "A toy", "Another"), ["01_toy: notebooks/01_toy"]),
    (lambda p: edit(p / "notebooks/01_toy.ipynb", 'png": "iVBORw0K', 'png": "iVBORw0L'),
     ["01_toy.ipynb: not of the run"]),
    (lambda p: edit(p / "notebooks/01_toy.ipynb", "01_toy", "02_toy"), ["01_toy.ipynb: not of"]),
    (lambda p: (p / "notebooks/01_toy.ipynb").unlink(), ["01_toy.ipynb: missing"]),
    (lambda p: edit(p / "lib/ntksgd/models/activations.py", "Activations", "Others"),
     ["01_toy: the library has changed"]),
    (lambda p: (p / "lib/ntksgd/models/activations.py").unlink(), ["01_toy: the library has"]),
    (lambda p: edit(p / "lib/ntksgd/check.py", "def ", "# \ndef "),
     [f"{name}: the library has changed" for name in BOTH]),
    (lambda p: edit(p / "lib/ntksgd/unused.py", "Imported", "Used"), []),
    (lambda p: edit(p / "requirements.lock", "numpy", "numpi"),
     [f"{name}: requirements.lock has changed" for name in BOTH]),
    (lambda p: edit(p / "figures/01_toy-line.csv", "2", "3"), ["01_toy-line.csv: not what 01_toy"]),
    (lambda p: (p / "figures/01_toy-line.png").write_bytes(b""), ["01_toy-line.png: not what"]),
    (lambda p: (p / "figures/01_toy-line.pdf").unlink(), ["01_toy-line.pdf: missing"]),
    (lambda p: (p / "figures/01_toy-more.pdf").write_bytes(b""), ["01_toy-more.pdf: no notebook"]),
    (lambda p: edit(p / "figures/claims.csv", "0.9", "0.8"),
     ["claims.csv: not the rows", "00_guide: shows another claims.csv"]),
    (lambda p: (p / "notebooks/01_toy.py").rename(p / "notebooks/02_toy.py"),
     ["01_toy: recorded, but", "02_toy: nothing recorded", "01_toy-claims.csv: no notebook",
      "01_toy-line.csv: no", "01_toy-line.pdf: no", "01_toy-line.png: no"]),
]


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_what_does_not_belong_is_named(copy, change, said):
    change(copy)
    problems = verify.problems(copy)
    assert len(problems) == len(said), problems
    assert all(p.startswith(s) for p, s in zip(problems, said)), problems


def test_a_changed_profile_is_named(copy):
    edit(copy / "params/paper.yaml", "n: 5", "n: 6")
    assert verify.problems(copy, "paper") == [
        "01_toy: the profile's values have changed since its figures were made"]
    assert verify.problems(copy) == []


def test_a_csv_that_has_left_the_repository_is_traced(copy, tmp_path):
    lines = "x\n2\n3\n"
    (copy / "figures/paper/01_toy-line.csv").write_text(lines)
    path = copy / "figures/paper/fingerprints.json"
    found = json.loads(path.read_text())
    found["01_toy"]["files"]["01_toy-line.csv"] = digest(lines.encode())
    path.write_text(json.dumps(found))
    (tmp_path / "sent by mail.csv").write_text(lines)
    result = make(copy, "verify", f"FILE={tmp_path / 'sent by mail.csv'}")
    assert (result.returncode, result.stderr) == (0, "")
    first, _, told = result.stdout.partition("\n")
    assert first == "figures/paper/01_toy-line.csv, by 01_toy, from"
    assert json.loads(told)["parameters"] == PAPER
    (tmp_path / "sent by mail.csv").write_text(lines + "4\n")
    result = make(copy, "verify", f"FILE={tmp_path / 'sent by mail.csv'}")
    assert result.returncode != 0
    assert result.stdout == "sent by mail.csv: no recorded run wrote these bytes\n"


@pytest.mark.parametrize("text", [None, "", "{", "[]"])
def test_records_that_cannot_be_read(copy, text):
    path = copy / "figures/fingerprints.json"
    path.unlink() if text is None else path.write_text(text)
    result = make(copy, "verify")
    assert result.returncode != 0
    assert "(make figures)" in result.stdout
    assert "Traceback" not in result.stderr
