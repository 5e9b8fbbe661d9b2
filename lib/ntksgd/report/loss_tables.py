"""Tables of the notebook on other losses: what its figures draw and its csv files keep."""

import numpy as np
import pandas as pd

from ntksgd.report.tables import law_table, positive_table
from ntksgd.stats import intervals
from ntksgd.stats.slopes import curve_slope


def theory_rows(key, times, curves, sampled, measure="loss"):
    """Risks over that of the last of `curves`, for a (loss, activation): one row a point.

    curves: {name: risk (times,)}; sampled: {name: risks (replicates, times)}.
    """
    columns = {"loss": key[0], "activation": key[1], "measure": measure}
    base = list(curves.values())[-1]
    rows = [pd.DataFrame({**columns, "series": name, "T": times, "risk": y, "ratio": y / base})
            for name, y in curves.items()]
    for name, y in sampled.items():
        one = positive_table(times, {name: y}, **columns).rename(columns={"x": "T", "mean": "risk"})
        rows.append(one.assign(ratio=one["risk"] / base, low=one["low"] / base,
                               high=one["high"] / base))
    return pd.concat(rows, ignore_index=True)


def bound_rows(loss, widths, found):
    """Gap against the width, measured with its interval and both bounds; found (paths, m, 4)."""
    gap = intervals.of(lambda mean: mean, found[..., 0], transform="log")
    rows = [pd.DataFrame({"loss": loss, "series": "measured", "m": widths, "gap": gap.value,
                          "low": gap.low, "high": gap.high})]
    for k, name in ((1, "bound, size of the labels known"), (2, "bound, any labels")):
        mean = found[..., k].mean(axis=0)
        rows.append(pd.DataFrame({"loss": loss, "series": name, "m": widths, "gap": mean}))
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


def law_rows(laws):
    """m*(T) of laws {(loss, activation, measure, learner, tau): WidthLaw}, one row a time."""
    return pd.concat([
        law_table({key[0]: law}, "loss").assign(activation=key[1], measure=key[2], learner=key[3],
                                                tau=key[4])
        for key, law in laws.items()], ignore_index=True)


def first_order_rows(times, coefficients, tolerances):
    """c(T)/tau of {(loss, activation): (c of the excess loss, c of the distance)}."""
    return pd.concat([
        pd.DataFrame({"loss": key[0], "activation": key[1], "measure": measure, "tau": tau,
                      "learner": "first order", "T": times, "width": c / tau})
        for key, both in coefficients.items()
        for measure, c in zip(("loss", "distance"), both, strict=True)
        for tau in tolerances], ignore_index=True)


def trace_rows(tests, widths):
    """Both sides of {(name, step): TraceTest}, one row a width."""
    return pd.concat([pd.DataFrame({
        "series": f"{name}, step {step:g}", "m": widths, "network": test.network.value,
        "network_half": test.network.half, "linearised": test.linearised.value,
        "linearised_half": test.linearised.half, "noise_share": test.share,
        "measured": test.measured.value, "low": test.measured.low, "high": test.measured.high,
        "predicted": test.predicted.value, "predicted_low": test.predicted.low,
        "predicted_high": test.predicted.high, "difference": test.difference.value,
        "difference_low": test.difference.low, "difference_high": test.difference.high})
        for (name, step), test in tests.items()], ignore_index=True)


def crossed(rows, columns):
    """Table with two lines of column titles: rows of entries, columns [(above, below), ...]."""
    return pd.DataFrame(rows, columns=pd.MultiIndex.from_tuples(columns))


def hits(found, theory):
    """In how many intervals a number lies, how wide they are, how many centres lie above: text."""
    inside, above = (sum(part) for part in zip(*((one.contains(theory), one.value > theory)
                                                 for one in found), strict=True))
    halves = [one.half for one in found]
    return (f"{theory:g} in {inside} of {len(found)} intervals, half widths "
            f"{min(halves):.2f}-{max(halves):.2f}, {above} centres above")


def listed(found):
    """{key of words: value} in one line of text."""
    return "; ".join(f"{', '.join(key)}: {value}" for key, value in found.items())
