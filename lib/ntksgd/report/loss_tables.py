"""Tables of the notebook on other losses: what its figures draw and its csv files keep.

A key names a case: (loss, activation), and often (loss, activation, measure), the measure being
"loss" or "distance".
"""

import numpy as np
import pandas as pd

from ntksgd.report.tables import positive_table
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.stats import intervals
from ntksgd.stats.slopes import curve_slope

KEY = [("", "loss"), ("", "activation"), ("", "measure")]


def theories(problem, times, closure, nearby, measure):
    """Risk by the mean curvature (for Huber the twin's), the local model, the closure: by name."""
    loss = measure == "loss"
    mean = kernel_risk(problem, times, tail=False) / (1 if loss else problem.labels.risk_factor)
    name = "excess" if loss else "distance"
    return {"mean curvature": mean, "local, D(x)": getattr(nearby, name),
            "moment closure": getattr(closure, name)}


def theory_rows(times, curves, sampled):
    """Risks over that of the last of the curves, one row a point.

    curves: {key: {name: risk (times,)}}; sampled: {key: {name: risks (replicates, times)}}.
    """
    rows = []
    for key, lines in curves.items():
        columns = dict(zip(("loss", "activation", "measure"), key, strict=True))
        base = list(lines.values())[-1]
        rows += [pd.DataFrame({**columns, "series": name, "T": times, "risk": y, "ratio": y / base})
                 for name, y in lines.items()]
        for name, y in sampled[key].items():
            one = positive_table(times, {name: y}, **columns)
            one = one.rename(columns={"x": "T", "mean": "risk"})
            rows.append(one.assign(ratio=one["risk"] / base, low=one["low"] / base,
                                   high=one["high"] / base))
    return pd.concat(rows, ignore_index=True)


def averaged_ratio(samples, curve):
    """Interval of samples (replicates, times) over a curve (times,), in the mean over the times."""
    return intervals.of(lambda mean: mean, (samples / curve).mean(axis=1), transform="log")


def agreement(theories, times, shown, found):
    """Theories over the last of them at the times `shown`, and `found`, {key: two Intervals}."""
    names, rows = list(next(iter(theories.values()))), []
    for key, curves in theories.items():
        off = [curves[name][i] / curves[names[-1]][i] for name in names[:-1] for i in shown]
        rows.append([*key, *(f"{v:.2f}" for v in off), *map(str, found[key])])
    return _crossed(rows, KEY + [(name, f"T = {times[i]:,}") for name in names[:-1] for i in shown]
                    + [("sampled", f"{when} decade") for when in ("first", "last")])


def exponents(found, names):
    """Of {key: (first, last) of each name}: a table with both decades side by side."""
    return _crossed([[*key, *(str(one[j]) for j in (0, 1) for one in each)]
                     for key, each in found.items()],
                    KEY + [(f"{when} decade", name) for when in ("first", "last")
                           for name in names])


def _crossed(rows, columns):
    """Table with two lines of column titles: rows of entries, columns [(above, below), ...]."""
    return pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(columns))


def bound_rows(widths, found):
    """Gap against the width, measured with its interval and both bounds; found: {loss: (., m, 4)}.
    """
    rows = []
    for loss, one in found.items():
        gap = intervals.of(lambda mean: mean, one[..., 0], transform="log")
        rows.append(pd.DataFrame({"loss": loss, "series": "measured", "m": widths,
                                  "gap": gap.value, "low": gap.low, "high": gap.high}))
        rows += [pd.DataFrame({"loss": loss, "series": name, "m": widths,
                               "gap": one[..., k].mean(axis=0)})
                 for k, name in ((1, "bound, size of the labels known"), (2, "bound, any labels"))]
    return pd.concat(rows, ignore_index=True).replace(np.inf, np.nan)


def beside_bound(found, widths):
    """Paths beside their bound, one row a name of {name: (paths, m, 4)}.

    How many paths have a finite bound; the largest of gap and of ||V|| over theirs on these; the
    mean bound at the largest width, and its slope over the last three.
    """
    rows = {}
    for name, one in found.items():
        bound = one[..., 1:3].min(axis=-1)
        closed, late = np.isfinite(bound), bound[:, -3:].mean(axis=0)
        steep = curve_slope(widths[-3:], late).value if np.isfinite(late).all() else np.nan
        rows[name] = [closed.sum(), closed.size, *(np.max(ratio[closed], initial=0.0) for ratio in (
            one[..., 0] / bound, one[..., 3])), late[-1], steep]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[
        "closed", "paths", "gap / bound", "distance / bound", f"bound at m = {widths[-1]}",
        f"its slope, m = {widths[-3]}..{widths[-1]}"])
