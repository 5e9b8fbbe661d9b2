r"""Exponents p in T of widths m ~ T^p, derived or known, each a function of what it needs.

r is the regularity, beta the capacity (ordered eigenvalues ~ i^(-beta); infinity: faster than any
power). The steps are t^(-2r/(2r+1)), so that S = eta_1 + ... + eta_T ~ T^(1/(2r+1)): a width S^e
has the exponent e/(2r+1). Derivations, conditions, and who proved what: notebook 07; the theorem
for the network: notebook 08.
"""

import numpy as np

from ntksgd import check

#: lambda_k ~ exp(-c k^p) with p = 2/3: an analytic activation with branch points, Gaussian weights.
GAUSSIAN_WEIGHTS = 2 / 3


def sufficient_width(r):
    """1 + 5/(2r+1): the paper's sufficient width."""
    return 1 + 5 / (2 * check.positive("r", r) + 1)


def drift_heuristic_width(r):
    """2/(2r+1), m ~ S^2: the width at which the kernel's drift, at most m^(-1/2), is harmless."""
    return 2 / (2 * check.positive("r", r) + 1)


def capacity_free_width(r):
    """1/(2r+1), m ~ S: the largest exponent of `linearised_width` over all capacities beta >= 1."""
    return 1 / (2 * check.positive("r", r) + 1)


def theorem_width(r):
    """(1+r)/(2r+1) up to logarithms, m ~ S^(1+r): proved for the network, 1/2 <= r <= 1.

    Drift: S/m against S^(-r), below which the root of kernel SGD's risk does not fall, whatever its
    rate (without noise: against the larger of the two). Notebook 08.
    """
    r = check.number("r", r, 0.5, 1.0)
    return (1 + r) / (2 * r + 1)


def theorem_linearised_width(r):
    """2r/(2r+1), m ~ S^(2r), up to logarithms: proved for the linearised network, 1/2 <= r <= 1.

    Its squared distance from kernel SGD, of the order 1/m, against S^(-2r), as in `theorem_width`;
    for starts with eta_1 sup K_0(x, x) <= 1, which smooth activations make likely. Notebook 08.
    """
    r = check.number("r", r, 0.5, 1.0)
    return 2 * r / (2 * r + 1)


def linearised_width(r, beta):
    """Width of the linearised network, power-law spectrum, even leverage, 0 < r <= 1.

    [min(2r, 2 - 1/beta) - min(2r, 1) + 1/beta] / (2r+1): the excess S^(-min(2r,1) + 1/beta) / m
    over the risk S^(-min(2r, 2 - 1/beta)).
    """
    r, inverse = _regularity(r), _inverse(beta)
    return (min(2 * r, 2 - inverse) - min(2 * r, 1) + inverse) / (2 * r + 1)


def leverage_exponent(p=GAUSSIAN_WEIGHTS):
    """a = 2 - 2^p: E[(energy of degree k)^2] ~ lambda_k^(2 - a) if lambda_k ~ exp(-c k^p)."""
    return 2 - 2 ** check.number("p", p, 0.0, 1.0, open_low=True)


def uneven_width(r, p=GAUSSIAN_WEIGHTS):
    """Width of the linearised network, spectrum exp(-c k^p), uneven leverage, 0 < r <= 1.

    a/(2r+1) for 2 - 2r >= 2^(p-1), a of `leverage_exponent`; else [2r - w]/(2r+1) with
    w = (1 - (2-2r)^q)^(1/q), q = 1/(1-p): the largest of (2-2r) x - (x^(1/p) + 1)^p, 0 <= x <= 1.
    """
    r, a = _regularity(r), leverage_exponent(p)
    if 2 - 2 * r >= 2 ** (p - 1):
        return a / (2 * r + 1)
    w = 1.0 if p == 1 else (1 - (2 - 2 * r) ** (1 / (1 - p))) ** (1 - p)
    return (2 * r - w) / (2 * r + 1)


def random_features_width(r, beta, alpha):
    """Random features of ridge regression, 1/2 <= r <= 1, at the ridge 1/S, as we read it.

    S^(alpha + (1 + 1/beta - alpha)(2r - 1)): the largest leverage of a feature is of order
    S^alpha, 1/beta <= alpha <= 1 (Rudi & Rosasco 2017; 1/beta: leverage is even; 1: nothing known).
    """
    r, inverse = check.number("r", r, 0.5, 1.0), _inverse(beta)
    alpha = check.number("alpha", alpha, inverse, 1.0)
    return (alpha + (1 + inverse - alpha) * (2 * r - 1)) / (2 * r + 1)


def _regularity(r):
    return check.number("r", r, 0.0, 1.0, open_low=True)


def _inverse(beta):
    return 0.0 if beta == np.inf else 1 / check.number("beta", beta, 1.0)
