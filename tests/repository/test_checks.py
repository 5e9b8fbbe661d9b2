"""The repository passes its checks, and each check fails on a project broken in its way."""

import json
import shutil

import nbformat
import pytest

import provenance
from repository import checks
from repository.toy import ROOT, make, project


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_repository(check):
    problems = check(ROOT)
    assert not problems, "\n".join(problems)


@pytest.fixture(scope="session")
def sound(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("sound"))
    result = make(root, "figures")
    assert result.returncode == 0, result.stdout + result.stderr
    assert make(root, "notebooks").returncode == 0
    return root


@pytest.mark.parametrize("check", checks.ALL, ids=lambda check: check.__name__)
def test_sound_project_passes(check, sound):
    assert check(sound) == []


def test_each_csv_can_be_traced(sound):
    """From its content to the notebook, parameters, lock, source and versions that made it."""
    figures, recorded = sound / "figures", provenance.records(sound / "figures")
    for csv in figures.glob("0*.csv"):
        record = recorded[csv.name.split("-")[0]]
        assert record["files"][csv.name] == provenance.digest(csv.read_bytes())
        assert record["parameters"] == {}
        assert record["lock"] == provenance.digest((sound / "requirements.lock").read_bytes())
        assert record["source"] == provenance.digest((sound / "notebooks/01_toy.py").read_bytes())
        assert record["machine"]["packages"].startswith("numpy ")


def edit(path, old, new):
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path.name}, the mutation would change nothing"
    path.write_text(text.replace(old, new))


def edit_cells(path, change):
    notebook = nbformat.read(path, 4)
    change([cell for cell in notebook.cells if cell.cell_type == "code"])
    nbformat.write(notebook, path)


def swap_counts(cells):
    cells[0].execution_count, cells[1].execution_count = 2, 1


def stderr(cells):
    cells[0].outputs = [nbformat.v4.new_output("stream", name="stderr", text="Warning: ...")]


def error(cells):
    cells[0].outputs = [nbformat.v4.new_output("error", ename="E", evalue="", traceback=[])]


def unexecuted(cells):
    cells[-1].execution_count = None


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


BREAKS = [
    ("drift", lambda p: edit(p / "notebooks/01_toy.py", "n = 3", "n = 4")),
    ("drift", lambda p: edit(p / "notebooks/01_toy.py", "A toy", "Another")),
    ("drift", lambda p: edit(p / "notebooks/01_toy.ipynb", "n = 3", "n = 4")),
    ("drift", lambda p: edit(p / "notebooks/01_toy.ipynb", '"parameters"', '"other"')),
    ("drift", lambda p: (p / "notebooks/01_toy.ipynb").unlink()),
    ("execution", lambda p: edit_cells(p / "notebooks/01_toy.ipynb", swap_counts)),
    ("execution", lambda p: edit_cells(p / "notebooks/01_toy.ipynb", unexecuted)),
    ("execution", lambda p: edit_cells(p / "notebooks/01_toy.ipynb", stderr)),
    ("execution", lambda p: edit_cells(p / "notebooks/01_toy.ipynb", error)),
    ("cells", lambda p: edit(p / "notebooks/01_toy.py", "n = 3  #", "n = 3  #" + 100 * " ")),
    ("cells", lambda p: edit(p / "notebooks/01_toy.py", "use_style()", "use_style()\n" * 20)),
    ("listing", lambda p: edit(p / "README.md", "01_toy", "toys")),
    ("listing", lambda p: edit(p / "notebooks/00_guide.py", "01_toy", "toys")),
    ("listing", lambda p: write(p / "notebooks/extra.ipynb", "{}")),
    ("listing", lambda p: (p / "notebooks/01_toy.py").unlink()),
    ("figures", lambda p: (p / "figures/01_toy-line.csv").unlink()),
    ("figures", lambda p: write(p / "figures/02_gone-line.png", "")),
    ("figures", lambda p: write(p / "figures/stray.png", "")),
    ("figures", lambda p: edit(p / "figures/01_toy-claims.csv", "0.9", "0.8")),
    ("addresses", lambda p: write(p / "README.md", "see http" + "://example.org")),
    ("addresses", lambda p: write(p / "README.md", "mail a.b" + "@example.org")),
    ("addresses", lambda p: write(p / "README.md", "open /ho" + "me/me/x")),
    ("addresses", lambda p: write(p / "README.md", '"/tm' + 'p/x"')),
    ("addresses", lambda p: write(p / "README.md", "at 10.0" + ".0.1")),
    ("addresses", lambda p: write(p / "README.md", "at 127.0" + ".0.12")),
    ("addresses", lambda p: write(p / "README.md", "from pypi" + ".org")),
    ("lengths", lambda p: write(p / "lib/ntksgd/long.py", "x = 1\n" * (checks.MAX_LINES + 1))),
    ("imports", lambda p: write(p / "lib/ntksgd/models/activations.py",
                                "import ntksgd.kernels.two_layer")),
    ("imports", lambda p: write(p / "lib/ntksgd/models/activations.py", "from . import deep\n")
        or write(p / "lib/ntksgd/models/deep.py", "from ntksgd.models import activations")),
    ("imports", lambda p: write(p / "lib/ntksgd/kernels/x.py", "from ntksgd.helper import x")
        or write(p / "lib/ntksgd/helper.py", "def f():\n    from ntksgd.problems import target")
        or write(p / "lib/ntksgd/problems/target.py", "")),
    ("imports", lambda p: write(p / "lib/ntksgd/helper.py", "import ntksgd.models.activations")),
    ("imports", lambda p: write(p / "lib/ntksgd/helper.py", "import matplotlib.pyplot as plt")),
    ("imports", lambda p: write(p / "lib/ntksgd/helper.py", "def f():\n    import pandas")),
    *[("imports", lambda p, line=line: edit(p / "notebooks/01_toy.py", "use_style()\n", line))
      for line in ("from ntksgd import slope\n", "from ntksgd import *\n", "import ntksgd\n",
                   "import ntksgd as n\n", "import ntksgd.check\nntksgd.slope\n")],
    ("imports", lambda p: write(p / "lib/ntksgd/kernels/x.py", "from .. import slope\n")),
    ("imports", lambda p: write(p / "lib/ntksgd/helper.py",
                                "from ntksgd.report.figures import save")),
    ("provenance", lambda p: edit(p / "lib/ntksgd/check.py", "def ", "# \ndef ")),
    ("provenance", lambda p: edit(p / "figures/01_toy-line.csv", "2", "3")),
    ("provenance", lambda p: write(p / "figures/fingerprints.json", json.dumps({"00_guide": {}}))),
]


@pytest.mark.parametrize(("name", "damage"), BREAKS)
def test_check_fails_on_broken_project(name, damage, sound, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(sound, broken, symlinks=True)
    damage(broken)
    assert getattr(checks, name)(broken) != []


def test_every_check_is_shown_to_fail():
    assert {name for name, _ in BREAKS} == {check.__name__ for check in checks.ALL}
