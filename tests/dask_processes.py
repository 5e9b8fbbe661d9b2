"""A scheduler and workers of Dask, each a process of its own on 127.0.0.1, on free ports."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


class Cluster:
    """Started at once, ended by `close`; its processes write to files of `folder`."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen] = []
        self._start("dask_scheduler", "--port", "0", "--scheduler-file", str(self.file))
        self.address = json.loads(waited(self._written))["address"]

    def _start(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen:
        # workers must see to the number of threads themselves
        inherited = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
        with (self.folder / f"{len(self.processes)}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{program}", "--host", "127.0.0.1",
                 "--no-dashboard", "--dashboard-address", "127.0.0.1:0", *arguments],
                env=inherited | environment, stdout=log, stderr=log, cwd=self.folder)
        self.processes.append(process)
        return process

    def _written(self):
        try:
            text = self.file.read_text()
            return text if json.loads(text) else None
        except (OSError, ValueError):
            return None

    def worker(self, *arguments: str, **environment: str) -> subprocess.Popen:
        """Start a worker, which nobody starts again."""
        return self._start("dask_worker", self.address, "--no-nanny", "--local-directory",
                           str(self.folder), *(arguments or ("--nthreads", "1")), **environment)

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


def waited(look, seconds=200.0):
    """What `look` returns, as soon as that is not None."""
    limit = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < limit, f"nothing within {seconds} s"
        time.sleep(0.05)
    return found
