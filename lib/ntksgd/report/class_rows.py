"""Rows of claim F of a classification study, and how its cases are ordered.

A study is {name of a data set: (Task, Outcome)}; cases are those of `compare.class_cases`, data set
by data set.
"""

import numpy as np

from ntksgd.compare.class_cases import blocks, cases
from ntksgd.models.activations import activation
from ntksgd.report.class_tables import mean
from ntksgd.report.statements import Statement
from ntksgd.stats.ordering import correlation, ordered_pairs

#: What is said to order which gain: columns of `class_tables.case_table`.
ORDERS = {"D orders the gain over the own kernel": ("diagnostic", "own"),
          "D orders the gain over the limit kernel": ("diagnostic", "limit"),
          "alignment's growth, the same": ("growth_mean", "limit")}


def orderings(found, table):
    """{(key of ORDERS, data set or "all"): (correlation, pairs told apart, pairs ordered)}.

    `table` is the `case_table` of the cases `found`; correlations are with the logarithm.
    """
    out = {}
    for what, (x, gain) in ORDERS.items():
        values, samples = np.log(table[x].to_numpy()), blocks(found, gain)[1]
        ends = np.cumsum([0, *(block.shape[1] for block in samples)])
        parts = {name: (slice(*ends[i:i + 2]), samples[i:i + 1])
                 for i, name in enumerate(table["data"].unique())}
        for name, (part, gains) in (parts | {"all": (slice(None), samples)}).items():
            out[what, name] = (correlation(values[part], *gains),
                               *ordered_pairs(values[part], *gains))
    return out


def kernel_rows(exponents, moved, sizes, widths):
    """Exponents of |K_T - K_0| in m, and how far parameters move, by (data set, activation)."""
    rows = []
    for (name, by), fit in exponents.items():
        where = f"T = {sizes[name]}, m = {widths[0]}..{widths[-1]}, square loss"
        kinks = bool(activation(by).kinks)
        rows += [_row(f"{name}: exponent of |K_T - K_0| in m", fit, where, by,
                      -0.75 if kinks else -1.0, "<=" if kinks else "="),
                 _row(f"{name}: |Theta_T - Theta_0|^2 over ||f_T||^2", moved[name, by],
                      where.replace(f"{widths[0]}..", ""), by, 1.0, "=")]
    return rows


def order_rows(orders, by):
    """A row for each of the `orderings`."""
    return [_row(f"{name}: correlation, {what}", found, f"{right} of {told} pairs ordered", by)
            for (what, name), (found, told, right) in orders.items()]


def feature_rows(studies, features):
    """Gains of ridge regression with K_T, {(data set, loss): (over K_0, over K)}."""
    rows = []
    for (name, loss), (own_kernel, over_limit) in features.items():
        task = studies[name][0]
        where, by = f"T = {task.times[-1]}, m = {task.ridge_width}, {loss} loss", task.activation
        rows += [_row(f"{name}: ridge, error with K_0 less K_T", own_kernel, where, by),
                 _row(f"{name}: ridge, error with K less K_T", over_limit, where, by)]
    return rows


def gain_rows(studies):
    """Gains of the widest network, and of the narrowest after the last pass; kernel ridge."""
    rows = []
    for name, (task, found) in studies.items():
        n, by = task.train_size, task.activation
        for case in cases(task, found):
            if case.m == task.widths[-1] or (case.m == task.widths[0] and case.T > n):
                where = f"T = {case.T}, m = {case.m}, {case.loss} loss"
                rows += [_row(f"{name}: test error, {other} less network", mean(gain), where, by)
                         for other, gain in (("linearised", case.own), ("kernel SGD", case.limit))
                         if np.ptp(gain) > 0]  # equal on every split: no interval
        rows.append(_row(f"{name}: test error, kernel ridge", mean(found.ridge[:, -1]), f"n = {n}",
                         by))
    return rows


def _row(quantity, found, where, by, theory=None, relation=""):
    """A finding, or a prediction where there is a theory."""
    seen = found.low < found.high  # not so if the splits agree
    return Statement("F", quantity, "finding" if theory is None else "prediction",
                     interval=found if seen else None, measured=found.value, theory=theory,
                     relation=relation, range=where, activation=by,
                     interval_kind="statistical" if seen else "none")
