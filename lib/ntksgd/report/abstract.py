"""The answer in five sentences, each number from claims.csv."""

import pandas as pd

from ntksgd.report.answer import number, select
from ntksgd.report.answer_lines import CIRCLE_RATE, NETWORK_WIDTH, at_tau, reach
from ntksgd.report.readable import count, extent
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


def _growth(rows) -> str:
    """What ten times the steps take, by the exponents of the rows."""
    def times(exponent):
        return f"{10 ** exponent:.1f}"
    return _list(rows, lambda row: f"{times(row.measured)} [{times(row.ci_low)}, "
                                   f"{times(row.ci_high)}]")


def _rate(table):
    rows = _rows(table, "B", **CIRCLE_RATE, r=lambda r: r <= reach(2))
    return (f"**The rate holds for targets that are not too regular.** For eigenvalues ~ i^(-β) "
            f"and r ≤ 1 - 1/(2β) the last iterate of SGD in the kernel's RKHS, with steps "
            f"t^(-2r/(2r+1)) and no weight decay (our reading), has a risk of order "
            f"T^(-2r/(2r+1)): proved here. ReLU on the circle, r ≤ {reach(2):g}: at "
            f"{_at(rows)} the exponents are {_measured(rows)}, claimed {_claimed(rows)} "
            f"({extent(rows['range'].iloc[0])}).")


def _beyond(table):
    rows = _rows(table, "B", **CIRCLE_RATE, r=lambda r: r > reach(2))
    return (f"**Beyond, the same steps fail, provably, for such eigenvalues**: the noise of the "
            f"first steps is forgotten too slowly. At {_at(rows)} the exponents there are "
            f"{_measured(rows)}, claimed {_claimed(rows)}. A constant step T^(-2r/(2r+1)), T known "
            f"beforehand, attained the rate where measured (03).")


def _network(table):
    rows = _rows(table, "B'", quantity="slope of |l - f|^2 in m")
    width = _rows(table, "C", **NETWORK_WIDTH)
    claimed = _list(width, lambda row: f"{10 ** row.theory:.0f}")
    return (f"**The network follows its kernel, with less width than claimed.** For a risk within "
            f"10 % of the kernel's, ten times the steps took {_growth(width)} times the neurons at "
            f"{_at(width)}, where the width that the paper claims to suffice grows {claimed} times "
            f"(as powers of T: {_measured(width)}, claimed {_claimed(width)}; "
            f"{extent(width['range'].iloc[0])}; squareplus, circle, one target; steeper in some "
            f"decades: do not extrapolate). The squared distance of the linearised network from "
            f"the kernel falls like m to the power {_measured(rows)} (two activations; whether the "
            f"network's own excess does so is undecided).")


def _neurons(table):
    rows = _rows(table, "C", quantity="neurons needed, network", range=at_tau)
    steps = extent(rows["range"].iloc[0].split(",")[0])
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
            f"another matter (sentences 1 and 2). Its constants are loose: "
            f"{count(asked.measured)} neurons at {extent(asked.range)}, r = {asked.r:g}. No lower "
            f"bound is proved: how much of either power is needed is open.")


def sentences(table: pd.DataFrame) -> list[str]:
    """Five sentences in Markdown; one whose rows `table` lacks is left out."""
    found = []
    for sentence in (_rate, _beyond, _network, _neurons, _proof):
        try:
            found.append(sentence(table))
        except _Missing:
            continue
    return found
