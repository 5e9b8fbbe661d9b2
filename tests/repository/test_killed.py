"""Two makes at once, and makes that are killed: nothing is lost, and nothing is left running."""

import random
import signal
import time
import uuid

import pytest

from repository.quick import alive, kill, outdate, quick_project, start, wait_until_gone
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
    """Kill a make that has work to do when a share `moment` of its time has passed."""
    root, before, seconds = built
    outdate(root)
    token = uuid.uuid4().hex
    process = start(root, "-j2", "figures", token=token)
    time.sleep(moment * seconds)
    kill(process, number, group)
    process.communicate()
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


@pytest.mark.parametrize("rounds", [ALONE, GROUP[:2]])
def test_killed_at_random_moments(built, rounds):
    for number, group in rounds:
        kill_one(built, number, group, random.uniform(0.3, 0.9))
    assert_next_call_heals(built)


@pytest.mark.long
@pytest.mark.parametrize("again", range(20))
@pytest.mark.parametrize(("number", "group"), ALONE + GROUP)
def test_killed_at_many_random_moments(built_of_two, number, group, again):
    kill_one(built_of_two, number, group, random.uniform(0.0, 1.1))
    assert_next_call_heals(built_of_two)


def test_ctrl_c_says_one_line(built):
    root, *_ = built
    outdate(root)
    token = uuid.uuid4().hex
    process = start(root, "-j2", "figures", token=token)
    while not any("ipykernel" in line for line in alive(token)):
        time.sleep(0.1)
    kill(process, signal.SIGINT, group=True)
    said = process.communicate()[1].rpartition("cell/s]")[2]  # after the bar of progress
    assert said.strip().count("\n") == 0, said
    assert "Interrupt" in said
    assert wait_until_gone(token) == []
