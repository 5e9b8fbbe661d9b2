"""The squared RKHS norm of kernel SGD's iterate, in expectation.

With lambda = 0 the mean iterate is f* - p(t) f*, p_k(t) = prod_(s<=t) (1 - eta_s lambda_k), so
    E ||f_t||_H^2 = E ||f_t - f*||_H^2 + sum_k (1 - 2 p_k(t)) F_k / lambda_k,
because ||f_t||^2 = ||f_t - f*||^2 + 2 <f_t - f*, f*> + ||f*||^2. As the width grows a network's
||Theta_t - Theta_0|| tends to ||f_t||_H: the linearised network's displacement lies in the span of
its features, where the norm is that of the RKHS of its kernel.
"""

import numpy as np

from ntksgd.problems.schedules import power_sums
from ntksgd.risk.exact import expected_risk


def expected_rkhs_norm(spectrum, target, schedule, times, noise):
    """E ||f_t||_H^2 of kernel SGD without weight decay, shape of times.

    Parameters
    ----------
    spectrum : Spectrum
    target : Target
    schedule : Schedule
        With eta_1 lambda_k < 1.
    times : array of int
    noise : float
        s^2.

    Raises
    ------
    ValueError
        If eta_1 lambda_k reaches 1, or as `expected_risk`.

    Notes
    -----
    The degrees beyond the spectrum's last take up noise too and count as `expected_risk` counts
    them: from above, and closely while 2 lambda_k S_t is small there. For ReLU on the circle, 128
    degrees kept, they are 1e-3 of the whole, found to 1e-6.
    """
    times, live = np.atleast_1d(times), target.power > 0
    eigenvalues, first = spectrum.eigenvalues[live], float(schedule(1.0))
    if not first * eigenvalues.max() < 1:
        raise ValueError(f"schedule {schedule.name}: eta_1 times the largest eigenvalue is "
                         f"{first * eigenvalues.max():.4g}, must be below 1")
    # the first step, the largest, by itself; the rest by log(1 - x) = -x - x^2/2 - ..., summed
    # until x^n is below rounding
    largest = float(schedule(2.0)) * eigenvalues.max()
    log_product = np.tile(np.log1p(-first * eigenvalues), (times.size, 1))
    for n in range(1, int(np.ceil(np.log(1e-14) / np.log(largest))) + 1):
        later = power_sums(schedule, times, n) - first**n
        log_product -= np.outer(later, eigenvalues**n) / n
    distance = expected_risk(spectrum, target, schedule, times, noise).rkhs
    return distance + (1 - 2 * np.exp(log_product)) @ (target.power[live] / eigenvalues)
