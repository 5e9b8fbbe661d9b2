"""Execute one notebook with papermill and put its figures in place.

The notebook writes into a directory of its own; only when every cell has run are its files copied
to the figures directory, whole, and files it no longer makes removed. So a notebook that fails, or
is killed, leaves the figures as they were. The executed notebook, ``build/<profile>/NN.ipynb``, is
written last: it is what make compares times with.
"""

import argparse
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import papermill

from fingerprint import fingerprint
from notebook_files import committed_text, updated
from progress import Watch
from provenance import digest, digests, origin
from whole import part_of, write_whole

SUFFIXES = {".png", ".pdf", ".csv"}


def produced_files(directory: Path, stem: str) -> list[Path]:
    """Files of `directory`, checked to be the notebook's figures and claims.

    Raises
    ------
    ValueError
        If a file has another name, or a figure lacks its png, pdf or csv.
    """
    files = sorted(directory.iterdir())
    for path in files:
        if not path.name.startswith(f"{stem}-") or path.suffix not in SUFFIXES:
            raise ValueError(f"{path.name}: a file of {stem} is called {stem}-what.png, .pdf, .csv")
    for name in {path.stem for path in files} - {f"{stem}-claims"}:
        missing = SUFFIXES - {path.suffix for path in files if path.stem == name}
        if missing:
            raise ValueError(f"{name}: no {', '.join(sorted(missing))} (use report.figures.save)")
    return files


def put_in_place(files: list[Path], target: Path, stem: str) -> None:
    """Put `files` into `target`, and remove what an earlier run left there and this one did not.

    All are copied first, under other names: `target` may be on another file system, or full.
    """
    target.mkdir(parents=True, exist_ok=True)
    parts = {part_of(target / path.name): path for path in files}
    try:
        for part, path in parts.items():
            shutil.copyfile(path, part)
        for part, path in parts.items():
            os.replace(part, target / path.name)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)
    for path in target.glob(f"{stem}-*"):
        if path.suffix in SUFFIXES and path.name not in {file.name for file in files}:
            path.unlink()


def run(source: Path, build: Path, target: Path) -> None:
    """Execute `source` with the parameters in `build`, figures to `target`."""
    started = time.time_ns()
    stem = source.stem
    parameters = json.loads((build / f"{stem}.params.json").read_text(encoding="utf-8"))
    record = origin(source, Path.cwd(), parameters)
    figures = Path(tempfile.mkdtemp(prefix=f"{stem}.figures.", dir=build))
    # claims are read from where they end up, not from this notebook's own directory
    os.environ |= {"NTKSGD_FIGURES": str(figures.resolve()),
                   "NTKSGD_CLAIMS": str((target / "claims.csv").resolve())}
    progress = build / f"{stem}.progress"
    os.environ["NTKSGD_PROGRESS"] = str(progress.resolve())
    running = build / f"{stem}.running.ipynb"
    nbformat.write(updated(source), running)
    with Watch(stem, progress) as sweeps:
        papermill.execute_notebook(
            running,
            running,
            parameters=parameters,
            kernel_name="python3",
            cwd=source.parent,  # where nbval runs it too
            progress_bar={"desc": stem},
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],  # it warns of TCP at every start
        )
    _show_warnings(running)
    files = produced_files(figures, stem)
    put_in_place(files, target, stem)
    record |= {"machine": fingerprint(), "files": digests(files),
               "notebook": digest(committed_text(running).encode())}
    if stem.startswith("00_"):
        record["claims"] = digest((target / "claims.csv").read_bytes())
    shutil.rmtree(figures)
    write_whole(build / f"{stem}.outputs", "".join(f"{target / f.name}\n" for f in files))
    write_whole(build / f"{stem}.fingerprint.json", json.dumps(record))
    write_whole(build / f"{stem}.seconds.json", json.dumps(_seconds(stem, record, sweeps)))
    # dated at the start: a source edited while it ran is newer, and runs again
    os.utime(running, ns=(started, started))
    os.replace(running, build / f"{stem}.ipynb")


def _seconds(stem: str, record: dict, sweeps: Watch) -> dict:
    """CPU seconds of this run, in all and in its sweeps, for `tools/estimate.py`."""
    row = {name: record[name] for name in ("parameters", "source", "library")}
    spent = os.times()
    here = spent.children_user + spent.children_system  # the kernel and its workers
    there = sweeps.total("cpu") if os.environ.get("NTKSGD_SCHEDULER") else 0.0
    return row | {"notebook": stem, "machine": record["machine"]["cpu"],
                  "cpu": round(here + there, 1), "sweeps": round(sweeps.total("cpu"), 1),
                  "kept": sweeps.total("kept")}


def _show_warnings(executed: Path) -> None:
    """What cells wrote to stderr: papermill keeps it in the notebook alone."""
    for cell in nbformat.read(executed, as_version=4).cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                print(f"{executed.name.split('.')[0]}: {output.text}", file=sys.stderr, end="")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, help="notebooks/NN_name.py")
    parser.add_argument("build", type=Path, help="build/<profile>, holding NN_name.params.json")
    parser.add_argument("target", type=Path, help="directory the figures end up in")
    arguments = parser.parse_args()
    # it reads the parameters cell in its own way; tools/parameters.py has checked them
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        run(arguments.source, arguments.build, arguments.target)
    except papermill.PapermillExecutionError as error:
        sys.exit(f"error: {arguments.source.stem}, cell In [{error.exec_count}]: "
                 f"{error.ename}: {error.evalue}\n{chr(10).join(error.traceback)}\n"
                 f"figures are as before; see {arguments.build}/{arguments.source.stem}"
                 ".running.ipynb")
    except (ValueError, OSError) as error:
        sys.exit(f"error: {arguments.source.stem}: {error}")


if __name__ == "__main__":
    main()
