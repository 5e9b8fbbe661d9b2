"""Where things lie: the repository root, the figures directory."""

import os
from pathlib import Path


def root() -> Path:
    """Root of the repository this package is run from.

    Raises
    ------
    FileNotFoundError
        If the package was copied out of its repository: set ``NTKSGD_FIGURES`` then.
    """
    here = Path(__file__).resolve().parents[3]
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
