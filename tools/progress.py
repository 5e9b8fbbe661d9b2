"""Show the sweeps of a running notebook, a line each, and add up what they cost.

The notebook writes to a file how far it is (`ntksgd.stats.progress`); a thread looks there. Its
own output would be in the notebook.
"""

import json
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from tqdm import tqdm

INTERVAL = 0.5  # seconds between looks
SHOWN_AFTER = 2  # seconds: shorter sweeps are not worth a line


class Watch(threading.Thread):
    """Context in which the sweeps told to `path` are shown, under the name `title`."""

    def __init__(self, title: str, path: Path):
        super().__init__(daemon=True)
        self.title, self.path = title, path.resolve()  # the folder changes meanwhile
        self.sweeps: dict[int, dict] = {}
        self._bars: dict[int, tqdm] = {}
        self._read = 0
        self._over = threading.Event()

    def __enter__(self):
        self.path.unlink(missing_ok=True)
        self.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self.join()
        for bar in self._bars.values():
            bar.close()
        self.path.unlink(missing_ok=True)

    def run(self) -> None:
        while not self._over.wait(INTERVAL):
            self._look()
        self._look()

    def _look(self) -> None:
        with suppress(OSError), self.path.open("rb") as file:
            file.seek(self._read)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                self._take(json.loads(line))

    def _take(self, known: dict) -> None:
        number, over = known["sweep"], known["done"] == known["total"]
        self.sweeps[number] = known
        text = f"{self.title}: {known['name']}"
        if sys.stderr.isatty():
            if number not in self._bars:
                self._bars[number] = tqdm(desc=text, total=known["total"], initial=known["kept"],
                                          unit="task", delay=SHOWN_AFTER, dynamic_ncols=True)
            bar = self._bars[number]
            bar.update(known["done"] - bar.n)
            if over:
                self._bars.pop(number).close()
        elif over and (seconds := (time.monotonic_ns() - number) / 1e9) > SHOWN_AFTER:
            # a log holds one line for each
            kept = f", {known['kept']} of them kept" if known["kept"] else ""
            print(f"{text}: {known['done']}/{known['total']} tasks{kept}, {seconds:.0f} s",
                  file=sys.stderr)

    def total(self, what: str) -> float:
        """Sum over all sweeps of ``"cpu"`` seconds, or of tasks ``"kept"``."""
        return sum(known[what] for known in self.sweeps.values())
