"""Style, palette and saving of figures; the modules beside this one draw them, by topic."""

import re
from contextlib import ExitStack

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython import display, get_ipython
from matplotlib.figure import Figure

from ntksgd.files import written_whole
from ntksgd.report.paths import figures_dir
from ntksgd.report.statements import FLOAT_FORMAT

# Okabe & Ito, Color Universal Design (2008): told apart under every common colour blindness.
# Their yellow is left out (too light for a line on white), their black is kept for theory.
palette = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
THEORY = "#000000"

WIDTH = 6.5  # inches: the text width of a page, so labels print at the size set here
NAME = re.compile(r"\d\d_[a-z0-9_]+-[a-z0-9]+(-[a-z0-9]+)*")

_STYLE = {
    "figure.figsize": (WIDTH, 3.6),
    "figure.dpi": 110,
    "savefig.dpi": 180,
    "savefig.bbox": "tight",
    "savefig.pad_inches": 0.03,
    "figure.constrained_layout.use": True,
    "font.size": 9,
    "axes.titlesize": 9.5,
    "axes.labelsize": 9,
    "legend.fontsize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "mathtext.fontset": "dejavusans",
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "errorbar.capsize": 2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "axes.axisbelow": True,
    "legend.frameon": True,
    "legend.framealpha": 0.9,
    "legend.edgecolor": "none",
    "image.cmap": "cividis",
    "pdf.fonttype": 42,
    "svg.hashsalt": "ntksgd",
}


def use_style() -> None:
    """Set the matplotlib style of every figure: page width, readable labels, safe colours."""
    mpl.rcdefaults()  # a reader's own matplotlibrc must not change the figures
    mpl.rcParams.update(_STYLE)
    mpl.rcParams["axes.prop_cycle"] = mpl.cycler(color=palette)


def shades(n: int) -> list[tuple[float, float, float, float]]:
    """`n` colours in order, dark to light, for a family indexed by a number (m, T, k).

    The lightest stands out from a white page by more than 3 : 1.
    """
    return [mpl.colormaps["plasma"](v) for v in np.linspace(0.0, 0.62, n)]


def save(fig: Figure, name: str, data, alt: str) -> None:
    """Write ``name.png``, ``name.pdf`` and the numbers behind them, ``name.csv``; show the figure.

    The bytes depend only on the figure, the data and the versions installed. Each file appears
    whole, and none does when one of them cannot be written.

    Parameters
    ----------
    fig : Figure
        Something must be drawn on it.
    name : str
        ``NN_notebook-what``, e.g. ``"03_rkhs_convergence-slopes"``.
    data : DataFrame or mapping
        The numbers that are drawn, not empty, one column a variable, each with a finite number if
        it is numeric; floats are written as ``%.8g``.
    alt : str
        For a reader who cannot see it: what is drawn against what, and what that shows. It goes
        into the notebook's output, and into the files as their description.
    """
    if not NAME.fullmatch(name):
        raise ValueError(f"name={name!r}: allowed is NN_notebook-what in lower case")
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"alt={alt!r} ({name}): a sentence for who cannot see the figure")
    if not any(ax.has_data() for ax in fig.axes):
        raise ValueError(f"fig={fig!r} ({name}): nothing is drawn on it")
    table = _checked_table(data, name)
    directory = figures_dir()
    with ExitStack() as files:
        png, pdf, csv = (
            files.enter_context(written_whole(directory / f"{name}.{suffix}"))
            for suffix in ("png", "pdf", "csv")
        )
        # no date and no version string: they would change the bytes, not the figure
        fig.savefig(png, metadata={"Software": None, "Description": alt})
        fig.set_layout_engine("none")  # laid out by now: once, and alike in all formats
        fig.savefig(pdf, metadata={"CreationDate": None, "Creator": None, "Producer": None,
                                   "Subject": alt})
        table.to_csv(csv, index=False, float_format=FLOAT_FORMAT, lineterminator="\n")
    if get_ipython() is not None:
        display.display(fig, metadata={"image/png": {"alt": alt}})
        plt.close(fig)


def _checked_table(data, name: str) -> pd.DataFrame:
    table = data if isinstance(data, pd.DataFrame) else pd.DataFrame(data)
    if not isinstance(table.index, pd.RangeIndex):
        table = table.reset_index()
    if table.empty:
        raise ValueError(f"data ({name}): empty, at least one row is needed")
    for column in table.select_dtypes("number"):
        if not np.isfinite(table[column].to_numpy(dtype=complex, na_value=np.nan)).any():
            raise ValueError(f"data[{column!r}] ({name}): no finite number in it")
    return table
