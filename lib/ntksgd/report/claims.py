"""The claims table: statements of the notebooks as rows of csv files, counted and printed."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from ntksgd.files import written_whole
from ntksgd.report.paths import figures_dir, root
from ntksgd.report.statements import CLAIMS, FLOAT_FORMAT, KINDS, Statement
from ntksgd.report.verdicts import VERDICTS, WHY

__all__ = ["WHY", "Statement", "counts", "merge", "read", "record", "text"]

_DTYPES = {"claim": str, "quantity": str, "activation": str, "d": "Int64", "r": float,
           "range": str, "kind": str, "relation": str, "theory": float, "measured": float,
           "ci_low": float, "ci_high": float, "interval": str, "verdict": str, "why": str}
COLUMNS = tuple(_DTYPES)
_NUMBERS = [name for name, dtype in _DTYPES.items() if dtype is not str]


def record(notebook: str, statements: Sequence[Statement]) -> pd.DataFrame:
    """Write the rows of one notebook to ``<figures>/<notebook>-claims.csv``; return them.

    ValueError if `notebook` is not like ``NN_name``, `statements` is empty or repeats a row.
    """
    if not re.fullmatch(r"\d\d_[a-z0-9_]+", notebook):
        raise ValueError(f"notebook={notebook!r}: allowed is NN_name in lower case")
    if not statements:
        raise ValueError(f"statements ({notebook}): empty, at least one row is needed")
    table = pd.DataFrame([_row(s) for s in statements], columns=COLUMNS).astype(_DTYPES)
    repeated = table.duplicated(["claim", "quantity", "activation", "d", "r", "range", "kind"])
    if repeated.any():
        raise ValueError(f"statements ({notebook}): row {repeated.idxmax()} repeats an earlier one")
    _write(table, figures_dir() / f"{notebook}-claims.csv")
    return table


def read(path: Path | None = None) -> pd.DataFrame:
    """Claims table in `path`.

    By default that of the whole study, ``<root>/figures/claims.csv``, unless the environment
    variable ``NTKSGD_CLAIMS`` names another: one notebook alone, whose figures go elsewhere, still
    sees the claims of all.
    """
    if path is None:
        named = os.environ.get("NTKSGD_CLAIMS")
        path = Path(named) if named else root("NTKSGD_CLAIMS") / "figures" / "claims.csv"
    table = pd.read_csv(path, keep_default_na=False, na_values=dict.fromkeys(_NUMBERS, [""]))
    if tuple(table.columns) != COLUMNS:
        raise ValueError(f"columns of {path.name}: allowed are exactly {','.join(COLUMNS)}")
    return table.astype(_DTYPES)


def counts(table: pd.DataFrame) -> pd.DataFrame:
    """Number of rows by claim and kind (index) and by verdict (columns; "none": has none)."""
    verdict = table["verdict"].replace("", "none")
    found = pd.crosstab([table["claim"], table["kind"]], verdict)
    rows = [pair for pair in pd.MultiIndex.from_product([CLAIMS, KINDS]) if pair in found.index]
    index = pd.MultiIndex.from_tuples(rows, names=["claim", "kind"])
    return found.reindex(index=index, columns=[*VERDICTS, "none"], fill_value=0)


def text(table: pd.DataFrame) -> str:
    """Rows as aligned text: four significant digits, empty columns left out."""
    if table.empty:
        return "none"
    number = "{:.4g}".format
    interval = [number(row.measured) if np.isnan(row.ci_low) else
                f"{number(row.measured)} [{number(row.ci_low)}, {number(row.ci_high)}]"
                for row in table.itertuples()]
    theory = table["theory"].map(number).where(table["theory"].notna(), "")
    shown = table.astype(object).assign(
        theory=(table["relation"] + " " + theory).str.strip(), measured=interval)
    shown = shown.drop(columns=["relation", "ci_low", "ci_high"])
    shown = shown.where(shown.notna(), "")
    return shown.loc[:, (shown != "").any()].to_string(index=False)


def by_quantity(table: pd.DataFrame) -> str:
    """`text` of each quantity, under a line with what is common to all of its rows."""
    parts = []
    for (kind, quantity), part in table.groupby(["kind", "quantity"], sort=False):
        same = [name for name in ("activation", "d", "range") if part[name].nunique() == 1]
        head = " ".join((f"{kind}: {quantity};", *(f"{x}: {part[x].iloc[0]}" for x in same)))
        shown = part.drop(columns=["claim", "kind", "quantity", "interval", *same])
        parts.append(f"\n{head}\n{text(shown)}")
    return "\n".join(parts)


def merge(directory: Path) -> pd.DataFrame:
    """Put the rows of every ``NN_name-claims.csv`` in `directory` into its ``claims.csv``.

    The file keeps its time of change when its content stays the same.
    """
    parts = [read(path) for path in sorted(directory.glob("[0-9][0-9]_*-claims.csv"))]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    _write(table, directory / "claims.csv")
    return table


def _row(statement: Statement) -> list:
    low, high = statement.ends if statement.interval is not None else (np.nan, np.nan)
    verdict, why = statement.judge()
    made = {"ci_low": low, "ci_high": high, "interval": statement.interval_kind,
            "verdict": verdict, "why": why}
    return [made[name] if name in made else getattr(statement, name) for name in COLUMNS]


def _write(table: pd.DataFrame, path: Path) -> None:
    text = table.to_csv(index=False, float_format=FLOAT_FORMAT, lineterminator="\n")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with written_whole(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
