"""Which modules a notebook depends on, for every way Python has of importing one."""

import pytest

from dependencies import fragment, library_files

FILES = {
    "__init__.py": "",
    "kernel.py": "from . import activations\n",
    "activations.py": "",
    "sphere.py": "def f():\n    from .kernel import K\n",
    "figures/__init__.py": "from ntksgd.paths import root\n",
    "figures/width.py": "from ..sphere import f\nfrom . import style\n",
    "figures/style.py": "",
    "paths.py": "",
    "unused.py": "import ntksgd.kernel\n",
}
INIT, FIGURES = "__init__", {"__init__", "figures/__init__", "paths"}
KERNEL = {INIT, "kernel", "activations"}


@pytest.fixture
def lib(tmp_path):
    for name, source in FILES.items():
        path = tmp_path / "lib/ntksgd" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    return tmp_path / "lib"


@pytest.mark.parametrize(("source", "expected"), [
    ("import numpy as np\nfrom ntksgdx import kernel", set()),
    ("import ntksgd", {INIT}),
    ("import ntksgd.kernel", KERNEL),
    ("import ntksgd.kernel as k", KERNEL),
    ("from ntksgd import kernel", KERNEL),
    ("from ntksgd import paths as p, kernel", KERNEL | {"paths"}),
    ("from ntksgd.kernel import K", KERNEL),
    ("if True:\n    from ntksgd import sphere", KERNEL | {"sphere"}),
    ("from ntksgd.figures import save", FIGURES),
    ("import ntksgd.figures.width as w",
     FIGURES | KERNEL | {"figures/width", "figures/style", "sphere"}),
    ("from ntksgd.figures import width",
     FIGURES | KERNEL | {"figures/width", "figures/style", "sphere"}),
])
def test_library_files(lib, source, expected):
    package = lib / "ntksgd"
    found = {p.relative_to(package).with_suffix("").as_posix() for p in library_files(source, lib)}
    assert found == expected


def test_fragment_survives_a_deleted_module(lib):
    notebook = lib.parent / "01_toy.py"
    notebook.write_text("import ntksgd.kernel\n")
    lines = fragment(notebook, lib).splitlines()
    assert lines[0].startswith("$(BUILD)/01_toy.ipynb build/deps/01_toy.d: ")
    assert f"{(lib / 'ntksgd/kernel.py').as_posix()}:" in lines
