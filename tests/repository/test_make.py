"""`make figures`: what runs when, and that a run that fails leaves the figures alone."""

import os
import shutil
import time

import pytest

import parameters
from repository.toy import FIRST, HEADER, make, project, snapshot, would_run


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("project"))
    source = root / "notebooks/01_toy.py"
    imports = FIRST + "import ntksgd.kernels.two_layer\n"
    source.write_text(source.read_text().replace(FIRST, imports, 1))
    result = make(root, "-j2", "figures")
    assert result.returncode == 0, result.stdout + result.stderr
    return root


def touch(path):
    later = time.time() + 1
    os.utime(path, (later, later))


def test_figures_and_claims_are_made(built):
    assert snapshot(built / "figures").keys() == {
        "01_toy-line.png", "01_toy-line.pdf", "01_toy-line.csv", "01_toy-claims.csv",
        "claims.csv", "fingerprints.json",
    }


def test_second_call_does_nothing(built):
    assert would_run(built) == set()


BOTH = {"00_guide", "01_toy"}  # the guide shows the claims of 01_toy


@pytest.mark.parametrize(("name", "dependents"), [
    ("notebooks/00_guide.py", {"00_guide"}),
    ("notebooks/01_toy.py", BOTH),
    ("lib/ntksgd/kernels/two_layer.py", BOTH),
    ("lib/ntksgd/models/activations.py", BOTH),  # through the kernel
    ("lib/ntksgd/unused.py", set()),
    ("tools/run_notebook.py", BOTH),
    ("requirements.lock", BOTH),
    ("README.md", set()),
])
def test_a_change_runs_only_what_depends_on_it(built, name, dependents):
    times = os.stat(built / name)
    touch(built / name)
    found = would_run(built)
    os.utime(built / name, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert found == dependents


def tree(root):
    """Name, time and content of everything under `root`."""
    return {path: (path.stat().st_mtime_ns, path.is_file() and path.read_bytes())
            for path in root.rglob("*")}


FIGURE = "figures/01_toy-line.pdf"


@pytest.mark.parametrize("arguments", ["-n figures", "-n notebooks", "-n test", "-q figures",
                                       "-n -j2 PROFILE=paper figures"])
@pytest.mark.parametrize("change", ["none", "stale", "deleted figure", "fresh"])
def test_a_dry_run_writes_nothing(built, tmp_path, arguments, change):
    root = tmp_path / "copy"
    shutil.copytree(built, root, symlinks=True)
    (root / "params/paper.yaml").write_text("01_toy:\n  n: 5\n")
    if change == "stale":
        for name in ("notebooks/01_toy.py", "lib/ntksgd/kernels/two_layer.py", "params/paper.yaml"):
            touch(root / name)
    elif change == "deleted figure":
        (root / FIGURE).unlink()
    elif change == "fresh":
        shutil.rmtree(root / "build")
    before = tree(root)
    result = make(root, *arguments.split())
    assert result.returncode <= ("-q" in arguments), result.stderr
    assert tree(root) == before


def test_a_dry_run_says_what_a_deleted_figure_makes_run(built, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(built, root, symlinks=True)
    assert would_run(root) == set()
    (root / FIGURE).unlink()
    assert would_run(root) == BOTH


def test_a_dry_run_lists_everything_in_a_fresh_clone(built, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(built, root, symlinks=True, ignore=shutil.ignore_patterns("build"))
    assert would_run(root) == BOTH


def test_a_deleted_figure_is_made_again(built):
    before = snapshot(built / "figures")
    (built / FIGURE).unlink()
    assert make(built, "figures").returncode == 0
    assert snapshot(built / "figures") == before


@pytest.mark.parametrize(("profile", "message"), [
    ("01_toy: {m: 3}", "unknown parameter 'm'; allowed are n, powers"),
    ("01_toy: {n: 2.5}", "n=2.5 is not a finite int"),
    ("01_toy: {n: true}", "n=True is not a finite int"),
    ("01_toy: {n: 10**3}", "n='10**3' is not a finite int (YAML"),
    ("01_toy: {powers: [1.0, .nan]}", "is not a finite list[float]"),
    ("01_toy: {powers: 1.0}", "powers=1.0 is not a finite list[float]"),
    ("02_toy: {n: 3}", "no notebook '02_toy'; allowed are 00_guide, 01_toy"),
    ("- 01_toy", "one key per notebook"),
    ("01_toy: [", "is not YAML"),
])
def test_bad_profile_is_named(built, profile, message):
    (built / "params/bad.yaml").write_text(profile)
    with pytest.raises(parameters.ProfileError) as error:
        parameters.checked("bad", built)
    assert message in str(error.value)


def test_nothing_runs_with_a_bad_profile(built):
    before = snapshot(built / "figures")
    (built / "params/bad.yaml").write_text("01_toy: {m: 3}")
    result = make(built, "figures", "PROFILE=bad")
    assert result.returncode != 0
    assert "unknown parameter 'm'; allowed are n, powers" in result.stderr
    assert "cell/s" not in result.stderr
    assert not (built / "figures/bad").exists()
    assert snapshot(built / "figures") == before


@pytest.mark.parametrize(("line", "message"), [
    ("n = 3", "parameter n needs a comment"),
    ("n = 3  # type: ndarray", "parameter n needs a comment"),
    ("print(3)", "line 1 of the parameters cell is not an assignment"),
])
def test_undeclared_type_is_refused(tmp_path, line, message):
    notebook = tmp_path / "01_toy.py"
    notebook.write_text(f"{HEADER}# %% tags=[\"parameters\"]\n{line}\n")
    with pytest.raises(parameters.ProfileError, match=message):
        parameters.declared(notebook)


def test_unknown_profile_lists_those_there_are(built):
    (built / "params/bad.yaml").unlink(missing_ok=True)
    (built / "params/paper.yaml").write_text("01_toy:\n  n: 5\n")
    result = make(built, "figures", "PROFILE=papre")
    assert result.returncode != 0
    assert "PROFILE='papre': allowed are default, paper" in result.stderr


def test_profile_has_figures_of_its_own(built):
    before = snapshot(built / "figures")
    (built / "params/paper.yaml").write_text("01_toy:\n  n: 5\n")
    assert make(built, "figures", "PROFILE=paper").returncode == 0
    assert (built / "figures/paper/01_toy-line.csv").read_text().split() == list("x01234")
    assert snapshot(built / "figures") == before
    assert "belong together" in make(built, "verify", "PROFILE=paper").stdout
    assert would_run(built, "PROFILE=paper") == set()
    touch(built / "params/paper.yaml")
    assert would_run(built, "PROFILE=paper") == BOTH


def test_a_notebook_that_fails_leaves_the_figures_alone(built):
    before = snapshot(built / "figures")
    source = built / "notebooks/01_toy.py"
    good = source.read_text()
    try:
        # it draws another figure first, and fails in its last cell
        source.write_text(good.replace("n = 3", "n = 4") + "\nraise ValueError('in the end')\n")
        result = make(built, "figures")
    finally:
        source.write_text(good)
    assert result.returncode != 0
    assert "01_toy, cell In [5]: ValueError: in the end" in result.stderr
    assert snapshot(built / "figures") == before


def test_a_figure_no_longer_made_is_removed(built):
    source = built / "notebooks/01_toy.py"
    source.write_text(source.read_text().replace("01_toy-line", "01_toy-curve"))
    touch(source)
    assert make(built, "figures").returncode == 0
    names = snapshot(built / "figures").keys()
    assert {n for n in names if n.startswith("01_toy")} == {
        "01_toy-curve.png", "01_toy-curve.pdf", "01_toy-curve.csv", "01_toy-claims.csv",
    }
