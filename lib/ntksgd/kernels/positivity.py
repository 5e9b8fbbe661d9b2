"""Which degrees the kernel sees: lambda_k > 0, read off from the parity parts of the activation.

Let sigma be real-analytic on the line, with E sigma(z)^2 and E sigma'(z)^2 finite, and let D_0, D_1
be the degrees of its even and its odd part (infinite for a part that is no polynomial, -infinite
for one that is zero). Then, in every dimension d >= 2,
    lambda_k > 0   if and only if   k <= D_(k mod 2),  or  gamma > 0 and k + 1 <= D_(k+1 mod 2).
So with a bias all lambda_k > 0 if and only if sigma is not a polynomial; without one, if and only
if neither part of sigma is.

Proof. c_k(rho) = int sigma(rho t) P_k dmu is analytic in rho, with the series
    c_k(rho) = sum_n a_n m_nk rho^n near 0,    a_n = sigma^(n)(0) / n!,    m_nk = int t^n P_k dmu,
where m_nk > 0 for n = k, k + 2, ... and 0 for all other n. So u_k = E c_k(rho)^2 = 0 exactly if
a_n = 0 for n = k, k + 2, ..., that is D_(k mod 2) < k. The same for v_k with sigma', whose part of
the parity of k has the degree D_(k+1 mod 2) - 1 (where D = 0 it vanishes, and nothing changes);
then the formula of `spectrum`.
ReLU is not analytic at 0, but follows the same rule with D_0 infinite, D_1 = 1 (`funk_hecke`).
"""

import numpy as np

from ntksgd import check


def power_moments(d, max_power, max_degree):
    """Integrals m_nk = int t^n P_k(t) mu_d(dt), row n <= max_power, column k <= max_degree.

    By (2k+d-2) t P_k = k P_(k-1) + (k+d-2) P_(k+1), whose weights are >= 0: hence m_nk >= 0.
    """
    d, powers = check.dimension(d), check.integer("max_power", max_power, 0)
    max_degree = check.integer("max_degree", max_degree, 0)
    k = np.arange(1, powers + 1)
    moments = np.zeros((powers + 1, max(powers, max_degree) + 2))
    moments[0, 0] = 1.0
    for n in range(powers):  # degrees above n + 1 stay 0
        below, above = moments[n, k - 1], moments[n, k + 1]
        moments[n + 1, 0] = moments[n, 1]
        moments[n + 1, k] = (k * below + (k + d - 2) * above) / (2 * k + d - 2)
    return moments[:, : max_degree + 1]


def positive_degrees(even, odd, max_degree, gamma=1.0):
    """Whether lambda_k > 0, k = 0, ..., max_degree, by the rule above.

    Parameters
    ----------
    even, odd : float
        Degrees of the even and the odd part of sigma: inf for a part that is no polynomial, -inf
        for one that is zero.
    max_degree : int
    gamma : float
        Weight of the bias, >= 0.

    Returns
    -------
    ndarray of bool, shape (max_degree + 1,)
    """
    for name, value, parity in (("even", even, 0), ("odd", odd, 1)):
        if not (np.isinf(value) or (value >= 0 and value % 2 == parity)):
            raise ValueError(f"{name} = {value!r}: must be an {name} integer >= 0, inf or -inf")
    k = np.arange(check.integer("max_degree", max_degree, 0) + 1)
    same, other = np.where(k % 2, odd, even), np.where(k % 2, even, odd)
    with_bias = check.number("gamma", gamma, 0.0) > 0
    return (k <= same) | (with_bias & (k + 1 <= other))
