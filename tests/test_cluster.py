"""Sweeps on a Dask cluster of real processes: bit for bit the serial ones, whatever is killed."""

import os
import shutil
import socket
import sys
import threading
import time
from contextlib import suppress
from functools import partial

import cloudpickle
import numba
import numpy as np
import psutil
import pytest
import threadpoolctl

from dask_processes import Cluster, waited
from ntksgd.compare import learners
from ntksgd.compare.paths import paths
from ntksgd.problems.problem import source_problem
from ntksgd.stats import cluster, worker
from ntksgd.stats.sweep import map_tasks
from ntksgd.stats.worker import ClusterError
from repository.toy import ROOT

# workers cannot import this file
cloudpickle.register_pickle_by_value(sys.modules[__name__])


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """A cluster with two workers."""
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.workers = [cluster.worker() for _ in range(2)]
        yield cluster
    finally:
        cluster.close()


@pytest.fixture
def scheduler(two, monkeypatch):
    monkeypatch.delenv("NTKSGD_CACHE", raising=False)
    monkeypatch.setenv("NTKSGD_SCHEDULER", two.address)
    return two.address


def draw(item, seed):
    return item, np.random.default_rng(seed).normal(size=3)


def threads_of(item, seed):
    """Process; threads of its linear algebra and of compiled loops."""
    time.sleep(0.1)
    blas = [one for one in threadpoolctl.threadpool_info() if one["user_api"] == "blas"]
    return os.getpid(), {one["num_threads"] for one in blas} | {numba.get_num_threads()}


def test_all_workers_compute_with_one_thread_each_and_the_client_does_not(scheduler, two):
    waited(lambda: len(cluster.connect(scheduler).nthreads()) == 2 or None)
    found = map_tasks(threads_of, range(12), seed=0)
    assert {pid for pid, _ in found} == {process.pid for process in two.workers}
    assert all(threads == {1} for _, threads in found)
    assert map_tasks(threads_of, range(2), seed=0, workers=1)[0][0] == os.getpid()


def test_nothing_listens_beyond_the_address_that_was_named(scheduler, two):
    """As README starts them: also their pages of status, which come with or without dashboard."""
    for process in two.processes:
        open_ = [c.laddr.ip for c in psutil.Process(process.pid).net_connections("inet")
                 if c.status == psutil.CONN_LISTEN]
        assert set(open_) == {"127.0.0.1"}


def test_chunks_of_many_short_tasks_and_a_large_one(scheduler, monkeypatch):
    monkeypatch.setattr(cluster, "CHUNKS", 1)
    large = np.random.default_rng(0).normal(size=20_000)  # more than LARGE bytes

    def task(item, seed):
        return item + large.sum() + draw(item, seed)[1]

    found = map_tasks(task, range(100), seed=5)
    np.testing.assert_array_equal(found, map_tasks(task, range(100), seed=5, workers=1))


def fail(item, seed):
    if item == 3:
        raise ZeroDivisionError(f"item {item}")
    return draw(item, seed)


def test_an_error_in_a_task_is_the_callers(scheduler):
    with pytest.raises(ZeroDivisionError, match="item 3"):
        map_tasks(fail, range(6), seed=5)


def held_start(problem, m, rng, *, folder):
    """`learners.start`, but one call after the first three waits, having said where it is."""
    (folder / f"{os.getpid()}.{time.monotonic_ns()}").touch()
    if len(list(folder.iterdir())) > 3:
        with suppress(FileExistsError), (folder / "held").open("x") as file:
            file.write(str(os.getpid()))
            file.flush()
            time.sleep(300)
    return learners.start(problem, m, rng)


def test_a_worker_killed_in_a_sweep_changes_no_bit_and_the_client_keeps_the_results(
        scheduler, two, tmp_path, monkeypatch):
    calls = tmp_path / "calls"
    calls.mkdir()
    problem = source_problem("relu", r=0.75, max_degree=24)
    # whose sweep prefers threads, where no cluster is named
    run = partial(paths, problem, ("network", "kernel"), [8, 32], [1, 30, 300], 12,
                  seed=3)
    serial = run(workers=1)  # compiles, too
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    run = partial(run, start=partial(held_start, folder=calls))

    def kill():
        pid = waited(lambda: (calls / "held").exists() and (calls / "held").read_text() or None)
        killed.extend(p for p in two.workers if p.pid == int(pid))
        killed[0].kill()

    killed = []
    killer = threading.Thread(target=kill)
    killer.start()
    found = run()
    killer.join()
    assert len(killed) == 1
    pids = {int(path.stem) for path in calls.iterdir() if path.stem != "held"}
    assert pids == {process.pid for process in two.workers}
    assert len(list((tmp_path / "cache").iterdir())) == 12

    before = len(list(calls.iterdir()))
    resumed = run()
    assert len(list(calls.iterdir())) == before  # nothing was computed
    for other in (found, resumed):
        for name in vars(serial):
            np.testing.assert_array_equal(getattr(other, name), getattr(serial, name))


@pytest.mark.parametrize("name", ["python", "numpy", "scipy", "numba", "source of ntksgd"])
def test_a_worker_that_differs_is_named(name, scheduler, monkeypatch):
    other = worker.identity() | {name: "another"}
    monkeypatch.setattr(cluster, "identity", lambda: other)
    with pytest.raises(ClusterError, match=rf"differs: {name} .*, here another$"):
        map_tasks(draw, range(2), seed=0)
    # and one that came after the sweep had begun refuses its first task
    monkeypatch.setattr(cluster, "connect", lambda address: cluster._client(address))
    with pytest.raises(ClusterError, match=rf"worker tcp://.* differs: {name} .*, here another$"):
        map_tasks(draw, range(2), seed=0)


def test_workers_with_another_source_or_more_threads_are_refused(scheduler, two, tmp_path):
    client = cluster.connect(scheduler)
    good = set(client.nthreads())
    shutil.copytree(ROOT / "lib", tmp_path / "lib", ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "lib/ntksgd/seeds.py").open("a") as file:
        file.write("# edited\n")
    bad = two.worker("--nthreads", "2", PYTHONPATH=str(tmp_path / "lib"))
    (name,) = waited(lambda: set(client.nthreads()) - good or None)
    with pytest.raises(ClusterError) as said:
        map_tasks(draw, range(2), seed=0)
    bad.kill()
    bad.wait()
    assert str(said.value).startswith(f"worker {name} at {scheduler} differs: source of ntksgd ")
    assert str(said.value).endswith("; 2 threads, allowed is 1 (--nthreads 1)")
    assert "\n" not in str(said.value)
    waited(lambda: set(client.nthreads()) == good or None)


@pytest.mark.parametrize("address", ["", "host:8786", "tcp://host", "udp://host:1", "tcp://a b:1",
                                     "tcp://host:8786/x", "8786"])
def test_what_is_no_address(address):
    with pytest.raises(ClusterError, match="SCHEDULER="):
        cluster.connect(address)


@pytest.mark.parametrize("listening", [False, True])
def test_where_no_scheduler_answers(listening, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        if not listening:
            server.close()
        monkeypatch.setenv("NTKSGD_SCHEDULER", address)
        monkeypatch.setattr(cluster, "TIMEOUT", 2)
        began = time.monotonic()
        with pytest.raises(ClusterError, match=f"no Dask scheduler answers at {address}"):
            map_tasks(draw, range(3), seed=0)
        assert time.monotonic() - began < 10


def pause(item, seed):
    time.sleep(0.2)
    return item


def test_a_scheduler_that_is_lost(scheduler, two, tmp_path, monkeypatch):
    """The last test: it ends the cluster."""
    store = tmp_path / "cache"
    monkeypatch.setenv("NTKSGD_CACHE", str(store))

    def kill():
        waited(lambda: list(store.glob("*.pickle")) or None)
        two.processes[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ClusterError, match="is lost"):
        map_tasks(pause, range(200), seed=0)
    killer.join()
    assert 0 < len(list(store.iterdir())) < 200
