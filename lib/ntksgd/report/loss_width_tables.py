"""Tables of the notebook on other losses, continued: required widths, drift, momentum, batches.

Keys as in `loss_tables`.
"""

import numpy as np
import pandas as pd

from ntksgd.report.tables import law_table
from ntksgd.risk.predicted_widths import sufficient_width


def law_rows(laws):
    """m*(T) of laws {(loss, activation, measure, learner, tau): WidthLaw}, one row a time."""
    return pd.concat([
        law_table({key[0]: law}, "loss").assign(activation=key[1], measure=key[2], learner=key[3],
                                                tau=key[4])
        for key, law in laws.items()], ignore_index=True)


def first_order_rows(times, coefficients, tolerances):
    """c(T)/tau of {key: c(T)}."""
    return pd.concat([
        pd.DataFrame({"loss": key[0], "activation": key[1], "measure": key[2], "tau": tau,
                      "learner": "first order", "T": times, "width": c / tau})
        for key, c in coefficients.items() for tau in tolerances], ignore_index=True)


def first_orders(times, derived):
    """c(T) of {(loss, activation, name): c}, one row a key, those of a case together."""
    cases = dict.fromkeys(key[:2] for key in derived)
    order = [key for case in cases for key in derived if key[:2] == case]
    return pd.DataFrame(derived, index=pd.Index(times, name="c(T) at T"))[order].T.round(2)


def routes(derived):
    """How far the twin's c by one neuron is from that of divided differences: text."""
    off = {act: np.abs(one / derived[name, act, "twin, notebook 07"] - 1).max()
           for (name, act, route), one in derived.items() if route == "twin"}
    return ("Largest difference of the twin's two routes: "
            + ", ".join(f"{act} {100 * worst:.1f} %" for act, worst in off.items()))


def required(decades, laws, coefficients):
    """Networks' exponents in two decades, m* at both ends, linearised m* and c/tau at the last.

    decades: {(*key, "network", tau): two Slopes or None}; laws: {(*key, learner, tau): WidthLaw}.
    """
    rows = []
    for (*key, _, tau), fits in decades.items():
        law, lazy = laws[*key, "network", tau], laws[*key, "linearised", tau]
        rows.append([*key, tau, *("-" if fit is None else str(fit) for fit in fits), law.text(0),
                     law.text(-1), lazy.text(-1), f"{coefficients[tuple(key)][-1] / tau:.0f}"])
    ends = (f"m* at T = {law.times[i]:,}" for i in (0, -1))
    return pd.DataFrame(rows, columns=["loss", "activation", "measure", "tau",
                                       "exponent, first decade", "last", *ends, "linearised",
                                       "c/tau"])


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


def momentum_rows(samples, exact, heavy):
    """Exact risks over plain SGD's, one row a time; m* of networks after all samples, a row a law.

    exact: {variant: risk (samples,)}; heavy: {(variant, tau): WidthLaw}.
    """
    ratios = pd.concat([pd.DataFrame({"variant": name, "n": samples, "ratio": y / exact["plain"]})
                        for name, y in exact.items()], ignore_index=True)
    return ratios, pd.DataFrame([{"variant": name, "tau": tau, "required": law.required[-1],
                                  "low": law.low[-1], "high": law.high[-1]}
                                 for (name, tau), law in heavy.items()])


def hits(found, theory):
    """In how many intervals a number lies, how wide they are, how many centres lie above: text."""
    inside, above = (sum(part) for part in zip(*((one.contains(theory), one.value > theory)
                                                 for one in found), strict=True))
    halves = [one.half for one in found]
    return (f"{theory:g} in {inside} of {len(found)} intervals, half widths "
            f"{min(halves):.2f}-{max(halves):.2f}, {above} centres above")


def in_numbers(tests, laws, coefficients, decades, factors, tau, r):
    """What the verdict says, in numbers of the excess loss: Markdown.

    tests: {(*key, learner): Interval}; factors: {variant: exact risk over plain SGD's}; the rest
    as in `required`.
    """
    cases = list(dict.fromkeys(key[:2] for key in coefficients))
    T = laws[*cases[0], "loss", "network", tau].times[-1]
    excess = {case: tests[*case, "loss", "linearised"] for case in cases}
    beside = {case: f"{laws[*case, 'loss', 'network', tau].text(-1)} and "
              f"{coefficients[*case, 'loss'][-1] / tau:.0f}" for case in cases}
    seen = [fit for fits in decades.values() for fit in fits if fit is not None]
    steepest = str(max(seen, key=lambda fit: fit.value)) if seen else "none is seen"
    return "\n".join([
        "**In numbers.**",
        "- $m$ times the linearised network's excess loss over the derived $c(T)$, last decade: "
        f"{listed(excess)}.",
        f"- $m^*$ of the network at $\\tau={tau:g}$, $T={T:,}$, and $c/\\tau$: {listed(beside)}.",
        f"- Largest local exponent of $m^*$ in $T$: {steepest} "
        f"(claim C: {sufficient_width(r):.3g}).",
        "- Momentum and batches at the same effective step change the risk by at most "
        f"{max(abs(v - 1) for v in factors.values()):.2%}."])


def listed(found):
    """{key of words: value} in one line of text."""
    return "; ".join(f"{', '.join(key)}: {value}" for key, value in found.items())
