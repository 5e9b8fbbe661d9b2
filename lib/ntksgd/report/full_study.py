"""The full study beside the default one: which verdicts change with larger sizes."""

import pandas as pd

from ntksgd.report.claims import counts
from ntksgd.report.verdicts import VERDICTS

_WHAT = ["claim", "kind", "quantity", "activation", "d", "r"]


def verdict_changes(default: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """What has another set of verdicts in the full study, or in one of the two alone has any.

    Rows with verdicts are gathered by what is measured: the ranges of T and m, and so the number
    of rows, differ by design. Columns claim, kind, quantity, activation, d, r, then the verdicts
    of each study in words.
    """
    said = {name: _said(table) for name, table in (("default", default), ("full study", full))}
    table = pd.concat(said, axis=1).fillna("-")
    names = table.replace(r"\d+ ", "", regex=True)
    return table[names["default"] != names["full study"]].reset_index()


def _said(table: pd.DataFrame) -> pd.Series:
    judged = table[table["verdict"] != ""].astype({"d": object, "r": object})
    judged = judged.assign(**judged[["d", "r"]].where(judged[["d", "r"]].notna(), ""))
    return judged.groupby(_WHAT, sort=False)["verdict"].agg(
        lambda verdicts: ", ".join(f"{n} {v}" for v in VERDICTS if (n := (verdicts == v).sum())))


def beside(default: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """Number of rows by claim and kind (index) and verdict, in either study (columns)."""
    both = {"default": counts(default), "full study": counts(full)}
    table = pd.concat(both, axis=1).fillna(0).astype(int)
    return table.loc[:, (table != 0).any()]
