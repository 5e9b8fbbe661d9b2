"""Width laws beside each other, beside their first order, and decade by decade."""

import numpy as np

from ntksgd import check
from ntksgd.stats import intervals
from ntksgd.width.excess import Excess
from ntksgd.width.requirement import width_law


def required_ratio(law, reference):
    """m* over that of an independent law, both at their last time: Interval."""
    first = len(law.excess.blocks)

    def ratio(*means):
        one = law.log_required(law.excess.joined(means[:first]))[:, -1]
        return np.exp(one - reference.log_required(reference.excess.joined(means[first:]))[:, -1])

    blocks = [samples for side in (law, reference) for _, samples in side.excess.blocks]
    return intervals.of(ratio, *blocks, transform="log")


def exponents_of_part(law, *parts):
    """Exponents of m* in T over parts of the times (boolean masks); None where it is not seen."""
    return [width_law(Excess(law.times[part], tuple((m, samples[..., part])
                                                    for m, samples in law.excess.blocks)),
                      law.tau).slope for part in parts]


def over_first_order(excess, c, least, late):
    """Mean of m (E R_m / R - 1) / c(T) over widths >= `least` and the times `late`: Interval.

    c (times,); `late` a boolean mask of the times.
    """
    c = check.finite_array("c", c, 1)
    wide = np.ix_(excess.widths >= least, late)
    scale = excess.widths[:, None] / c
    return excess.of(lambda means: (means * scale)[:, *wide].mean(axis=(1, 2)))
