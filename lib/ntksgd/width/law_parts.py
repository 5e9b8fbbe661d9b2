"""Parts of width laws: the exponent of m*(T) on a range of T, the ratio of two laws at every T."""

import numpy as np

from ntksgd.stats import intervals
from ntksgd.stats.slopes import fit


def exponent_between(law, low, high):
    """`Interval` of the exponent of m* in T over low <= T <= high; None if m* is censored there.

    `law`: a `WidthLaw`; at least two of its times must lie in the range, else None too.
    """
    part = (law.times >= low) & (law.times <= high)
    if part.sum() < 2 or np.any(law.censored[part] != 0):
        return None
    log_t = np.log(law.times[part])
    return law.excess.of(lambda means: fit(log_t, law.log_required(means)[:, part])[0])


def width_ratio(law, reference):
    """m* over that of an independent reference law at the same times: times and `Interval`.

    Times at which either is censored, or its interval leaves the widths, are left out.
    """
    both = law.seen & reference.seen & (law.times == reference.times)
    count = len(law.excess.blocks)

    def ratio(*means):
        one = law.log_required(law.excess.joined(means[:count]))
        return np.exp(one - reference.log_required(reference.excess.joined(means[count:])))[:, both]

    blocks = [samples for side in (law, reference) for _, samples in side.excess.blocks]
    return law.times[both], intervals.of(ratio, *blocks, transform="log")
