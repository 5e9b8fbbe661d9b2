"""Tables of the theory of width, for `report.figures.width_theory`."""

import pandas as pd

from ntksgd.stats.slopes import local_exponents

TITLES = {"relu": "ReLU", "even leverage": "even leverage (model)"}


def far_table(curves):
    """Local exponents in S of each `compare.width_exponents.FarCurve` and of its leading terms.

    Columns panel, leverage (whether it is uneven), r, kind ("first order" or "model"), log_S,
    exponent, derived.
    """
    frames = []
    for curve in curves:
        exact = local_exponents(10.0**curve.log_S, curve.c)
        frames += [pd.DataFrame({
            "panel": f"{TITLES.get(curve.name, curve.name)}, $d={curve.d}$",
            "leverage": curve.name == "squareplus", "r": curve.r, "kind": kind, "log_S": x,
            "exponent": y, "derived": curve.limit})
            for kind, x, y in (("first order", curve.log_S, exact),
                               ("model", curve.line, curve.model)) if len(x)]
    return pd.concat(frames, ignore_index=True)
