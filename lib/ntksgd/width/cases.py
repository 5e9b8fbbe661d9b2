"""The width law of module `width` for the cases of module `beyond`."""

import numpy as np

from ntksgd.width.requirement import Excess, controlled_excess


def excess(case, blocks):
    """Samples of E R_m / R - 1 as `width` takes them, from independent blocks of widths.

    R is the exact risk for the square loss. For another loss there is none: R is then the mean
    risk of the kernel's own paths over all blocks, whose error is a common factor of every excess.
    """
    kernel = np.concatenate([block.kernel for block in blocks]).mean(axis=0)
    times = blocks[0].steps
    if case.model.loss == "square":
        kernel = case.local_theory(times)
    samples = [(block.widths, controlled_excess(block.network, block.kernel, kernel, kernel))
               for block in blocks]
    return Excess(times, samples)


def exponent_difference(law, reference):
    """Exponent in T of m* minus that of a reference law, over the times at which both are seen.

    Returns
    -------
    value, low, high : float
        With the 95 % percentile interval of the two independent bootstraps.

    Raises
    ------
    ValueError
        If fewer than 3 times are seen by both.
    """
    both = law.seen & reference.seen
    if both.sum() < 3:
        raise ValueError(f"law, reference: seen together at {both.sum()} times, at least 3 needed")
    log_t = np.log(law.times[both])
    centred = (log_t - log_t.mean()) / np.sum((log_t - log_t.mean()) ** 2)
    value = np.log(law.required[both] / reference.required[both]) @ centred
    draws = (np.log(law.draws[:, both]) - np.log(reference.draws[:, both])) @ centred
    return float(value), *(float(v) for v in np.percentile(draws, [2.5, 97.5]))
