"""How often something is right: a share of independent trials with its exact interval."""

from scipy import special

from ntksgd import check
from ntksgd.stats.intervals import Interval


def share(hits: int, trials: int, confidence: float = 0.95) -> Interval:
    """hits / trials with the interval of Clopper and Pearson (1934).

    Its ends are the chances p at which as many hits or more, or as few or fewer, have probability
    (1 - confidence)/2: its coverage is never below `confidence`.
    """
    trials = check.integer("trials", trials, 1)
    hits = check.integer("hits", hits, 0, trials)
    confidence = check.number("confidence", confidence, 0, 1, open_low=True, open_high=True)
    tail, missed = (1 - confidence) / 2, trials - hits
    low = special.betaincinv(hits, missed + 1, tail) if hits else 0.0
    high = special.betaincinv(hits + 1, missed, 1 - tail) if missed else 1.0
    return Interval(hits / trials, float(low), float(high))
