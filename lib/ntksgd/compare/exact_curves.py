r"""Exponents of exact curves.

An exact curve has no sampling error, but it need not be asymptotic. Its exponent over [T/W, T] is
reported with the half-width |change from [T/W^2, T/W]| + log(SLACK)/log(W): the limit is inside if
what is still to come is no more than the last change, up to a prefactor that moves by no more than
10 % over the window (a rate is a statement up to constants). A log-periodic wobble (large steps
between eigenvalues) enters the change, so it widens the interval.
"""

from dataclasses import dataclass

import numpy as np

#: A prefactor that moves by less than this over the window counts as constant.
SLACK = 1.1


@dataclass(frozen=True)
class Exponent:
    """Exponent of an exact curve over [T/W, T] and the interval described above."""

    value: float
    low: float
    high: float
    T: float

    def __str__(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def window_times(T: float, decades: float) -> np.ndarray:
    """The three times T/W^2, T/W, T that `exponent` needs, W = 10^decades, rounded."""
    return np.round(T / 10.0 ** (decades * np.array([2, 1, 0])))


def exponent(times, risks) -> Exponent:
    """Exponent from the risks at three times in geometric progression."""
    times, risks = np.asarray(times, float), np.asarray(risks, float)
    if times.shape != (3,) or risks.shape != (3,) or np.any(risks <= 0):
        raise ValueError(f"times {times}, risks {risks}: three of each, risks > 0")
    before, last = np.diff(np.log(risks)) / np.diff(np.log(times))
    half = abs(last - before) + np.log(SLACK) / np.log(times[2] / times[1])
    return Exponent(float(last), float(last - half), float(last + half), float(times[2]))
