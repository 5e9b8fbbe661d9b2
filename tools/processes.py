"""The processes below a process, and their end. Standard library only."""

import os
import signal
import subprocess
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path


def table() -> dict[int, tuple[int, int]]:
    """Parent and process group of every process."""
    rows = {}
    if Path("/proc/self/stat").exists():
        for entry in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # the name stands in parentheses and may hold anything, spaces too
                _, parent, group, *_ = entry.read_text(errors="replace").rpartition(")")[2].split()
                rows[int(entry.parent.name)] = int(parent), int(group)
    else:
        command = ["ps", "-A", "-o", "pid=,ppid=,pgid="]
        for line in subprocess.run(command, capture_output=True, text=True).stdout.splitlines():
            pid, parent, group = map(int, line.split())
            rows[pid] = parent, group
    return rows


def below(ancestor: int, group: int) -> set[int]:
    """Descendants of `ancestor`, members of `group` and their descendants; not this process."""
    rows = table()
    found = {pid for pid, (_, g) in rows.items() if g == group}
    edge = found | {ancestor}
    while edge:
        edge = {pid for pid, (parent, _) in rows.items() if parent in edge} - found
        found |= edge
    return found - {os.getpid()}


def end(ancestor: int, group: int) -> None:
    """Kill all that `below` finds: stopped first, so that none can start another meanwhile."""
    stopped: set[int] = set()
    while new := below(ancestor, group) - stopped:
        _send(signal.SIGSTOP, new)
        stopped |= new
    _send(signal.SIGKILL, stopped)


def _send(number: int, pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)
