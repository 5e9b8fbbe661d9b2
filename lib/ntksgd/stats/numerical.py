r"""Brackets of numerical limits: what an exact curve says about a limit it has not reached.

An exact curve has no sampling error, so that a `Bracket` is no confidence interval: it is a rule of
thumb for what is still to come. Whether it can be trusted is seen by `calibration`, on limits that
are derived.
    window       the exponent over [T/W, T], give or take |change from [T/W^2, T/W]| plus
                 log(SLACK)/log(W): the limit is inside if what is to come is no more than the last
                 change, up to a prefactor that moves by no more than 10 % over the window (a rate
                 is a statement up to constants). A log-periodic wobble enters the change.
    extrapolate  the limit of values ~ limit + c x^(-order) from the last two, give or take the
                 larger of its last two changes (one alone can be small by accident).
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check

#: A prefactor that moves by less than this over the window counts as constant.
SLACK = 1.1


@dataclass(frozen=True)
class Bracket:
    """A numerical estimate of a limit, and the ends within which a rule expects the limit."""

    value: float
    low: float
    high: float

    def contains(self, x):
        """Whether x lies in the bracket."""
        return self.low <= x <= self.high

    def __str__(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Calibration:
    """How many of `total` brackets contain the limit that is derived."""

    contained: int
    total: int

    def __str__(self):
        return f"{self.contained} of {self.total} contain the derived limit"


def window_times(T, decades):
    """The three times T/W^2, T/W, T that `window` needs, W = 10^decades, rounded."""
    T, decades = check.positive("T", T), check.positive("decades", decades)
    return np.round(T / 10.0 ** (decades * np.array([2, 1, 0])))


def window(times, values):
    """`Bracket` of the exponent of an exact curve, from its values at the `window_times`.

    Both of shape (3,), finite and > 0, the times increasing: else ValueError.
    """
    times = check.finite_array("times", times, 1)
    values = check.finite_array("values", values, 1)
    if times.shape != (3,) or times[0] <= 0 or np.any(np.diff(times) <= 0):
        raise ValueError(f"times = {times}: must be three increasing numbers > 0")
    if values.shape != (3,) or np.any(values <= 0):
        raise ValueError(f"values = {values}: must be three numbers > 0")
    before, last = np.diff(np.log(values)) / np.diff(np.log(times))
    half = abs(last - before) + np.log(SLACK) / np.log(times[2] / times[1])
    return Bracket(float(last), float(last - half), float(last + half))


def extrapolate(x, values, order):
    """`Bracket` of the limit of values ~ limit + c x^(-order), order > 0.

    Both of shape (n,), n >= 4, x > 0 and increasing: else ValueError.
    """
    order = check.positive("order", order)
    x, values = check.finite_array("x", x, 1), check.finite_array("values", values, 1)
    if x.size < 4 or x.shape != values.shape or np.any(np.diff(x) <= 0) or x[0] <= 0:
        raise ValueError(f"x = {x!r}: must be 4 or more increasing numbers > 0, one a value")
    weight = x**order
    limits = np.diff(values * weight) / np.diff(weight)
    half = np.abs(np.diff(limits)[-2:]).max()
    return Bracket(float(limits[-1]), float(limits[-1] - half), float(limits[-1] + half))


def calibration(brackets, limits):
    """`Calibration` of brackets by their derived limits: one a bracket, at least one."""
    brackets, limits = list(brackets), check.finite_array("limits", list(limits), 1)
    if not brackets or len(brackets) != limits.size:
        raise ValueError(f"brackets, limits: {len(brackets)} and {limits.size}, must be as many, "
                         "at least 1")
    inside = sum(bool(b.low <= limit <= b.high) for b, limit in zip(brackets, limits))
    return Calibration(inside, len(brackets))
