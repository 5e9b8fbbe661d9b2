"""The answer in five sentences, each number from claims.csv."""

import pandas as pd

from ntksgd.report.answer import Line, number
from ntksgd.report.answer_lines import TAU
from ntksgd.risk.predicted_widths import theorem_width

_RATE = {"quantity": "steps t^(-2r/(2r+1))", "activation": "relu", "d": 2}


class _Missing(Exception):
    """The table has no row for a sentence."""


def _rows(table, claim, **rows):
    found = Line(claim, "", str, "", "", rows=rows).select(table).sort_values("r")
    if found.empty:
        raise _Missing
    return found


def _list(rows, text) -> str:
    *first, last = [text(row) for row in rows.itertuples()]
    return f"{', '.join(first)} and {last}" if first else last


def _measured(rows) -> str:
    return _list(rows, lambda row: number(row, ".2f"))


def _claimed(rows) -> str:
    return _list(rows, lambda row: f"{row.theory:.2f}")


def _at(rows) -> str:
    return "r = " + _list(rows, lambda row: f"{row.r:g}")


def _rate(table):
    rows = _rows(table, "B", **_RATE, verdict="holds")
    return (f"**The rate holds for targets that are not too regular.** With steps t^(-2r/(2r+1)) "
            f"the last iterate of SGD in the kernel's RKHS has a risk of order T^(-2r/(2r+1)), "
            f"proved here for r ≤ 1 - 1/(2β), β the decay of the kernel's eigenvalues; at "
            f"{_at(rows)} (ReLU on the circle, {rows['range'].iloc[0]}) the exponents are "
            f"{_measured(rows)}, claimed {_claimed(rows)}.")


def _beyond(table):
    rows = _rows(table, "B", **_RATE, verdict="fails")
    return (f"**Beyond that it fails, provably**, for the noise of the first steps is forgotten "
            f"too slowly: at {_at(rows)} the exponents are {_measured(rows)}, claimed "
            f"{_claimed(rows)}; a constant step tied to T attains the rate again.")


def _network(table):
    rows = _rows(table, "B'", quantity="slope of |l - f|^2 in m")
    width = _rows(table, "C", quantity="exponent of m* against 1+5/(2r+1), network",
                  range=lambda value: value.endswith(TAU))
    return (f"**The network follows its kernel, and the claimed width T^(1+5/(2r+1)) suffices with "
            f"powers of T to spare**: the squared distance that a finite width causes falls like m "
            f"to the power {_measured(rows)} (two activations), and the width *needed* for a risk "
            f"within 10 % of the kernel's grows like T to the power {_measured(width)} at "
            f"{_at(width)}, claimed {_claimed(width)}.")


def _neurons(table):
    rows = _rows(table, "C", quantity="neurons needed, network",
                 range=lambda value: value.endswith(TAU))
    steps = rows["range"].iloc[0].split(",")[0]
    each = _list(rows, lambda row: f"{number(row, '.0f')} at r = {row.r:g}")
    return (f"**In neurons** ({steps}, squareplus on the circle): {each}; what theory predicts to "
            f"first order, c(T)/τ, agrees, and is computed for your data by "
            f"`ntksgd.kernel_regime`.")


def _proof(table):
    rows = _rows(table, "C", quantity="exponent of m* against 1+5/(2r+1), network",
                 range=lambda value: value.endswith(TAU))
    rows = rows[rows["r"].between(0.5, 1)]
    if rows.empty:
        raise _Missing
    proved = _list(rows, lambda row: f"{theorem_width(row.r):.2f}")
    return (f"**Proved here for the network itself**: a width of order T^((1+r)/(2r+1)), up to "
            f"logarithms, suffices (exponents {proved}), for smooth activations, 1/2 ≤ r ≤ 1, "
            f"paired neurons at the start, uniform inputs and no weight decay; for ReLU, other "
            f"starts and inputs, and from below, it is open.")


def sentences(table: pd.DataFrame) -> list[str]:
    """Five sentences in Markdown; one whose rows `table` lacks is left out."""
    found = []
    for sentence in (_rate, _beyond, _network, _neurons, _proof):
        try:
            found.append(sentence(table))
        except _Missing:
            continue
    return found
