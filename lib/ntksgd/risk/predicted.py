r"""Exponents in T that theory predicts of risks, each a function of what it needs.

r is the regularity (source condition), beta the capacity (ordered eigenvalues ~ i^(-beta); on
S^(d-1) lambda_k ~ k^(-p) with N_k ~ k^(d-2) gives beta = p/(d-1); faster than any power: infinity).
A risk is of order T^(-a), and its function returns a > 0 (derivations: notebooks 03 and 04). Those
of widths: `predicted_widths`.
"""

import numpy as np

from ntksgd.problems.schedules import paper_theta


def bias(r, theta):
    """Noiseless gradient flow: 2 r (1 - theta), from (r / (e S))^(2r), S ~ T^(1-theta)."""
    return 2 * r * (1 - theta)


def memory(beta, theta):
    """Early noise that the last iterate still remembers: (2 - 1/beta)(1 - theta)."""
    return (2 - 1 / beta) * (1 - theta)


def largest_r(beta):
    """1 - 1/(2 beta): up to this r early noise is forgotten no later than the bias falls.

    So far steps t^(-2r/(2r+1)) give the last iterate the rate `capacity_free`.
    """
    return 1 - 1 / (2 * beta)


def relu_capacity(d):
    """beta = d/(d-1) of the tangent kernel of ReLU on S^(d-1), with a bias (notebook 01)."""
    return d / (d - 1)


def last_iterate(r, theta, beta=np.inf, noise=True):
    """Steps t^(-theta): the slowest of bias, memory and (with noise) fresh noise ~ T^(-theta)."""
    slowest = np.minimum(bias(r, theta), memory(beta, theta))
    return np.minimum(slowest, theta) if noise else slowest


def best_theta(r, beta=np.inf):
    """theta = q/(1+q), q = 2 min(r, `largest_r`): where the rate of `last_iterate` is largest."""
    q = 2 * np.minimum(r, largest_r(beta))
    return q / (1 + q)


def capacity_free(r):
    """2r/(2r+1): the rate of the paper, and of the last iterate with steps tied to the horizon.

    It is also the theta of our reading of the paper's steps: fresh noise falls like the step.
    """
    return paper_theta(r)


def rkhs_last_iterate(r, theta, beta=np.inf):
    """Squared RKHS distance: bias (2r-1)(1-theta), fresh noise theta - (1-theta)/beta, memory."""
    bias_memory = np.minimum(2 * r - 1, 1 - 1 / beta) * (1 - theta)
    return np.minimum(bias_memory, theta - (1 - theta) / beta)


def minimax(r, beta):
    """2 r beta/(2 r beta + 1): no estimator does better over the source class."""
    return 1 / (1 + 1 / (2 * r * beta))


def uniform_average(r, beta):
    """Best constant step T^(-zeta): minimax up to r = 1, where its bias S^(-2) stops it."""
    return _averaged(np.minimum(r, 1), beta)


def tail_average(r, beta):
    """Best constant step: minimax, unless even the largest step is too small (2r + 1/beta < 1)."""
    return _averaged(r, beta)


def _averaged(r, beta):
    # bias T^(-2r(1-zeta)) against variance T^(-1+(1-zeta)/beta), with 0 <= zeta
    return 2 * r * np.minimum(1 / (2 * r + 1 / beta), 1)


def linear_decay(r, beta, T=np.inf):
    """Steps eta (1 - t/T) with the best eta: minimax for beta < 2, as if beta were 2 beyond.

    At beta = 2 the variance is x^(1/2) log(x)/T, x = eta T; the local exponent at T then is
    2r/(2r + 1/2 + 1/log x), x ~ T^(1/(2r + 1/2)).
    """
    limit = tail_average(r, np.minimum(beta, 2))
    if beta != 2 or np.isinf(T):
        return limit
    slope = 2 * r + 0.5
    return 2 * r * np.minimum(1 / (slope + slope / np.log(T)), 1)


def power_to_zero(r, beta, p):
    """Last iterate, steps eta (1 - t/T)^p with the best eta: minimax as if beta were <= p + 1."""
    return tail_average(r, np.minimum(beta, p + 1))


def geometric(r, beta, T=np.inf):
    """Steps from eta geometrically down to eta/T, the best eta: minimax in T/log T.

    The local exponent at T; d log(T/log T) / d log T = 1 - 1/log T.
    """
    return tail_average(r, beta) * (1 - (0 if np.isinf(T) else 1 / np.log(T)))


def optimal_power(beta):
    """2 beta - 1: the power of (1 - t/T) with the least variance at a given sum of steps."""
    return 2 * beta - 1


def horizon_free_tail(r, beta):
    """Tail average of steps t^(-theta), the best theta >= 0.

    Minimax for (1 - 1/beta)/2 <= r < `largest_r`.

    1 - theta = beta/(2 r beta + 1), or theta = 1/2 beyond, where early noise is remembered.
    """
    return tail_average(np.minimum(r, largest_r(beta)), beta)


def horizon_free_theta(r, beta):
    """theta of `horizon_free_tail`."""
    return 1 - np.minimum(1 / (2 * np.minimum(r, largest_r(beta)) + 1 / beta), 1)
