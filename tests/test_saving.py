"""Figures as files: same bytes from the same numbers, all three or none."""

import os
import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from ntksgd.files import written_whole
from ntksgd.report.figures import palette, save, shades, use_style
from ntksgd.report.paths import figures_dir, root

NAME = "01_toy-line"
ALT = "A line rises."
SCRIPT = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from ntksgd.report.figures import marks, panels, save, use_style
use_style()
fig, ((ax, right),) = panels.grid(1, 2, 3)
ax.loglog([1, 10], [1, 0.1], label=r"$T^{-2r/(2r+1)}$ – κ")
table = pd.DataFrame({"x": [1, 10, 1, 10], "y": [1, 2, 2, 4], "of": list("aabb"), "half": 0.1})
marks.family(ax, table, "x", "y", "of", "half")
marks.lines(ax, table, "x", "y", "of", style="of")
sns.heatmap(table.pivot(index="x", columns="of", values="y"), ax=right, rasterized=True)
save(fig, "01_toy-line", {"x": [1, 10], "y": [1 / 3, 0.1]}, alt="A line falls.")
"""


@pytest.fixture(autouse=True)
def figures(tmp_path, monkeypatch):
    monkeypatch.setenv("NTKSGD_FIGURES", str(tmp_path / "figures"))
    plt.switch_backend("agg")
    use_style()
    yield tmp_path / "figures"
    plt.close("all")


@pytest.fixture
def drawn():
    fig, ax = plt.subplots()
    ax.plot([1, 2])
    return fig


def test_two_processes_write_the_same_bytes_and_nothing_on_stderr(tmp_path):
    folders = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        environment = os.environ | {"NTKSGD_FIGURES": str(folder), "PYTHONHASHSEED": seed,
                                    "SOURCE_DATE_EPOCH": seed}
        result = subprocess.run(
            [sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True
        )
        assert (result.returncode, result.stderr) == (0, "")
        folders.append({p.name: p.read_bytes() for p in folder.iterdir()})
    assert folders[0].keys() == {f"{NAME}.{s}" for s in ("png", "pdf", "csv")}
    assert folders[0] == folders[1]
    assert folders[0][f"{NAME}.csv"] == b"x,y\n1,0.33333333\n10,0.1\n"


@pytest.mark.parametrize("name", ["line", "toy-x", "01_toy", "01_Toy-x", "01_toy-a/b", "../x"])
def test_name_of_another_form(drawn, figures, name):
    with pytest.raises(ValueError, match="name="):
        save(drawn, name, {"x": [1]}, ALT)


@pytest.mark.parametrize("data", [
    {"x": [np.nan, np.nan]}, {"x": [1.0, 2.0], "y": [np.inf, np.nan]}, {"x": []}, {},
])
def test_data_without_numbers_writes_nothing(drawn, figures, data):
    with pytest.raises(ValueError, match="data"):
        save(drawn, NAME, data, ALT)
    assert not figures.exists() or not list(figures.iterdir())


@pytest.mark.parametrize("alt", ["", " ", None])
def test_a_figure_without_a_description_is_refused(drawn, figures, alt):
    with pytest.raises(ValueError, match="alt="):
        save(drawn, NAME, {"x": [1]}, alt)
    assert not figures.exists()


def test_files_hold_the_description(drawn, figures):
    save(drawn, NAME, {"x": [1]}, ALT)
    assert Image.open(figures / f"{NAME}.png").text["Description"] == ALT
    assert ALT.encode() in (figures / f"{NAME}.pdf").read_bytes()


def test_empty_figure_is_refused():
    fig, _ = plt.subplots()
    with pytest.raises(ValueError, match="nothing is drawn"):
        save(fig, NAME, {"x": [1]}, ALT)


def test_index_becomes_a_column(drawn, figures):
    save(drawn, NAME, pd.DataFrame({"y": [1.0]}, index=pd.Index([8], name="m")), ALT)
    assert (figures / f"{NAME}.csv").read_text() == "m,y\n8,1\n"


def test_failure_leaves_all_three_as_they_were(drawn, figures, monkeypatch):
    save(drawn, NAME, {"x": [1]}, ALT)
    before = {p.name: p.read_bytes() for p in figures.iterdir()}
    monkeypatch.setattr(pd.DataFrame, "to_csv", lambda *args, **kwargs: 1 / 0)
    drawn.axes[0].plot([2, 1])
    with pytest.raises(ZeroDivisionError):
        save(drawn, NAME, {"x": [2]}, ALT)
    assert {p.name: p.read_bytes() for p in figures.iterdir()} == before


def test_written_whole_leaves_no_trace_of_a_failure(tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("old")
    with pytest.raises(KeyError), written_whole(target) as temporary:
        temporary.write_text("half")
        raise KeyError
    assert [p.name for p in tmp_path.iterdir()] == ["a.csv"]
    assert target.read_text() == "old"


def test_figures_go_into_the_repository_by_default(monkeypatch):
    monkeypatch.delenv("NTKSGD_FIGURES")
    assert figures_dir() == root() / "figures"
    assert (root() / "Makefile").is_file()


def test_a_readers_matplotlibrc_changes_nothing():
    plt.rcParams["lines.linewidth"], plt.rcParams["axes.facecolor"] = 9.0, "red"
    use_style()
    assert plt.rcParams["axes.facecolor"] == "white"
    assert plt.rcParams["lines.linewidth"] < 9.0


def _lightness(colour):
    r, g, b = plt.matplotlib.colors.to_rgb(colour)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def test_shades_are_ordered_and_palette_has_no_duplicate():
    light = [_lightness(c) for c in shades(7)]
    assert (np.diff(light) > 0.02).all()
    assert len(set(palette)) == len(palette)
