"""The width question summed up: the ladder of exponents, and the answer in words."""

import numpy as np
import pandas as pd

from ntksgd.report.width_tables import needed
from ntksgd.risk import predicted_widths as widths

#: What a width accounts for, exponent in T, in powers of S = eta_1 + ... + eta_T, status.
LADDER = (
    ("the paper's sufficient width", widths.sufficient_width, "T S^5", "our reading"),
    ("norm of the kernel's change, added over steps", widths.drift_heuristic_width, "S^2",
     "heuristic"),
    ("the pairs of neurons cancel it to first order", widths.theorem_width, "S^(1+r)",
     "proved for the network, up to logarithms"),
    ("features frozen, the mean in place of norms", widths.capacity_free_width, "S",
     "derived: linearised, first order"),
    ("also the decay of the spectrum", widths.uneven_width, "", "the same, squareplus"))


def ladder(measured):
    """The exponents of `LADDER` beside those measured, {r: {name: WidthLaw}}: a column each r."""
    rows = [[what, power, *(f"{exponent(r):.2f}" for r in measured), status]
            for what, exponent, power, status in LADDER]
    for name in next(iter(measured.values())):
        laws = [of[name] for of in measured.values()]
        rows.append([name, "", *(_ranged(law.slope) for law in laws), "measured"])
    return pd.DataFrame(rows, columns=["a width that accounts for", "order",
                                       *(f"r = {r:g}" for r in measured), "status"])


def in_words(network, linearised, r):
    """One line of the answer at one r, from both `WidthLaw`s."""
    T, far = network.times[-1], linearised.times[-1]
    here = int(np.flatnonzero(linearised.times == T)[0])
    return (f"- $r={r:g}$: at $T={T:,.0f}$ **{needed(network, -1)}** neurons are within "
            f"{100 * network.tau:.0f} % of the kernel's risk; the linearised network, exact given "
            f"its start, needs {needed(linearised, here)}, and {needed(linearised, -1)} at "
            f"$T=10^{{{np.log10(far):.0f}}}$. Exponents in $T$: {_ranged(network.slope)} and "
            f"{_ranged(linearised.slope)}, against the paper's {widths.sufficient_width(r):.2f}.")


def _ranged(slope):
    return f"{slope} on {slope.x_min:.0e}..{slope.x_max:.0e}"
