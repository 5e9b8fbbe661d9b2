r"""A Gaussian law for the error of the last iterate, with its exact moments.

Given the inputs and with Gaussian noise, f_T - f* is Gaussian. Averaged over the inputs its moments
are exact: the mean has the squared norm m_k^2 = F_k prod (1 - eta_t lambda_k)^2 in degree k, and
C_k - m_k^2 is the variance there. `gaussian_loss` is ||f_T - f*||^2 as if the error were Gaussian
with these moments, its variance spread evenly over the N_k coordinates of a degree: a heuristic, in
that the inputs are averaged out before and not after squaring.
"""

import numpy as np

from ntksgd.risk.exact import expected_risk
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.moments import initial, step
from ntksgd.stats.weighted_chi_square import WeightedChiSquare


def gaussian_loss(target, schedule, times, noise):
    """`WeightedChiSquare` at each of `times` (increasing); the kernel ends at the last degree.

    Raises the errors of `expected_risk`, with whose risk its mean agrees.
    """
    spectrum = target.spectrum
    expected_risk(spectrum, target, schedule, times, noise, tail=False)
    modes = sphere_modes(spectrum, [target], tail=False)
    state, laws, F = initial(modes), [], target.power
    for t in times:
        for eta in schedule(np.arange(state.t + 1, t + 1)):
            state = step(modes, state, eta)
        m2 = np.divide(state.M[0] ** 2, F, out=np.zeros_like(F), where=F > 0)
        variance = state.C[0] + noise * state.C[1] - m2
        live = variance > 0
        N = spectrum.multiplicities[live]
        laws.append(WeightedChiSquare(variance[live] / N, N, m2[live]))
    return laws


def limiting_spread(spectrum):
    """Relative sd of the noise in balance with the step, sqrt(2 sum N lambda^2) / kappa(1).

    Degree k then holds eta_T lambda_k s^2 / 2 in each of its N_k coordinates, at every T: the
    weights are those of the trace, of which the first few degrees hold most. So this does not go
    to 0 as T grows.
    """
    squares = spectrum.multiplicities @ spectrum.eigenvalues**2
    return float(np.sqrt(2 * squares) / spectrum.trace)
