"""nbval, with the options `make test` gives it, fails on an output that was tampered with."""

import base64
import io
import os
import shutil
import subprocess
import sys

import nbformat
import pytest
from PIL import Image

from repository.toy import ROOT
from run_tests import stages

OPTIONS = [o for o in stages(jobs=1)["notebooks"] if not o.endswith(".ipynb")]


def nbval(folder, text):
    """Exit status of nbval on a notebook that prints 0.4142 and claims to have printed `text`."""
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    cell = nbformat.v4.new_code_cell(
        "print(f'{2**0.5 - 1:.4f}')", execution_count=1, outputs=[output]
    )
    return status(folder, cell)


def status(folder, cell):
    """Exit status of nbval on a notebook of one cell."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    nbformat.write(notebook, folder / "toy.ipynb")
    shutil.copy2(ROOT / "conftest.py", folder)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o",
               f"pythonpath={ROOT / 'tools'}", *OPTIONS]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(
        [*command, "toy.ipynb"], cwd=folder, env=environment, capture_output=True
    ).returncode


@pytest.mark.parametrize(("text", "status"), [("0.4142\n", 0), ("0.4143\n", 1), ("", 1)])
def test_a_tampered_output_fails(tmp_path, text, status):
    assert nbval(tmp_path, text) == status


PIXEL = """
import base64, io
from IPython.display import Image, display
import PIL.Image
file = io.BytesIO()
PIL.Image.new("L", (20, 20), {grey}).save(file, "png")
display(Image(file.getvalue()))
"""


@pytest.mark.parametrize(("grey", "expected"), [(100, 0), (101, 0), (120, 1)])
def test_a_tampered_picture_fails(tmp_path, grey, expected):
    file = io.BytesIO()
    Image.new("L", (20, 20), 100).save(file, "png")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(),
            "text/plain": "<IPython.core.display.Image object>"}
    cell = nbformat.v4.new_code_cell(
        PIXEL.format(grey=grey), execution_count=1,
        outputs=[nbformat.v4.new_output("display_data", data=data)])
    assert status(tmp_path, cell) == expected


def test_every_notebook_is_recomputed(pytestconfig):
    os.chdir(pytestconfig.rootpath)
    listed = {o for o in stages(jobs=1)["notebooks"] if o.endswith(".ipynb")}
    there = pytestconfig.rootpath.glob("notebooks/*.py")
    assert listed == {f"notebooks/{p.stem}.ipynb" for p in there}
