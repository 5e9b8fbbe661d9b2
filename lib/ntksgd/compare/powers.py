"""Steps eta (1 - t/T)^p: the noise that they leave, and the power that leaves least.

With u = 1 - t/T the step is eta u^p and eta T u^(p+1)/(p+1) the sum of those still to come, so that
the variance of the last iterate over s^2 is, but for the feedback of the risk on the noise,

    V_T/s^2 = int_0^1 (eta u^p)^2 phi(eta T u^(p+1)/(p+1)) T du,
    phi(D)  = sum_k w_k exp(-2 lambda_k D).
"""

import numpy as np
from scipy.optimize import minimize_scalar

from ntksgd.compare.families import best_step, noisy, power, scheme_risks
from ntksgd.compare.rates import clustered
from ntksgd.risk import predicted

#: Quadrature in log u, down to a tenth of the last step.
POINTS = 3000


def noise_left(modes, eta, p, T):
    """V_T/s^2 by that integral, with w_k = lambda_k^2 N_k of `modes`."""
    u = np.geomspace(0.1 / T, 1, POINTS)
    phi = np.exp(-2 * np.outer(eta * T * u ** (p + 1) / (p + 1), modes.eigenvalues)) @ modes.weights
    return np.trapezoid((eta * u**p) ** 2 * phi * T * u, np.log(u))


def least_power(modes, S, T):
    """The p in (1/2, 6) that leaves least noise among those steps of one sum S, to 0.01."""
    return minimize_scalar(lambda p: noise_left(modes, (p + 1) * S / T, p, T), bounds=(0.5, 6),
                           method="bounded", options={"xatol": 0.01}).x


def scan(spectrum, beta, powers, T, noise, steps, excess, nodes, workers=None):
    """Risk at T, target r = 1/2, of each power with its best step; `steps` of them are tried.

    Columns beta, r, p, risk, relative (to the least), optimal (2 beta - 1), as a dictionary.
    ValueError if T < 60^(1 + beta), where the largest would not be stable. RuntimeError if a best
    step lies at an end of those tried, which are around the balance.
    """
    near = T ** (-1 / (1 + beta)) * np.geomspace(60, 0.6, steps)
    if near[0] > 1:
        raise ValueError(f"T = {T}: must be at least {60 ** (1 + beta):.0f}")
    modes = clustered(spectrum, [0.5], excess, nodes)
    seen = scheme_risks(modes, [power(p) for p in powers], near / spectrum.trace, [T], False,
                        workers)
    at, least = np.array([best_step(near, noisy(of, noise)[:, 0, 0]) for of in seen.values()]).T
    if np.any((at <= near[-1]) | (at >= near[0])):
        raise RuntimeError(f"best steps {at}: at an end of [{near[-1]:g}, {near[0]:g}]")
    return {"beta": beta, "r": 0.5, "p": list(powers), "risk": least,
            "relative": least / least.min(), "optimal": predicted.optimal_power(beta)}
