"""Rows of the scoreboard on step schedules: all of claim B, ReLU, and none a claim of the paper."""

import numpy as np

from ntksgd.compare import regret
from ntksgd.report.statements import Statement
from ntksgd.risk import predicted
from ntksgd.stats.numerical import Bracket


def row(kind, quantity, at, theory, T, d=2, r=None, **rest):
    """One `Statement`: `at` is exact, or has value, low and high."""
    exact = np.isscalar(at)
    return Statement(
        "B", quantity, kind, measured=at if exact else at.value, theory=theory, d=d, r=r,
        interval=None if exact else at, interval_kind="none" if exact else "numerical",
        range=f"T = {T:.3g}", relation="" if theory is None else "=", activation="relu", **rest)


def best_steps(attained, T, d):
    """Each exponent of `schedule_tables.attained` beside its limit."""
    return [row("prediction", f"best step: {at.scheme}", Bracket(at.exponent, at.low, at.high),
                at.limit, T, d, at.r) for at in attained.itertuples()]


def optimal_powers(scan, T):
    """Risk at the power 2 beta - 1 over the least, for each d; `scan` as by `powers.scan`."""
    return [row("finding", "risk at p = 2 beta - 1 / least over p", np.interp(
        part["optimal"].iloc[0], part["p"], part["relative"]), None, T, d, r)
        for (d, r), part in scan.groupby(["d", "r"])]


def beside_the_best(ratios, T):
    """The lower bound and the predicted steps over the best steps, where each is farthest off.

    The steps are predicted for R << s^2: scored at the largest noise, r >= 1/2.
    """
    largest = ratios["noise"].max()
    bound = ratios[ratios["family"] == "lower bound"]["relative"].max()
    steps = ratios[(ratios["family"] == "predicted steps") & (ratios["noise"] == largest)
                   & (ratios["r"] >= 0.5)]["relative"].max()
    where = {"range": f"T = {T:.3g}", "theory": 1, "activation": "relu", "d": 2}
    return [Statement("B", "lower bound / risk of the best steps, largest", "check",
                      measured=bound, relation="<=", **where),
            Statement("B", "predicted steps / risk of the best steps, largest, "
                      f"s^2 = {largest:g}, r >= 1/2", "prediction", measured=steps, relation="=",
                      resolution=0.01, **where)]


def horizon_free(found, beta, d):
    """Exponents without a horizon, as `horizon_free.exponents` returns them, beside their limits.

    Beyond r = 1 - 1/(2 beta) that of the tail average with its own theta has a logarithm.
    """
    edge = predicted.largest_r(beta)
    return [row("prediction", f"t^(-theta): {scheme}", e, -limit, T, d, r,
                why="logarithms" if r >= edge and "own" in scheme else "unexplained")
            for scheme, r, T, e, limit in found]


def best_theta(sweep, beta, T, d, half=0.05):
    """Best theta of the sweep for each r, to half a step of it, beside the one derived."""
    found = {r: part["theta"][part["exponent"].idxmin()] for r, part in sweep.groupby("r")}
    return [row("prediction", "best theta", Bracket(best, best - half, best + half),
                float(predicted.best_theta(r, beta)), T, d, r) for r, best in found.items()]


def least_worst(summary, T):
    """The scheme of least worst regret in each state of knowledge, from `regret_summary`."""
    best = {knows: part["max"].idxmin()[1] for knows, part in summary.groupby(level=0, sort=False)}
    return [row("finding", f"least worst regret, known {knows}: {scheme}",
                summary["max"][knows, scheme], None, T, None) for knows, scheme in best.items()]


def opening(scores, summary, beta):
    """Which points of notebook 04's opening the rows bear out: number -> bool.

    `scores`: the rows as a table, see `claims.record`; `summary`: see `regret_summary`.
    """
    of = {name: part.set_index("r") for name, part in scores.groupby("quantity")}
    own, edge = "t^(-theta): tail average, theta = 2r/(2r+1)", predicted.largest_r(beta)
    worst = summary["max"].groupby(level=0).min()

    def easy(r):
        return r <= 1

    def holds(quantity, fits=None):
        part = of[quantity] if fits is None else of[quantity][fits(of[quantity].index)]
        return bool(np.all(part["verdict"] == "holds"))

    def slower(quantity, fits):  # than minimax, by the whole bracket
        part = of[quantity][fits(of[quantity].index)]
        return bool(np.all(part["ci_low"] > -predicted.minimax(part.index.to_numpy(), beta)))

    return {1: holds(own) and slower(own, easy),
            2: holds("best step: tail average"),
            3: holds("best step: power 3", easy)
            and slower("best step: power 0.5", lambda r: r <= 0.5)
            and holds("power of least variance"),
            4: holds("t^(-theta): tail average, its own theta", lambda r: r < edge),
            5: 5 * worst[regret.ALL] < worst.drop(regret.ALL).min()}
