"""Cores shared by processes that sweep beside each other, as notebooks under ``make -j2`` do.

Each holds a lock on a file of its own in the directory ``NTKSGD_BESIDE``, which make sets. A lock
ends with its process, however that ends: so when one is alone again it has all cores again.
"""

import os
from functools import cache
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing is shared
    fcntl = None


def sweeping() -> int:
    """Number of processes that sweep now, this one among them; 1 without ``NTKSGD_BESIDE``."""
    named = os.environ.get("NTKSGD_BESIDE")
    if not named or fcntl is None:
        return 1
    folder = Path(named)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mine = folder / str(os.getpid())
        _held(mine)
        return 1 + sum(_is_held(path) for path in folder.iterdir() if path != mine)
    except OSError:  # no place, or no locks: then no division
        return 1


@cache
def _held(path: Path) -> int:
    """Descriptor of the file, locked; it stays open as long as this process lives."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _is_held(path: Path) -> bool:
    """Whether a process holds the file; one that none holds is removed."""
    try:
        with path.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        path.unlink()
    except BlockingIOError:
        return True
    except OSError:
        pass
    return False
