"""Build the book: lay out its sources in build/book-source, let Sphinx write build/book.

Run by `make book` with the python of its own environment; no network, no notebook is executed.
"""

import argparse
import re
import shutil
import sys
import time
from pathlib import Path

import api
import mathjax
import nbformat
from sphinx.cmd.build import main as sphinx

from ntksgd.report import explorer

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MATHJAX = Path(mathjax.__file__).parent / "static/mathjax/es5"


def notebooks(root: Path) -> list[Path]:
    """In reading order."""
    return sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def title(notebook: Path) -> str:
    """Its first heading, after its number, formulas as plain text."""
    text = nbformat.read(notebook, 4).cells[0].source.splitlines()[0].lstrip("# ")
    plain = re.sub(r"\^\{(.*?)\}", r"^(\1)", text).replace("$", "")
    return f"{notebook.name[:2]} {plain}"


def lay_out(root: Path, source: Path) -> None:
    """All that Sphinx reads, in an empty folder."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(HERE / "pages", source)
    shutil.copy2(root / "README.md", source)
    (source / "notebooks").mkdir()
    for path in (*notebooks(root), root / "notebooks/references.bib"):
        shutil.copy2(path, source / "notebooks")
    shutil.copytree(root / "figures", source / "figures", ignore=lambda folder, names: [
        name for name in names if not name.endswith(".png")])
    shutil.copytree(HERE / "static", source / "_static")
    for part in ("tex-chtml-full.js", "output"):
        copy = shutil.copytree if (MATHJAX / part).is_dir() else shutil.copy2
        (source / "_static/mathjax").mkdir(exist_ok=True)
        copy(MATHJAX / part, source / "_static/mathjax" / part)
    (source / "_explorer.html").write_text(explorer.html())
    pages = api.write(root / "lib/ntksgd", source / "api")
    index = (source / "index.md").read_text()
    entries = "\n".join(f"{title(p)} <notebooks/{p.stem}>" for p in notebooks(root))
    index = index.replace("NOTEBOOKS", entries)
    (source / "index.md").write_text(
        index.replace("PACKAGES", "\n".join(f"api/{name}" for name in pages)))


def build(root: Path, work: Path) -> int:
    """Exit status of Sphinx, for which a warning is an error; the book is in `work`/book."""
    source, output, trees = (work / name for name in ("book-source", "book", "book-trees"))
    lay_out(root, source)
    for folder in (output, trees):
        shutil.rmtree(folder, ignore_errors=True)
    return sphinx(["--quiet", "--fail-on-warning", "--doctree-dir", str(trees),
                   "--builder", "html", str(source), str(output)])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="repository")
    parser.add_argument("--work", type=Path, default=ROOT / "build", help="where book/ is written")
    options = parser.parse_args()
    began = time.monotonic()
    status = build(options.root, options.work.resolve())
    if status:
        return status
    print(f"{len(list((options.work / 'book').rglob('*.html')))} pages in "
          f"{time.monotonic() - began:.0f} s: open {options.work / 'book/index.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
