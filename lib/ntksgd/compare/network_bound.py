"""Proved bounds on the distance of the network from its linearisation, with every constant.

V = Theta_t - Theta_0 splits in an odd and an even part under the exchange of paired neurons: the
gradient at the start is odd, so is the linearised network, and the network's output is odd in the
odd part. With ||V|| <= B, ||V^e|| <= v, every pair's odd part at most o, and c, c3, c4 of
`models.smoothness`, on the whole path
    |g - <grad g_0, V>| <= rho = (c v B + c3 o B^2) / sqrt m,
    ||(grad g_t - grad g_0)^o|| <= psi = (c v + c4 o B) / sqrt m.
Path by path (`path_bound`): B^2 ~ S, S = sum eta_t; G bounds sum eta |e|, nu = 1/(2 - k):
    ||g_T - l_T|| <= l0 (sqrt(nu S) rho + G psi) + rho.
With a representation f* = <grad g_0, W*> + zeta (`event_bound`), on an event of probability
1 - 5 exp(-x) over the samples, given Theta_0: sum eta (g - f*)^2 <= Db^2, where B and Db are O(1)
but for x and logarithms of T, and in the mean over the event, not on each path of it,
    (E[||g_T - l_T||^2; event])^(1/2) <= l0 [sqrt(S) Db psi + (S rho^2 + s^2 Q psi^2)^(1/2)] + rho.
Every condition that fails makes a bound infinite. The proof is in notebook 08.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check


class StartNumbers(NamedTuple):
    """What the bounds need to know of a start Theta_0 of width m.

    ``kernel`` = sup_x K_0(x, x)^(1/2), ``operator`` = ||L_0||^(1/2), ``neuron`` = the largest norm
    of a neuron's gradient times sqrt m; of the representation, ``weights`` = ||W*||, ``residual``
    the L^2 norm of zeta and ``residual_sup`` its supremum.
    """

    m: float
    kernel: float
    operator: float
    neuron: float
    weights: float
    residual: float
    residual_sup: float


class Steps(NamedTuple):
    """Sums of the steps: S = sum eta, Q = sum eta^2, and the largest step eta_1."""

    sum: float
    squares: float
    first: float


class GapBound(NamedTuple):
    """B, v, o, rho, psi, G or sqrt(S) Db, and the bound on the L^2 norm of g_T - l_T.

    All hold on each path, but the last of `event_bound`: on its root mean square over the event.
    """

    distance: float
    even: float
    neuron: float
    rho: float
    psi: float
    residuals: float
    gap: float


NOT_CLOSED = GapBound(*[np.inf] * 7)


def path_bound(start, constants, steps, labels):
    """The bound for every path on which sum eta y^2 <= `labels`^2 (sqrt(S) sup|y| will do).

    Parameters
    ----------
    start : StartNumbers
    constants : NeuronConstants
    steps : Steps
    labels : float

    Returns
    -------
    GapBound
    """
    c, root = constants.first, np.sqrt(start.m)
    S, N = steps.sum, check.number("labels", labels, 0.0)
    k = steps.first * start.kernel**2
    for _ in range(100):  # B grows with k, k with B: from below to their smallest common solution
        if not k < 2:
            return NOT_CLOSED
        nu = 1 / (2 - k)
        inside = 1 - 2 * nu * c * np.sqrt(S) * N / root
        if not inside >= 0:
            return NOT_CLOSED
        B = 2 * np.sqrt(nu) * N / (1 + np.sqrt(inside))
        last, k = k, steps.first * (start.kernel + c * B / root) ** 2 * (1 + 1e-12)
        if k <= last * (1 + 1e-12):
            break
    else:
        return NOT_CLOSED
    G = 2 * np.sqrt(nu * S) * B
    v, o = c * G * B / root, start.neuron / c * np.expm1(c * G / root)
    rho, psi = sizes(constants, root, B, v, o)
    gap = start.operator * (np.sqrt(nu * S) * rho + G * psi) + rho
    return GapBound(B, v, o, rho, psi, G, gap)


def event_bound(start, constants, steps, noise, proxy, x):
    """The bound on an event of probability at least 1 - 5 exp(-x) over the samples.

    Parameters
    ----------
    start, constants, steps
        As in `path_bound`.
    noise : float
        Variance s^2 of the noise.
    proxy : float
        s for Gaussian noise, the bound on |noise| for bounded noise.
    x : float
        > 0.
    """
    c, root = constants.first, np.sqrt(start.m)
    (S, Q, eta1), n, x = steps, check.number("proxy", proxy, 0.0), check.positive("x", x)
    noise, w = check.number("noise", noise, 0.0), start.weights
    energy = S * start.residual**2  # mean of sum eta zeta^2: Chernoff or Markov, the less
    known = np.sqrt(min((np.e - 1) * energy + eta1 * start.residual_sup**2 * x, np.exp(x) * energy))
    chance = n**2 * (np.sqrt(Q) + eta1 * np.sqrt(2 * x)) ** 2
    B = w
    for _ in range(1000):
        kernel = (start.kernel + c * B / root) ** 2
        if not eta1 * kernel <= 1:
            return NOT_CLOSED
        Nb = known + c * np.sqrt(S) * (B**2 / 2 + B * w) / root
        A = np.sqrt(w**2 + 2 * Nb**2 + 2 * kernel * chance + 4 * n**2 * eta1 * x)
        if not np.isfinite(A):
            return NOT_CLOSED
        if A + w <= B:
            break
        B = (A + w) * (1 + 1e-10)
    else:
        return NOT_CLOSED
    drive = np.sqrt(S) * (np.sqrt(2) * A + Nb)  # sqrt(S) Db
    v = c * B / root * (drive + n * np.sqrt(2 * Q * (x + np.log(2))))
    Y = drive + n * np.sqrt(2 * Q * (x + np.log(2 * start.m)))
    if c * Y >= root:
        return NOT_CLOSED
    o = start.neuron * Y / root / (1 - c * Y / root)
    rho, psi = sizes(constants, root, B, v, o)
    path = drive * psi + np.sqrt(S * rho**2 + noise * Q * psi**2)
    return GapBound(B, v, o, rho, psi, drive, start.operator * path + rho)


def sizes(constants, root, B, v, o):
    """Bounds rho and psi of the module's docstring, from those on the whole path."""
    c, c3, c4, _ = constants
    return (c * v * B + c3 * o * B**2) / root, (c * v + c4 * o * B) / root
