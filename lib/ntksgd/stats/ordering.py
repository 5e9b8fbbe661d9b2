"""Does a number known beforehand order cases by what is measured on them?

Cases come in blocks: those of one block are measured on the same replicates (splits of one data
set), the blocks are independent.
"""

from itertools import combinations

import numpy as np

from ntksgd import check
from ntksgd.stats.intervals import Interval, of


def correlation(x, *blocks):
    """Correlation of x (cases,) with the means over replicates: an `Interval` inside [-1, 1].

    blocks: arrays (replicates, cases of the block), in the order of x; at least 3 cases in all.
    """
    x = _aligned(x, blocks)
    centred = (x - x.mean()) / np.linalg.norm(x - x.mean())

    def statistic(*means):
        y = np.concatenate(means, axis=1)
        y = y - y.mean(axis=1, keepdims=True)
        return y @ centred / np.linalg.norm(y, axis=1)

    found = of(statistic, *blocks)
    return Interval(found.value, max(found.low, -1.0), min(found.high, 1.0))


def ordered_pairs(x, *blocks):
    """Numbers of pairs of cases: those told apart, and of these those that x orders.

    Two cases are told apart if the 95 % interval of their difference leaves out 0; x orders them
    if the larger mean goes with the larger x.
    """
    x = _aligned(x, blocks)
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)])
    parts = [x[low:high] for low, high in zip(ends[:-1], ends[1:], strict=True)]
    told, ordered = 0, 0
    for part, block in zip(parts, blocks, strict=True):
        i, j = np.triu_indices(len(part), 1)
        if len(i):
            gap = of(lambda mean, i=i, j=j: mean[:, i] - mean[:, j], block)
            told, ordered = _counted(told, ordered, gap, part[i] - part[j])
    for (first, a), (second, b) in combinations(zip(parts, blocks, strict=True), 2):
        gap = of(lambda left, right: left[:, :, None] - right[:, None], a, b)
        told, ordered = _counted(told, ordered, gap, np.subtract.outer(first, second))
    return told, ordered


def _counted(told, ordered, gap, difference):
    apart = ~gap.contains(0)
    return told + int(apart.sum()), ordered + int(np.sum(apart & (gap.value * difference > 0)))


def _aligned(x, blocks):
    x = check.finite_array("x", x, 1)
    cases = sum(np.shape(block)[1] for block in blocks)
    if len(x) != cases or len(x) < 3:
        raise ValueError(f"x: {len(x)} cases, the blocks have {cases}; need the same, at least 3")
    return x
