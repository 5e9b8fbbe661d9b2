"""A worker of a Dask cluster: what it must be, and what it does with the tasks of a sweep."""

import os
import sys
import time
from functools import cache, lru_cache

import cloudpickle

from ntksgd.stats import cache as kept

THREADS = ["NUMBA_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS",
           "VECLIB_MAXIMUM_THREADS"]


class ClusterError(RuntimeError):
    """A cluster that cannot be used, and why."""


def identity() -> dict[str, str]:
    """What the results of this process depend on, in words."""
    python, machine, system, *packages = kept.versions()
    numbers = dict(zip(("numpy", "scipy", "numba"), packages, strict=True))
    return {"python": python, **numbers, "machine": f"{system} {machine}",
            "source of ntksgd": kept.library()[:12]}


def differences(expected: dict[str, str], dask_worker=None) -> str:
    """What sets this process apart from one whose `identity` is `expected`, in words."""
    found = identity()
    said = [f"{name} {found.get(name)}, here {value}" for name, value in expected.items()
            if found.get(name) != value]
    state = getattr(dask_worker, "state", None)  # a scheduler has none
    # compiled loops that start threads must not meet in one process
    if state is not None and state.nthreads > 1:
        said.append(f"{state.nthreads} threads, allowed is 1 (--nthreads 1)")
    return "; ".join(said)


def run_chunk(expected: dict[str, str], payload: bytes, jobs: bytes) -> bytes:
    """Number, result and CPU seconds of some jobs; all of it pickled.

    Raises
    ------
    ClusterError
        If this worker is not as `expected`: one that came after the sweep had begun.
    """
    from distributed import get_worker

    worker = get_worker()
    if said := differences(expected, worker):
        raise ClusterError(f"worker {worker.address} differs: {said}")
    task, done = _task(payload), []
    _use_one_thread()
    for i, job in cloudpickle.loads(jobs):
        began = time.process_time()
        done.append((i, task(*job), time.process_time() - began))
    return cloudpickle.dumps(done)


@lru_cache(maxsize=1)
def _task(payload):
    return cloudpickle.loads(payload)


def _use_one_thread() -> None:
    """There is a worker for each core, and sums in another order round differently."""
    _limit_linear_algebra()
    if "numba" in sys.modules:
        sys.modules["numba"].set_num_threads(1)  # of this thread alone


@cache
def _limit_linear_algebra() -> None:
    import threadpoolctl

    # what is not loaded yet reads the environment then
    os.environ |= dict.fromkeys(THREADS, "1")
    threadpoolctl.threadpool_limits(1)
