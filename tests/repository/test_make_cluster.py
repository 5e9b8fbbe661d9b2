"""`make cluster` and `make figures SCHEDULER=`: a notebook's sweeps run there, what listens."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid

import nbformat
import psutil
import pytest

from repository.quick import TOKEN, alive, wait_until_gone
from repository.toy import HEADER, environment, make, project, settings

STUDY = '''\
# %% tags=["parameters"]
replicates = 12  # type: int  of the second sweep

# %%
import operator
import os
import time
from pathlib import Path

import numpy as np

from ntksgd.stats.sweep import map_tasks

folder = Path(os.environ["NTKSGD_FIGURES"])


def task(item, seed):
    time.sleep(0.7)
    with open({log!r}, "a") as file:
        file.write(f"{os.getpid()}\\n")
    return np.random.default_rng(seed).normal() + item


found = map_tasks(task, range(8), seed=7)
numbers = [*found, *map_tasks(operator.is_, range(replicates), seed=3)]
for suffix in ("csv", "pdf", "png"):
    (folder / f"01_quick-x.{suffix}").write_text("\\n".join(map(repr, numbers)))
print(len(numbers), "done")
'''


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "project"
    root.mkdir()
    project(root)
    for path in (root / "notebooks").iterdir():
        path.unlink()
    source = STUDY.replace("{log!r}", repr(str(tmp_path / "log")))
    (root / "notebooks/01_quick.py").write_text(HEADER + source)
    (root / "params/mine.yaml").write_text("01_quick:\n  replicates: 14\n")
    return root


def listening(token):
    """Addresses at which processes with this token listen."""
    pids = [int(line.split(":")[0]) for line in alive(token)]
    found = [c for pid in pids for c in psutil.Process(pid).net_connections("inet")]
    return {c.laddr.ip for c in found if c.status == psutil.CONN_LISTEN}


def last(root):
    """Of the last run: digests of its files and what its cells show."""
    files = json.loads((root / "build/mine/01_quick.fingerprint.json").read_text())["files"]
    cells = nbformat.read(root / "build/mine/01_quick.ipynb", 4).cells
    return files, [cell.get("outputs") for cell in cells]


def again(root):
    """Run the notebook, without the cluster."""
    os.utime(root / "notebooks/01_quick.py")
    result = make(root, "figures", "PROFILE=mine")
    assert result.returncode == 0, result.stderr
    return result


def kept(root):
    """Results that the last run found."""
    return json.loads((root / "build/mine/01_quick.seconds.json").read_text())["kept"]


def test_a_study_on_the_cluster_of_make_cluster(root, tmp_path):
    """The same bytes as without; nothing listens beyond this machine; nothing is left behind."""
    token = uuid.uuid4().hex
    cluster = subprocess.Popen(
        ["make", *settings(), "cluster", "PORT=0", "WORKERS=2"], cwd=root, text=True,
        stdout=subprocess.PIPE, start_new_session=True, env=environment() | {TOKEN: token})
    try:
        cluster.stdout.readline()
        address = cluster.stdout.readline().partition("SCHEDULER=")[2].strip()
        assert listening(token) == {"127.0.0.1"}
        result = make(root, "figures", "PROFILE=mine", f"SCHEDULER={address}")
        assert result.returncode == 0, result.stderr
        assert f"sweeps run on 2 workers of {address}" in result.stdout
        assert result.stderr.count("01_quick: notebook: 8/8 tasks") == 1
        pids = set(map(int, (tmp_path / "log").read_text().split()))
        assert pids <= {int(line.split(":")[0]) for line in alive(token)}
        assert len(pids) == 2
    finally:
        os.killpg(cluster.pid, signal.SIGINT)
        cluster.communicate()
    assert wait_until_gone(token) == []
    there = last(root)
    assert kept(root) == 0

    # results were kept here, not there, those of a task that a cell defines too
    (tmp_path / "log").unlink()
    again(root)
    assert kept(root) == 22
    assert not (tmp_path / "log").exists()
    assert last(root) == there

    # and what is computed here is the same
    shutil.rmtree(root / "build/cache")
    assert "core-hours" in again(root).stdout
    assert (kept(root), len((tmp_path / "log").read_text().split())) == (0, 8)
    assert last(root) == there


@pytest.mark.parametrize("what", ["no address", "nobody", "no scheduler"])
def test_a_scheduler_that_cannot_be_used_is_said_before_anything_runs(what, root):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        if what == "nobody":
            server.close()
        address = f"tcp://127.0.0.1:{port}" if what != "no address" else "it's one"
        began = time.monotonic()
        result = make(root, "figures", f"SCHEDULER={address}")
        assert time.monotonic() - began < 30
    assert result.returncode != 0
    (line,) = [line for line in result.stderr.splitlines() if not line.startswith("make")]
    assert line.startswith("error: ")
    assert line.endswith("; nothing has run")
    assert address in line
    assert not list(root.glob("build/default/*.ipynb"))
    # the reader's own variable of that name means nothing here
    shell = make(root, "-n", "figures", env=environment() | {"SCHEDULER": address})
    assert "tools/cluster.py" not in shell.stdout
