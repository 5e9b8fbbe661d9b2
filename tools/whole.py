"""Files written in one piece. Standard library only: it serves before the environment exists."""

import os
import secrets
from pathlib import Path

# files that a killed run left half made; nothing reads them
LEFTOVERS = ".*.part*"


def part_of(path: Path) -> Path:
    """A new name beside `path`, for what shall replace it; its suffix is that of `path`."""
    return path.with_name(f".{path.stem}.{secrets.token_hex(4)}.part{path.suffix}")


def write_whole(path: Path, text: str) -> None:
    """Write `text` to `path`: who reads it, at any moment, finds the old text or the new one."""
    part = part_of(path)
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
