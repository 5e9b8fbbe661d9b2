"""Numbers and ranges of claims.csv as a reader would write them."""

import re
from collections.abc import Iterable
from decimal import Decimal

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_NUMBER = re.compile(r"(?<![\w.^])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]*\w)")
_SIGNS = {"<=": "≤", ">=": "≥", "->": "→", "tau": "τ", "delta": "δ", "gamma": "γ"}


def count(value) -> str:
    """`value`, a number or its text, whole below 10 000 and with two digits and a power above.

    >>> count(3162), count(1e5), count("3.16e7")
    ('3162', '10⁵', '3.2·10⁷')
    """
    value = Decimal(str(value))
    if abs(value) < 10_000:
        return format(value.normalize(), "f")
    digits, _, power = format(value, ".1e").partition("e")
    power = str(int(power)).translate(_SUPERSCRIPTS)
    digits = digits.removesuffix(".0")
    return f"10{power}" if digits == "1" else f"{digits}·10{power}"


def extent(text: str) -> str:
    """A range of claims.csv in words: ``T = 100..1e+06, tau = 0.1`` is T = 100 to 10⁶, τ = 0.1."""
    ends = text.split("..")
    told = " to ".join(_NUMBER.sub(lambda found: count(found[0]), end) for end in ends)
    for sign, shown in _SIGNS.items():
        told = told.replace(sign, shown)
    return told


def extents(texts: Iterable[str]) -> str:
    """Several ranges, each once; those that differ in their first part alone are told as one."""
    heads = {}
    for text in dict.fromkeys(texts):
        head, _, tail = text.partition(", ")
        name, sign, value = head.partition(" = ")
        heads.setdefault((name, tail) if sign else (head, tail), []).append(value)
    return "; ".join(", ".join(filter(None, (_together(name, values), extent(tail))))
                     for (name, tail), values in heads.items())


def _together(name: str, values: list[str]) -> str:
    """``name = value``; of several values all, of several intervals the hull."""
    if not any(values):
        return extent(name)
    if len(values) > 1 and all(".." in value for value in values):
        low, high = zip(*(value.split("..") for value in values), strict=True)
        return f"{name} within {count(min(low, key=float))} to {count(max(high, key=float))}"
    return f"{name} = {' and '.join(map(extent, values))}"
