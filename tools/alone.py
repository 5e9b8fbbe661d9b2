"""Run make alone in this clone, and end all that it started when it is gone.

``alone.py make …`` takes the clone's lock, waiting for another make to end, looks for what would
stop the run later, and starts a guardian in a session of its own, where no signal to make's group
reaches it. The guardian starts the make that does the work, and kills all below it as soon as this
process is gone, however it went: a pipe tells. The lock is a file's, so it ends with its holders:
the guardian and what it started. Standard library only.
"""

import errno
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from obstacles import obstacles, remove_damaged
from processes import end

LOCK = Path("build/.lock")
POLL = 0.2  # seconds
NO_LOCKS = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS)


def wait_for_lock(path: Path, parent: int) -> int:
    """File descriptor that holds the lock; exits where `parent` ends meanwhile."""
    import fcntl

    path.parent.mkdir(exist_ok=True)
    said = False
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not said:
                holder = os.pread(lock, 20, 0).decode().split("\n")[0] or "unknown"
                print(f"waiting for another make in this folder (process {holder}) to end",
                      file=sys.stderr, flush=True)
                said = True
            os.close(lock)
            if os.getppid() != parent:
                sys.exit(1)
            time.sleep(POLL)
            continue
        except OSError as error:
            if error.errno not in NO_LOCKS:
                raise
            print("this file system has no locks: start no second make in this folder",
                  file=sys.stderr)
            return lock
        # `make clean` may have removed the file that was waited for
        if path.exists() and os.path.samestat(os.fstat(lock), path.stat()):
            os.ftruncate(lock, 0)
            os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
            os.set_inheritable(lock, True)
            return lock
        os.close(lock)


def guard(command: list[str]) -> int:
    """Exit status of `command`; it and all below it are killed when standard input ends."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False,
                               start_new_session=True)

    with suppress(OSError), LOCK.open("a") as lock:  # for who outlives this one
        lock.write(f"{process.pid}\n")

    def end_all() -> None:
        end(os.getpid(), process.pid)

    def watch() -> None:
        while os.read(0, 1):
            pass
        end_all()

    threading.Thread(target=watch, daemon=True).start()
    status = process.wait()
    end_all()
    return status if status >= 0 else 128 - status


def main(command: list[str]) -> int:
    # dying of it says nothing; the guardian sees it, and make prints the one line
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    parent = os.getppid()
    try:
        wait_for_lock(LOCK, parent)
        remove_damaged(Path.cwd())
    except OSError as error:
        print(f"error: {error.filename or LOCK}: {error.strerror}; nothing has run",
              file=sys.stderr)
        return 1
    problems = obstacles(Path.cwd(), command, os.environ)
    for problem in problems:
        print(f"error: {problem}; nothing has run", file=sys.stderr)
    if problems:
        return 1
    end_of_pipe, alive = os.pipe()
    # make's job server, like the lock, is a matter of inherited file descriptors
    guardian = subprocess.Popen([sys.executable, __file__, "--guard", *command],
                                stdin=end_of_pipe, close_fds=False, start_new_session=True)
    os.close(end_of_pipe)
    status = None
    while status is None:
        try:
            status = guardian.wait(POLL)
        except subprocess.TimeoutExpired:
            if os.getppid() != parent:
                os.close(alive)
                status = guardian.wait()
    if status < 0:  # it was killed itself
        leader = int(LOCK.read_text().split()[-1])
        if leader != os.getpid():
            end(leader, leader)
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    if sys.argv[1] == "--guard":
        sys.exit(guard(sys.argv[2:]))
    sys.exit(main(sys.argv[1:]))
