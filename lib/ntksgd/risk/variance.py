r"""The variance of the last iterate for steps eta_1 t^(-theta), theta < 1/2, in closed form.

In the time S = eta_1 t^(1-theta)/(1-theta) the step is eta_T (S'/S)^(-q), q = theta/(1-theta), and

    V_T = U_T / (1 - U_T),
    U_T = sum_k lambda_k^2 N_k int_0^S eta(S') exp(-2 lambda_k (S - S')) dS'
        = (eta_T/2) sum_k lambda_k N_k m_q(2 lambda_k S),
    m_q(x) = x int_0^1 u^(-q) exp(-x (1-u)) du = x M(1, 2-q, -x) / (1-q)

(M Kummer's function). m_q goes from 0 at x = 0 (a degree not reached by the noise) to 1 + q/x at
large x (a degree in balance with the present step): V_T ~ eta_T kappa(1)/2 for every spectrum.
The denominator is the feedback of the risk on the gradient's noise (R_s there taken as R_T).
"""

import numpy as np
from scipy.special import hyp1f1

from ntksgd import check


def balance(q: float, x) -> np.ndarray:
    """m_q(x), x >= 0, for 0 <= q < 1."""
    check.number("q", q, 0.0, 1.0, open_high=True)
    x = np.asarray(x, dtype=float)
    far = x > 200.0
    near = np.where(far, 1.0, x)
    inverse = 1 / np.where(far, x, np.inf)
    series = 1 + q * inverse * (1 + (q + 1) * inverse * (1 + (q + 2) * inverse))
    return np.where(far, series, near * hyp1f1(1.0, 2.0 - q, -near) / (1 - q))


def leading_variance(trace: float, eta1: float, theta: float, times) -> np.ndarray:
    """eta_T kappa(1) / 2."""
    return eta1 * np.asarray(times, dtype=float) ** -theta * trace / 2


def variance_equivalent(spectrum, eta1: float, theta: float, times) -> np.ndarray:
    """V_T of the formula above, shape of ``times``; the trace beyond degree K counts as unreached.

    theta must be below 1/2: from there on the first steps decide and no such limit exists.
    """
    check.number("theta", theta, 0.0, 0.5, open_high=True)
    times = np.atleast_1d(np.asarray(times, dtype=float))
    S = eta1 * times ** (1 - theta) / (1 - theta)
    lam = spectrum.eigenvalues
    weights = lam * spectrum.multiplicities
    reached = np.array([weights @ balance(theta / (1 - theta), 2 * lam * s) for s in S])
    eta = eta1 * times**-theta
    return eta / 2 * reached / (1 - eta / 2 * reached)
