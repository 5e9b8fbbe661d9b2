r"""The same second moments over long blocks of steps at once: T = 10^9 in well under a second.

Past the first steps every moment varies on the scale of t itself, so on a block [t0, t1] of steps
it is a polynomial of degree p in t to high accuracy. The recursion y(t+1) = q(t) y(t) + g(t) is
then asked to hold exactly at p Radau points of the block instead of at every integer. The shift is
exact on polynomials, y(t+1) - y(t) = (e^D - 1) y with D the (nilpotent) differentiation matrix, so
nothing is replaced by a differential equation: the only error is that of polynomial interpolation,
estimated from the last Legendre coefficients; a block that is not resolved is halved. The Radau
points contain the right end, which makes stiff modes (quasi-stationary ones) harmless.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.polynomial import legendre
from scipy.special import roots_jacobi

from ntksgd.risk.modes import Modes
from ntksgd.risk.moments import State, initial, step, unit_noise

DEGREE = 16
#: Steps taken one by one at the start and after each break of the schedule.
FIRST = 128
TOLERANCE = 1e-9
#: Moments this far below the target's power are not resolved any more: a target learned to its last
#: degree decays exponentially, and blocks would shrink without end to follow it.
FLOOR = 1e-30


@cache
def radau(degree: int = DEGREE):
    """Nodes [-1, Radau points, with 1], Legendre transform and differentiation matrix on them."""
    nodes = np.concatenate([[-1.0], roots_jacobi(degree - 1, 1, 0)[0], [1.0]])
    values = legendre.legvander(nodes, degree)
    slopes = np.stack([legendre.legval(nodes, legendre.legder(row))
                       for row in np.eye(degree + 1)], axis=1)
    return nodes, np.linalg.inv(values), np.linalg.solve(values.T, slopes.T).T


def difference_matrix(length: float) -> np.ndarray:
    """Matrix of y -> y(t+1) - y(t) on a block of ``length`` steps: e^D - 1, a finite sum."""
    D = radau()[2] * (2 / length)
    term, total = D, D.copy()
    for j in range(2, DEGREE + 1):
        term = term @ D / j
        total += term
    return total


def _solve(E, decay, start, forcing):
    """y at the block's nodes after the first: y(t+1) - y(t) = -decay y + forcing.

    decay (K, p), start (..., K), forcing (..., p, K) -> y (..., p, K).
    """
    rhs = np.moveaxis(forcing - E[:, :1] * start[..., None, :], -1, 0)
    matrices = E[:, 1:] + decay[:, :, None] * np.eye(DEGREE)
    flat = np.moveaxis(rhs, -1, 1).reshape(len(decay), DEGREE, -1)
    y = np.linalg.solve(matrices, flat).reshape(len(decay), DEGREE, *rhs.shape[1:-1])
    return np.moveaxis(np.moveaxis(y, 1, -1), 0, -1)


def block(modes: Modes, state: State, schedule, length: float):
    """All moments at the nodes of the block that starts at ``state.t``: a State of arrays.

    Returned arrays have the node as last axis but one: C (n+1, p+1, K), M (n, p+1, K), ...
    """
    t = state.t + (radau()[0] + 1) / 2 * length
    E, eta = difference_matrix(length)[1:], schedule(t[1:] + 1)
    lam, F, n = modes.weight_decay, modes.power[:, None], len(modes.power)
    noise = unit_noise(modes)[:, None]
    drop = modes.mean_decay(eta)  # (p, K)
    mean = 1 - drop
    column = eta[:, None]

    M = np.zeros((n, DEGREE + 1, F.shape[-1]))
    if lam > 0:
        M = _with_start(state.M, _solve(E, drop.T, state.M, -column * lam * F))
    # C is coupled through R = sum_k C_k alone: one column a node of R, then a p x p system for R
    forcing = np.zeros((n + 1 + DEGREE, DEGREE, F.shape[-1]))
    forcing[:n] = column**2 * lam**2 * F - 2 * column * lam * mean * M[:, 1:]
    forcing[n + 1:] = np.eye(DEGREE)[:, :, None] * column**2 / modes.batch * modes.weights
    start = np.concatenate([state.C, np.zeros((DEGREE, F.shape[-1]))])
    y = _solve(E, modes.decay(eta).T, start, forcing)
    free, response = y[:n + 1], y[n + 1:]
    G = response.sum(-1).T
    risk = np.linalg.solve(np.eye(DEGREE) - G, (free.sum(-1) + noise * G.sum(1)).T)
    C = _with_start(state.C, free + np.einsum("jn,jik->nik", risk + noise.T, response))
    if state.A is None:
        return replace(state, t=t, C=C, M=M)

    M_next, C_next = M[:, 1:] + E @ M, C[:, 1:] + E @ C
    L = np.zeros_like(M)
    if lam > 0:
        L = _with_start(state.L, _sum(E, state.L, M_next))
    drift = np.zeros_like(C_next)
    drift[:-1] = -column * lam * L[:, 1:]
    B = _with_start(state.B, _solve(E, drop.T, state.B, drift + C_next))
    gain = 2 * (mean * B[:, 1:] + drift) + C_next
    A = _with_start(state.A, _sum(E, state.A, gain))
    return replace(state, t=t, C=C, M=M, L=L, B=B, A=A)


def _sum(E, start, gain):
    """y at the nodes after the first: y(t+1) - y(t) = gain."""
    return np.linalg.solve(E[:, 1:], gain - E[:, :1] * start[..., None, :])


def _with_start(start, rest):
    return np.concatenate([start[..., None, :], rest], axis=-2)


def _at(path: State, row: np.ndarray, t: float) -> State:
    """The state at time t, ``row`` (p+1,) being the interpolation weights of that time."""
    pick = {name: np.einsum("i,...ik->...k", row, getattr(path, name))
            for name in ("C", "M", "L", "B", "A") if getattr(path, name) is not None}
    return replace(path, t=t, **pick)


def _unresolved(modes: Modes, path: State) -> float:
    """Size of the last two Legendre coefficients, relative to the block's largest value."""
    worst, floor = 0.0, FLOOR * max(modes.power.sum(), 1.0)
    for name in ("C", "B", "A"):
        y = getattr(path, name)
        if y is not None:
            tail = np.abs(radau()[1][-2:] @ y).sum((1, 2))
            worst = max(worst, np.max(tail / np.maximum(np.abs(y).sum(-1).max(-1), floor)))
    return worst


def advance(modes: Modes, state: State, schedule, times, breaks=()) -> tuple[State, list]:
    """Carry ``state`` to max(times) in blocks; observables at each of ``times`` on the way."""
    times = np.asarray(times, dtype=float)
    out = {t: state.observables(modes) for t in times[times == state.t]}
    stops = sorted({b for b in (*schedule.breaks, *breaks) if state.t < b < times[-1]})
    for stop in (*stops, times[-1]):
        fragile = schedule.vanishes and stop == schedule.horizon
        last, limit = state.t, np.inf
        while state.t < stop:
            length = min(max(state.t - last, FIRST), limit, stop - state.t)
            if fragile:  # the step vanishes at the horizon: blocks shrink towards it
                length = min(length, max((stop - state.t) // 2, 1))
            length = np.floor(length)
            if length <= FIRST:
                for eta in schedule(np.arange(state.t + 1, state.t + length + 1)):
                    state = step(modes, state, eta)
                    if state.t in times:
                        out[state.t] = state.observables(modes)
                limit = np.inf
                continue
            path = block(modes, state, schedule, length)
            if _unresolved(modes, path) > TOLERANCE:
                limit = length // 2
                continue
            limit = np.inf
            inside = times[(times > state.t) & (times < state.t + length)]
            rows = legendre.legvander(2 * (inside - state.t) / length - 1, DEGREE) @ radau()[1]
            for t, row in zip(inside, rows, strict=True):
                out[t] = _at(path, row, t).observables(modes)
            state = _at(path, np.eye(DEGREE + 1)[-1], state.t + length)
            if state.t in times:
                out[state.t] = state.observables(modes)
    return state, [out[t] for t in times]


def collocated(modes: Modes, schedule, times, average: bool = False) -> np.ndarray:
    """As :func:`ntksgd.risk.moments.direct`, shape (len(times), 4, n + 1), for any horizon."""
    return np.array(advance(modes, initial(modes, average), schedule, times)[1])
