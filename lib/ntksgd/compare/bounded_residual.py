r"""A proved bound on network minus linearised network for a loss whose residual is bounded.

The loss l(g, y) >= 0 is convex in g, |l'| <= 1, l' mu-Lipschitz (`MU`): then l'^2 <= 2 mu l.
Then sum eta |l'| <= S = eta_1 + ... + eta_T on *every* path: of the labels nothing is asked,
neither a moment nor independence. The network, its start and the notation are those of
`network_bound` (notebook 08), c, c3, c4 and Psi, kappa_0, l0 the numbers there; a = c S / sqrt m.
    neuron    |Delta_i| <= o = (Psi/c) (exp(a) - 1);
    distance  ||V|| <= B = (kappa_0 sqrt m / c) (exp(a) - 1) ~ kappa_0 S,
              and, if a < 1 and mu eta_1 (kappa_0 + c B / sqrt m)^2 <= 1 with it, also
              B = N / sqrt(1 - a),  N^2 = 2 sum eta_t l(0, y_t);
    even      ||V^e|| <= v = a B;
    rho, psi  as in `network_bound`;
    gap       ||g_T - l_T|| <= l0 (sqrt(mu nu S) rho + S psi) + rho,
              if mu eta_1 kappa_0^2 <= 2 - 1/nu, nu > 1/2.
So for m >= const S^2 the gap is ~ S^(7/2)/m on every path; for smaller steps ~ S^(5/2)/m on those
with N^2 = O(S), and in the mean over labels of finite mean size. Proof: notebook 10.
"""

import numpy as np

from ntksgd import check
from ntksgd.compare.network_bound import NOT_CLOSED, GapBound, sizes

MU = {"huber": 1.0, "logistic": 0.25}  # Lipschitz constants of l'; of the logistic loss for y = +-1


def bounded_residual_bound(start, constants, steps, labels=np.inf, lipschitz=1.0):
    """`GapBound` of every path on which 2 sum eta_t l(0, y_t) <= `labels`^2, at most infinite.

    Parameters
    ----------
    start : StartNumbers
    constants : NeuronConstants
    steps : Steps
    labels : float
        N; infinity asks nothing of the labels.
    lipschitz : float
        mu > 0.
    """
    N = labels if labels == np.inf else check.number("labels", labels, 0.0)
    mu = check.positive("lipschitz", lipschitz)
    c, root, S = constants.first, np.sqrt(start.m), steps.sum
    k = mu * steps.first * start.kernel**2
    a = c * S / root
    if not k < 2 or a > 100:
        return NOT_CLOSED
    B, o = (number * np.expm1(a) / c for number in (start.kernel * root, start.neuron))
    if a < 1:
        energy = N / np.sqrt(1 - a)
        if mu * steps.first * (start.kernel + c * energy / root) ** 2 <= 1:
            B = min(B, energy)
    v, nu = a * B, 1 / (2 - k)
    rho, psi = sizes(constants, root, B, v, o)
    gap = start.operator * (np.sqrt(mu * nu * S) * rho + S * psi) + rho
    return GapBound(B, v, o, rho, psi, S, gap)


def sufficient_exponent(r, finite_mean=True):
    """Power of T of a width that keeps ||g_T - l_T|| below T^(-r/(2r+1)), steps t^(-2r/(2r+1)).

    `finite_mean`: of |y|, and then of the gap's mean; else nothing is asked of the labels.
    """
    r = check.positive("r", r)
    return ((2.5 if finite_mean else 3.5) + r) / (2 * r + 1)
