"""A small project with all the parts of this one, to break on purpose."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# A shell starts what it puts in the background deaf to Ctrl-C, and so would be all that is started
# here: tests that interrupt it would wait for ever.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

HEADER = """\
# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

"""

STUDY = '''\
# %% [markdown]
# # A toy study

# %%
import matplotlib.pyplot as plt

from ntksgd.report import claims
from ntksgd.report.figures import save, use_style

use_style()

# %% tags=["parameters"]
n = 3  # type: int  points
powers = [1.0, 2.0]  # type: list[float]  exponents

# %%
if n < 2:
    raise ValueError(f"n={n}: allowed is an integer >= 2")

# %%
fig, ax = plt.subplots()
ax.plot(range(n), [x ** powers[0] for x in range(n)])
save(fig, "01_toy-line", {"x": range(n)}, alt="A line.")

# %%
row = claims.Statement("A", "a number", "claim", theory=1.0, relation="=", measured=1.0,
                       interval=(0.9, 1.1), interval_kind="statistical", range="-")
print(claims.record("01_toy", [row]).to_string(index=False))
'''

FIRST = "from ntksgd.report import claims\n"

GUIDE = '''\
# %% [markdown]
# The claims of 01_toy.

# %%
from ntksgd.report import claims

print(claims.read().to_string(index=False))
'''


def project(root: Path) -> Path:
    """Write the toy project to `root`: two notebooks, a small library, the tools."""
    for name in ("tools", "Makefile", "requirements.lock", "pyproject.toml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, root / name)
    for name in ("notebooks", "params", "figures"):
        (root / name).mkdir()
    (root / "notebooks/01_toy.py").write_text(HEADER + STUDY)
    (root / "notebooks/00_guide.py").write_text(HEADER + GUIDE)
    (root / "README.md").write_text("notebooks 00_guide and 01_toy\n")
    package = root / "lib/ntksgd"
    for name in ("report/figures", "models", "kernels"):
        (package / name).mkdir(parents=True)
    for name in ("__init__", "check", "files", "models/__init__", "kernels/__init__",
                 "report/__init__", "report/paths", "report/claims", "report/statements",
                 "report/verdicts", "report/figures/__init__"):
        shutil.copy2(ROOT / f"lib/ntksgd/{name}.py", package / f"{name}.py")
    (package / "kernels/two_layer.py").write_text("from ntksgd.models import activations\n")
    (package / "models/activations.py").write_text('"""Activations."""\n')
    (package / "unused.py").write_text('"""Imported by no notebook."""\n')
    subprocess.run(["git", "init", "-q", root], check=True)
    subprocess.run(["git", "-C", root, "add", "README.md", "notebooks"], check=True)
    return root


def settings() -> list[str]:
    """Arguments that let make use this interpreter, not the environment it would install."""
    return [f"RUN={sys.executable}", f"PYTHON={sys.executable}", "READY=", "BOOK_READY="]


def environment() -> dict[str, str]:
    """That of this process, without what a make around the tests has put there."""
    ours = ("MAKE", "MFLAGS", "ALONE", "PROFILE", "READY", "NTKSGD_")
    return {k: v for k, v in os.environ.items() if not k.startswith(ours)}


def make(root: Path, *arguments: str, prefix: Sequence[str] = (),
         **options) -> subprocess.CompletedProcess:
    """Run make in `root` with this interpreter."""
    options = {"env": environment(), "capture_output": True, "text": True} | options
    return subprocess.run([*prefix, "make", *settings(), *arguments], cwd=root, **options)


def would_run(root: Path, *arguments: str) -> set[str]:
    """Names of the notebooks that `make figures` would execute now."""
    lines = make(root, "-n", *arguments, "figures").stdout.splitlines()
    return {line.split("notebooks/")[1].split(".py")[0] for line in lines if "run_notebook" in line}


def snapshot(directory: Path) -> dict[str, bytes]:
    """Name and content of every file in `directory`."""
    return {p.name: p.read_bytes() for p in directory.iterdir() if p.is_file()}
