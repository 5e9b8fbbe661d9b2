"""`import ntksgd`: its names, what it costs, and that its stub and its version say the same."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib

import pytest

import ntksgd
from repository.toy import ROOT

PACKAGE = ROOT / "lib/ntksgd"


@pytest.mark.parametrize("name", ntksgd.PUBLIC)
def test_a_name_resolves_and_is_documented(name):
    value = getattr(ntksgd, name)
    documentation = inspect.getdoc(value)
    assert documentation
    # a dataclass without a docstring is given its signature
    assert not documentation.startswith(f"{name}(")


@pytest.mark.parametrize("name", ntksgd.PUBLIC)
def test_a_name_hides_no_module(name):
    assert not (PACKAGE / name).exists() and not (PACKAGE / f"{name}.py").exists()


def test_a_name_is_the_one_of_its_module():
    for name, module in ntksgd.PUBLIC.items():
        value = getattr(ntksgd, name)
        if inspect.ismodule(value):
            assert value.__name__ == f"ntksgd.{module}.{name}"
        else:
            assert (value.__module__, value.__name__) == (f"ntksgd.{module}", name)


def stub_names(text):
    """Name -> module, as a stub's re-exports ``from module import name as name`` say."""
    nodes = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    return {alias.asname: node.module.removeprefix("ntksgd.")
            for node in nodes for alias in node.names if alias.asname == alias.name}


def test_stub_and_table_agree():
    assert stub_names((PACKAGE / "__init__.pyi").read_text()) == ntksgd.PUBLIC


def test_a_plain_import_is_no_export_of_a_stub():
    assert stub_names("from ntksgd.a import b, c as c, d as e\n") == {"c": "a"}


def test_dir_and_all_list_every_name():
    assert set(ntksgd.__all__) == {*ntksgd.PUBLIC, "__version__"} <= set(dir(ntksgd))


def test_another_name_is_refused():
    with pytest.raises(AttributeError, match="'ntksgd' has no attribute 'nonsense'"):
        _ = ntksgd.nonsense


def imported(code):
    """Names of the modules that a fresh interpreter holds after `code`."""
    code += "\nimport sys\nprint(*sys.modules)"
    environment = {"PYTHONPATH": str(ROOT / "lib")}
    return set(subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                              text=True, check=True).stdout.split())


def test_import_brings_in_nothing_until_a_name_is_used():
    found = imported("import ntksgd")
    assert "ntksgd" in found
    assert not {"numpy", "scipy", "numba"} & found
    assert not {name for name in found if name.startswith("ntksgd.")}
    assert "scipy" in imported("import ntksgd\nntksgd.mercer_spectrum")


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "ntksgd.__version__"}
    assert "version" in project["project"]["dynamic"]
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text(), re.MULTILINE)[1]
    assert cited == ntksgd.__version__
