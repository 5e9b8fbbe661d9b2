"""What the benchmarks share: the time of a call."""

import time

import numpy as np


def seconds(f, *arguments, rounds=3):
    """Best CPU time of some calls, so that other work on the machine counts little; the value."""
    best = np.inf
    for _ in range(rounds):
        start = time.process_time()
        value = f(*arguments)
        best = min(best, time.process_time() - start)
    return best, value
