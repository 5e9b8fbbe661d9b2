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
PRINT = "print(f'{2**0.5 - 1:.4f}')"
PIXEL = """
import base64, io
from IPython.display import Image, display
import PIL.Image
file = io.BytesIO()
PIL.Image.new("L", (20, 20), {grey}).save(file, "png")
display(Image(file.getvalue()))
"""


def printed(text):
    """A cell that prints 0.4142 and claims to have printed `text`."""
    output = nbformat.v4.new_output("stream", name="stdout", text=text)
    return nbformat.v4.new_code_cell(PRINT, execution_count=1, outputs=[output])


def painted(grey):
    """A cell that shows a picture in this grey and claims to have shown one in 100."""
    file = io.BytesIO()
    Image.new("L", (20, 20), 100).save(file, "png")
    data = {"image/png": base64.b64encode(file.getvalue()).decode(),
            "text/plain": "<IPython.core.display.Image object>"}
    output = nbformat.v4.new_output("display_data", data=data)
    return nbformat.v4.new_code_cell(PIXEL.format(grey=grey), execution_count=1, outputs=[output])


CELLS = {"printed": (printed("0.4142\n"), "PASSED"), "other": (printed("0.4143\n"), "FAILED"),
         "nothing": (printed(""), "FAILED"), "grey": (painted(100), "PASSED"),
         "nearly": (painted(101), "PASSED"), "darker": (painted(120), "FAILED")}


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    """nbval's, on a notebook for each of these cells."""
    folder = tmp_path_factory.mktemp("nbval")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for name, (cell, _) in CELLS.items():
        notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
        nbformat.write(notebook, folder / f"{name}.ipynb")
    shutil.copy2(ROOT / "conftest.py", folder)
    command = [sys.executable, "-m", "pytest", "-q", "-rA", "-p", "no:cacheprovider", "-o",
               f"pythonpath={ROOT / 'tools'}", *OPTIONS, *(f"{name}.ipynb" for name in CELLS)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST")}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("name", CELLS)
def test_a_tampered_text_or_picture_fails(result, name):
    assert f"{CELLS[name][1]} {name}.ipynb::Cell 0" in result.stdout
    assert result.returncode == 1


def test_every_notebook_is_recomputed(pytestconfig):
    os.chdir(pytestconfig.rootpath)
    listed = {o for o in stages(jobs=1)["notebooks"] if o.endswith(".ipynb")}
    there = pytestconfig.rootpath.glob("notebooks/*.py")
    assert listed == {f"notebooks/{p.stem}.ipynb" for p in there}
