"""Statements about deeper networks: predictions where there is a first order, else findings."""

from ntksgd.report.claims import Statement


def limits(found, widths):
    """Slopes of the distance to the limit kernel, ReLU on the circle, from {name: Slope}."""
    return [_row(f"slope of |K_m - K| in m, {name}", one, f"m = {widths[0]}..{widths[-1]}",
                 ("relu", 2), None, -0.5) for name, one in found.items()]


def exponents(found, r):
    """Exponents of m* against those of c_L, from {((activation, d), L, tau): `decades`}."""
    return [_row(f"exponent of m* in T, {L} hidden, {name} decade", one,
                 f"T = {low:.0f}..{high:.0f}, tau = {tau:g}", case, r, line)
            for (case, L, tau), parts in found.items()
            for name, low, high, one, line in parts if one is not None]


def prices(found, times, r):
    """c_L / c_1 at the first and last of times[case], from {(case, L): Interval}."""
    return [_row(f"c_{L} / c_1, first order", q[i], f"T = {times[case][i]:.0f}", case, r)
            for (case, L), q in found.items() for i in (0, -1)]


def drifts(found, m, T, case, r):
    """What training adds to the excess at width m after T steps, from {L: Interval}."""
    return [_row(f"drift's part of the excess, {L} hidden, m = {m}", one, f"T = {T}", case, r)
            for L, one in found.items()]


def _row(quantity, found, where, case, r, theory=None):
    kind, relation = ("finding", "") if theory is None else ("prediction", "=")
    return Statement("F", quantity, kind, measured=found.value, theory=theory, relation=relation,
                     interval=found, interval_kind="statistical", range=where,
                     activation=case[0], d=case[1], r=r)
