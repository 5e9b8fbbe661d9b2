"""An explorer of the exact risk and of the width law: a page that computes in the browser.

The recursion is that of :mod:`ntksgd.risk`, over blocks of steps (`risk.js`), and c(T) that of
:mod:`ntksgd.risk.finite_width` (`width.js`); `picture.js` draws. What they need of the kernels is
computed here, in seconds, and shipped as numbers. One ES module ``export default {render}`` serves
JupyterLab (`widget`), a page of its own (`page`) and a part of another one (`html`).
"""

import json
import re
from functools import lru_cache
from importlib import resources

import numpy as np

from ntksgd.report.explorer.degrees import weighted_degrees
from ntksgd.report.explorer.widths import coupling

ACTIVATIONS = ("relu", "squareplus(0.5)", "squareplus(0.1)", "tanh")
DIMENSIONS = (2, 3, 5, 10)
#: Dimensions for which the width is shipped too.
WIDTHS = (2, 3)
FILES = ("risk.js", "width.js", "picture.js", "explorer.js")
PLACE = "ntk-explorer"


def rounded(values, digits: int = 9) -> list:
    """The array as nested lists of numbers of so many significant digits, whole ones as int."""
    if np.ndim(values) > 0:
        return [rounded(row, digits) for row in values]
    value = float(f"{values:.{digits - 1}e}")
    return int(value) if value == int(value) and abs(value) < 2**53 else value


def kernel(spec: str, d: int, width: bool = False, max_degree: int | None = None) -> dict:
    """What the module takes of the tangent kernel of an activation on S^(d-1).

    ``{d, trace, k, lambda, weight}``, see `degrees`, and with `width` also
    ``width: {k, lambda, weight, size, G, shifts}``, see `widths`; `max_degree` as there.
    """
    def columns(degrees):
        return {"k": rounded(degrees.k), "lambda": rounded(degrees.eigenvalues),
                "weight": rounded(degrees.weights)}

    degrees = weighted_degrees(spec, d, max_degree=max_degree)
    found = {"d": d, "trace": degrees.trace} | columns(degrees)
    if width:
        c = coupling(spec, d, max_degree=max_degree)
        found["width"] = columns(c.degrees) | {
            "size": rounded(c.size, 7), "G": rounded(np.round(c.G, 5), 5),
            "shifts": rounded(c.shifts, 5)}
    return found


@lru_cache(maxsize=1)
def data() -> str:
    """JSON ``{activation: {d: kernel}}`` of all kernels on offer."""
    found = {spec: {d: kernel(spec, d, d in WIDTHS) for d in DIMENSIONS} for spec in ACTIVATIONS}
    return json.dumps(found, separators=(",", ":"))


def joined(*texts: str) -> str:
    """Modules of one name space as one: imports left out, and exports but the default one."""
    code = "".join(texts)
    code = re.sub(r"^import .*\n", "", code, flags=re.MULTILINE)
    return re.sub(r"^export (?!default)", "", code, flags=re.MULTILINE)


@lru_cache(maxsize=1)
def module() -> str:
    """The ES module, kernels included: ``export default {render({model, el}), addressModel()}``."""
    here = resources.files(__name__)
    *texts, style = (here.joinpath(name).read_text("utf-8") for name in (*FILES, "explorer.css"))
    return f"const DATA = {data()};\nconst STYLE = {json.dumps(style)};\n{joined(*texts)}"


def html() -> str:
    """The explorer as a part of a page: nothing is loaded, its state is kept in the address.

    For one place a page; `render` of the `module` can be called for more.
    """
    inline = module().replace("export default", "const explorer =")
    return (f'<div id="{PLACE}"></div>\n<script type="module">\n{inline}\nexplorer.render({{model: '
            f'explorer.addressModel(), el: document.getElementById("{PLACE}")}});\n</script>\n')


def page() -> str:
    """A page of its own, which works from a file and without a network."""
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Explorer: the exact risk of kernel SGD</title>
<link rel="icon" href="data:,">
<style>
body {{ margin: 0; padding: 1rem; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #14181e; color: #f0f0f0; }} }}
h1 {{ font: 600 1.4rem system-ui, sans-serif; max-width: 60rem; margin: 0 auto 1rem; }}
</style>
</head>
<body>
<h1>Explorer: the exact risk of kernel SGD</h1>
{html()}</body>
</html>
"""


def widget():
    """The explorer in JupyterLab: an `anywidget.AnyWidget` whose trait `state` is what was changed.

    Raises
    ------
    ImportError
        If anywidget is not installed.
    """
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError("the explorer in a notebook needs anywidget: pip install anywidget; "
                          "without it, ntksgd.report.explorer.page() is a page for a browser"
                          ) from error

    class Explorer(anywidget.AnyWidget):
        _esm = module()
        state = traitlets.Dict().tag(sync=True)

    return Explorer()
