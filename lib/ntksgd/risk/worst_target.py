r"""Claim A for the worst target f* = L^r h of the source ball ||h|| <= 1.

With the error operator E = lam (L_m + lam)^(-1), so that e_m = E f*, and 0 < r <= 1:
    m infinite      sup_h ||e|| = max_k lam lambda_k^r / (lambda_k + lam)  <=  c_r lam^r;
    mean square     E ||e_m||^2 = sum_k F_k G_k,   G_k = E tr(P_k E^2) / N_k,  so that
                    sup_h E ||e_m||^2 = max_k lambda_k^(2r) G_k;
    one draw        sup_h ||e_m|| = ||E L^r||  <=  c_r lam^r (1 + ||L_m - L|| / lam).
The last line is deterministic, and Bernstein's inequality in Hilbert space bounds ||L_m - L||_HS.
"""

import numpy as np

from ntksgd import check
from ntksgd.risk.approximation import source_constant


def worst_bias(eigenvalues, r, lam):
    """sup over ||h|| <= 1 of ||lam (L + lam)^(-1) L^r h||: max over the eigenvalues, shape of lam.

    Eigenvalues (n,) >= 0, r in (0, 1], lam > 0.
    """
    source_constant(r)
    lam = check.finite_array("lam", lam)[..., None]
    return np.max(lam * eigenvalues**r / (eigenvalues + lam), axis=-1)


def probable_deviation(m, spread, scale, failure):
    """Bound on ||L_m - L||_HS that holds with probability at least 1 - failure, at one width m.

    Bernstein's inequality of Pinelis and Sakhanenko: let X_i be n independent centred vectors of a
    Hilbert space with E ||X_i||^p <= p!/2 S^2 H^(p-2) for p = 2, 3, ... Then
        P(||X_1 + ... + X_n|| >= x) <= 2 exp(-x^2 / (2 (n S^2 + x H))).
    The right side is delta at x = t H + sqrt(t^2 H^2 + 2 t n S^2), t = log(2/delta). Here n = m/2,
    X_i = Z_(b_i) - L, and the bound is x / n.

    Parameters
    ----------
    m : array
        Even widths >= 2: m/2 neurons are independent.
    spread, scale : float
        S and H of `neuron_tails.Deviation`, > 0.
    failure : float
        delta, in (0, 1).
    """
    n = check.finite_array("m", m) / 2
    if np.any(n < 1):
        raise ValueError(f"m = {2 * n.min():g}: every width must be >= 2")
    spread, scale = check.positive("spread", spread), check.positive("scale", scale)
    t = np.log(2 / check.number("failure", failure, 0, 1, open_low=True, open_high=True))
    return (t * scale + np.sqrt((t * scale) ** 2 + 2 * t * n * spread**2)) / n


def uniform_bound(r, lam, deviation):
    """Bound on ||lam (L_m + lam)^(-1) L^r|| where ||L_m - L|| <= deviation, for 0 < r <= 1."""
    return source_constant(r) * lam**r * (1 + deviation / lam)


def claimed_constant(r, spread, scale, failure):
    """c_r (1 + 2 S sqrt(t) + 4 H t / sqrt(2)), t = log(2/failure), of the bound for every m >= 2.

    With probability 1 - failure, at any one width and for 1/2 <= r <= 1,
        sup_h ||e_m|| <= claimed_constant * m^(-r/(2r+1))    at lam = m^(-1/(2r+1)),
    from sqrt(x + y) <= sqrt(x) + sqrt(y) in `probable_deviation`.
    """
    t = np.log(2 / check.number("failure", failure, 0, 1, open_low=True, open_high=True))
    return source_constant(check.number("r", r, 0.5, 1)) * (
        1 + 2 * spread * np.sqrt(t) + 4 * scale * t / np.sqrt(2))
