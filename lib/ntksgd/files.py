"""Files written in one piece."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, moved onto it only if the block succeeds.

    A reader never sees half a file, and a failed write leaves the old one alone.
    """
    # of its own in each thread and process; the suffix stays last: writers that choose a format
    # by suffix must still see it
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
