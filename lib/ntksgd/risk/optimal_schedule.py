r"""The steps that make the risk of the last iterate least: its gradient in all of them, exactly.

With lambda = 0 and batch 1 (`moments`), R = sum_k C_k and w_k = lambda_k^2 N_k,

    C_k <- (1 - 2 eta_t lambda_k) C_k + eta_t^2 w_k (R + s^2)                        t = 1 ... T.

p_k, the derivative of R_T in the C_k after step t, is 1 after the last step, and going back

    p_k <- (1 - 2 eta_t lambda_k) p_k + eta_t^2 G,     G = sum_j w_j p_j,            t = T ... 1.

With C before and p after step t, neither of which depends on eta_t,

    dR_T/d eta_t = 2 eta_t (R + s^2) G - 2 sum_k lambda_k p_k C_k,

so that R_T is a convex parabola in each single step, and a step that is optimal is

    eta_t = sum_k lambda_k p_k C_k / ((R + s^2) G) > 0,   or the cap, if that is smaller.

In all steps together R_T need not be convex. `best_steps` finds a local minimum, `schedule_bound`
says how far below it any other schedule can be.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.risk.modes import Modes

RESTARTS = 6


@dataclass(frozen=True)
class BestSteps:
    """A minimum of the risk over all step sequences, as far as the search went.

    Attributes
    ----------
    steps : eta_1 ... eta_T, shape (T,)
    risk : R_T
    capped : number of steps at the cap
    residual : largest |log(eta_t / its own best value)|, all others fixed: 0 at a stationary point
    """

    steps: np.ndarray
    risk: float
    capped: int
    residual: float


@compiled
def _run(lam, w, F, eta, noise, path):
    """C before every step into ``path`` (T + 1, K), last row after all of them."""
    for k in range(lam.size):
        path[0, k] = F[k]
    for t in range(eta.size):
        R = 0.0
        for k in range(lam.size):
            R += path[t, k]
        step, kick = eta[t], eta[t] ** 2 * (R + noise)
        for k in range(lam.size):
            path[t + 1, k] = (1 - 2 * step * lam[k]) * path[t, k] + kick * w[k]


@compiled
def _differentiate(lam, w, eta, noise, path, gradient, own):
    """dR_T / d eta_t into ``gradient`` (T,); the best value of each step alone into ``own``."""
    p = np.ones(lam.size)
    for t in range(eta.size - 1, -1, -1):
        R, G, pull = 0.0, 0.0, 0.0
        for k in range(lam.size):
            R += path[t, k]
            G += w[k] * p[k]
            pull += lam[k] * p[k] * path[t, k]
        gradient[t] = 2 * eta[t] * (R + noise) * G - 2 * pull
        own[t] = pull / ((R + noise) * G)
        for k in range(lam.size):
            p[k] = (1 - 2 * eta[t] * lam[k]) * p[k] + eta[t] ** 2 * G


def risk_and_gradient(modes: Modes, steps, noise: float):
    """R_T of the last iterate and its gradient in the steps, (T,) -> (float, (T,)).

    Raises
    ------
    ValueError
        If a step is negative or not finite, noise < 0, `modes` has weight decay, a batch above 1 or
        more than one target.
    """
    steps = check.finite_array("steps", steps, 1, non_negative=True)
    return _evaluate(plain_arrays(modes), steps, check.number("noise", noise, 0.0))[:2]


def best_steps(modes: Modes, noise: float, largest: float, start,
               iterations: int = 500) -> BestSteps:
    """Steps in (0, largest] that make R_T least: L-BFGS-B in log eta_t, from the steps ``start``.

    In log eta_t the curvature 2 eta_t^2 (R + s^2) G is even at the minimum. But there eta_t -> 0
    looks stationary, and never is: steps left far below their own best value are put there, and
    the search starts again.

    Parameters
    ----------
    modes : Modes
        Of one target, without weight decay, batch 1; clustered ones serve.
    noise : float
        Variance s^2 of the labels.
    largest : float
        The cap on every step; at most 1/(2 lambda_0), so that no factor of C_k is negative.
    start : array (T,)
        Positive steps; those above the cap are cut.
    iterations : int
        Of the search, at most.

    Raises
    ------
    ValueError
        As `risk_and_gradient`, and for a cap or start out of range.
    """
    arrays, noise = plain_arrays(modes), check.number("noise", noise, 0.0)
    start = check.finite_array("start", start, 1)
    limit = 0.5 / modes.eigenvalues.max() * (1 + 1e-12)
    largest = check.number("largest", largest, 0.0, limit, open_low=True)
    if start.size == 0 or start.min() <= 0:
        raise ValueError("start: at least one step, and every step > 0")
    check.integer("iterations", iterations, 1)

    def objective(x):
        risk, gradient, _ = _evaluate(arrays, np.exp(x), noise)
        return np.log(risk), gradient * np.exp(x) / risk

    cap, x = np.log(largest), np.minimum(np.log(start), np.log(largest))
    for _ in range(RESTARTS):
        x = minimize(objective, x, jac=True, method="L-BFGS-B", bounds=[(None, cap)] * x.size,
                     options={"maxiter": iterations, "maxfun": 2 * iterations, "maxcor": 30,
                              "ftol": 1e-14, "gtol": 1e-9}).x
        risk, _, own = _evaluate(arrays, np.exp(x), noise)
        gap = np.log(np.minimum(own, largest)) - x
        lost = gap > np.log(2)
        if not lost.any():
            break
        x = np.where(lost, x + gap, x)
    steps = np.exp(x)
    return BestSteps(steps, risk, int(np.sum(x >= cap)), float(np.abs(gap).max()))


def plain_arrays(modes):
    """lambda_k, w_k and F_k of modes that the recursion above describes."""
    if modes.weight_decay != 0 or modes.batch != 1 or len(modes.power) != 1:
        raise ValueError(f"modes: weight_decay = {modes.weight_decay!r}, batch = {modes.batch!r}, "
                         f"{len(modes.power)} targets; must be 0, 1 and one")
    return modes.eigenvalues, modes.weights, modes.power[0]


def _evaluate(arrays, steps, noise):
    """R_T, its gradient, and the best value of each step alone."""
    lam, w, F = (np.ascontiguousarray(a, dtype=float) for a in arrays)
    path, gradient = np.empty((len(steps) + 1, len(lam))), np.empty(len(steps))
    own = np.empty(len(steps))
    _run(lam, w, F, steps, noise, path)
    _differentiate(lam, w, steps, noise, path, gradient, own)
    return float(path[-1].sum()), gradient, own
