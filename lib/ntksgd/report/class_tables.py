"""Tables of a classification study, {name: (Task, Outcome)}: what its figures draw."""

import numpy as np
import pandas as pd

from ntksgd.stats import intervals
from ntksgd.stats.intervals import Interval

FEATURES = ("limit kernel", "$K_0$ as drawn", "$K_T$, {} loss")


def mean(samples):
    """Means over splits (S, ...) of errors in per cent, or of their differences, as an `Interval`.

    To ten decimals: shares that cancel give 0, not what rounding leaves of it.
    """
    found = intervals.of(lambda means: means, samples)
    value, low, high = (np.round(end, 10) + 0.0 for end in (found.value, found.low, found.high))
    return Interval(value, low, high)


def line(interval, digits=1):
    """An interval as text."""
    value, low, high = (f"{x:.{digits}f}" for x in (interval.value, interval.low, interval.high))
    return f"{value} [{low}, {high}]"


def _columns(samples):
    found = mean(samples)
    return {"mean": found.value, "low": found.low, "high": found.high}


def steps_table(studies, m):
    """Test error of the four learners against T, networks of width m: one row a point."""
    rows = []
    for name, (task, found) in studies.items():
        k = task.widths.index(m)
        for l, loss in enumerate(task.losses):
            series = {"network": found.network[:, l, k], "linearised network":
                      found.linearised[:, l, k], "kernel SGD": found.kernel[:, l],
                      "kernel ridge": found.ridge}
            rows += [pd.DataFrame({"data": name, "loss": loss, "learner": learner, "m": m,
                                   "n": task.train_size, "T": task.times[:samples.shape[1]],
                                   **_columns(samples)}) for learner, samples in series.items()]
    return pd.concat(rows, ignore_index=True)


def error_table(studies):
    """Test error of the four learners after one pass and after the last, widest network, as text.
    """
    rows = []
    for name, (task, found) in studies.items():
        for l, loss in enumerate(task.losses):
            for t in (task.times.index(task.train_size), -1):
                learners = (found.network[:, l, -1, t], found.linearised[:, l, -1, t],
                            found.kernel[:, l, t], found.ridge[:, -1])
                rows.append([name, loss, task.times[t], *(line(mean(s)) for s in learners)])
    return pd.DataFrame(rows, columns=["data", "loss", "T", f"network {task.widths[-1]}",
                                       "linearised", "kernel SGD", "kernel ridge"])


def best_networks(studies):
    """The network of least test error after the last pass, in a sentence a data set."""
    lines = []
    for name, (task, found) in studies.items():
        kernel, ridge = found.kernel[:, :, -1], found.ridge[:, -1]
        ends = [(mean(net), mean(kernel[:, l] - net), mean(ridge - net), loss, m)
                for l, loss in enumerate(task.losses)
                for m, net in zip(task.widths, found.network[:, l, :, -1].T, strict=True)]
        error, gain, batch, loss, m = min(ends, key=lambda end: end[0].value)
        lines.append(
            f"- **{name}**, after {task.times[-1] // task.train_size} passes: best network ({loss} "
            f"loss, $m={m}$) {line(error)} %; kernel SGD less network {line(gain)}, kernel ridge "
            f"less network {line(batch)} points; kernel ridge {line(mean(ridge))} %.")
    return lines


def width_table(studies):
    """Test error against m after one pass and after the last; of the kernels, the same at each m.

    The row of kernel ridge regression, which knows neither steps nor loss, is that of all n.
    """
    rows = []
    for name, (task, found) in studies.items():
        for passes, T in (("one pass", task.train_size), ("several passes", task.times[-1])):
            t = task.times.index(T)
            for l, loss in enumerate(task.losses):
                flat = {"kernel SGD": found.kernel[:, l, t], "kernel ridge": found.ridge[:, -1]}
                series = {"network": found.network[:, l, :, t],
                          "linearised network": found.linearised[:, l, :, t]}
                rows += [pd.DataFrame({"data": name, "loss": loss, "passes": passes, "T": T,
                                       "learner": learner, "m": list(task.widths),
                                       **_columns(samples)})
                         for learner, samples in (series | flat).items()]
    return pd.concat(rows, ignore_index=True)


def case_table(found):
    """Every `compare.class_cases.Case`: diagnostic, change of the kernel, gains with intervals."""
    rows = []
    for case in found:
        row = {name: getattr(case, name)
               for name in ("data", "loss", "load", "m", "passes", "T", "diagnostic")}
        for name in ("change", "growth", "own", "limit"):
            row |= {f"{name}_{end}": value for end, value in _columns(getattr(case, name)).items()}
        rows.append(row)
    return pd.DataFrame(rows)


def feature_table(studies):
    """Test error of ridge regression with the limit kernel, with K_0, and with each K_T."""
    rows = []
    for name, (task, found) in studies.items():
        series = [found.ridge[:, -1], *found.feature_ridge.T]
        labels = [*FEATURES[:2], *(FEATURES[2].format(loss) for loss in task.losses)]
        rows += [{"data": name, "m": task.ridge_width, "kernel": label, **_columns(samples)}
                 for label, samples in zip(labels, series, strict=True)]
    return pd.DataFrame(rows)
