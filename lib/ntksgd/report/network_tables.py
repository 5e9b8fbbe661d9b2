"""Tables of the network beside its linearisation and kernel SGD, as `figures.network` draws them.

Means come with the ends of their intervals, on the log scale where they are positive.
"""

import numpy as np
import pandas as pd

from ntksgd.report.tables import positive_table, series_table
from ntksgd.stats.two_orders import leading_exponent

#: Attributes of `compare.paths.Paths`: mean squared distances of two learners.
GAPS = ("network_kernel", "linearised_kernel", "network_linearised")


def gaps_by_width(runs, laws):
    """Squared gaps at the last time: activation, gap, m, mean, low, high, law, order.

    `runs`: {activation: Paths}; `laws`: {(activation, gap): TwoOrders}, of the gaps that have one;
    `law` is empty below the widths it was fitted on, `order` its leading exponent.
    """
    parts = []
    for name, run in runs.items():
        for gap in GAPS:
            part = positive_table(run.widths, {gap: getattr(run, gap)[..., -1]}, activation=name)
            law = laws.get((name, gap))
            parts.append(part.assign(law=np.nan if law is None else _inside(law, run.widths),
                                     order=np.nan if law is None else law.exponents[0]))
    return pd.concat(parts, ignore_index=True).rename(columns={"series": "gap", "x": "m"})


def gaps_by_time(runs, bounds):
    """Linearised minus kernel along t: decay, m, t, mean, low, high, bound.

    `runs`: {decay: Paths}; `bounds`: {decay: array (widths, replicates, times)}.
    """
    parts = [positive_table(run.times, {m: run.linearised_kernel[:, k]}, decay=name).assign(
        bound=bounds[name][k].mean(axis=0))
        for name, run in runs.items() for k, m in enumerate(run.widths)]
    return pd.concat(parts, ignore_index=True).rename(columns={"series": "m", "x": "t"})


def parameters_moved(run, shown, limit):
    """Squared distance from the start, widths `shown` (indices): m, t, mean, low, high, limit."""
    moved = positive_table(run.times, {run.widths[k]: run.drift[:, k] ** 2 for k in shown})
    moved = moved.rename(columns={"series": "m", "x": "t"})
    return moved.assign(limit=np.tile(limit, len(shown)))


def kernel_moved(widths, squares, laws, bounds):
    """Squared change of the kernel: start, m, mean, low, high, law, bound.

    `squares`: {start: array (replicates, widths)}; `laws`: {start: TwoOrders}; `bounds`: {start:
    array (widths,)}, of the starts that have one.
    """
    change = [positive_table(widths, {name: values}).assign(law=laws[name](widths),
                                                            bound=bounds.get(name, np.nan))
              for name, values in squares.items()]
    return pd.concat(change, ignore_index=True).rename(columns={"series": "start", "x": "m"})


def floor(widths, excesses, laws):
    """Relative excess: series, m, mean, half, low, high, law; arguments by (activation, T)."""
    parts = [series_table(widths, {f"{name}, T = {T:,}": values}).assign(
        law=_inside(laws[name, T], widths)) for (name, T), values in excesses.items()]
    table = pd.concat(parts, ignore_index=True).rename(columns={"x": "m"})
    return table.assign(low=table["mean"] - table["half"], high=table["mean"] + table["half"])


def signature(ratios, times):
    """Risk over the kernel's: activation, r, learner, m, T, ratio, low, high.

    `ratios`: {(activation, r, learner, m): array (replicates, times)}.
    """
    parts = [positive_table(times, {m: values}, activation=name, r=r, learner=learner)
             for (name, r, learner, m), values in ratios.items()]
    return pd.concat(parts, ignore_index=True).rename(
        columns={"series": "m", "x": "T", "mean": "ratio"})


def spread(levels, deltas):
    """Quantiles of the risk: series, delta, value, low, high; both by (activation, m)."""
    return pd.concat([pd.DataFrame({
        "series": f"{name}, m = {m}", "delta": deltas[name, m], "value": q.value, "low": q.low,
        "high": q.high}) for (name, m), q in levels.items()], ignore_index=True)


def two_orders(laws, leading, **more):
    """What was fitted, as text: one row a law of `laws`, beside its free leading exponent.

    `leading` and each of `more` (a column) have the keys of `laws`, (activation, what or when).
    """
    rows = [[*key, law.leading, law.following, f"{law.misfit:.1f}", leading[key],
             *(column[key] for column in more.values())] for key, law in laws.items()]
    columns = ["activation", "of", "A", "B", "misfit", "leading order, free", *more]
    return pd.DataFrame(rows, columns=columns).map(str).to_string(index=False)


def free_order(x, samples, following):
    """`leading_exponent`, or None where the samples do not tell it from the next order."""
    try:
        return leading_exponent(x, samples, following)
    except ValueError as error:
        if "statistic" not in str(error):
            raise
        return None


def _inside(law, widths):
    return np.where(np.asarray(widths) >= law.x_min, law(widths), np.nan)
