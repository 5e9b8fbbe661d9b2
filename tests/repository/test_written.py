"""Files that make reads: written in one piece, and made again where they are damaged."""

import json
import os
import shutil
import time

import pytest

import obstacles
import whole
from repository.quick import quick_project
from repository.toy import make, snapshot, would_run

NAME = "01_quick"
LIBRARY = "lib/ntksgd/models/activations.py"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = quick_project(tmp_path_factory.mktemp("written"))
    source = root / f"notebooks/{NAME}.py"
    source.write_text(source.read_text().replace("import os\n", "import ntksgd.kernels.two_layer\n"
                                                                "import os\n"))
    result = make(root, "figures")
    assert result.returncode == 0, result.stderr
    return root


@pytest.fixture
def copy(built, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(built, root, symlinks=True)
    return root


def test_an_emptied_fragment_hides_no_change(copy):
    fragment = copy / f"build/deps/{NAME}.d"
    assert LIBRARY in fragment.read_text()
    fragment.write_text("")
    later = time.time() + 1
    os.utime(fragment, (later, later))  # newer than all it should depend on
    (copy / LIBRARY).write_text("changed = True\n")
    assert would_run(copy) == {NAME}
    result = make(copy, "figures")
    assert f"build/deps/{NAME}.d is damaged: made again" in result.stderr
    assert f"{NAME}: 100%" in result.stderr.split("made again")[1]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_fragment_cut_anywhere_makes_its_notebook_run(copy, share):
    fragment = copy / f"build/deps/{NAME}.d"
    text = fragment.read_text()
    fragment.write_text(text[: int(share * len(text))])
    assert would_run(copy) == {NAME}


def test_every_interrupted_fragment_is_seen(copy):
    path = copy / f"build/deps/{NAME}.d"
    good = path.read_text()
    for end in range(len(good)):
        path.write_text(good[:end])
        obstacles.remove_damaged(copy)
        assert not path.exists(), end
    path.write_text(good)
    obstacles.remove_damaged(copy)
    assert path.read_text() == good


@pytest.mark.parametrize("damaged", ["", '{"n": ', "\0\0"])
def test_damaged_parameters_and_records_are_seen(copy, damaged, capsys):
    for what in ("params", "fingerprint"):
        (copy / f"build/default/{NAME}.{what}.json").write_text(damaged)
    obstacles.remove_damaged(copy)
    for name in ("params.done", f"{NAME}.params.json", f"{NAME}.fingerprint.json", f"{NAME}.ipynb"):
        assert not (copy / "build/default" / name).exists()
    assert f"build/default/{NAME}.params.json is damaged: made again" in capsys.readouterr().err


def test_damaged_files_are_made_again(copy):
    paths = [copy / f"build/default/{NAME}.{what}.json" for what in ("params", "fingerprint")]
    good = [json.loads(path.read_text()) for path in paths]
    before = snapshot(copy / "figures")
    for path in paths:
        path.write_text(path.read_text()[:-1])
    result = make(copy, "figures")
    assert result.returncode == 0, result.stderr
    assert [json.loads(path.read_text()) for path in paths] == good
    assert snapshot(copy / "figures") == before


def test_what_killed_runs_left_is_removed(copy):
    left = [copy / name for name in (
        "figures/.01_quick-x.0123abcd.part.png", "build/deps/.01_quick.0123abcd.part.d",
        "build/cache/.0123.0123abcd.part.pickle", "notebooks/.01_quick.0123abcd.part.ipynb",
        "build/default/01_quick.figures.x0y/01_quick-x.png")]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    before = snapshot(copy / "figures").keys()
    assert make(copy, "figures").returncode == 0
    assert [path for path in left if path.exists()] == []
    assert snapshot(copy / "figures").keys() == before - {left[0].name}


def test_a_write_is_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.d"
    whole.write_whole(path, "old")
    replace = os.replace
    monkeypatch.setattr(os, "replace", lambda *names: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        whole.write_whole(path, "new")
    assert snapshot(tmp_path) == {"a.d": b"old"}
    monkeypatch.setattr(os, "replace", replace)
    whole.write_whole(path, "new")
    assert snapshot(tmp_path) == {"a.d": b"new"}


def test_no_tool_writes_in_place():
    """All that make reads goes through `write_whole`, or is moved in place."""
    tools = (whole.Path(whole.__file__).parent).glob("*.py")
    writers = {p.name for p in tools if "write_text(" in p.read_text()}
    assert writers <= {"run_tests.py"}  # which make does not read
