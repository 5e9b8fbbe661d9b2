"""The verdict on a measured number, by one rule.

For an interval [low, high], a relation to theory, and the resolution: the largest half-width that
still tells (0.05 + 0.1 |theory| unless the row declares its own).

``=``   theory inside: *holds* if the half-width is at most the resolution, else *undecided*.
        Theory outside: *fails*, or *out of range* if the interval contains `here`, the exact value
        of theory on the range measured, which is not asymptotic yet.
``<=``  high <= theory: *holds*; low > theory: *fails* or *out of range*, as above;
        theory between: *undecided*.
``>=``  the mirror image of ``<=``.

A number without interval is exact: measured stands for low and high, and for ``=`` theory has to
lie within the resolution, which the row must then declare.
"""

RELATIONS = ("=", "<=", ">=")
VERDICTS = ("holds", "fails", "undecided", "out of range")
WHY = {
    "memory of early noise": "noise of the first steps is forgotten too slowly for this rate",
    "saturation": "the method does not use regularity beyond a limit",
    "logarithms": "a logarithm multiplies the power law",
    "next order in 1/m": "theory is first order in 1/m, and the next order is seen",
    "chance: one interval in twenty": "a 95 % interval misses the truth once in twenty",
    "finite width": "theory is the limit of large width, and this width is not yet large",
    "features move": "a very narrow network leaves its kernel, and gains by it",
    "leverage is uneven": "few neurons carry the high degrees",
    "unexplained": "no reason is known",
}


def verdict(relation, theory, low, high, resolution=None, here=None):
    """One of `VERDICTS`, by the rule above; low or high may be infinite."""
    widest = resolution or 0.05 + 0.1 * abs(theory)
    outside = {"=": not low <= theory <= high, "<=": low > theory, ">=": high < theory}[relation]
    told = {"=": high - low <= 2 * widest, "<=": high <= theory, ">=": low >= theory}[relation]
    if outside:
        return "out of range" if here is not None and low <= here <= high else "fails"
    return "holds" if told else "undecided"
