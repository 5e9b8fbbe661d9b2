"""The wheel alone: what ``pip install .`` gives is enough to compute, without the repository.

The wheel is built by the hook that pip calls, and unpacked, which is how one of pure Python is
installed, in an environment that holds what the wheel requires and nothing else.
"""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from repository.toy import ROOT

MODULES = """
import importlib, pkgutil
import ntksgd
for module in pkgutil.walk_packages(ntksgd.__path__, "ntksgd."):
    if not module.name.startswith("ntksgd.report"):
        importlib.import_module(module.name)
        print(module.name)
"""

PROGRAM = """
import numpy as np
import ntksgd

spectrum = ntksgd.mercer_spectrum("relu", d=2, max_degree=200)
target = ntksgd.source_target(spectrum, r=0.5)
steps = ntksgd.schedules.polynomial(0.2, theta=0.5)
times = [10, 40]
risk = ntksgd.expected_risk(spectrum, target, steps, times, noise=0.1).risk
assert 0 < risk[1] < risk[0]

problem = ntksgd.source_problem("relu", max_degree=32)
samples = problem.samples(40, seed=0)
kernel = ntksgd.tangent_kernel("relu")
f = ntksgd.kernel_sgd(kernel, samples.x[None], samples.y[None], steps, samples.x[:5], times).last
params = ntksgd.initialise(2000, 2, np.random.default_rng(0))
g = ntksgd.train(params, samples, steps, "relu", times=times, points=samples.x[:5]).values
assert np.abs(f[0] - g).max() < 0.2 * np.abs(f).max(), "a wide network follows its kernel"

plan = ntksgd.Plan(T=40, blocks=(((4, 16, 64), 8),))
excess = ntksgd.measure(problem, plan, seed=0, points=3, t_min=10).network
assert ntksgd.width_law(excess, tau=0.1).required.shape == (3,)
print(ntksgd.__version__, ntksgd.__file__)
"""

OUTSIDE = """
from ntksgd.report.paths import figures_dir
figures_dir()
"""


def built(folder: Path, change=lambda package: None) -> Path:
    """The wheel of a copy of the working tree, after a change to its package."""
    source = folder / "source"
    shutil.copytree(ROOT / "lib", source / "lib",
                    ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source / name)
    change(source / "lib/ntksgd")
    hook = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", hook, folder], cwd=source, check=True,
                   capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def needed(requirements: list[str] | None) -> dict[str, Distribution]:
    """Installed distributions that these requirements, without extras, bring along."""
    found, pending = {}, list(requirements or [])
    while pending:
        requirement = Requirement(pending.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found[name] = distribution(name)
            pending += found[name].requires or []
    return found


def installed(wheel: Path, folder: Path) -> Path:
    """Python of a new environment that holds the wheel, links to what it needs, and no more."""
    environment = folder / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (site,) = environment.glob("lib/python*/site-packages")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (metadata,) = site.glob("ntksgd-*.dist-info")
    for package in needed(Distribution.at(metadata).requires).values():
        for top in {file.parts[0] for file in package.files} - {"..", "__pycache__"}:
            (site / top).symlink_to(package.locate_file(top))
    return environment / "bin/python"


def run(python: Path, code: str) -> subprocess.CompletedProcess:
    folder = python.parents[1]
    environment = {"PATH": os.defpath, "NUMBA_CACHE_DIR": str(folder / "numba")}
    return subprocess.run([python, "-W", "error", "-c", code], cwd=folder, env=environment,
                          capture_output=True, text=True)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return built(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel, tmp_path_factory):
    return installed(wheel, tmp_path_factory.mktemp("installed"))


def test_the_wheel_holds_the_package_its_stub_its_marker_and_the_explorer(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = ROOT / "lib/ntksgd"
    sources = {p.relative_to(ROOT / "lib").as_posix() for p in package.rglob("*.py")}
    browser = {p.relative_to(ROOT / "lib").as_posix()
               for p in package.rglob("*") if p.suffix in (".js", ".css")}
    assert browser
    assert names == sources | browser | {"ntksgd/__init__.pyi", "ntksgd/py.typed"}


def test_the_environment_holds_no_plots_tables_or_notebooks(python):
    for name in ("pandas", "matplotlib", "seaborn", "sklearn", "jupytext", "papermill", "pytest"):
        assert f"No module named '{name}'" in run(python, f"import {name}").stderr


def test_every_module_outside_of_report_can_be_imported(python):
    result = run(python, MODULES)
    assert (result.returncode, result.stderr) == (0, "")
    assert {"ntksgd.risk.exact", "ntksgd.problems.data"} <= set(result.stdout.split())


def test_the_library_computes_outside_of_its_repository(python):
    result = run(python, PROGRAM)
    assert (result.returncode, result.stderr) == (0, "")
    assert str(python.parents[1]) in result.stdout


def test_figures_need_a_place_outside_of_the_repository(python):
    assert "not inside its repository; set NTKSGD_FIGURES" in run(python, OUTSIDE).stderr


def test_a_module_that_needs_an_extra_is_seen(tmp_path):
    def change(package):
        path = package / "seeds.py"
        path.write_text(path.read_text() + "\nimport pandas\n")

    result = run(installed(built(tmp_path, change), tmp_path), MODULES)
    assert result.returncode == 1
    assert "No module named 'pandas'" in result.stderr
