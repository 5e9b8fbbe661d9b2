"""Books to look at: that of this repository, and one of two small notebooks to break."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("models", "kernels", "problems", "risk", "sgd", "stats", "compare", "width", "report")
PIXEL = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
         "rkJggg==")
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
MODULE = '''"""A law.

It says that
    m* = |c| T^a,
which `law` computes.
"""


def law(c, a=0.5):
    """m* for the ``c`` and `a` given.

    Parameters
    ----------
    c : float
        In |x| <= 1.
    """
'''


def built(work: Path, root: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """Build the book of `root` in `work`/book."""
    command = [sys.executable, ROOT / "tools/book/build.py", "--root", root, "--work", work]
    return subprocess.run(command, env=os.environ | environment, capture_output=True, text=True)


def small(root: Path, text: str = "") -> Path:
    """Write a small repository to `root`; `text` ends the prose of its second notebook."""
    for package in PACKAGES:
        (root / "lib/ntksgd" / package).mkdir(parents=True)
        (root / "lib/ntksgd" / package / "__init__.py").write_text(f'"""Package {package}."""\n')
    (root / "lib/ntksgd/__init__.py").write_text(
        '"""A library."""\n\nPUBLIC = {"law": "width.laws"}\n')
    (root / "lib/ntksgd/width/laws.py").write_text(MODULE)
    (root / "README.md").write_text("# Small\n\nA book.\n\n## Two commands\n")
    (root / "figures").mkdir()
    (root / "notebooks").mkdir()
    (root / "notebooks/references.bib").write_text(
        "@book{huber1981, author={Huber, Peter J.}, title={Robust Statistics}, year={1981},\n"
        "publisher={Wiley}}\n")
    picture = new_output("display_data", data={"image/png": PIXEL, "text/plain": "<Figure>"},
                         metadata={"image/png": {"alt": "One <dot>."}})
    cells = {
        "00_reading_guide": [new_markdown_cell("# Guide\n\nSee `01_small`.")],
        "01_small": [
            new_markdown_cell("# A small notebook\n\nAfter [Huber (1981)](00_reading_guide.ipynb"
                              "#huber1981): $m^*$, by `ntksgd.width.laws`, see the [guide]"
                              f"(00_reading_guide.ipynb).\n\n{text}"),
            new_code_cell("import numpy", execution_count=1, metadata={"tags": ["hide-input"]}),
            new_code_cell("draw()", execution_count=2, outputs=[picture])],
    }
    for name, found in cells.items():
        notebook = new_notebook(cells=found, metadata={"kernelspec": KERNEL})
        nbformat.write(notebook, root / f"notebooks/{name}.ipynb")
    return root
