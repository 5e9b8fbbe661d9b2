"""Laws of the width, by whom they are proved, seen or derived: what `width_theory.laws` draws."""

import numpy as np
import pandas as pd

from ntksgd.risk import predicted_widths as widths

EVEN, SMOOTH = "$\\beta=2$, even leverage (ReLU on the circle)", "squareplus, Gaussian weights"
BOTH = (EVEN, SMOOTH)
NAMES = {"relu": "ReLU"}
#: name, status, exponent in T, panels; where the name stands: r, and whether above the line
LAWS = (
    ("this paper: suffices", "proved", widths.sufficient_width, BOTH, 0.75, True),
    ("onset seen, $n$ samples (Atanasov et al.)", "observed", lambda r: 2.0, BOTH, 0.75, True),
    ("$S^2$: lazy time scale, drift heuristic", "proved elsewhere", widths.drift_heuristic_width,
     BOTH, 0.76, True),
    ("network: proved, notebook 08", "proved here", widths.theorem_width, (SMOOTH,), 0.66, False),
    ("random features, leverage unknown", "proved elsewhere",
     lambda r: widths.random_features_width(r, 2.0, 1.0), (EVEN,), 0.77, True),
    ("$S$: the most it needs", "derived here too", widths.capacity_free_width, BOTH, 0.85, True),
    ("linearised network, derived", "derived here", lambda r: widths.linearised_width(r, 2.0),
     (EVEN,), 0.85, False),
    ("linearised network, derived", "derived here", widths.uneven_width, (SMOOTH,), 0.88, False))


def law_lines(low=0.5, high=1.0, points=101):
    """A row a point of each law: panel, name, status, r, at, above, exponent."""
    r = np.linspace(low, high, points)
    return pd.concat([pd.DataFrame({
        "panel": panel, "name": name, "status": status, "r": r, "at": at, "above": above,
        "exponent": [of(x) for x in r]})
        for name, status, of, where, at, above in LAWS for panel in where], ignore_index=True)


def first_order_points(curves):
    """The exponent in T where each `FarCurve` ends, r >= 1/2: panel, r, exponent, name."""
    return pd.DataFrame([{
        "panel": SMOOTH if curve.name == "squareplus" else EVEN, "r": curve.r,
        "exponent": curve.bracket.value, "name": f"$c(T)$, {NAMES.get(curve.name, curve.name)}, "
        f"$d={curve.d}$, $S=10^{{{curve.log_S[-1]:g}}}$"}
        for curve in curves if curve.r >= 0.5 and (curve.name, curve.d) != ("relu", 3)])


def known_points():
    """What is proved of random features at r = 1/2, whatever the leverage."""
    return pd.DataFrame([{"panel": panel, "r": 0.5, "exponent": widths.capacity_free_width(0.5),
                          "name": "$\\sqrt{n}$ random features (Rudi & Rosasco; Carratino et al.)"}
                         for panel in BOTH])
