"""The answer in one table: each line a claim, what was found, and the verdict, from claims.csv.

Verdicts and numbers are those of the rows of `ntksgd.report.claims` that a line selects; what is
*proved* is said by the notebook that it names.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ntksgd.report.readable import extents
from ntksgd.report.verdicts import VERDICTS

HEADER = ("claim", "what it says", "what was found", "verdict", "why", "read")


def select(table: pd.DataFrame, claim: str, rows: dict, only: Callable | None = None):
    """Rows of the claims table `table` that a `Line` with these fields speaks of."""
    fits = (table["claim"] == claim).to_numpy()
    for column, wanted in rows.items():
        if not callable(wanted):
            wanted = (wanted if isinstance(wanted, tuple) else (wanted,)).__contains__
        told = [not pd.isna(value) and bool(wanted(value)) for value in table[column]]
        fits = fits & np.array(told, dtype=bool)
    found = table[fits]
    if only is not None and len(found):
        found = found[[bool(only(row)) for row in found.itertuples()]]
    return found


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Parameters
    ----------
    claim : str
        Letter of the claim, as in claims.csv.
    says : str
        What is claimed, with the number, in Markdown.
    found : callable
        From the rows selected, at least one, to the text of the third column.
    where : str
        Notebook, ``NN_name``.
    why : str
        The reason, or the idea, in a few words.
    proved : str
        For which cases the notebook proves it, as the line shows it; empty if it does not.
    rows : dict
        Value of each column of claims.csv that a row has to have: a value, a tuple of values, or
        a callable that says of each value whether it fits.
    only : callable or None
        Says of a whole row whether it fits.
    """

    claim: str
    says: str
    found: Callable[[pd.DataFrame], str]
    where: str
    why: str
    proved: str = ""
    rows: dict = field(default_factory=dict)
    only: Callable | None = None

    def select(self, table: pd.DataFrame) -> pd.DataFrame:
        """Rows of `table` that this line speaks of."""
        return select(table, self.claim, self.rows, self.only)


def verdict(rows: pd.DataFrame, proved: str = "") -> str:
    """What the rows say together, and what is proved.

    ``holds`` if each of them does, ``fails`` if each does; else how many do what. Where no row
    has a verdict (findings, and all of claim F) it is what is proved, or ``measured``.
    """
    counts = rows["verdict"].replace("", "measured").value_counts()
    if set(counts.index) == {"measured"}:
        return f"**{proved}**" if proved else "measured"
    if len(counts) == 1:
        (said,) = counts.index
        text = f"**{said}** ({_rows(counts.iloc[0])})"
        return f"{text}; {proved}" if proved else text
    text = ", ".join(f"{counts[v]} {_MANY.get(v, v) if counts[v] > 1 else v}"
                     for v in (*VERDICTS, "measured") if v in counts.index)
    return f"**{proved}** ({text})" if proved else text


_MANY = {"holds": "hold", "fails": "fail"}


def _rows(count):
    return f"{count} row{'s' if count > 1 else ''}"


def lines_of(table: pd.DataFrame, lines) -> pd.DataFrame:
    """The table of the answer, columns `HEADER`; a line without rows is left out."""
    found = []
    for line in lines:
        rows = line.select(table)
        if not rows.empty:
            link = f"[{line.where[:2]}]({line.where}.ipynb)"
            found.append((line.claim, line.says, line.found(rows), verdict(rows, line.proved),
                          line.why, link))
    return pd.DataFrame(found, columns=HEADER)


def markdown(answer: pd.DataFrame, folder: str = "") -> str:
    """`answer` as a Markdown table; `folder` is where the notebooks lie, seen from the reader."""
    def row(cells):
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
    text = [row(answer.columns), "|:--" * answer.shape[1] + "|"]
    text += [row(cells) for cells in answer.itertuples(index=False)]
    return "\n".join(text).replace("](", f"]({folder}")


def number(row, digits: str = ".3g") -> str:
    """Measured number and interval of a row."""
    text = format(row.measured, digits)
    if pd.isna(row.ci_low):
        return text
    return f"{text} [{row.ci_low:{digits}}, {row.ci_high:{digits}}]".replace("inf]", "∞]")


def by_regularity(rows: pd.DataFrame, digits: str = ".2f") -> str:
    """At each r the number and its interval; of several rows their span and the hull."""
    text = []
    for r, group in rows.groupby("r"):
        hull = "" if group["ci_low"].isna().all() else \
            f" [{group['ci_low'].min():{digits}}, {group['ci_high'].max():{digits}}]"
        text.append(f"r = {r:g}: {span(group, digits)}{hull}")
    return "; ".join(text)


def span(rows: pd.DataFrame, digits: str = ".2g") -> str:
    """Least and largest of the measured numbers."""
    low, high = (format(end, digits) for end in (rows["measured"].min(), rows["measured"].max()))
    return low if low == high else f"{low} to {high}"


def ranges(rows: pd.DataFrame) -> str:
    """The ranges of the rows, each once, in words."""
    return extents(rows["range"])
