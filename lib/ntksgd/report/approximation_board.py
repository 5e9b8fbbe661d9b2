"""Rows of the scoreboard on claim A, from tables with columns value, low and high."""

import numpy as np

from ntksgd.report.statements import Statement
from ntksgd.risk.approximation import source_constant
from ntksgd.risk.worst_target import claimed_constant


def statements(kind, quantity, table, where, theory=None, relation="=", **rest):
    """One `Statement` on claim A for each row of `table`.

    The table has the columns activation, d, r, value, low, high, and `theory` if that names one;
    `rest` goes to the statements.
    """
    return [Statement(
        "A", quantity, kind, measured=at.value, range=where, activation=at.activation, d=int(at.d),
        r=float(at.r), theory=theory and getattr(at, theory), relation=relation if theory else "",
        interval=(at.low, at.high), **{"interval_kind": "statistical"} | rest)
        for at in table.itertuples()]


def suprema(scaled, name, tails, failure):
    """Suprema over m of a scaled error, beside the constants of the claim.

    Parameters
    ----------
    scaled : DataFrame
        Of `approximation_tables.scaled_errors`, r in [1/2, 1].
    name : str
        Its column; low and high are the envelope of its intervals.
    tails : dict
        {(activation, d): Deviation}.
    failure : float
        delta in (0, 1).

    Returns
    -------
    DataFrame
        Columns activation, d, r, value, low, high; `mean`, the constant in root mean square, and
        `probable`, that at probability 1 - delta.
    """
    found = scaled.groupby(["activation", "d", "r"], sort=False)[
        [name, f"{name}_low", f"{name}_high"]].max().reset_index()
    found.columns = ["activation", "d", "r", "value", "low", "high"]
    of = [tails[key] for key in zip(found["activation"], found["d"], strict=True)]
    return found.assign(
        mean=[source_constant(r) * (1 + np.sqrt(2) * y.spread)
              for r, y in zip(found["r"], of, strict=True)],
        probable=[claimed_constant(r, y.spread, y.scale, failure)
                  for r, y in zip(found["r"], of, strict=True)])
