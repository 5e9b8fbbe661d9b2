"""Progress of sweeps: what is told, and what is shown of it."""

import json
import time
from pathlib import Path

import pytest

import progress
from ntksgd.stats.sweep import map_tasks


def square(item, seed):
    return item**2


@pytest.fixture
def told(tmp_path, monkeypatch):
    path = tmp_path / "told"
    monkeypatch.setenv("NTKSGD_PROGRESS", str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_sweep_tells_how_far_it_is(workers, told, monkeypatch):
    monkeypatch.setattr("ntksgd.stats.progress.INTERVAL", 1000.0)
    assert map_tasks(square, range(30), seed=0, workers=workers) == [i**2 for i in range(30)]
    lines = told()
    assert len(lines) == 2  # not one a task
    assert (lines[0]["done"], lines[-1]["done"], lines[-1]["total"]) == (0, 30, 30)
    assert lines[-1]["name"] == square.__module__
    assert len({line["sweep"] for line in lines}) == 1


def test_results_that_were_kept_count_as_done(told, tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_CACHE", str(tmp_path / "cache"))
    map_tasks(square, range(4), seed=0, workers=1)
    map_tasks(square, range(6), seed=0, workers=1)
    assert [(line["kept"], line["done"]) for line in told()][-2:] == [(4, 4), (4, 6)]


def test_a_file_that_cannot_be_written_costs_no_result(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_PROGRESS", str(tmp_path / "none" / "told"))
    assert map_tasks(square, range(3), seed=0, workers=1) == [0, 1, 4]


def test_a_log_holds_one_line_a_sweep(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(progress, "SHOWN_AFTER", 0)
    path = tmp_path / "told"
    monkeypatch.setenv("NTKSGD_PROGRESS", str(path))
    with progress.Watch("01_toy", path) as watch:
        for n in (3, 5):
            map_tasks(square, range(n), seed=0, workers=1)
    lines = capsys.readouterr().err.splitlines()
    assert [line.rpartition(",")[0] for line in lines] == [
        f"01_toy: {square.__module__}: {n}/{n} tasks" for n in (3, 5)]
    assert watch.total("kept") == 0
    assert not path.exists()


def test_progress_is_shown_while_the_notebook_runs(tmp_path, monkeypatch):
    """Which has a working folder of its own, and papermill goes there too."""
    monkeypatch.setattr(progress, "INTERVAL", 0.01)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("NTKSGD_PROGRESS", str(tmp_path / "told"))
    with progress.Watch("01_toy", Path("told")) as watch:
        monkeypatch.chdir(tmp_path / "elsewhere")
        map_tasks(square, range(3), seed=0, workers=1)
        limit = time.monotonic() + 20
        while not watch.sweeps and time.monotonic() < limit:
            time.sleep(0.01)
        assert [known["done"] for known in watch.sweeps.values()] in ([0], [3])


def test_a_terminal_shows_a_line_that_is_drawn_anew(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(progress, "SHOWN_AFTER", 0)
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    path = tmp_path / "told"
    monkeypatch.setenv("NTKSGD_PROGRESS", str(path))
    with progress.Watch("01_toy", path):
        map_tasks(square, range(3), seed=0, workers=1)
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert "3/3" in shown.split("\r")[-1]
