"""Figures of the kernel regime of a sample: what is predicted, and how often that was right."""

import numpy as np
import pandas as pd

from ntksgd.report.figures import THEORY, marks, palette, panels
from ntksgd.risk.predicted import capacity_free
from ntksgd.stats import intervals
from ntksgd.width.needed import LEARNERS
from ntksgd.width.verdict import MARGIN

NAMES = {"network": "network", "linearised": "linearised network"}


def answer_table(found):
    """The numbers of `answer`: columns what, x, value, low, high, for a `KernelRegime`."""
    rows = [{"what": "risk", "x": t, "value": risk} for t, risk in zip(found.times, found.risk,
                                                                       strict=True)]
    for learner in LEARNERS:
        last = intervals.of(lambda mean: mean, getattr(found.predicted, learner)[:, :, -1])
        rows += [{"what": f"excess, {NAMES[learner]}", "x": m, "value": last.value[i],
                  "low": last.low[i], "high": last.high[i]}
                 for i, m in enumerate(found.predicted.widths)]
        w = getattr(found, learner).width
        rows.append({"what": f"m*, {NAMES[learner]}", "x": w.value, "value": found.tau,
                     "low": w.low, "high": w.high})
    middle, level = _centre(found)
    power = level * (found.times / middle) ** -float(capacity_free(found.r.value))
    rows += [{"what": "power law", "x": t, "value": v} for t, v in zip(found.times, power,
                                                                        strict=True)]
    rows += [{"what": "first order", "x": m, "value": found.coefficient.value / m}
             for m in found.predicted.widths]
    return pd.DataFrame(rows)


def _centre(found):
    """Geometric means of times and risks: the power law goes through this point."""
    return (np.exp(np.mean(np.log(v))) for v in (found.times, found.risk))


def answer(found):
    """Left: training risk against T; right: excess against the width, m* and the width asked for.

    `found` is a `width.regime.KernelRegime`.
    """
    fig, ((left, right),) = panels.grid(1, 2, 3.8)
    table, rate = answer_table(found), float(capacity_free(found.r.value))
    left.plot(found.times, found.risk, "o-", color=palette[0], label="predicted risk")
    law = table[table["what"] == "power law"]
    left.plot(law["x"], law["value"], "--", color=THEORY, lw=1,
              label=f"$T^{{-{rate:.2f}}}$, from $r$ = {found.r.value:.2f}")
    panels.log_axes(left)
    panels.plain_ticks(left.yaxis, *left.get_ylim())
    left.set(xlabel="steps $T$", ylabel="training risk, infinite width",
             title=f"{found.population.name}: what steps bring")
    left.legend()
    for learner, colour, marker in zip(LEARNERS, palette, marks.MARKERS, strict=False):
        part = table[table["what"] == f"excess, {NAMES[learner]}"]
        right.errorbar(part["x"], part["value"], marks.bars(part, "value", ["low", "high"]),
                       color=colour, fmt=f"{marker}-", lw=0.9, label=NAMES[learner])
        right.plot(getattr(found, learner).width.value, found.tau, "*", color=colour, ms=10,
                   mec=THEORY, mew=0.6, zorder=5)
    m = np.geomspace(found.predicted.widths[0], found.predicted.widths[-1], 100)
    right.plot(m, found.coefficient.value / m, color=THEORY, lw=1, label="first order, $c(T)/m$")
    right.axhline(found.tau, color=THEORY, lw=1, ls="--", label=rf"$\tau$ = {found.tau:g}")
    if found.width is not None:
        right.axvline(found.width, color=palette[2], lw=1.4, ls=":",
                      label=f"$m$ = {found.width}: {found.verdict.answer}")
    panels.log_axes(right, x=2, y=None)
    top = max(3 * found.tau, float(table["value"][table["what"].str.startswith("excess")].max()))
    low = min(-found.tau, float(table["value"][table["what"].str.startswith("excess")].min()))
    right.set(xlabel="width $m$", ylabel="risk / kernel risk $-\\,1$",
              ylim=(1.2 * low, min(1.1 * top, 8 * found.tau)),
              title=f"kernel regime from $m$ = {found.regime.value:.0f} on (stars: $m^*$)")
    return panels.legend_below(fig, right, 3)


def score(table, titles):
    """Width measured against width predicted, with the band of a factor 2.

    `table`: columns target, data, activation, predicted, predicted_low, predicted_high, measured,
    measured_low, measured_high, side, hit; `titles`: {target: title}, a panel each.
    """
    fig, ((*axes,),) = panels.grid(1, len(titles), 3.9, sharey=True)
    ends = np.array([table[["predicted", "measured"]].min().min() / 1.6,
                     table[["predicted", "measured"]].max().max() * 1.6])
    for ax, (target, title) in zip(axes, titles.items(), strict=True):
        ax.fill_between(ends, ends / MARGIN, ends * MARGIN, color="0.9", lw=0, zorder=0)
        part = table[table["target"] == target]
        for (name, some), colour, marker in marks.styled(part.groupby("activation", sort=False)):
            x, y = some["predicted"], some["measured"]
            across = np.array(marks.bars(some, "predicted", ["predicted_low", "predicted_high"]))
            seen = (some["side"] == 0).to_numpy()
            up = np.where(np.isfinite(some["measured_high"]), some["measured_high"], 2 * ends[1])
            along = np.array([y - some["measured_low"], up - y])
            ax.errorbar(x[seen], y[seen], along[:, seen], across[:, seen], fmt=marker, ms=4,
                        color=colour, elinewidth=0.5, capsize=0, label=name)
            marks.censored_points(ax, x, y, y, y, some["side"], colour, ms=4, marker="")
        for row in part[~part["hit"]].itertuples():
            ax.annotate(row.data, (row.predicted, row.measured), fontsize=8, xytext=(5, -9),
                        textcoords="offset points")
        ax.plot(ends, ends, color=THEORY, lw=1, zorder=4)
        panels.log_axes(ax, x=2, y=2)
        ax.set(xlim=ends, ylim=ends, title=title)
    panels.outer_labels(np.array([axes]), "width predicted", "width measured")
    return panels.legend_below(fig, axes[0], 4, {"arrow: a bound": "k^"})
