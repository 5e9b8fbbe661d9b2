"""Statements of the notebook on other losses: findings and predictions of ours, claim F.

A key is (loss, activation, measure); `spans` are the ranges of the first and of the last decade.
"""

from ntksgd.report.claims import Statement


def agreement(found, spans, r):
    """Sampled kernel SGD over the closure, from {key: an Interval a decade}."""
    return [_row(f"{kind}, kernel SGD over the closure, {name}", one, where, 1.0, act, r)
            for (name, act, kind), both in found.items()
            for one, where in zip(both, spans, strict=True)]


def exponents(found, names, spans, r):
    """Exponents of risks in T, from {key: (first, last) of the closure and of each of `names`}."""
    return [_row(f"exponent of the {kind} in T, {who}, {name}", one[j], spans[j], theory[j].value,
                 act, r)
            for (name, act, kind), (theory, *sampled) in found.items()
            for who, one in zip(names, sampled, strict=True) for j in (0, 1)]


def excesses(found, where, r):
    """m times the excess over c(T), from {(*key, learner): Interval}; 1 where it is linearised."""
    return [_row(f"m times excess {kind} over c(T), {who}, {name}", one, where,
                 1.0 if who == "linearised" else None, act, r)
            for (name, act, kind, who), one in found.items()]


def widths(found, spans, r):
    """Exponents of the networks' m* in T, from {(*key, learner, tau): (first, last)}."""
    return [_row(f"exponent of m* in T, {kind}, {name}", fit, f"{spans[j]}, tau = {tau:g}", None,
                 act, r)
            for (name, act, kind, _, tau), fits in found.items()
            for j, fit in enumerate(fits) if fit is not None]


def gaps(found, where, activation, r):
    """Slopes of the distance to the linearised network, from {loss: Slope}."""
    return [_row(f"slope in m of ||network - linearised||, {name}", fit, where, None, activation, r)
            for name, fit in found.items()]


def traces(found, T, widths, r):
    """Both sides of the trace mechanism, from {(loss, step): TraceTest}."""
    return [_row(f"drift's part of the risk less what the trace explains, {name}, step {size:g}",
                 test.difference[j], f"T = {T}, m = {m}", 0.0, r=r)
            for (name, size), test in found.items() for j, m in enumerate(widths)]


def momentum(factors, ratios, samples, r):
    """Risk and m* over plain SGD's, from {variant: number} and {(variant, tau): Interval}."""
    where = f"{samples} samples"
    return [*(_row(f"exact risk, {name}, over plain SGD's", value, where, r=r)
              for name, value in factors.items()),
            *(_row(f"m*, {name}, over plain SGD's", ratio, f"{where}, tau = {tau:g}", 1.0, r=r)
              for (name, tau), ratio in ratios.items())]


def _row(quantity, found, where, theory=None, activation="relu", r=None):
    """A prediction if there is a theory, else a finding; `found`: exact, or with low and high."""
    exact = not hasattr(found, "low")
    return Statement("F", quantity, "finding" if theory is None else "prediction",
                     measured=float(found if exact else found.value),
                     theory=None if theory is None else float(theory),
                     relation="" if theory is None else "=", interval=None if exact else found,
                     interval_kind="none" if exact else "statistical", range=where,
                     activation=activation, d=2, r=r)
