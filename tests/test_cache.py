"""Kept results: any damage to one is noticed, said, and mended by computing it again."""

import os
import pickle
import subprocess
import sys

import cloudpickle
import numpy as np
import pytest

from ntksgd.stats import cache
from ntksgd.stats.sweep import map_tasks

RESULT = {"risk": np.linspace(0.0, 1.0, 160), "name": "relu", "T": 10**5}
KEY = cache.key("task", 1)
ENTRY = cache.pack(KEY, RESULT)


def value(item, seed):
    return np.full(5, float(item))


def test_what_is_written_is_read(tmp_path):
    cache.write(tmp_path, KEY, RESULT)
    np.testing.assert_equal(cache.read(tmp_path, KEY), RESULT)


def test_every_one_bit_flip_is_noticed():
    assert 8 * len(ENTRY) >= 10_000
    for bit in range(8 * len(ENTRY)):
        damaged = bytearray(ENTRY)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(cache.Damaged):
            cache.unpack(bytes(damaged), KEY)


def test_every_early_end_is_noticed():
    for length in range(len(ENTRY)):
        with pytest.raises(cache.Damaged):
            cache.unpack(ENTRY[:length], KEY)


@pytest.mark.parametrize("foreign", [
    pickle.dumps(42), cloudpickle.dumps(RESULT), b"", bytes(200), ENTRY + b"\0", 2 * ENTRY,
    cache.pack(cache.key("task", 2), RESULT),
])
def test_a_foreign_entry_is_noticed(foreign):
    with pytest.raises(cache.Damaged):
        cache.unpack(foreign, KEY)


def test_a_result_whose_class_is_gone_is_noticed():
    body = KEY + b"cno_such_module\nGone\n."
    data = cache.hashlib.sha256(body).digest() + body
    with pytest.raises(cache.Damaged, match="no_such_module"):
        cache.unpack(data, KEY)


@pytest.mark.parametrize("damage", ["flipped", "emptied", "swapped", "unreadable"])
def test_a_damaged_entry_is_said_and_computed_again(damage, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    first = map_tasks(value, range(3), seed=5, workers=1)
    files = sorted((tmp_path / "cache").iterdir())
    good = [file.read_bytes() for file in files]
    if damage == "flipped":
        files[1].write_bytes(good[1][:-9] + bytes([good[1][-9] ^ 1]) + good[1][-8:])
    elif damage == "emptied":
        files[1].write_bytes(b"")
    elif damage == "swapped":
        files[1].write_bytes(good[0])
    else:
        files[1].unlink()
        files[1].mkdir()
    with pytest.warns(RuntimeWarning) as said:
        again = map_tasks(value, range(3), seed=5, workers=1)
    assert files[1].name in str(said[0].message)
    assert "computed again" in str(said[0].message)
    np.testing.assert_equal(again, first)
    if damage != "unreadable":
        assert [file.read_bytes() for file in files] == good
        np.testing.assert_equal(map_tasks(value, range(3), seed=5, workers=1), first)


def test_a_store_that_cannot_be_written_costs_no_result(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    with pytest.warns(RuntimeWarning, match="cannot be") as said:
        found = map_tasks(value, range(3), seed=5, workers=1)
    np.testing.assert_equal(found, [value(i, None) for i in range(3)])
    assert sum("cannot be kept" in str(w.message) for w in said) == 1  # once is enough


PROGRAM = """
import os, sys
from ntksgd.stats import cache
from ntksgd.stats.sweep import map_tasks
from tests_cache_task import task
map_tasks(task, range(40), seed=5, workers=1)
"""


def test_entries_written_by_several_processes_at_once_and_killed_are_whole(tmp_path):
    """Three processes keep the same results; one is killed. What is there is whole."""
    (tmp_path / "tests_cache_task.py").write_text(
        "import time\ndef task(item, seed):\n    time.sleep(0.01)\n    return bytes(10_000)\n")
    environment = os.environ | {
        "NTKSGD_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])}
    running = [subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment)
               for _ in range(3)]
    while not list((tmp_path / "cache").glob("*.pickle")):
        assert running[0].poll() in (None, 0)
    running[0].kill()
    assert [process.wait() for process in running][1:] == [0, 0]
    entries = list((tmp_path / "cache").glob("[0-9a-f]*.pickle"))
    assert len(entries) == 40
    for path in entries:
        assert cache.unpack(path.read_bytes(), bytes.fromhex(path.stem)) == bytes(10_000)


CELL = """
scale = {scale}
def risk(item, seed):
    name = "relu" if item in {{"a", "b", "c"}} else "erf"
    part = lambda x: {body}
    return name, sum(part(x) for x in range(3))
"""


def key_in_a_kernel(filename, start="0", scale=2.0, body="scale * x"):
    """Key of a task that a cell defines, in a kernel of its own, as cell number `filename`."""
    script = (f"cell = {CELL.format(scale=scale, body=body)!r}\n"
              f"exec(compile(cell, {filename!r}, 'exec'))\n"
              "from ntksgd.stats import cache\nprint(cache.key(risk, 1, 'seed').hex())")
    environment = os.environ | {"PYTHONHASHSEED": start}
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True,
                          text=True, check=True).stdout


def test_a_task_of_a_cell_has_one_key_in_every_kernel_until_it_changes():
    first = key_in_a_kernel("ipykernel_11/1.py")
    assert key_in_a_kernel("ipykernel_22/9.py", start="7") == first
    assert key_in_a_kernel("ipykernel_11/1.py", scale=3.0) != first
    assert key_in_a_kernel("ipykernel_11/1.py", body="scale + x") != first
