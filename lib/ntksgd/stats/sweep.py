"""Many independent random tasks, the same results for any number of workers."""

import hashlib
import os
import pickle
from functools import cache
from pathlib import Path

import cloudpickle
import joblib

from ntksgd.files import written_whole
from ntksgd.seeds import as_seed, child


def map_tasks(task, items, seed, workers=None):
    """``[task(item, seed_i) for i, item in enumerate(items)]``, in parallel.

    ``seed_i`` is the i-th child of `seed`, so results depend neither on the number of workers
    nor on the order in which they finish, and a task that is run again gives the same result.

    With the environment variable ``NTKSGD_CACHE`` set to a directory, each result is kept there
    as soon as it is known, under a key made of task, item, seed and the source of this library:
    a run that was killed takes up where it stopped.

    Parameters
    ----------
    task : callable
        It must depend on nothing but its arguments: draw with ``numpy.random.default_rng(seed_i)``.
    items : iterable
    seed : int or SeedSequence
        Root of all randomness, >= 0.
    workers : int, optional
        Positive. By default what `joblib.parallel_config` says (so a dask cluster is used where one
        is configured), or else all cores.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers={workers}: allowed is a positive integer or None")
    if workers is None and joblib.effective_n_jobs(None) == 1:  # nothing configured
        workers = joblib.cpu_count()
    seed = as_seed(seed)
    store = os.environ.get("NTKSGD_CACHE")
    store = Path(store).expanduser().resolve() if store else None
    jobs = [(task, item, child(seed, i), store) for i, item in enumerate(items)]
    if workers == 1 or len(jobs) == 1:
        return [_run(*job) for job in jobs]
    return joblib.Parallel(n_jobs=workers)(joblib.delayed(_run)(*job) for job in jobs)


def _run(task, item, seed, store):
    if store is None:
        return task(item, seed)
    key = cloudpickle.dumps((_library(), task, item, seed.entropy, seed.spawn_key))
    path = store / f"{hashlib.sha256(key).hexdigest()}.pickle"
    try:
        return pickle.loads(path.read_bytes())
    except (FileNotFoundError, EOFError, pickle.UnpicklingError):
        result = task(item, seed)
    store.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as temporary:
        temporary.write_bytes(cloudpickle.dumps(result))
    return result


@cache
def _library() -> str:
    """Hash of the library's source; figures are left out, they compute nothing."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        if "figures" not in path.relative_to(package).parts:
            digest.update(path.relative_to(package).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
