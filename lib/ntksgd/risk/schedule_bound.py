r"""A lower bound on the risk of the last iterate, whatever the steps (lambda = 0, batch 1).

Let 0 <= eta_t <= M with 2 M lambda_0 < 1, S_t = eta_1 + ... + eta_t, S = S_T, and

    q_k = -log(1 - a_k)/a_k,  a_k = 2 M lambda_k:   1 - 2 eta lambda_k >= exp(-2 q_k lambda_k eta),
    B(s) = sum_k F_k exp(-2 q_k lambda_k s),        phi(D) = sum_k w_k exp(-2 q_k lambda_k D).

Every term of the unrolled recursion is non-negative, so R_t >= B(S_t) and

    R_T >= B(S) + sum_t eta_t^2 (B(S_(t-1)) + s^2) phi(S - S_t).

Put psi(tau) = (B(S - tau) + s^2) phi(tau). B and phi decrease, so the factor of eta_t^2 is at least
psi on the whole interval S - S_t <= tau <= S - S_(t-1), of length eta_t. For every mu > 0

    eta_t^2 psi + mu >= eta_t g(psi),    g(psi) = min over 0 < eta <= M of eta psi + mu/eta,

and summed over t, for the best mu,

    R_T >= min over S <= M T of B(S) + max over mu of int_0^S g(psi) d tau - mu T.

The maximum is the least int eta psi d tau over steps eta(tau) <= M that use up the time,
int d tau/eta = T: eta = min(M, (mu/psi)^(1/2)). Where M does not bind it is (int psi^(1/2))^2 / T.
With q_k = 1 the same expression is the continuous limit, no bound but an approximation, and its
steps the prediction. As q_k -> 1 for small lambda_k, both have the same limit for large S.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq, minimize_scalar

from ntksgd import check
from ntksgd.risk.modes import Modes
from ntksgd.risk.optimal_schedule import plain_arrays

#: Points of tau, towards either end of [0, S] in geometric progression, and of S.
POINTS, TOTALS = 800, 60


@dataclass(frozen=True)
class Continuous:
    """Least risk of the continuous problem for T steps, and the total S of its steps.

    ``left`` and ``speed`` tabulate the step against the number of steps still to come.
    """

    T: int
    risk: float
    total: float
    left: np.ndarray
    speed: np.ndarray

    @property
    def steps(self) -> np.ndarray:
        """eta_1 ... eta_T, shape (T,)."""
        return np.interp(self.T - np.arange(self.T) - 0.5, self.left, self.speed)


def excess_factor(x):
    """q(x) = -log(1 - x)/x: 1 - y >= exp(-q(x) y) for 0 <= y <= x < 1; q(0) = 1."""
    x = np.asarray(x, dtype=float)
    safe = np.where(x > 0, x, 0.5)
    return np.where(x > 0, -np.log1p(-safe) / safe, 1.0)


def lower_bound(modes: Modes, T: int, noise: float, largest: float) -> Continuous:
    """No steps 0 <= eta_t <= ``largest`` bring the risk of the last iterate below ``risk``.

    But for the quadrature in tau and the search for S, which overstate it (by about 1e-4; 1e-3 at
    T = 1e12). ``modes`` as in
    `best_steps`.

    Raises
    ------
    ValueError
        If 2 ``largest`` lambda_0 >= 1, T < 1, noise < 0, or as `best_steps`.
    """
    lam, w, F = plain_arrays(modes)
    high = 0.5 / lam.max()
    largest = check.number("largest", largest, 0.0, high, open_low=True, open_high=True)
    return _least((excess_factor(2 * largest * lam) * lam, w, F), T, noise, largest)


def continuous_limit(modes: Modes, T: int, noise: float, largest: float) -> Continuous:
    """The same with q_k = 1: risk and steps predicted for large T."""
    return _least(plain_arrays(modes), T, noise, check.positive("largest", largest))


def _least(arrays, T, noise, largest):
    T, noise = check.integer("T", T, 1), check.number("noise", noise, 0.0)
    top = largest * T
    grid = np.geomspace(min(1e-4, T**-0.9) * top, top, TOTALS)
    values = [_at(arrays, S, T, noise, largest)[0] for S in grid]
    i = int(np.argmin(values))
    ends = np.log(grid[[max(i - 1, 0), min(i + 1, TOTALS - 1)]])
    found = minimize_scalar(lambda x: _at(arrays, np.exp(x), T, noise, largest)[0], bounds=ends,
                            method="bounded", options={"xatol": 1e-5})
    S = float(grid[i] if values[i] < found.fun else np.exp(found.x))
    risk, tau, speed = _at(arrays, S, T, noise, largest)
    inverse = 1 / speed
    left = np.concatenate([[0.0], np.cumsum(np.diff(tau) * (inverse[1:] + inverse[:-1]) / 2)])
    return Continuous(T, float(risk), S, left, speed)


def _at(arrays, S, T, noise, largest):
    """Value at a total S <= M T, with the grid of tau and the step there."""
    lam, w, F = arrays
    half = np.geomspace(min(1e-6, 1e-3 / (lam.max() * S)), 0.5, POINTS // 2)
    tau = S * np.concatenate([[0.0], half, 1 - half[-2::-1], [1.0]])
    decay = np.exp(-2 * np.outer(tau, lam))
    psi = (decay[::-1] @ F + noise) * (decay @ w)  # the grid is symmetric: S - tau is it reversed

    def step(log_mu):
        return np.minimum(largest, np.exp(log_mu / 2) / np.sqrt(psi))

    def late(log_mu):
        return np.trapezoid(1 / step(log_mu), tau) - T

    free = 2 * np.log(np.trapezoid(np.sqrt(psi), tau) / T)  # mu were there no cap
    ceiling = np.log(largest**2 * psi.max()) + 1
    if late(free) <= 1e-9 * T:
        mu = free
    elif late(ceiling) >= 0:  # S = M T: every step at the cap
        mu = ceiling
    else:
        mu = brentq(late, free, ceiling, xtol=1e-10)
    return decay[-1] @ F + np.trapezoid(step(mu) * psi, tau), tau, step(mu)
