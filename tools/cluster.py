"""A Dask cluster for the sweeps: one on this machine, or one that is there already, looked at."""

import argparse
import logging
import os
import re
import socket
import sys
import threading
from collections.abc import Mapping

TIMEOUT = 5  # seconds


def unreachable(environment: Mapping[str, str]) -> str | None:
    """In words, why no sweep can run where ``NTKSGD_SCHEDULER`` says. Standard library only."""
    address = environment.get("NTKSGD_SCHEDULER")
    if not address:
        return None
    parts = re.fullmatch(r"(?:tcp|tls)://(?:\[([0-9a-fA-F:.]+)\]|([\w.-]+)):([0-9]{1,5})", address)
    if parts is None or int(parts[3]) > 65535:
        return f"SCHEDULER={address!r}: allowed is tcp://HOST:PORT or tls://HOST:PORT"
    try:
        socket.create_connection((parts[1] or parts[2], int(parts[3])), TIMEOUT).close()
    except (OSError, UnicodeError) as error:
        return f"SCHEDULER={address}: {getattr(error, 'strerror', None) or error}"
    return None


def check() -> None:
    """Exit, with one line, unless the cluster has workers and all are like this process."""
    from ntksgd.stats.cluster import ClusterError, connect

    address = os.environ["NTKSGD_SCHEDULER"]
    try:
        client = connect(address)
        client.wait_for_workers(1, timeout=TIMEOUT)
    except ClusterError as error:
        sys.exit(f"error: {error}; nothing has run")
    except TimeoutError:
        sys.exit(f"error: the scheduler at {address} has no workers; nothing has run")
    workers = len(client.nthreads())
    print(f"sweeps run on {workers} worker{'s' * (workers > 1)} of {address}", flush=True)


def start(port: int, workers: int) -> None:
    """Scheduler and workers on 127.0.0.1, until this process is interrupted."""
    from distributed import LocalCluster

    try:
        cluster = LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1",
                               scheduler_port=port, dashboard_address="127.0.0.1:0", memory_limit=0,
                               silence_logs=logging.CRITICAL)
    except OSError as error:
        sys.exit(f"error: PORT={port}: {error}")
    with cluster:
        print(f"{workers} workers on this machine alone, until Ctrl-C; in another terminal:\n"
              f"  make figures PROFILE=small SCHEDULER={cluster.scheduler_address}", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["check", "start"])
    parser.add_argument("--port", type=int, default=8786)
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    if arguments.what == "check":
        check()
    else:
        start(arguments.port, arguments.workers)
