"""Statements of the notebook on other losses: findings and predictions of ours, claim F."""

from ntksgd.report.claims import Statement


def row(quantity, found, where, theory=None, activation="relu", r=None):
    """A prediction if there is a theory, else a finding.

    found: a number that is exact, or an object with value, low and high.
    """
    exact = not hasattr(found, "low")
    return Statement("F", quantity, "finding" if theory is None else "prediction",
                     measured=float(found if exact else found.value),
                     theory=None if theory is None else float(theory),
                     relation="" if theory is None else "=", interval=None if exact else found,
                     interval_kind="none" if exact else "statistical", range=where,
                     activation=activation, d=2, r=r)
