"""Steps t^(-theta), which serve every horizon: exponents of the last iterate and the tail average.

Two theta: 2r/(2r+1), our reading of the paper's, and the one of `predicted.horizon_free_theta`.
"""

import numpy as np

from ntksgd.compare import families, rates
from ntksgd.risk import predicted
from ntksgd.stats.numerical import window, window_times


def exponents(spectrum, r, noise, beta, far, excess, nodes):
    """Exponents before the horizon `far`, or before the one up to which the degrees last.

    Returns
    -------
    list of (scheme, r, T, Bracket, limit), the limit being the rate that is derived: T^(-limit).
    """
    own, free = float(predicted.capacity_free(r)), float(predicted.horizon_free_theta(r, beta))
    modes, largest = rates.clustered(spectrum, [r], excess, nodes), 1 / spectrum.trace
    learned = rates.RESOLVED / (2 * spectrum.eigenvalues[-2:].max() * largest)
    end = min(far, float(learned ** (1 / (1 - min(own, free)))))  # S_T is about T^(1 - theta)
    times = window_times(end, np.log10(end) / 4)
    seen = families.noisy(families.horizon_free(modes, largest, [own, free], times), noise)[..., 0]
    (last, tail), slow = seen, float(predicted.last_iterate(r, own, beta))
    found = (("last, theta = 2r/(2r+1)", last[0], slow),
             ("tail average, theta = 2r/(2r+1)", tail[0], slow),
             ("tail average, its own theta", tail[1], float(predicted.horizon_free_tail(r, beta))))
    return [(scheme, r, times[2], window(times, risks), limit) for scheme, risks, limit in found]
