"""How far a sweep is, told to a file: a notebook's own output is compared bit by bit."""

import json
import os
import time
from contextlib import suppress
from functools import partial

INTERVAL = 0.5  # seconds between two lines about one sweep


def watched() -> bool:
    """Whether somebody wants to know: ``NTKSGD_PROGRESS`` names the file."""
    return bool(os.environ.get("NTKSGD_PROGRESS"))


class Sweep:
    """Progress of one sweep: lines of JSON, each with all that is known.

    Parameters
    ----------
    task : callable
        Its module names the sweep.
    total, kept : int
        Number of tasks, and of those whose results were kept by an earlier run.
    """

    def __init__(self, task, total: int, kept: int):
        while isinstance(task, partial):
            task = task.func
        module = getattr(task, "__module__", "") or ""
        self._known = {"sweep": time.monotonic_ns(), "total": total, "kept": kept, "done": kept,
                       "name": module.removeprefix("ntksgd.").replace("__main__", "notebook"),
                       "cpu": 0.0}
        self._said = 0.0
        self._say()

    def add(self, cpu: float) -> None:
        """One task more is done; it took `cpu` seconds."""
        self._known["done"] += 1
        self._known["cpu"] += cpu
        if (self._known["done"] == self._known["total"]
                or time.monotonic() - self._said > INTERVAL):
            self._say()

    def _say(self) -> None:
        self._said = time.monotonic()
        if watched():
            # a disk that is full costs no result
            with suppress(OSError), open(os.environ["NTKSGD_PROGRESS"], "a") as file:
                file.write(json.dumps(self._known) + "\n")
