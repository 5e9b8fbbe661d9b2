r"""c(T) of the linearised network in a model: power-law spectrum, perfectly even leverage.

Ordered eigenvalues ~ i^(-beta) to any depth (`kernels.power_law`), and V_kl = N_l l_k l_l: every
neuron holds the same energy in every degree. What `finite_width.first_order` is for a network, but
with no degree cut off, so that the exponents of `predicted_widths.linearised_width` can be seen.
"""

from types import SimpleNamespace

import numpy as np

from ntksgd.kernels.power_law import power_law, source_power
from ntksgd.problems.schedules import source_polynomial
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.finite_width import excess_coefficient

UNSEEN = 0.01  # share of the trace below 1/S that lies beyond the last eigenvalue


def model_spectrum(beta, S):
    """`power_law` down to the eigenvalue beyond which UNSEEN of the trace below 1/S is left."""
    return power_law(beta, UNSEEN ** (beta / (beta - 1)) / S)


def first_order(beta, r, times, noise=0.25, excess=0.05):
    """c(T) at increasing whole times (n,), steps as we read the paper, eta_1 kappa(1) = 1.

    beta in (1, 10] is the capacity, r the regularity, `excess` the eps of `source_power`.
    """
    times = np.asarray(times, dtype=float)
    spectrum = model_spectrum(beta, times[-1] ** (1 / (2 * r + 1)))
    power = source_power(spectrum, beta, r, excess)
    schedule = source_polynomial(1 / spectrum.trace, r)
    grid = np.unique(np.rint(np.geomspace(1, times[-1], 400)))
    risk = expected_risk(spectrum, power, schedule, np.append(grid, times), noise).risk
    known, start = np.log(risk[:grid.size]), power.sum()

    def before(t):
        seen = np.exp(np.interp(np.log(np.maximum(t - 1, 1)), np.log(grid), known))
        return np.where(t < 1.5, start, seen)

    lam = spectrum.eigenvalues
    variance = np.outer(lam, lam * spectrum.multiplicities)
    return excess_coefficient(spectrum, SimpleNamespace(power=power), variance, schedule, noise,
                              times, before) / risk[grid.size:]


def leak(spectrum, power, S):
    """sum_k F_k/l_k over the degrees learnt times sum_l N_l l_l over the others, at each S (n,).

    The leading part of m times the excess, for r >= 1/2, if leverage is even. A degree counts as
    not learnt by the share exp(-2 S l); what lies beyond the spectrum's last one, as not learnt.
    """
    lam, counts = spectrum.eigenvalues, spectrum.multiplicities
    learnt = -np.expm1(-2 * np.outer(S, lam))
    return (learnt @ (power / lam)) * (spectrum.trace - learnt @ (counts * lam))
