"""The .ipynb beside each .py: same cells and ids as long as they last, no noise from a run."""

import hashlib
import sys
import tomllib
from pathlib import Path

import jupytext
import nbformat
from jupytext.combine import combine_inputs_with_outputs

from whole import write_whole

SETTINGS = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["tool"][
    "jupytext"
]
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
FORMAT = {"extension": ".py", "format_name": "percent"}


def updated(source: Path) -> nbformat.NotebookNode:
    """Notebook with the cells of `source` and the outputs and ids of the .ipynb beside it.

    This is ``jupytext --to ipynb --update`` in memory, but that a new cell takes its id from its
    source, not at random: two clones that convert the same file agree.
    """
    notebook = jupytext.read(source)
    paired = source.with_suffix(".ipynb")
    known = set()
    if paired.exists():
        committed = nbformat.read(paired, as_version=4)
        known = {cell.id for cell in committed.cells}
        notebook = combine_inputs_with_outputs(notebook, committed, FORMAT)
    taken = {cell.id for cell in notebook.cells if cell.id in known}
    for cell in notebook.cells:
        if cell.id not in known:
            salt = 0
            while (name := _id(f"{source.stem} {cell.source} {salt}")) in taken:
                salt += 1
            cell.id = name
            taken.add(name)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def stripped(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """`notebook` without what changes from run to run: timings, versions, chunks of a stream."""
    metadata = {
        "jupytext": SETTINGS,  # jupytext writes them itself on its next --update
        "kernelspec": notebook.metadata.get("kernelspec", KERNEL),
        "language_info": {"name": "python"},
    }
    notebook.metadata = nbformat.from_dict(metadata)
    for cell in notebook.cells:
        tags = cell.metadata.get("tags")
        cell.metadata = nbformat.from_dict({"tags": tags} if tags else {})
        if cell.cell_type == "code":
            cell.outputs = _joined(cell.outputs)
    return notebook


def _joined(outputs: list) -> list:
    joined = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def committed_text(executed: Path) -> str:
    """What is committed of an executed notebook."""
    return nbformat.writes(stripped(nbformat.read(executed, as_version=4))) + "\n"


def install(executed: Path, target: Path) -> None:
    """Write `executed`, stripped, to `target`, unless it says the same already."""
    text = committed_text(executed)
    if not target.exists() or target.read_text(encoding="utf-8") != text:
        write_whole(target, text)
        print(f"updated {target}")


if __name__ == "__main__":
    install(Path(sys.argv[1]), Path(sys.argv[2]))
