"""Tables and rows of the page on real data; a case is (data set, activation)."""

import numpy as np
import pandas as pd

from ntksgd.compare.regularity import regularity
from ntksgd.models.activations import activation
from ntksgd.problems.schedules import paper_theta
from ntksgd.report.statements import Statement
from ntksgd.report.tables import positive_table
from ntksgd.stats.intervals import Interval
from ntksgd.stats.slopes import curve_slope

KEY = ["data", "activation"]
RESOLVED = 0.1  # what half of the points may change of a curve that they resolve
#: Quantity, place and theory of the board's rows; a miss has no theory, it is a finding.
ROWS = {
    "ratio": ("training risk, means over splits, forecast over measured", "last", 1.0),
    "gap": ("exponent of the mean training risk, measured minus forecast", "late", 0.0),
    "miss": ("training risk, typical factor that one split's forecast misses by", "last", None),
    "gap_miss": ("exponent of the training risk, typical miss of one split", "late", None),
    "test": ("test error, means over splits, forecast over measured", "once", 1.0),
    "test_miss": ("test error, typical factor that one split's forecast misses by", "once", None),
}


def tail_tables(first):
    """Tail power of each case, and its fit on the window of r and beyond; of {case: Forecast}."""
    tails, fits = [], []
    for case, f in first.items():
        s, at = f.source, dict(zip(KEY, case, strict=True))
        values = s.spectrum.eigenvalues
        tails.append(pd.DataFrame({**at, "eigenvalue": values,
                                   "tail": s.spectrum.tail_power(values)}))
        for what, ends in (("fitted window", (f.times[0], f.T_fit)),
                           ("the same slope beyond", (f.T_fit, f.times[-1]))):
            x = np.array(s.window(*ends))
            fits.append(pd.DataFrame({**at, "window": what, "x": x,
                                      "y": np.exp(s.fit.intercept) * x ** (2 * s.r)}))
    return pd.concat(tails, ignore_index=True), pd.concat(fits, ignore_index=True)


def forecast_table(halves):
    """What A foretells of the training risk, a row a case, from its halves by case."""
    rows = []
    for case, of in halves.items():
        f, rs = of[0].forecast, [half.forecast.source.r for half in of[1:]]
        s, late = f.source, f.late
        window = s.window(f.T_fit, f.times[-1])  # below it there may be no eigenvalue at all
        own = regularity(s.spectrum, *window).value if s.spectrum.tail_power(window[0]) else np.inf
        # up to the first disagreement: curves may cross again later
        last = np.argmin(np.append(np.abs(f.coarse / f.curve - 1) < RESOLVED, False)) - 1
        rows.append([*case, f"{s.r:.3f}", f"{min(rs):.3f} to {max(rs):.3f}", f"{s.rate:.2f}",
                     f"{-2 * own * (1 - paper_theta(s.r)):.2f}",
                     f"{curve_slope(f.times[late], f.curve[late]).value:.2f}",
                     f"{f.curve[-1]:.3f}", f"{f.power_law[-1]:.3f}",
                     f"{f.times[last]}" if last >= 0 else f"< {f.times[0]}"])
    return pd.DataFrame(rows, columns=[
        *KEY, "r of A", "of other halves", "rate", "rate in hindsight", "exponent of the curve",
        "risk at T_high", "by the rate", "resolved to T"])


def risk_table(trials, test=False):
    """Foretold and measured risks with intervals, as `figures.data.forecasts` draws them."""
    series = ({"forecast": "test", "kernel SGD": "test_kernel", "network": "test_network"} if test
              else {"whole spectrum": "curve", "kernel SGD": "kernel", "one number": "power_law",
                    "network": "network"})
    frames = []
    for case, t in trials.items():
        x = t.first.once if test else t.first.times
        rows = {what: getattr(t.measured, name) if hasattr(t.measured, name) else t.foretold(name)
                for what, name in series.items()}
        frames.append(positive_table(x, rows, **dict(zip(KEY, case, strict=True))))
    return pd.concat(frames, ignore_index=True)


def ends(scored, what, act=None):
    """The least and the largest value of a pair over the cases (of one activation), as text."""
    values = [of[what].value for case, of in scored.items() if act in (None, case[1])]
    return f"{min(values):.2f} to {max(values):.2f}"


def holds(scored, what):
    """In how many of the cases the interval of a ratio contains 1, as text."""
    return f"{sum(of[what].contains(1) for of in scored.values())} of {len(scored)}"


def interval_table(found):
    """Named intervals of each case as text: {case: {name: Interval}}."""
    return pd.DataFrame([[*case, *map(str, of.values())] for case, of in found.items()],
                        columns=[*KEY, *next(iter(found.values()))])


def mark_table(found):
    """The same as `figures.data.scores` draws them."""
    return pd.DataFrame([[*case, what, i.value, i.low, i.high] for case, of in found.items()
                         for what, i in of.items()], columns=[*KEY, "what", "value", "low", "high"])


def board(trials, found, foretold, measured, at, tau):
    """The page's rows: predictions of ours, and how far they miss; none for or against the paper.

    `found`: {key of ROWS: {case: {name of a pair: Interval}}}; `at`: time indices.
    """
    rows = []
    for case, t in trials.items():
        f, law = t.first, measured[case]
        T, once = f.times[-1], f.once[-1]
        where = {"last": f"T = {T}", "late": f"T = {f.T_fit}..{T}", "once": f"T = {once}"}
        for key, scored in found.items():
            what, place, theory = ROWS[key]
            rows += [_row(case, f, f"{what}: {pair}", i, where[place], theory)
                     for pair, i in scored[case].items()]
        rows += [_row(case, f, "m*", Interval(law.required[k], law.low[k], law.high[k]),
                      f"T = {f.times[k]}, tau = {tau:g}, m <= {law.excess.widths[-1]:.0f}",
                      foretold[case].required[k]) for k in at]
    return rows


def _row(case, forecast, quantity, found, where, theory):
    s = forecast.source
    return Statement("F", f"{case[0]}: {quantity}", "finding" if theory is None else "prediction",
                     measured=found.value, theory=theory, relation="" if theory is None else "=",
                     interval=found, interval_kind="statistical", range=where,
                     activation=activation(case[1]).name, d=s.population.d, r=round(s.r, 4))
