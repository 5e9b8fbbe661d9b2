"""Rows of the scoreboard on claims B' and D, from tables of intervals."""

from ntksgd.report.statements import Statement

#: What is measured: the claim, the kind of row, and why it may fail. "{1}": second part of the key.
QUANTITIES = {
    "slope of |l - f|^2 in m": ("B'", "prediction", "next order in 1/m"),
    "network's risk / kernel's, {1}": ("B'", "prediction", "unexplained"),
    "|l - f|^2 / bound, {1}": ("B'", "check", "unexplained"),
    "leading order of {1} in m, the next beside it": ("B'", "prediction", "next order in 1/m"),
    "squared drift of the parameters / limit": ("B'", "prediction", "unexplained"),
    "leading order of the floor in m, the next beside it": ("B'", "prediction", "finite width"),
    "slope in T of risk / kernel risk along m(T)": ("B'", "prediction", "unexplained"),
    "sup over T of T^(2r/(2r+1)) risk": ("B'", "claim", "unexplained"),
    "sup over delta of T^(2r/(2r+1)) quantile / log(2/delta)": ("B'", "claim", "unexplained"),
    "power of log(2/delta) in quantiles": ("B'", "claim", "finite width"),
    "slope of risk / kernel risk in T": ("D", "claim", "unexplained"),
    "slope of risk / kernel risk in T, features frozen": ("D", "prediction", "unexplained"),
}


def rows(quantity, found, relation, theory, where, r=0.5, why=None):
    """One `Statement`, on the circle, for each entry of `found`.

    Parameters
    ----------
    quantity, where : str
        One of `QUANTITIES`, and its range; formatted with the entry's key: "{0}" is its first part.
    found : dict
        {(activation, ...): Interval}, or None for what was not told: it has no row.
    relation : str
        As in `Statement`.
    theory : float or dict
        A number, or one for each key of `found`.
    r : float or None
        Regularity; None: it is the second part of the key.
    why : dict, optional
        Why the row of a key may fail, for keys of a reason of their own.
    """
    claim, kind, reason = QUANTITIES[quantity]
    return [Statement(claim, quantity.format(*key), kind, range=where.format(*key),
                      measured=interval.value, interval=interval, interval_kind="statistical",
                      theory=theory[key] if isinstance(theory, dict) else theory,
                      relation=relation, activation=key[0], d=2, r=key[1] if r is None else r,
                      why=(why or {}).get(key, reason))
            for key, interval in found.items() if interval is not None]
