"""A project whose notebook starts workers, waits and writes files: to be killed or misplaced."""

import os
import signal
import subprocess
import time
from pathlib import Path

import psutil

from repository.toy import HEADER, environment, project, settings

STUDY = '''\
# %% tags=["parameters"]
pause = 0.1  # type: float  seconds

# %%
import os
import time
from pathlib import Path

from joblib import Parallel, delayed

folder = Path(os.environ["NTKSGD_FIGURES"])
hold = float(os.environ.get("QUICK_HOLD", pause))  # longer than any test waits for the end
done = Parallel(n_jobs=2)(delayed(time.sleep)(hold) for _ in range(2))
for suffix in ("csv", "pdf", "png"):
    (folder / f"{name}-x.{suffix}").write_text("x\\\\n1\\\\n")
    time.sleep(pause)
print(len(done), "done")
'''
NAMES = ("01_quick", "02_quick")  # the second only where two at once matter
TOKEN = "NTKSGD_TEST_TOKEN"  # inherited by all that a make starts, wherever it goes


def quick_project(root: Path, notebooks: int = 1) -> Path:
    """The toy project with notebooks that are quick to run."""
    root.mkdir(parents=True, exist_ok=True)
    project(root)
    for path in (root / "notebooks").iterdir():
        path.unlink()
    for name in NAMES[:notebooks]:
        source = STUDY.replace("{name}", name).replace("\\\\n", "\\n")
        (root / f"notebooks/{name}.py").write_text(HEADER + source)
    return root


def start(root: Path, *arguments: str, token: str = "", hold: bool = False) -> subprocess.Popen:
    """Make as a shell starts it, leader of a process group; `hold`: its workers go on and on."""
    ours = environment() | {TOKEN: token} | ({"QUICK_HOLD": "120"} if hold else {})
    return subprocess.Popen(["make", *settings(), *arguments], cwd=root, start_new_session=True,
                            env=ours, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def alive(token: str) -> list[str]:
    """Processes that a make with this token started, directly or not."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(TOKEN) == token and process.status() != psutil.STATUS_ZOMBIE:
                found.append(f"{process.pid}: {' '.join(process.cmdline())}")
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            pass
    return found


def wait_for(what: str, token: str) -> None:
    """Return as soon as a process whose command holds `what` is alive."""
    while not any(what in line for line in alive(token)):
        time.sleep(0.1)


def kill_guardian(token: str) -> None:
    (line,) = [line for line in alive(token) if "--guard" in line]
    os.kill(int(line.split(":")[0]), signal.SIGKILL)


def wait_until_gone(token: str, seconds: float = 10.0) -> list[str]:
    """What is still alive after `seconds`; returns at once where nothing is."""
    limit = time.monotonic() + seconds
    while (found := alive(token)) and time.monotonic() < limit:
        time.sleep(0.1)
    return found


def kill(process: subprocess.Popen, number: signal.Signals, group: bool) -> None:
    (os.killpg if group else os.kill)(process.pid, number)


def outdate(root: Path) -> None:
    """Let every notebook run again."""
    for path in (root / "notebooks").glob("*.py"):
        os.utime(path)

