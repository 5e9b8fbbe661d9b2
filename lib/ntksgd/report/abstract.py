"""The answer in five sentences, each number from claims.csv."""

import pandas as pd

from ntksgd.report.answer import number, select
from ntksgd.report.answer_lines import CIRCLE_RATE, NETWORK_WIDTH, at_tau, reach
from ntksgd.risk.predicted_widths import theorem_width


class _Missing(Exception):
    """The table has no row for a sentence."""


def _rows(table, claim, **rows):
    found = select(table, claim, rows).sort_values("r")
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
    rows = _rows(table, "B", **CIRCLE_RATE, r=lambda r: r <= reach(2))
    return (f"**The rate holds for targets that are not too regular.** With steps t^(-2r/(2r+1)) "
            f"and no weight decay (our reading) the last iterate of SGD in the kernel's RKHS has a "
            f"risk of order T^(-2r/(2r+1)), proved here for eigenvalues ~ i^(-β) and "
            f"r ≤ 1 - 1/(2β), which is {reach(2):g} for ReLU on the circle; there, at {_at(rows)} "
            f"({rows['range'].iloc[0]}), the exponents are {_measured(rows)}, claimed "
            f"{_claimed(rows)}.")


def _beyond(table):
    rows = _rows(table, "B", **CIRCLE_RATE, r=lambda r: r > reach(2))
    return (f"**Beyond that these steps fail, provably, for such eigenvalues**: the noise of the "
            f"first steps is forgotten too slowly. At {_at(rows)} the exponents there are "
            f"{_measured(rows)}, claimed {_claimed(rows)}. A constant step T^(-2r/(2r+1)), T known "
            f"beforehand, attained the rate where measured (03).")


def _network(table):
    rows = _rows(table, "B'", quantity="slope of |l - f|^2 in m")
    width = _rows(table, "C", **NETWORK_WIDTH)
    return (f"**The network follows its kernel, with less width than claimed.** The squared "
            f"distance of the linearised network from the kernel falls like m to the power "
            f"{_measured(rows)} (two activations; whether the network's own excess does so is "
            f"undecided); the width needed for a risk within 10 % of the kernel's grew like T to "
            f"the power {_measured(width)} at {_at(width)} ({width['range'].iloc[0]}; squareplus, "
            f"circle, one target; steeper in some decades: do not extrapolate), where the paper's "
            f"sufficient width has {_claimed(width)}.")


def _neurons(table):
    rows = _rows(table, "C", quantity="neurons needed, network", range=at_tau)
    steps = rows["range"].iloc[0].split(",")[0]
    each = _list(rows, lambda row: f"{number(row, '.0f')} at r = {row.r:g}")
    return (f"**In neurons**, there ({steps}, labels of variance 1/4): {each}; "
            f"`ntksgd.kernel_regime` estimates the width for your data.")


def _proof(table):
    rows = _rows(table, "C", **NETWORK_WIDTH, r=lambda r: 0.5 <= r <= 1)
    asked = _rows(table, "C", quantity="width that the proof asks for")
    asked = asked.loc[asked["measured"].idxmin()]
    proved = _list(rows, lambda row: f"{theorem_width(row.r):.2f}")
    return (f"**Proved here for the network itself**: a width of order T^((1+r)/(2r+1)), up to "
            f"logarithms (powers {proved}), suffices for a risk within 1+τ of kernel SGD's, with "
            f"high probability, for smooth activations, 1/2 ≤ r ≤ 1, paired neurons at the start, "
            f"uniform inputs, noisy labels. It is relative to kernel SGD: the rate itself is "
            f"another matter (sentences 1 and 2). Its constants are loose: {asked.measured:.0e} "
            f"neurons at {asked.range}, r = {asked.r:g}. No lower bound is proved: how much of "
            f"either power is needed is open.")


def sentences(table: pd.DataFrame) -> list[str]:
    """Five sentences in Markdown; one whose rows `table` lacks is left out."""
    found = []
    for sentence in (_rate, _beyond, _network, _neurons, _proof):
        try:
            found.append(sentence(table))
        except _Missing:
            continue
    return found
