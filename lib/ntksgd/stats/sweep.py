"""Many independent random tasks, the same results for any number of workers."""

import os
import threading
import time
import warnings
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import joblib

from ntksgd.seeds import as_seed, child
from ntksgd.stats import cache, cluster, progress, share


def map_tasks(task, items, seed, workers=None):
    """``[task(item, seed_i) for i, item in enumerate(items)]``, in parallel.

    ``seed_i`` is the i-th child of `seed`, so results depend neither on the number of workers
    nor on the order in which they finish, and a task that is run again gives the same result.

    With the environment variable ``NTKSGD_CACHE`` set to a directory, each result is kept there
    as soon as it is known (see `ntksgd.stats.cache`): a run that was killed takes up where it
    stopped. The calling process alone reads and writes there.

    Parameters
    ----------
    task : callable
        It must depend on nothing but its arguments: draw with ``numpy.random.default_rng(seed_i)``.
    items : iterable
    seed : int or SeedSequence
        Root of all randomness, >= 0.
    workers : int, optional
        Positive. By default those of the Dask cluster whose scheduler the environment variable
        ``NTKSGD_SCHEDULER`` names (see `ntksgd.stats.cluster`), or else what
        `joblib.parallel_config` says, or else `default_workers`.

    Raises
    ------
    ClusterError
        If that cluster cannot be used.

    Warns
    -----
    RuntimeWarning
        If a kept result is damaged: it is computed again; or if results cannot be kept.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: allowed is a positive integer or None")
    scheduler = None if workers else os.environ.get("NTKSGD_SCHEDULER")
    if workers is None and not scheduler and joblib.effective_n_jobs(None) == 1:
        workers = default_workers()  # nothing configured
    seed = as_seed(seed)
    jobs = [(item, child(seed, i)) for i, item in enumerate(items)]
    store = os.environ.get("NTKSGD_CACHE")
    keys, results = [], {}
    if store:
        store = Path(store).expanduser().resolve()
        keys = [cache.key(task, item, s.entropy, s.spawn_key) for item, s in jobs]
        results = dict(_kept(store, keys))
    missing = {i: job for i, job in enumerate(jobs) if i not in results}
    sweep = progress.Sweep(task, len(jobs), len(results))
    if scheduler and missing:
        found = cluster.results(scheduler, task, missing)
    else:
        found = _computed(task, missing, workers, bool(store) or progress.watched())
    for i, result, seconds in found:
        results[i] = result
        if store:
            store = _keep(store, keys[i], result)
        sweep.add(seconds)
    return [results[i] for i in range(len(jobs))]


def default_workers() -> int:
    """``NTKSGD_WORKERS``, or all cores, shared with processes that sweep beside this one."""
    named = os.environ.get("NTKSGD_WORKERS")
    if not named:
        return max(1, joblib.cpu_count() // share.sweeping())
    if not (named.isdecimal() and int(named) >= 1):
        raise ValueError(f"NTKSGD_WORKERS={named!r}: allowed is a positive integer")
    return int(named)


def _computed(task, jobs, workers, as_known) -> Iterator[tuple]:
    """Number, result, CPU seconds of each of `jobs`; `as_known`: in the order they finish."""
    if workers == 1 or len(jobs) <= 1:
        return (_numbered(task, i, *job) for i, job in jobs.items())
    parallel = joblib.Parallel(n_jobs=workers,
                               return_as="generator_unordered" if as_known else "list")
    caller = os.getpid()
    return iter(parallel(joblib.delayed(_numbered)(task, i, *job, caller)
                         for i, job in jobs.items()))


def _numbered(task, i, item, seed, caller=None):
    if caller is not None:
        _end_with(caller)
    began = time.thread_time()
    return i, task(item, seed), time.thread_time() - began


@lru_cache
def _end_with(caller: int) -> None:
    """If `caller` started this process, let it end when `caller` does; joblib's would work on."""
    def watch():
        while os.getppid() == caller:
            time.sleep(1.0)
        os._exit(1)

    if os.getppid() == caller:
        threading.Thread(target=watch, daemon=True).start()


def _kept(store, keys) -> Iterator[tuple]:
    """Number and result of those that are kept."""
    for i, key in enumerate(keys):
        try:
            yield i, cache.read(store, key)
        except FileNotFoundError:
            continue
        except (OSError, cache.Damaged) as error:
            why = error.strerror if isinstance(error, OSError) else error
            _warn(f"the result kept in {cache.path_of(store, key).name} cannot be used ({why}): "
                  "computed again")


def _keep(store, key, result):
    """Keep a result; the store, or None once it cannot be written."""
    try:
        cache.write(store, key, result)
    except OSError as error:
        _warn(f"results cannot be kept in {store.name} ({error.strerror}): "
              "a run that is killed now will compute them again")
        return None
    return store


def _warn(text: str) -> None:
    warnings.warn(text, RuntimeWarning, stacklevel=4)
