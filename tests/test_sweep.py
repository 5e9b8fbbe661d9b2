"""Sweeps: results depend on the seed and the index alone, and a killed one resumes."""

import os
import subprocess
import sys
import time
from functools import partial

import joblib
import numpy as np
import psutil
import pytest

from ntksgd.seeds import child
from ntksgd.stats.sweep import default_workers, map_tasks


def draw(item, seed, scale=1.0):
    return item + scale * np.random.default_rng(seed).normal()


def draw_and_count(item, seed, folder):
    """Leaves a file for each call, so that calls can be counted across processes."""
    (folder / f"{item}.{os.getpid()}.{len(list(folder.iterdir()))}").touch()
    return draw(item, seed)


ITEMS = list(range(7))
REFERENCE = [draw(i, np.random.SeedSequence(5).spawn(7)[i]) for i in ITEMS]


@pytest.mark.parametrize("workers", [None, 1, 2, 4])
def test_results_do_not_depend_on_the_number_of_workers(workers):
    assert map_tasks(draw, ITEMS, seed=5, workers=workers) == REFERENCE


def where(item, seed):
    return os.getpid()


@pytest.mark.skipif(joblib.cpu_count() == 1, reason="one core")
def test_all_cores_are_used_unless_one_is_asked_for(monkeypatch):
    monkeypatch.delenv("NTKSGD_WORKERS", raising=False)
    monkeypatch.delenv("NTKSGD_BESIDE", raising=False)
    assert os.getpid() not in map_tasks(where, range(8), seed=5)
    assert set(map_tasks(where, range(8), seed=5, workers=1)) == {os.getpid()}


KILLED = """
import os, sys, time
from ntksgd.stats.sweep import map_tasks


def task(item, seed):
    print(os.getpid(), flush=True)
    time.sleep(60)


map_tasks(task, range(2), seed=5, workers=2)
"""


def test_workers_end_when_the_process_that_called_them_is_killed():
    process = subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True)
    workers = [int(process.stdout.readline()) for _ in range(2)]
    process.kill()
    process.stdout.close()
    process.wait()
    limit = time.monotonic() + 10
    while any(map(runs, workers)) and time.monotonic() < limit:
        time.sleep(0.1)
    assert [pid for pid in workers if runs(pid)] == []


def runs(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_joblib_configuration_is_honoured():
    with joblib.parallel_config(backend="threading", n_jobs=2):
        assert map_tasks(draw, ITEMS, seed=5) == REFERENCE


def test_a_longer_sweep_begins_with_the_shorter_one():
    assert map_tasks(draw, ITEMS[:3], seed=5, workers=1) == REFERENCE[:3]


def test_tasks_and_seeds_differ():
    assert len(set(map_tasks(draw, [0] * 50, seed=5, workers=1))) == 50
    assert map_tasks(draw, [0], seed=5, workers=1) != map_tasks(draw, [0], seed=6, workers=1)


def test_seed_sequence_is_taken_and_left_as_it_was():
    seed = np.random.SeedSequence(5)
    assert [map_tasks(draw, ITEMS, seed, workers=1) for _ in range(2)] == [REFERENCE] * 2
    assert child(seed, 3).spawn_key == (3,)


@pytest.mark.parametrize("arguments", [{"workers": 0}, {"seed": -1}, {"seed": 0.5}])
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        map_tasks(draw, ITEMS, **{"seed": 5} | arguments)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "calls").mkdir()
    return tmp_path / "calls"


def test_without_a_cache_everything_is_computed_again(folder, monkeypatch):
    monkeypatch.delenv("NTKSGD_CACHE", raising=False)
    for _ in range(2):
        map_tasks(partial(draw_and_count, folder=folder), ITEMS, seed=5, workers=1)
    assert len(list(folder.iterdir())) == 14


def test_a_killed_sweep_takes_up_where_it_stopped(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    task = partial(draw_and_count, folder=folder)
    map_tasks(task, ITEMS[:4], seed=5, workers=1)
    assert map_tasks(task, ITEMS, seed=5, workers=1) == REFERENCE
    assert len(list(folder.iterdir())) == 7


def test_entries_of_a_longer_sweep_serve_a_shorter_one(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    task = partial(draw_and_count, folder=folder)
    assert map_tasks(task, ITEMS, seed=5, workers=2) == REFERENCE
    assert map_tasks(task, ITEMS[:4], seed=5) == REFERENCE[:4]
    assert len(list(folder.iterdir())) == 7


def fail(item, seed, folder, good):
    if item >= good:
        raise ZeroDivisionError
    return draw_and_count(item, seed, folder)


def test_what_was_computed_before_an_error_is_kept(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    with pytest.raises(ZeroDivisionError):
        map_tasks(partial(fail, folder=folder, good=3), ITEMS, seed=5, workers=1)
    assert len(list((tmp_path / "cache").iterdir())) == 3


@pytest.mark.parametrize(("named", "workers"), [("1", 1), ("2", 2), ("3", 3)])
def test_make_says_how_many_workers_a_notebook_may_have(named, workers, monkeypatch):
    monkeypatch.setenv("NTKSGD_WORKERS", named)
    assert default_workers() == workers
    pids = set(map_tasks(where, range(8), seed=5))
    assert pids == {os.getpid()} if workers == 1 else os.getpid() not in pids


BESIDE = """
import sys
from ntksgd.stats.sweep import map_tasks
map_tasks(lambda item, seed: item, [1], seed=0)
print("swept", flush=True)
sys.stdin.read()
"""


def test_processes_that_sweep_beside_each_other_share_the_cores(tmp_path, monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 6)
    monkeypatch.delenv("NTKSGD_WORKERS", raising=False)
    monkeypatch.setenv("NTKSGD_BESIDE", str(tmp_path / "beside"))
    assert default_workers() == 6
    others = []
    for workers in (3, 2):
        others.append(subprocess.Popen([sys.executable, "-c", BESIDE], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, text=True))
        assert others[-1].stdout.readline() == "swept\n"
        assert default_workers() == workers
    for process, workers in zip(others, (3, 6)):
        process.kill()
        process.communicate()
        assert default_workers() == workers
    assert [path.name for path in (tmp_path / "beside").iterdir()] == [str(os.getpid())]


def test_where_nothing_can_be_locked_nothing_is_divided(tmp_path, monkeypatch):
    monkeypatch.delenv("NTKSGD_WORKERS", raising=False)
    (tmp_path / "beside").write_text("a file")
    monkeypatch.setenv("NTKSGD_BESIDE", str(tmp_path / "beside"))
    assert default_workers() == joblib.cpu_count()


@pytest.mark.parametrize("named", ["0", "two", "-1", "1.5"])
def test_a_number_of_workers_that_is_none(named, monkeypatch):
    monkeypatch.setenv("NTKSGD_WORKERS", named)
    with pytest.raises(ValueError, match="NTKSGD_WORKERS"):
        map_tasks(draw, ITEMS, seed=5)


@pytest.mark.parametrize("change", ["seed", "item", "task", "library", "versions"])
def test_the_cache_forgets_nothing_that_matters(change, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    first = map_tasks(partial(draw, scale=1.0), [1.0], seed=5, workers=1)
    if change == "library":
        monkeypatch.setattr("ntksgd.stats.cache.library", lambda: "another")
    if change == "versions":
        monkeypatch.setattr("ntksgd.stats.cache.versions", lambda: ("another",))
    scale = 2.0 if change == "task" else 1.0
    item, seed = (2.0 if change == "item" else 1.0), (6 if change == "seed" else 5)
    again = map_tasks(partial(draw, scale=scale), [item], seed=seed, workers=1)
    assert (again == first) is (change in ("library", "versions"))
    assert len(list((tmp_path / "cache").iterdir())) == 2
