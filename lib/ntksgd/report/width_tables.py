"""Tables of the width question: what its figures draw, and what its pages print."""

import numpy as np
import pandas as pd

from ntksgd.report.tables import law_table
from ntksgd.risk.predicted_widths import (
    drift_heuristic_width,
    sufficient_width,
    theorem_width,
)
from ntksgd.stats.slopes import curve_slope, local_exponents

TITLES = {"relu": "ReLU", "even leverage": "even leverage (model)"}


def far_table(curves):
    """Local exponents in S of each `compare.width_exponents.FarCurve` and of its leading terms.

    Columns panel, leverage (whether it is uneven), r, kind ("first order" or "model"), log_S,
    exponent, derived.
    """
    frames = []
    for curve in curves:
        exact = local_exponents(10.0**curve.log_S, curve.c)
        frames += [pd.DataFrame({
            "panel": f"{TITLES.get(curve.name, curve.name)}, $d={curve.d}$",
            "leverage": curve.name == "squareplus", "r": curve.r, "kind": kind, "log_S": x,
            "exponent": y, "derived": curve.limit})
            for kind, x, y in (("first order", curve.log_S, exact),
                               ("model", curve.line, curve.model)) if len(x)]
    return pd.concat(frames, ignore_index=True)


def crossings(laws, order=None):
    """m*(T, tau) of every `WidthLaw` of {r: laws}: `law_table` with columns r and tau.

    With `order`, {r: c(T)}, also the width c/tau of first order, column first_order.
    """
    return pd.concat([law_table({r: law}, "r").assign(
        tau=law.tau, **({} if order is None else {"first_order": order[r] / law.tau}))
        for r, of in laws.items() for law in of], ignore_index=True)


def needed(law, index):
    """m* at one time with its interval, as text."""
    return f"{law.text(index)} [{law.low[index]:.0f}, {law.high[index]:.0f}]"


def decades(law):
    """Exponents of m* in T as text: all times seen, the first two decades, the last two."""
    if law.slope is None:
        return ["-"] * 3
    T, m = law.times[law.seen], law.required[law.seen]
    parts = (T <= 100 * T[0], T >= T[-1] / 100)
    return [str(law.slope), *(f"{curve_slope(T[part], m[part]).value:.2f}" if part.sum() > 2
                              else "-" for part in parts)]


def exponent_table(laws):
    """Exponent of m* for every `WidthLaw` of {r: laws} that has one, beside what is known."""
    return pd.DataFrame(
        [[r, law.tau, str(law.slope), f"{law.seen.sum()} of {law.seen.size}", law.text(0),
          law.text(-1), f"{drift_heuristic_width(r):.2f}", f"{sufficient_width(r):.2f}"]
         for r, of in laws.items() for law in of if law.slope],
        columns=["r", "tau", "exponent of m*", "times used", "m* at the first T", "at the last",
                 "heuristic 2/(2r+1)", "paper"])


def every_exponent(laws, noises, tolerances):
    """Exponents of {(activation, d, r, s^2, tau): WidthLaw}, columns (s^2, tau)."""
    cases = list(dict.fromkeys(key[:3] for key in laws))
    found = [[f"{s.value:.2f}" if (s := laws[*case, s2, tau].slope) else "-"
              for s2 in noises for tau in tolerances] for case in cases]
    columns = [("s^2", s2, f"tau = {tau:g}") for s2 in noises for tau in tolerances]
    names = [("", "", name) for name in ("activation", "d", "r")]
    return pd.DataFrame([[*case, *row] for case, row in zip(cases, found, strict=True)],
                        columns=pd.MultiIndex.from_tuples(names + columns))


def worst_table(worst, degrees):
    """`law_table` of {(r, reading): WidthLaw}, with the worst degree at the width nearest to m*.

    `degrees`: {(r, reading): array (n_m, n_T)}; where there is none, for a fixed target, -1.
    """
    frames = []
    for (r, reading), law in worst.items():
        nearest = [np.argmin(np.abs(np.log(law.excess.widths / m))) for m in law.required]
        degree = degrees.get((r, reading))
        at = -1 if degree is None else degree[nearest, np.arange(len(nearest))]
        frames.append(law_table({reading: law}, "reading").assign(degree=at, r=r, tau=law.tau))
    return pd.concat(frames, ignore_index=True)


def law_rows(laws, names):
    """What is printed of {case: WidthLaw}, a row each: exponents of m*, m* at the last time.

    `names` head the entries of a case; the paper's exponent stands last, r being one of them.
    """
    rows = [[*case, *decades(law), law.text(-1), f"{law.times[-1]:.0e}",
             f"{sufficient_width(case[names.index('r')]):.2f}"] for case, law in laws.items()]
    return pd.DataFrame(rows, columns=[*names, "exponent of m*", "first two decades", "last two",
                                       "m* there", "at T", "paper"])


def share_table(costs):
    """Drift's share of the width, {(r, s^2): DriftCost}: what `figures.drift.share` draws."""
    return pd.concat([pd.DataFrame({
        "panel": f"squareplus, $s^2$ = {s2:g}", "r": r, "T": part.times, "share": share.value,
        "low": share.low, "high": share.high}) for (r, s2), cost in costs.items()
        for part in [cost.averaged()] for share in [part.share()]], ignore_index=True)


def drift_exponents(costs, t_min=1000):
    """Exponents of c and c + c_drift from t_min on and over the last decade: [(r, s^2, cost)]."""
    rows = []
    for r, s2, cost in costs:
        last = cost.times[-1] / 10
        of_c = [curve_slope(cost.times[part], cost.fluctuation[part]).value
                for part in (cost.times >= t_min, cost.times >= last)]
        rows.append([r, s2, f"{cost.times[-1]:,}", f"{of_c[0]:.3f}", str(cost.exponent(t_min)),
                     f"{of_c[1]:.2f}", str(cost.exponent(last)),
                     f"{drift_heuristic_width(r):.2f}"])
    return pd.DataFrame(rows, columns=["r", "s^2", "T", "exponent of c", "of c + c_drift",
                                       "last decade: c", "c + c_drift", "heuristic"])


def drift_by_width(cost, **columns):
    """m E[R_m - R_m^lin] / R at the last times: what `figures.drift.by_width` draws."""
    last = cost.averaged()
    at = last.at_width()[:, -1]
    return pd.DataFrame({**columns, "m": last.widths, "value": at.value, "low": at.low,
                         "high": at.high, "fluctuation": last.fluctuation[-1]})


def headline_table(network, linearised, r, c):
    """Both laws of one r, with lines of theory through the network's first point; c(T) at the
    times of `linearised`. What `figures.width.headline` draws.
    """
    frames, first = [], (network.required[0], network.times[0])
    for name, law in (("network", network), ("linearised", linearised)):
        own = np.exp(np.interp(np.log(law.times), np.log(linearised.times), np.log(c)))
        frames.append(law_table({r: law}, "r").assign(
            series=name, tau=law.tau, first_order=own / law.tau,
            **{line: first[0] * (law.times / first[1]) ** power for line, power in (
                ("paper", sufficient_width(r)), ("heuristic", drift_heuristic_width(r)),
                ("theorem", theorem_width(r)))}))
    return pd.concat(frames, ignore_index=True)
