"""Two makes at once, and makes that are killed: nothing is lost, and nothing is left running."""

import errno
import fcntl
import os
import random
import signal
import threading
import time
import uuid

import pytest

import alone
from repository.quick import (
    kill,
    kill_guardian,
    outdate,
    quick_project,
    start,
    wait_for,
    wait_until_gone,
)
from repository.toy import make, snapshot

ALONE = [(signal.SIGTERM, False), (signal.SIGKILL, False)]
GROUP = [(signal.SIGTERM, True), (signal.SIGKILL, True), (signal.SIGINT, True),
         (signal.SIGHUP, True)]


def build(root):
    began = time.monotonic()
    result = make(root, "-j2", "figures")
    assert result.returncode == 0, result.stderr
    return root, snapshot(root / "figures"), time.monotonic() - began


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    return build(quick_project(tmp_path_factory.mktemp("quick")))


@pytest.fixture(scope="module")
def built_of_two(tmp_path_factory):
    return build(quick_project(tmp_path_factory.mktemp("quick"), notebooks=2))


def test_a_second_make_waits_and_says_so_and_can_be_killed(built):
    root, before, _ = built
    outdate(root)
    (root / "figures/01_quick-x.pdf").unlink()
    first = start(root, "figures")
    time.sleep(1.0)
    token = uuid.uuid4().hex
    second, third = start(root, "figures"), start(root, "figures", token=token)
    while (line := third.stderr.readline()) and not line.startswith("waiting"):
        pass
    kill(third, signal.SIGKILL, group=False)
    third.communicate()
    assert wait_until_gone(token) == []
    for process in (first, second):
        said = process.communicate()[1]
        assert process.returncode == 0, said
    assert "waiting for another make in this folder (process " in said
    assert "cell/s" not in said  # it had nothing left to do
    assert snapshot(root / "figures") == before


def kill_one(built, number, group, moment):
    """Kill a make that has work to do, when a share `moment` of its time has passed.

    None: when workers are there that would go on for minutes.
    """
    root, before, seconds = built
    outdate(root)
    token = uuid.uuid4().hex
    process = start(root, "-j2", "figures", token=token, hold=moment is None)
    if moment is None:
        wait_for("joblib", token)
    else:
        time.sleep(moment * seconds)
    kill(process, number, group)
    process.stderr.close()
    process.wait()
    assert wait_until_gone(token) == []
    there = {n: c for n, c in snapshot(root / "figures").items() if not n.startswith(".")}
    assert there == before


def assert_next_call_heals(built):
    root, before, _ = built
    again = make(root, "-j2", "figures")
    assert again.returncode == 0, again.stderr
    assert snapshot(root / "figures") == before
    assert not list((root / "build/default").glob("*.figures.*"))
    assert "cell/s" not in make(root, "figures").stderr


def test_killed_while_workers_run_and_at_a_random_moment(built):
    for number, group in [*ALONE, (signal.SIGKILL, True)]:
        kill_one(built, number, group, None)
    kill_one(built, signal.SIGTERM, True, random.uniform(0.2, 0.9))
    assert_next_call_heals(built)


def test_a_guardian_that_is_killed_leaves_nothing_either(built):
    root, *_ = built
    outdate(root)
    token = uuid.uuid4().hex
    process = start(root, "figures", token=token, hold=True)
    wait_for("joblib", token)
    kill_guardian(token)
    process.stderr.close()
    assert process.wait() != 0
    assert wait_until_gone(token) == []


def test_without_locks_make_says_so_and_goes_on(tmp_path, monkeypatch, capsys):
    def flock(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", flock)
    os.close(alone.wait_for_lock(tmp_path / "lock", os.getppid()))
    assert "start no second make in this folder" in capsys.readouterr().err


def test_a_lock_removed_by_clean_is_no_lock(tmp_path):
    """Who waited for a file that is gone must lock the one that others see."""
    path = tmp_path / "lock"
    first = alone.wait_for_lock(path, os.getppid())
    waiting = threading.Thread(target=lambda: locks.append(
        alone.wait_for_lock(path, os.getppid())), daemon=True)
    locks = []
    waiting.start()
    time.sleep(0.1)
    path.unlink()
    os.close(first)
    waiting.join(5)
    assert os.path.samestat(os.fstat(locks[0]), path.stat())
    os.close(locks[0])


@pytest.mark.long
@pytest.mark.parametrize("again", range(20))
@pytest.mark.parametrize(("number", "group"), ALONE + GROUP)
def test_killed_at_many_random_moments(built_of_two, number, group, again):
    kill_one(built_of_two, number, group, None if again % 4 == 0 else random.uniform(0.0, 1.1))
    assert_next_call_heals(built_of_two)


def test_ctrl_c_says_one_line(built):
    root, *_ = built
    outdate(root)
    token = uuid.uuid4().hex
    process = start(root, "-j2", "figures", token=token, hold=True)
    wait_for("ipykernel", token)
    kill(process, signal.SIGINT, group=True)
    said = process.communicate()[1].rpartition("cell/s]")[2]  # after the bar of progress
    assert said.strip().count("\n") == 0, said
    assert "Interrupt" in said
    assert wait_until_gone(token) == []
