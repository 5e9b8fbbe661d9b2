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


def _within_theorem(table):
    """The network's width, where notebook 08 proves one that suffices."""
    return _rows(table, "C", **NETWORK_WIDTH, r=lambda r: 0.5 <= r <= 1)


def _list(rows, text) -> str:
    *first, last = [text(row) for row in rows.itertuples()]
    return f"{', '.join(first)} and {last}" if first else last


def _measured(rows) -> str:
    return _list(rows, lambda row: number(row, ".2f"))


def _exponents(rows) -> str:
    return _list(rows, lambda row: f"{row.measured:.2f}")


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
            f"t^(-2r/(2r+1)) and no weight decay (our reading), has a risk of at most the "
            f"order T^(-2r/(2r+1)): proved here. ReLU on the circle, r ≤ {reach(2):g}: at "
            f"{_at(rows)} the exponents are {_measured(rows)}, claimed {_claimed(rows)} "
            f"({extent(rows['range'].iloc[0])}).")


def _beyond(table):
    rows = _rows(table, "B", **CIRCLE_RATE, r=lambda r: r > reach(2))
    return (f"**For larger r the same steps provably miss the rate**: the noise of the "
            f"first steps is forgotten too slowly. At {_at(rows)} the exponents are "
            f"{_measured(rows)}, claimed {_claimed(rows)}. A constant step T^(-2r/(2r+1)), for "
            f"a T known beforehand, has at most a risk of that order, proved too (03).")


def _network(table):
    rows = _rows(table, "B'", quantity="slope of |l - f|^2 in m")
    width = _rows(table, "C", **NETWORK_WIDTH)
    claimed = _list(width, lambda row: f"{10 ** row.theory:.0f}")
    return (f"**The network follows its kernel, and the width for it grows far more slowly, on "
            f"the targets measured, than the one that the paper shows to suffice.** For a risk "
            f"within 10 % of the kernel's, ten times the steps took {_growth(width)} times the "
            f"neurons at {_at(width)}, where the sufficient width grows {claimed} times (powers of "
            f"T: {_exponents(width)} against {_claimed(width)}; {extent(width['range'].iloc[0])}; "
            f"squareplus, circle, one target for each r; steeper in some decades: do not "
            f"extrapolate). The squared distance of the linearised network from the kernel falls "
            f"like m to the power {_measured(rows)} (two activations); the excess risk does so on "
            f"wide enough networks only.")


def _neurons(table):
    rows = _rows(table, "C", quantity="neurons needed, network", range=at_tau)
    steps = extent(rows["range"].iloc[0].split(",")[0])
    each = _list(rows, lambda row: f"{number(row, '.0f')} at r = {row.r:g}")
    return (f"**In neurons**, there ({steps}, label noise of variance 1/4): {each}; "
            f"`ntksgd.kernel_regime` estimates the width for your data.")


def _proof(table):
    rows = _within_theorem(table)
    asked = _rows(table, "C", quantity="width that the proof asks for")
    asked = asked.loc[asked["measured"].idxmin()]
    proved = _list(rows, lambda row: f"{theorem_width(row.r):.2f}")
    return (f"**A smaller power of T is proved to suffice here**: a width T^((1+r)/(2r+1)), up "
            f"to logarithms (powers {proved}), for a risk within 1+τ of kernel SGD's (whose own "
            f"rate sentences 1 and 2 settle for power laws only), with high probability: smooth "
            f"activations, 1/2 ≤ r ≤ 1, each neuron paired with its negative at the start, uniform "
            f"inputs, noisy labels. The constants are loose: {count(asked.measured)} neurons at "
            f"{extent(asked.range)}, r = {asked.r:g}. No lower bound is proved: how much of either "
            f"power is needed is open.")


def in_short(table: pd.DataFrame) -> str:
    """The answer in two lines of Markdown; empty if `table` lacks rows for it."""
    try:
        width = _within_theorem(table)
    except _Missing:
        return ""
    paper, ours, seen = (f"T^{min(powers):.2g} to T^{max(powers):.2g}" for powers in (
        width["theory"], [theorem_width(r) for r in width["r"]], width["measured"]))
    ends = f"[{width['ci_low'].min():.2f}, {width['ci_high'].max():.2f}]"
    return ("**In short.** The rate: proved for r ≤ 1 - 1/(2β), provably missed beyond (kernel "
            "SGD, eigenvalues ~ i^(-β), our reading of the steps). The width, 1/2 ≤ r ≤ 1: "
            f"{paper} suffices in the paper, {ours} up to logarithms is proved here under the "
            f"assumptions of sentence 5, {seen} {ends} was measured (squareplus, circle); no lower "
            f"bound is proved.")


def sentences(table: pd.DataFrame) -> list[str]:
    """Five sentences in Markdown; one whose rows `table` lacks is left out."""
    found = []
    for sentence in (_rate, _beyond, _network, _neurons, _proof):
        try:
            found.append(sentence(table))
        except _Missing:
            continue
    return found


def markdown(table: pd.DataFrame) -> str:
    """The answer in short, then its sentences as a numbered list."""
    numbered = [f"{i}. {sentence}" for i, sentence in enumerate(sentences(table), 1)]
    return "\n".join([in_short(table), "", *numbered])
