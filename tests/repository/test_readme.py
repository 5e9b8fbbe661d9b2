"""What README.md and CONTRIBUTING.md tell a reader to run does run."""

import os
import re
import shutil
import subprocess
import sys

import pytest

import parameters
import readme
from ntksgd.report import claims
from repository.toy import ROOT, make

README, CONTRIBUTING = ((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))


def blocks(language, text=README):
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


COMMANDS = [line for block in blocks("bash")
            for line in block.replace("\\\n", "").splitlines()]
SNIPPETS = blocks("python") + blocks("python", CONTRIBUTING)


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The repository with README's own profile in it, so that nothing here is disturbed."""
    root = tmp_path_factory.mktemp("copy")
    for name in ("Makefile", "requirements.lock", "requirements-lab.lock", "environment.yml",
                 "requirements-bench.lock", "requirements-book.lock", "pyproject.toml"):
        shutil.copy2(ROOT / name, root / name)
    for name in ("tools", "lib", "notebooks", "params", "benchmarks"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("*.ipynb"))
    (profile,) = blocks("yaml")
    (root / "params/mine.yaml").write_text(profile)
    return root


def test_there_is_something_to_run():
    assert {"make figures", "make test"} <= set(COMMANDS)
    assert SNIPPETS


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.startswith("make ")])
def test_make_commands(command, copy):
    result = make(copy, "-n", *command.split()[1:])
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_help_lists_every_target_of_the_makefile(copy):
    listed = set(re.findall(r"^  (\w+)", make(copy, "help").stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
    assert listed == set(phony.split())


@pytest.mark.parametrize("command", [c for c in COMMANDS if not c.startswith("make ")])
def test_other_commands_are_known_and_name_what_exists(command):
    assert command.split()[0] in {"conda", ".venv/bin/dask"}
    for name in re.findall(r"\S+\.(?:yml|lock|py)\b", command):
        assert (ROOT / name).exists()


def test_profile_is_accepted(copy):
    values = parameters.checked("mine", copy)
    assert any(values.values())


def test_every_profile_is_accepted():
    for profile in parameters.profiles(ROOT):
        parameters.checked(profile, ROOT)


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_snippets(snippet, tmp_path):
    environment = os.environ | {"NTKSGD_FIGURES": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", snippet], env=environment,
        capture_output=True, text=True, check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout


def test_the_answer_is_that_of_the_claims_table():
    table = claims.read(ROOT / "figures/claims.csv")
    assert readme.renewed(README, readme.blocks(table)) == README, "run: make figures"
    assert readme.renewed(README, readme.blocks(table[table["claim"] != "C"])) != README
    assert readme.renewed("a project of its own", ["x", "y"]) == "a project of its own"
    with pytest.raises(ValueError, match="2 blocks"):
        readme.renewed(f"{readme.BEGIN} {readme.END}", ["x", "y"])


def test_contributing_names_targets_and_files_that_exist():
    targets = set(re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]
                  .split())
    assert set(re.findall(r"`make ([a-z]+)", CONTRIBUTING)) <= targets
    for name in re.findall(r"`((?:tests|tools|params|report|models)/[\w./]+\.\w+)`", CONTRIBUTING):
        folder = "lib/ntksgd" if name.startswith(("report/", "models/")) else "."
        assert (ROOT / folder / name).exists(), name


def test_pictures_exist():
    for name in re.findall(r"!\[[^]]*\]\(([^)]*)\)", README):
        assert (ROOT / name).is_file(), name
