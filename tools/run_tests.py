"""All checks: unit and repository tests, the book, every notebook again under nbval, its files.

Each notebook is executed once: nbval compares its outputs with the stored ones, and the figures
and csv it writes meanwhile, in a directory of their own, are compared with the committed ones.
The book is built and opened with the python of its own environment.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

REGENERATED = Path("build/nbval-figures")
UNIT_TESTS = Path("build/test-figures")
RESULTS = Path("build/stages.json")
CELL_TIMEOUT = 600  # seconds
BOOK = ".venv-book/bin/python"


def stages(jobs: int) -> dict[str, list[str]]:
    """pytest's arguments per stage.

    A notebook is one process's from its first cell to its last, and a file of the book's tests
    shares what it has built; all other tests go to whoever is idle.
    """
    def parallel(how: str) -> list[str]:
        return ["-n", str(jobs), "--dist", how] if jobs > 1 else []

    notebooks = sorted(str(p) for p in Path("notebooks").glob("[0-9][0-9]_*.ipynb"))
    nbval = ["--nbval", "--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}",
             "-W", "default"]  # warnings of nbval itself; those of a cell are compared output
    return {
        "tests": [*parallel("worksteal"), "--durations=5", "tests", "--ignore=tests/regenerated",
                  "--ignore=tests/book"],
        "book": [*parallel("loadfile"), "-rs", "tests/book"],
        "notebooks": [*parallel("loadfile"), *nbval, *notebooks],
        "regenerated": ["tests/regenerated"],
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=2, help="processes pytest may use")
    jobs = parser.parse_args().jobs
    shutil.rmtree(REGENERATED, ignore_errors=True)
    REGENERATED.mkdir(parents=True)
    inherited = os.environ.copy()
    inherited.pop("NTKSGD_CACHE", None)  # results are recomputed, never looked up
    for name in ("NTKSGD_CLAIMS", "NTKSGD_SCHEDULER", "NTKSGD_PROGRESS"):
        inherited.pop(name, None)
    results, began = {}, time.monotonic()
    for name, arguments in stages(jobs).items():
        RESULTS.write_text(json.dumps(results))  # the last stage reports on those before it
        print(f"\n== {name} (after {time.monotonic() - began:.0f} s)", flush=True)
        python = BOOK if name == "book" else sys.executable
        command = [python, "-m", "pytest", "-q", *arguments]
        stage_began = time.monotonic()
        figures = UNIT_TESTS if name in ("tests", "book") else REGENERATED
        environment = inherited | {"NTKSGD_FIGURES": str(figures.resolve())}
        status = subprocess.run(command, env=environment).returncode
        results[name] = {"exit status": status, "seconds": time.monotonic() - stage_began}
    return max(abs(result["exit status"]) for result in results.values())


if __name__ == "__main__":
    sys.exit(main())
