"""Claims against measurements: one row per number, and whether its interval agrees with theory."""

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from ntksgd.files import written_whole
from ntksgd.report.paths import figures_dir, root

CLAIMS = ("A", "B", "B'", "C", "D", "E", "F")
RELATIONS = ("=", "<=", ">=")
FLOAT_FORMAT = "%.8g"
_INTEGER_OR_EMPTY = "Int64"


@dataclass(frozen=True)
class Claim:
    """A measured number beside what theory says of it.

    Parameters
    ----------
    claim : str
        Letter of the claim: A, B, B', C, D, E or F.
    quantity : str
        What is measured, in words, e.g. ``"slope of risk in T"``.
    activation : str
        Name of the activation; empty where none enters.
    d : int or None
        Dimension, inputs on S^(d-1); None where it does not apply.
    r : float or None
        Regularity of the target; None where it does not apply.
    theory, measured : float
        Predicted (or bounding) value and the estimate.
    ci_low, ci_high : float
        Confidence interval of the measured quantity; infinite ends are allowed.
    relation : str
        ``=`` (theory lies in the interval), ``<=`` (the interval lies at or below theory) or
        ``>=`` (at or above).

    Raises
    ------
    ValueError
        If a value is NaN, the relation or the claim is unknown, or ``ci_low > ci_high``.
    """

    claim: str
    quantity: str
    activation: str
    d: int | None
    r: float | None
    theory: float
    measured: float
    ci_low: float
    ci_high: float
    relation: str

    def __post_init__(self):
        if self.claim not in CLAIMS:
            raise ValueError(f"claim={self.claim!r}: allowed are {', '.join(CLAIMS)}")
        if not self.quantity:
            raise ValueError("quantity='': say in words what is measured")
        if self.relation not in RELATIONS:
            raise ValueError(f"relation={self.relation!r}: allowed are {', '.join(RELATIONS)}")
        for name in ("theory", "measured"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name}={getattr(self, name)}: a finite number is needed")
        for name in ("d", "r", "ci_low", "ci_high"):
            value = getattr(self, name)
            if value is not None and math.isnan(value):
                raise ValueError(f"{name}={value}: NaN is not allowed")
        if self.ci_low > self.ci_high:
            raise ValueError(f"ci_low={self.ci_low} > ci_high={self.ci_high}: not an interval")

    @property
    def holds(self) -> bool:
        """Whether the interval agrees with theory, for the numbers as they are written."""
        theory, low, high = (
            float(FLOAT_FORMAT % v) for v in (self.theory, self.ci_low, self.ci_high)
        )
        if self.relation == "=":
            return low <= theory <= high
        return high <= theory if self.relation == "<=" else low >= theory


COLUMNS = tuple(f.name for f in fields(Claim)) + ("holds",)


def record(notebook: str, claims: Sequence[Claim]) -> pd.DataFrame:
    """Write the rows of one notebook to ``<figures>/<notebook>-claims.csv``; return them.

    Raises
    ------
    ValueError
        If `notebook` is not of the form ``NN_name``, or `claims` is empty or repeats a row.
    """
    if not re.fullmatch(r"\d\d_[a-z0-9_]+", notebook):
        raise ValueError(f"notebook={notebook!r}: allowed is NN_name in lower case")
    if not claims:
        raise ValueError(f"claims ({notebook}): empty, at least one row is needed")
    table = pd.DataFrame([[getattr(c, name) for name in COLUMNS] for c in claims], columns=COLUMNS)
    table = table.astype({"d": _INTEGER_OR_EMPTY, "r": float})
    repeated = table.duplicated(["claim", "quantity", "activation", "d", "r"])
    if repeated.any():
        raise ValueError(f"claims ({notebook}): row {repeated.idxmax()} repeats an earlier one")
    _write(table, figures_dir() / f"{notebook}-claims.csv")
    return table


def read(path: Path | None = None) -> pd.DataFrame:
    """Scoreboard in `path`.

    By default that of the whole study, ``<root>/figures/claims.csv``, unless the environment
    variable ``NTKSGD_CLAIMS`` names another: one notebook alone, whose figures go elsewhere, still
    sees the claims of all.

    Raises
    ------
    ValueError
        If the columns of the file are not those of a scoreboard.
    """
    if path is None:
        path = Path(os.environ.get("NTKSGD_CLAIMS") or root() / "figures" / "claims.csv")
    table = pd.read_csv(path, keep_default_na=False, na_values={"d": [""], "r": [""]})
    if tuple(table.columns) != COLUMNS:
        raise ValueError(f"columns of {path.name}: allowed are exactly {','.join(COLUMNS)}")
    return table.astype({"d": _INTEGER_OR_EMPTY, "holds": bool})


def text(table: pd.DataFrame) -> str:
    """Rows as aligned text: four significant digits, blank where d or r does not apply."""
    if table.empty:
        return "none"
    shown = table.astype({"d": object, "r": object})
    form = dict.fromkeys(("theory", "measured", "ci_low", "ci_high"), "{:.4g}".format)
    return shown.where(shown.notna(), "").to_string(index=False, formatters=form)


def summary(table: pd.DataFrame) -> str:
    """One line a quantity: its rows, how many hold, and the ranges of theory and estimates."""
    def spread(values):
        low, high = f"{values.min():.3g}", f"{values.max():.3g}"
        return low if low == high else f"{low} to {high}"

    lines = table.groupby(["claim", "quantity"], sort=False).agg(
        rows=("holds", "size"), hold=("holds", "sum"), relation=("relation", "first"),
        theory=("theory", spread), measured=("measured", spread))
    return lines.reset_index().to_string(index=False)


def merge(directory: Path) -> pd.DataFrame:
    """Put the rows of every ``NN_name-claims.csv`` in `directory` into its ``claims.csv``.

    The file keeps its time of change when its content stays the same.
    """
    parts = [read(path) for path in sorted(directory.glob("[0-9][0-9]_*-claims.csv"))]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    _write(table, directory / "claims.csv")
    return table


def _write(table: pd.DataFrame, path: Path) -> None:
    text = table.to_csv(index=False, float_format=FLOAT_FORMAT, lineterminator="\n")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
