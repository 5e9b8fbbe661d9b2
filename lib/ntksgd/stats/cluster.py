"""Sweeps on a Dask cluster, whose workers must be what this process is.

Tasks and results travel as pickles, and unpickling runs what they say: whoever can connect to the
scheduler, or to a worker, can run anything there.

joblib's own backend for Dask is not used: on a cluster with one worker it computes in the calling
process, and all that a sweep has in flight is fixed by the workers that it began with.
"""

import importlib
import logging
import re
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import cache

import cloudpickle

from ntksgd.stats.worker import ClusterError, differences, identity, run_chunk

TIMEOUT = 5  # seconds for the scheduler to answer
ADDRESS = re.compile(r"(?:tcp|tls)://(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}")
LARGE = 100_000  # bytes of a task that are sent once, and not with every chunk
CHUNKS = 1024  # at least so many a sweep, if it has as many tasks


def connect(address: str):
    """Client of the scheduler at `address`, with its workers found to be like this process.

    Raises
    ------
    ClusterError
        If that is no address, no scheduler answers within `TIMEOUT` seconds, or the scheduler or
        a worker has other versions or another source of this library.
    """
    if not ADDRESS.fullmatch(address):
        raise ClusterError(f"SCHEDULER={address!r}: allowed is tcp://HOST:PORT or tls://HOST:PORT")
    client = _client(address)
    if client.status != "running":
        _client.cache_clear()
        client = _client(address)
    expected = identity()
    answers = {"the scheduler": _scheduler_says(client, expected)}
    answers |= {f"worker {name}": said for name, said in
                client.run(differences, expected, on_error="return").items()}
    for who, said in answers.items():
        # one that is gone meanwhile; those that come later are asked with their first task
        if said and not isinstance(said, OSError):
            raise ClusterError(f"{who} at {address} differs: {_first_line(said)}")
    return client


@cache
def _client(address):
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterError("sweeps on a cluster need the package distributed: "
                           f"pip install 'ntksgd[distributed]' ({error})") from error
    # what it logs would stand in the notebook; errors are raised all the same
    for name in ["distributed", *logging.root.manager.loggerDict]:
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
    answer = Future()

    def start():
        try:
            answer.set_result(distributed.Client(address, timeout=TIMEOUT, set_as_default=False))
        except Exception as error:
            answer.set_exception(error)

    # its own limit holds for the connection, not for what then answers or does not
    threading.Thread(target=start, daemon=True).start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions, which `identity` compares
            return answer.result(2 * TIMEOUT)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no Dask scheduler answers at {address}: "
                           f"{_first_line(error)}") from error


def _scheduler_says(client, expected):
    try:
        return client.run_on_scheduler(differences, expected)
    except Exception as error:  # of any kind, from there
        return error


def results(address: str, task, jobs: dict[int, tuple]) -> Iterator[tuple]:
    """Number, result and CPU seconds of each of `jobs`, in the order in which they finish.

    A task whose worker is lost runs again elsewhere; it gives the same result.

    Raises
    ------
    ClusterError
        See `connect`; also if the scheduler is lost, or a task with one worker after the other.
    """
    client, expected = connect(address), identity()
    from distributed import KilledWorker, as_completed
    from distributed.client import FutureCancelledError
    from distributed.comm import CommClosedError

    payload = cloudpickle.dumps(task)
    cores = sum(client.nthreads().values())
    if len(payload) > LARGE and cores:
        payload = client.scatter(payload, broadcast=True, hash=False)
    numbered = list(jobs.items())
    size = max(1, len(numbered) // max(CHUNKS, 16 * cores))
    chunks = (cloudpickle.dumps(numbered[i : i + size]) for i in range(0, len(numbered), size))
    futures = [client.submit(run_chunk, expected, payload, chunk, pure=False) for chunk in chunks]
    try:
        for future in as_completed(futures, loop=client.loop):
            yield from cloudpickle.loads(future.result())
    except (FutureCancelledError, CommClosedError) as error:
        raise ClusterError(f"the scheduler at {address} is lost, with the tasks that it had"
                           ) from error
    except KilledWorker as error:
        raise ClusterError(f"a task was lost with one worker after the other: {error}") from error
    finally:
        with suppress(CommClosedError):
            if client.status == "running":
                client.cancel(futures)


def _first_line(said) -> str:
    text = str(said).strip() or type(said).__name__
    return text.splitlines()[0]
