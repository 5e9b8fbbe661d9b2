"""Rows of the scoreboard on claims B' and D, from tables of intervals."""

from ntksgd.report.statements import Statement


def rows(claim, kind, quantity, found, where, relation, theory, r=0.5, **rest):
    """One `Statement`, on the circle, for each entry of `found`.

    Parameters
    ----------
    claim, kind, relation : str
        As in `Statement`.
    quantity, where : str
        What is measured and its range, formatted with the entry's key: "{0}" is its first part.
    found : dict
        {(activation, ...): Interval}, or None for what was not told: it has no row.
    theory : float or dict
        A number, or one for each key of `found`.
    r : float or None
        Regularity; None: it is the second part of the key.
    **rest
        Goes to each statement.
    """
    return [Statement(claim, quantity.format(*key), kind, range=where.format(*key),
                      measured=interval.value, interval=interval, interval_kind="statistical",
                      theory=theory[key] if isinstance(theory, dict) else theory,
                      relation=relation, activation=key[0], d=2, r=key[1] if r is None else r,
                      **rest)
            for key, interval in found.items() if interval is not None]
