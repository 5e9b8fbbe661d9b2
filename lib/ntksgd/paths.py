"""Where things lie: the repository root, the figures directory, files written in one piece."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def root() -> Path:
    """Root of the repository this package is run from.

    Raises
    ------
    FileNotFoundError
        If the package was copied out of its repository: set ``NTKSGD_FIGURES`` then.
    """
    here = Path(__file__).resolve().parents[2]
    if not (here / "pyproject.toml").is_file():
        raise FileNotFoundError("ntksgd is not inside its repository; set NTKSGD_FIGURES")
    return here


def figures_dir() -> Path:
    """Directory that figures and claims are written to, created if missing.

    ``<root>/figures``, unless the environment variable ``NTKSGD_FIGURES`` names another one.
    """
    override = os.environ.get("NTKSGD_FIGURES")
    directory = Path(override).expanduser().resolve() if override else root() / "figures"
    directory.mkdir(parents=True, exist_ok=True)
    return directory


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`, moved onto it only if the block succeeds.

    A reader never sees half a file, and a failed write leaves the old one alone.
    """
    # the suffix stays last: writers that choose a format by suffix must still see it
    temporary = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
