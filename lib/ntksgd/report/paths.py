"""Where things lie: the repository root, the figures directory."""

import os
from pathlib import Path


def root(instead: str = "NTKSGD_FIGURES") -> Path:
    """Root of the repository this package is run from.

    FileNotFoundError if the package was copied out of it; `instead` is the environment variable
    that names the place the caller looks for.
    """
    here = Path(__file__).resolve().parents[3]
    if not (here / "pyproject.toml").is_file():
        raise FileNotFoundError(f"ntksgd is not inside its repository; set {instead}")
    return here


def figures_dir() -> Path:
    """Directory that figures and claims are written to, created if missing.

    ``<root>/figures``, unless the environment variable ``NTKSGD_FIGURES`` names another one.
    """
    override = os.environ.get("NTKSGD_FIGURES")
    directory = Path(override).expanduser().resolve() if override else root() / "figures"
    directory.mkdir(parents=True, exist_ok=True)
    return directory
