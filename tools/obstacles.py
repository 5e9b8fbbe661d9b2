"""What would stop make later, found before anything runs. Standard library only."""

import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cluster import unreachable
from whole import LEFTOVERS, part_of

MEGABYTE = 2**20
PROBE = MEGABYTE  # bytes written and removed again: a quota shows only when one writes
# what a default run puts there, and as much again
NEEDED = {"build": 100, "figures": 20, "notebooks": 20, ".venv": 1000}  # megabytes
LAST_LINE = "# complete"


def obstacles(root: Path, command: list[str], environment: Mapping[str, str]) -> list[str]:
    """In words: folders that cannot be written or are full, a profile's name that cannot be one."""
    profile = environment.get("PROFILE") or "default"
    if not re.fullmatch(r"\w[\w.-]*", profile):
        return [f"PROFILE={profile!r}: allowed are letters, digits, '.', '_' and '-'"]
    folders = ["build"]
    if any(goal in ("figures", "notebooks") or goal.startswith("build/") for goal in command):
        folders.append("figures" if profile == "default" else f"figures/{profile}")
    if "notebooks" in command:
        folders.append("notebooks")
    if environment.get("READY") and not (root / environment["READY"]).exists():
        folders.append(".venv")
    problems = [unreachable(environment), *(_obstacle(root, name) for name in folders)]
    return [p for p in problems if p]


def _obstacle(root: Path, name: str) -> str | None:
    folder = root / name
    while not folder.exists() and not folder.is_symlink():
        folder = folder.parent
    probe = part_of(folder / "probe")
    try:
        free = shutil.disk_usage(folder).free // MEGABYTE
        with probe.open("wb") as file:
            file.write(bytes(PROBE))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return f"{name}/ cannot be written: {error.strerror}"
    finally:
        with suppress(OSError):
            probe.unlink()
    needed = NEEDED[name.split("/")[0]]
    if free < needed:
        return f"{name}/ needs {needed} MB of free disk, there are {free} MB"
    return None


def remove_damaged(root: Path) -> None:
    """Remove what cannot have been written to its end, so that make makes it again.

    A fragment of dependencies must end in its last line, parameters must be JSON; a file that a
    killed run was writing, before it had its name, goes too.
    """
    build = root / "build"
    damaged = [p for p in build.glob("deps/*.d") if not _text(p).endswith(f"{LAST_LINE}\n")]
    for path in build.glob("*/*.json"):
        try:
            json.loads(_text(path))
        except ValueError:
            damaged += [path, path.parent / "params.done"]
            if path.name.endswith(".fingerprint.json"):
                damaged.append(path.parent / path.name.replace(".fingerprint.json", ".ipynb"))
    for path in damaged:
        print(f"{path.relative_to(root)} is damaged: made again", file=sys.stderr)
        path.unlink(missing_ok=True)
    for folder in ("build/*", "figures", "figures/*", "notebooks"):
        for path in root.glob(f"{folder}/{LEFTOVERS}"):
            path.unlink(missing_ok=True)
    for path in build.glob("*/*.figures.*"):
        shutil.rmtree(path, ignore_errors=True)


def _text(path: Path) -> str:
    return path.read_bytes().decode("utf-8", "replace")
