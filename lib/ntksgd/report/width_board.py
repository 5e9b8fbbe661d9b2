"""Statements on the width that is needed: its exponent in T against the paper's and others."""

from ntksgd.report.claims import Statement
from ntksgd.risk.predicted_widths import drift_heuristic_width, sufficient_width
from ntksgd.stats.slopes import curve_slope

AGAINST, BELOW = "exponent of m* against 1+5/(2r+1)", "exponent of m* against 2/(2r+1)"


def networks(laws, tau_shown, activation):
    """Rows on {r: WidthLaws} of the network, against the paper and, at `tau_shown`, the heuristic.
    """
    rows = []
    for r, law in ((r, law) for r, of in laws.items() for law in of if law.slope):
        rows.append(_exponent(f"{AGAINST}, network", law.slope, (activation, 2, r),
                              f"tau = {law.tau:g}", sufficient_width(r), kind="claim"))
        if law.tau == tau_shown:
            rows.append(_exponent(f"{BELOW}, network", law.slope, (activation, 2, r),
                                  f"tau = {law.tau:g}", drift_heuristic_width(r)))
    return rows


def needed(laws, learner, activation):
    """Rows on {r: WidthLaw}: neurons needed at the last T, where they are among the widths."""
    return [Statement("C", f"neurons needed, {learner}", "finding", measured=law.required[-1],
                      interval=(law.low[-1], law.high[-1]), interval_kind="statistical",
                      activation=activation, d=2, r=r,
                      range=f"T = {law.times[-1]:.0f}, tau = {law.tau:g}")
            for r, law in laws.items() if law.censored[-1] == 0]


def worst_targets(laws, activation, readings):
    """Rows on {(r, reading): WidthLaw}, of the linearised network, for these readings."""
    return [_exponent(f"{AGAINST}, worst target ({reading}), linearised", law.slope,
                      (activation, 2, r), f"tau = {law.tau:g}", sufficient_width(r), kind="claim")
            for (r, reading), law in laws.items() if reading in readings and law.slope]


def linearised(laws, order):
    """Rows on {(activation, d, r): WidthLaw} against the first order c(T), `order` likewise."""
    return [_exponent("exponent of m* against first order, linearised", law.slope, case,
                      f"tau = {law.tau:g}",
                      curve_slope(law.times[law.seen], order[case][law.seen]).value, relation="=",
                      why="next order in 1/m")
            for case, law in laws.items() if law.slope]


def drifts(costs, activation, t_min=1000):
    """Rows on {(r, s^2): DriftCost}: the share of drift at the end, the exponent from t_min on."""
    rows = []
    for (r, s2), cost in costs.items():
        part = cost.averaged()
        rows.append(Statement(
            "C", "share of drift in m*, tau -> 0", "finding", measured=part.share()[-1].value,
            interval=part.share()[-1], interval_kind="statistical", activation=activation, d=2,
            r=r, range=f"T ~ {part.times[-1]:.0f}, s^2 = {s2:g}"))
    return rows + [_exponent("exponent of c + c_drift against 2/(2r+1)", cost.exponent(t_min),
                             (activation, 2, r), f"tau -> 0, s^2 = {s2:g}",
                             drift_heuristic_width(r)) for (r, s2), cost in costs.items()]


def leverages(energy, exponent):
    """Rows on the columns of `width_exponents.leverage_columns`: the last exponent measured.

    It is `exponent` for squareplus, 0 for ReLU.
    """
    rows = []
    for (name, d), part in energy.groupby(["activation", "d"], sort=False):
        rows.append(Statement(
            "C", "exponent of the leverage in the eigenvalue", "prediction", relation="=",
            theory=exponent if name == "squareplus" else 0.0, measured=part["measured"].iloc[-1],
            resolution=0.005, activation=name, d=d,
            range=f"degrees {part['k'].iloc[-2]}..{part['k'].iloc[-1]}"))
    return rows


def far(curves):
    """Rows on `FarCurve`s: their exponent in T, that of their leading terms in S, and the limit."""
    rows = []
    for curve in curves:
        late = "the RKHS norm converges like k^(-0.05)" if curve.r == 0.5 else ""
        if curve.name == "squareplus":
            late = f"the exponent in S is within 0.01 from S = 1e{curve.settles:.0f} on"
        case = {"activation": curve.name, "d": curve.d, "r": curve.r}
        rows.append(Statement(
            "C", "exponent of c in T, first order, against its derived limit", "prediction",
            theory=curve.limit / (2 * curve.r + 1), relation="=", measured=curve.bracket.value,
            interval=curve.bracket, interval_kind="numerical", here=curve.here if late else None,
            settles=late, why="logarithms", range=f"T = {curve.T[4]:.0e}..{curve.T[-1]:.0e}",
            **case))
        if curve.name == "squareplus":
            rows.append(Statement(
                "C", "exponent of the leading terms in S against its derived limit", "check",
                theory=curve.limit, relation="=", measured=curve.model[-1], resolution=0.005,
                range=f"S = 1e{curve.line[-1]:.0f}", **case))
    return rows


def _exponent(quantity, s, case, at, theory, kind="prediction", relation="<=", **options):
    return Statement("C", quantity, kind, theory=theory, relation=relation, measured=s.value,
                     interval=s, interval_kind="statistical", activation=case[0], d=case[1],
                     r=case[2], range=f"T = {s.x_min:.0f}..{s.x_max:.0f}, {at}", **options)
