"""The width that a prediction asks for, m*(T, tau), by the estimator of `requirement`.

Widths are powers of 2, added where the crossing or an end of its interval is not among them yet.
Beyond the widest the first order continues the excess: it falls as 1/m.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd.stats import intervals
from ntksgd.stats.intervals import Interval
from ntksgd.width.predicted_excess import Predicted, limit, predicted_excess
from ntksgd.width.requirement import width_law

LEAST, MOST = 8, 256
LEARNERS = ("network", "linearised")


@dataclass(frozen=True)
class Needed:
    """m* at the last time with its interval over starts; `side` -1: at most the value.

    `side` +1: beyond the widest, by the first order.
    """

    width: Interval
    side: int

    def __str__(self):
        w = self.width
        if self.side < 0:
            return f"at most {w.value:.0f} [0, {w.high:.0f}]"
        return f"{w.value:.0f} [{w.low:.0f}, {w.high:.0f}]"


def needed_width(predicted: Predicted, tau: float, learner: str = "network") -> Needed:
    """m* of the learner from samples of its excess."""
    excess = predicted.excess(learner)
    law = width_law(excess, tau)
    side = int(law.censored[-1])
    value, low, high = (float(v[-1]) for v in (law.required, law.low, law.high))
    # the excess of the widest width, continued as 1/m
    last = intervals.of(lambda mean: mean, getattr(predicted, learner)[:, -1, -1])
    beyond = excess.widths[-1] / tau
    if side > 0:
        value, low = beyond * last.value, beyond * max(last.low, 0.0)
    if side > 0 or high == np.inf:
        high = max(beyond * last.high, excess.widths[-1])
    return Needed(Interval(value, min(low, value), max(high, value)), side)


def search(problem, spectrum, times, tau, starts, seed, first=(16, 32, 64, 128)) -> Predicted:
    """Predicted excess at the widths that decide m* of network and linearised network."""
    known = limit(problem, spectrum, times)

    def sample(m):
        return predicted_excess(problem, spectrum, times, m, starts, seed, known)

    found = sample(first[0])
    for m in first[1:]:
        found = found.joined(sample(m))
    while True:
        laws = [width_law(found.excess(learner), tau) for learner in LEARNERS]
        least, widest = int(found.widths[0]), int(found.widths[-1])
        if any(law.high[-1] == np.inf for law in laws) and widest < MOST:
            found = found.joined(sample(2 * widest))
        elif any(law.low[-1] == 0 for law in laws) and least > LEAST:
            found = found.joined(sample(least // 2))
        else:
            return found


def leading_coefficient(predicted: Predicted) -> Interval:
    """c(T) = lim m (E R_m / R - 1) of the linearised network at the last time.

    From the widest width: what is left of the second order is smaller there than at any other.
    """
    last = predicted.linearised[:, -1, -1]
    return intervals.of(lambda mean: predicted.widths[-1] * mean, last)
