"""Width laws beside each other, beside their first order, and over parts of their times."""

import numpy as np

from ntksgd import check
from ntksgd.stats import intervals
from ntksgd.stats.slopes import fit
from ntksgd.width.excess import Excess
from ntksgd.width.requirement import width_law


def required_ratio(law, reference):
    """m* over that of an independent law, both at their last time: Interval."""
    return _of_both(lambda log_ratio: np.exp(log_ratio[:, -1]), law, reference)


def width_ratio(law, reference):
    """m* over that of an independent reference law at the same times: times and `Interval`.

    Times at which either is censored, or its interval leaves the widths, are left out.
    """
    both = law.seen & reference.seen & (law.times == reference.times)
    return law.times[both], _of_both(lambda log_ratio: np.exp(log_ratio)[:, both], law, reference)


def _of_both(statistic, law, reference):
    """Interval of a function of the log of the ratio of both m*, (k, n_T)."""
    first = len(law.excess.blocks)

    def of_means(*means):
        one = law.log_required(law.excess.joined(means[:first]))
        return statistic(one - reference.log_required(reference.excess.joined(means[first:])))

    blocks = [samples for side in (law, reference) for _, samples in side.excess.blocks]
    return intervals.of(of_means, *blocks, transform="log")


def exponent_between(law, low, high):
    """`Interval` of the exponent of m* in T over low <= T <= high; None if m* is censored there.

    `law`: a `WidthLaw`; at least two of its times must lie in the range, else None too.
    """
    part = (law.times >= low) & (law.times <= high)
    if part.sum() < 2 or np.any(law.censored[part] != 0):
        return None
    log_t = np.log(law.times[part])
    return law.excess.of(lambda means: fit(log_t, law.log_required(means)[:, part])[0])


def exponents_of_part(law, *parts):
    """`Slope` of m* in T over parts of the times (boolean masks); None where it is not seen."""
    return [width_law(Excess(law.times[part], tuple((m, samples[..., part])
                                                    for m, samples in law.excess.blocks)),
                      law.tau).slope for part in parts]


def drift_excess(network, linearised):
    """What drift adds to the excess: network minus linearised network, blocks of the same paths."""
    blocks = []
    for (widths, one), (same, other) in zip(network.blocks, linearised.blocks, strict=True):
        if not np.array_equal(widths, same):
            raise ValueError(f"network, linearised: widths {widths} and {same}, must be the same")
        blocks.append((widths, one - other))
    return Excess(network.times, tuple(blocks))


def over_first_order(excess, c, least, late):
    """Mean of m (E R_m / R - 1) / c(T) over widths >= `least` and the times `late`: Interval.

    c (times,); `late` a boolean mask of the times.
    """
    c = check.finite_array("c", c, 1)
    wide = np.ix_(excess.widths >= least, late)
    scale = excess.widths[:, None] / c
    return excess.of(lambda means: (means * scale)[:, *wide].mean(axis=(1, 2)))
