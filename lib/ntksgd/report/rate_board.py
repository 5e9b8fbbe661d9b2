"""Rows of the scoreboard on claims B and B*, from the tables of `rate_tables`."""

import numpy as np

from ntksgd.compare import capacity, path_quantiles
from ntksgd.report import rate_tables
from ntksgd.report.statements import Statement
from ntksgd.risk import predicted
from ntksgd.stats.weighted_chi_square import largest_factor

STEPS = "steps t^(-2r/(2r+1))"


def exponent(kind, quantity, T, theory, at, decades=None, **rest):
    """Statement on an exponent; `at` has r, exponent, low, high, and activation, d if not ReLU, 2.

    It was measured over `decades` before T, a quarter of log10 T unless given.
    """
    low = T / 10 ** (np.log10(T) / 4 if decades is None else decades)
    return Statement(
        "B", quantity, kind, measured=at.exponent, range=f"T = {low:.3g}..{T:.3g}",
        theory=float(theory), relation="=", interval=(at.low, at.high), interval_kind="numerical",
        activation=getattr(at, "activation", "relu"), d=getattr(at, "d", 2), r=at.r, **rest)


def bounds(sandwich, T, beta):
    """Checks of the exponents of both bounds of `rate_tables.between` before T."""
    rows = []
    for r, part in sandwich.groupby("r"):
        rate = predicted.capacity_free(r)
        memory = predicted.memory(beta, rate)
        for side, limit in (("lower", memory), ("upper", min(memory, rate))):
            at = rate_tables.exponent(r, part["T"], part[side] * part["T"]**-rate, T)
            rows.append(exponent("check", f"exponent of the {side} bound", T, -limit, at))
    return rows


def decaying(found):
    """Of `rate_tables.exponents` at one noise, or "far": the claim, or the least of three."""
    return [exponent("prediction", f"{STEPS}, memory", row.T, row.memory, row,
                     why="unexplained" if row.activation == "relu" else "logarithms")
            if row.column == "far" else
            exponent("claim", STEPS, row.T, row.paper, row, 3,
                     why="memory of early noise" if row.remembers else "unexplained")
            for row in found.itertuples()]


def tied(table, T):
    """Of `rate_tables.tied`: the constant step tied to T."""
    return [exponent("prediction", "step T^(-2r/(2r+1))", T, -predicted.capacity_free(row.r), row,
                     3, here=row.here, settles=row.settles) for row in table.itertuples()]


def weight_decays(decayed, r, T, names):
    """The claim with the weight decays `names`: what each is called here, and what costs it."""
    rate, rows = predicted.capacity_free(r), []
    for name, (called, why) in names.items():
        part = decayed[decayed["decay"] == name]
        at = rate_tables.exponent(r, part["T"], part["scaled"] * part["T"]**-rate, T)
        rows.append(exponent("claim", f"{STEPS}, lambda = {called}", T, -rate, at, why=why))
    return rows


def rkhs(table, T):
    """Of `rate_tables.rkhs`: the exponents of the squared RKHS distance before T."""
    return [exponent("prediction", "squared RKHS distance", T, part["slope"].iloc[0],
                     rate_tables.exponent(r, part["T"], part["rkhs"], T))
            for r, part in table.groupby("r")]


def probability(quantiles, found, T, deltas):
    """Suprema of the quantiles over log(2/delta), and its power in the tails at the horizon T."""
    rows = []
    for case, part in quantiles.groupby("case", sort=False):
        same = [x for x in found if f"{x.activation}, r = {x.r:g}" == case]
        first, one = same[0].T, same[-1]
        over = part[["quantile", "low", "high"]].div(np.log(2 / part["delta"]), axis=0)
        ends = over.max().tolist()
        rows.append(Statement(
            "B", "sup of quantile / (log(2/delta) risk)", "prediction", measured=ends[0],
            interval=ends[1:], interval_kind="statistical", range=f"T = {first}..{one.T:.3g}",
            theory=largest_factor(), relation="<=", activation=one.activation, d=2, r=one.r))
    for one in (x for x in found if x.T == T):
        e = path_quantiles.tail_power(one.losses, deltas[deltas < 0.12])
        rows.append(Statement(
            "B", "power of log(2/delta), delta < 0.12", "finding", measured=e.value, interval=e,
            d=2, interval_kind="statistical", activation=one.activation, r=one.r, range=f"T = {T}"))
    return rows


def gaps(found, T):
    """The `Gap`s over three decades before T, and those of prescribed decays at beta = 1."""
    decays = [g for g in found if g.kernel == "prescribed decay"]
    same = {"relation": "=", "interval_kind": "numerical", "range": f"T = {T / 1000:.3g}..{T:.3g}"}
    rows = []
    for r in dict.fromkeys(g.r for g in decays):
        limit = capacity.at_one([g for g in decays if g.r == r])
        rows.append(Statement("B*", "minimax minus capacity-free exponent, beta to 1", "claim",
                              measured=limit.value, interval=limit, theory=0, r=r, d=2,
                              activation="prescribed decay", **same))
    return rows + [Statement(
        "B*", f"minimax minus capacity-free exponent, beta = {g.beta:.3g}", "prediction",
        measured=g.gap.value, interval=g.gap, theory=g.derived, resolution=g.derived / 2, r=g.r,
        activation=g.kernel, d=2 if g in decays else int(g.kernel[-1]), **same) for g in found]
