"""Where a make runs: odd paths, other file systems, full disks, homes and folders of others."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import obstacles
import run_notebook
from repository.quick import outdate, quick_project
from repository.toy import environment, make, snapshot

NOBODY = 65534
ROOT_USER = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """In a folder whose name has all that shells and make trip over, but a colon and a dollar."""
    root = quick_project(tmp_path_factory.mktemp("a") / "it's ein Ökonom's “paper”, #1")
    result = make(root, "figures")
    assert result.returncode == 0, result.stderr
    return root


@pytest.fixture
def copy(built, tmp_path):
    root = tmp_path / "copy's"
    shutil.copytree(built, root, symlinks=True)
    outdate(root)
    return root


def other_file_system(here):
    """A folder on a file system that `here` is not on, or None."""
    for place in ("/dev/shm", tempfile.gettempdir(), Path.home()):
        if os.path.isdir(place) and os.stat(place).st_dev != os.stat(here).st_dev:
            return Path(tempfile.mkdtemp(dir=place))
    return None


def test_a_path_with_spaces_apostrophes_and_unicode(built):
    assert len(snapshot(built / "figures")) == 5
    (built / "params/other.yaml").write_text("01_quick:\n  pause: 0.01\n")
    result = make(built, "notebooks", "verify")
    assert result.returncode == 0, result.stderr
    assert "belong together" in result.stdout


INSTALLER = """#!/bin/sh
case "$1 $2" in
"-m venv") mkdir -p "$4/bin" site && cp "$0" "$4/bin/python" ;;
"-m pip" | "-m --disable") ;;
"-c import site"*) echo site ;;
*) exec '{python}' "$@" ;;
esac
"""


def test_the_library_is_found_under_an_odd_path(copy, tmp_path):
    """The environment is told where the library lies; it is itself played by a script."""
    python = tmp_path / "python"
    python.write_text(INSTALLER.format(python=sys.executable))
    python.chmod(0o755)
    result = make(copy, ".venv/.ready", f"PYTHON={python}", "READY=.venv/.ready", "UV=")
    assert result.returncode == 0, result.stderr
    assert (copy / "site/ntksgd.pth").read_text() == f"{copy}/lib\n"


def test_figures_on_another_file_system(copy):
    other = other_file_system(copy)
    if other is None:
        pytest.skip("there is no second file system here")
    try:
        before = snapshot(copy / "figures")
        shutil.rmtree(copy / "figures")
        (copy / "figures").symlink_to(other / "figures")
        (other / "figures").mkdir()
        result = make(copy, "figures")
        assert result.returncode == 0, result.stderr
        assert snapshot(other / "figures") == before
    finally:
        shutil.rmtree(other)


def test_a_copy_that_fails_leaves_the_figures_alone(tmp_path, monkeypatch):
    made, target = tmp_path / "made", tmp_path / "figures"
    for folder, text in ((made, "new"), (target, "old")):
        folder.mkdir()
        for suffix in ("csv", "pdf", "png"):
            (folder / f"01_toy-x.{suffix}").write_text(text)
    before, copyfile = snapshot(target), shutil.copyfile

    def full(source, part):
        if source.suffix == ".png":
            part.write_text("ne")
            raise OSError(28, "No space left on device")
        return copyfile(source, part)

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        run_notebook.put_in_place(sorted(made.iterdir()), target, "01_toy")
    assert snapshot(target) == before


def refused(result, *words):
    """One line on stderr before make's own, and nothing has run."""
    said = [line for line in result.stderr.splitlines() if not line.startswith("make")]
    assert result.returncode != 0
    assert len(said) == 1, result.stderr
    assert said[0].startswith("error: ")
    assert all(word in said[0] for word in (*words, "nothing has run")), said


@pytest.mark.parametrize("folder", ["figures", "build", "figures/paper"])
def test_a_folder_that_cannot_be_written_is_said_before_anything_runs(copy, folder):
    (copy / "params/paper.yaml").write_text("01_quick:\n  pause: 0.01\n")
    shutil.rmtree(copy / folder, ignore_errors=True)
    (copy / folder).write_text("not a folder")
    profile = ["PROFILE=paper"] if folder == "figures/paper" else []
    refused(make(copy, "figures", *profile), folder)


# root may write anywhere: so here it does without that right
UNPRIVILEGED = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if ROOT_USER else []
needs_permissions = pytest.mark.skipif(ROOT_USER and not shutil.which("setpriv"),
                                       reason="nothing is forbidden to root here")


def given_away(*paths, mode):
    """Owned by another user, where one can give away, and with `mode`."""
    for path in paths:
        path.chmod(mode)
        if ROOT_USER:
            os.chown(path, NOBODY, NOBODY)


@needs_permissions
@pytest.mark.parametrize("folder", ["figures", "build"])
def test_a_folder_of_another_user_is_said_before_anything_runs(copy, folder):
    before = snapshot(copy / folder)
    given_away(copy / folder, mode=0o755 if ROOT_USER else 0o555)
    if folder == "build":
        given_away(copy / "build/.lock", mode=0o444)
    try:
        refused(make(copy, "figures", prefix=UNPRIVILEGED), folder, "Permission denied")
        assert snapshot(copy / folder) == before
    finally:
        (copy / folder).chmod(0o777)


@needs_permissions
def test_files_of_another_user_and_a_home_that_cannot_be_written(copy, tmp_path):
    """It is enough to own the folders."""
    given_away(*(copy / "figures").iterdir(), *(copy / "notebooks").glob("*.ipynb"), mode=0o444)
    before = snapshot(copy / "figures")
    home = tmp_path / "home"
    home.mkdir(mode=0o555)
    ours = environment() | {"HOME": str(home)}
    result = make(copy, "figures", "notebooks", prefix=UNPRIVILEGED, env=ours)
    assert result.returncode == 0, result.stderr
    assert snapshot(copy / "figures") == before
    assert list(home.iterdir()) == []


FULL = """
mount -t tmpfs -o size=2m none figures && cp -p ../kept/* figures && cat /dev/zero > figures/filler
exec "$@"
"""


def test_a_full_disk_is_said_before_anything_runs(copy):
    unshare = ["unshare", "--mount", *([] if ROOT_USER else ["--map-root-user"])]
    if not shutil.which("unshare") or subprocess.run([*unshare, "true"]).returncode:
        pytest.skip("no file system of one's own can be mounted here")
    shutil.copytree(copy / "figures", copy.parent / "kept")
    command = ["make", f"RUN={sys.executable}", f"PYTHON={sys.executable}", "READY=", "figures"]
    result = subprocess.run([*unshare, "sh", "-c", FULL, "sh", *command], cwd=copy,
                            env=environment(), capture_output=True, text=True)
    result.stderr = result.stderr.replace("cat: write error: No space left on device\n", "")
    refused(result, "figures", "No space left on device")


def test_little_space_is_said(tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=15 * obstacles.MEGABYTE)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    (tmp_path / "build").mkdir()
    problems = obstacles.obstacles(tmp_path, ["make", "figures"], {"PROFILE": "default"})
    assert problems == ["build/ needs 100 MB of free disk, there are 15 MB",
                        "figures/ needs 20 MB of free disk, there are 15 MB"]
    assert list((tmp_path / "build").iterdir()) == []


@pytest.mark.parametrize("profile", ["it's", "a b", "../x", "-n", "$(x)"])
def test_a_profile_whose_name_cannot_be_one(built, profile):
    refused(make(built, "figures", f"PROFILE={profile.replace('$', '$$')}"),
            "PROFILE=", "allowed are letters")


TELLTALE = """#!/bin/sh
echo $OPENBLAS_NUM_THREADS $MKL_NUM_THREADS $VECLIB_MAXIMUM_THREADS "$NTKSGD_BESIDE"
exit 1
"""


def test_no_library_starts_threads_of_its_own_and_sweeps_know_of_each_other(built, tmp_path):
    run = tmp_path / "run"
    run.write_text(TELLTALE)
    run.chmod(0o755)
    (built / "build/default/params.done").unlink(missing_ok=True)
    ours = {k: v for k, v in environment().items() if not k.endswith("_THREADS")}
    result = make(built, "-j2", "figures", f"RUN={run}", env=ours)
    assert result.stdout.splitlines()[0] == f"1 1 1 {built}/build/beside"
