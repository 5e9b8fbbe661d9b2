"""Tables of the network beside its linearisation and kernel SGD, as `figures.network` draws them.

Means come with the ends of their intervals, on the log scale where they are positive.
"""

from dataclasses import fields, replace

import numpy as np
import pandas as pd

from ntksgd.report.tables import positive_table, series_table

#: Attributes of `compare.paths.Paths`: mean squared distances of two learners.
GAPS = ("network_kernel", "linearised_kernel", "network_linearised")
MOTIONS = ("|K_T - K_0|^2", "|g - l|^2")


def at_widths(run, widths):
    """`Paths` of some of its widths alone; ValueError if one of them was not run."""
    if missing := sorted(set(widths) - set(run.widths)):
        raise ValueError(f"widths = {missing}: not among those of the run, {list(run.widths)}")
    chosen = np.searchsorted(run.widths, widths)
    parts = {one.name: getattr(run, one.name) for one in fields(run)}
    cut = {name: part[:, chosen] for name, part in parts.items()
           if name not in ("widths", "times", "kernel", "observed")}
    observed = {name: part[:, chosen] for name, part in run.observed.items()}
    return replace(run, widths=run.widths[chosen], observed=observed, **cut)


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


def drift_squares(runs):
    """Squared motions at the last time, of runs {start: Paths} that observe "kernel".

    {(start, what): array (replicates, widths)}, what one of `MOTIONS`: kernel, network.
    """
    kernel, network = MOTIONS
    return ({(name, kernel): run.observed["kernel"][..., -1] ** 2 for name, run in runs.items()}
            | {(name, network): run.network_linearised[..., -1] for name, run in runs.items()})


def kernel_moved(widths, squares, laws, bounds):
    """Squared change of the kernel: start, m, mean, low, high, law, bound.

    `squares`: those of `drift_squares`; `laws`: their TwoOrders; `bounds`: {start: array
    (widths,)}, of the starts that have one.
    """
    change = [positive_table(widths, {key[0]: values}).assign(law=laws[key](widths),
                                                              bound=bounds.get(key[0], np.nan))
              for key, values in squares.items() if key[1] == MOTIONS[0]]
    return pd.concat(change, ignore_index=True).rename(columns={"series": "start", "x": "m"})


def floor(widths, excesses, laws):
    """Relative excess: series, m, mean, half, low, high, law; arguments by (activation, T)."""
    parts = [series_table(widths, {f"{name}, T = {T:,}": values}).assign(
        law=_inside(laws[name, T], widths)) for (name, T), values in excesses.items()]
    table = pd.concat(parts, ignore_index=True).rename(columns={"x": "m"})
    return table.assign(low=table["mean"] - table["half"], high=table["mean"] + table["half"])


def ratios(long, frozen, exact):
    """Risk over the exact one of the kernel: {(activation, r, learner, m): (replicates, times)}.

    Arguments by (activation, r): `Paths` of networks, and of linearised ones; kernel risks.
    """
    return {(*key, learner, int(m)): getattr(run, learner)[:, k] / exact[key]
            for learner, runs in (("network", long), ("linearised", frozen))
            for key, run in runs.items() for k, m in enumerate(run.widths)}


def signature(ratios, times):
    """Risk over the kernel's: activation, r, learner, m, T, ratio, low, high.

    `ratios`: {(activation, r, learner, m): array (replicates, times)}.
    """
    parts = [positive_table(times, {m: values}, activation=name, r=r, learner=learner)
             for (name, r, learner, m), values in ratios.items()]
    return pd.concat(parts, ignore_index=True).rename(
        columns={"series": "m", "x": "T", "mean": "ratio"})


def spread(levels, deltas):
    """Quantiles of the risk: series, delta, factor, value, low, high, guide.

    Both arguments by (activation, m). `factor` is log(2/delta), `guide` proportional to it, through
    the largest value where it is least: a quantile that grows no faster stays below it.
    """
    table = pd.concat([pd.DataFrame({
        "series": f"{name}, m = {m}", "delta": deltas[name, m], "value": q.value, "low": q.low,
        "high": q.high}) for (name, m), q in levels.items()], ignore_index=True)
    table.insert(2, "factor", np.log(2 / table["delta"]))
    least = table["factor"].min()
    top = table.loc[table["factor"] == least, "value"].max()
    return table.assign(guide=top * table["factor"] / least)


def _inside(law, widths):
    return np.where(np.asarray(widths) >= law.x_min, law(widths), np.nan)
