"""What a notebook's files come from: its source, the library, parameters. Standard library only.

Collected in ``figures/fingerprints.json``, beside the csv rather than in them: a comment line at
the top of a csv is a column's name to most readers of csv.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from dependencies import library_files

RECORDS = "fingerprints.json"


def digest(data: bytes) -> str:
    """64 bits of SHA-256, as hexadecimal."""
    return hashlib.sha256(data).hexdigest()[:16]


def library_digest(source: str, root: Path) -> str:
    """Digest of all library files that run when `source` does: names and contents."""
    lib = root / "lib"
    files = sorted((p.relative_to(lib).as_posix(), p) for p in library_files(source, lib))
    return digest(b"".join(f"{name}\0{digest(p.read_bytes())}\n".encode() for name, p in files))


def origin(notebook: Path, root: Path, parameters: dict) -> dict:
    """Where the files of a notebook come from, but for the machine.

    `parameters` holds the profile's values; the others stand in the notebook's source.
    """
    source = notebook.read_bytes()
    return {
        "parameters": parameters,
        "source": digest(source),
        "library": library_digest(source.decode(), root),
        "lock": digest((root / "requirements.lock").read_bytes()),
    }


def digests(files: Iterable[Path]) -> dict[str, str]:
    """Digest of each file, by name."""
    return {path.name: digest(path.read_bytes()) for path in sorted(files)}


def records(figures: Path) -> dict[str, dict]:
    """Record of each notebook.

    Raises
    ------
    ValueError
        If there is none, or it cannot be read.
    """
    path = figures / RECORDS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(record, dict) for record in found.values()):
            return found
    except FileNotFoundError:
        raise ValueError(f"{path.name}: missing (make figures)") from None
    except (ValueError, AttributeError):
        pass
    raise ValueError(f"{path.name}: damaged (make figures)")
