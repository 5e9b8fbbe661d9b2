"""What the bounds of `compare.network_bound` bound, measured along a path.

The neurons of a pair, i and i + m/2, move by (p_e +- p_o, v_e +- v_o) in (a, v), v = (b, c), with
the sign of a turned for the second: p_o, v_o are its odd part, p_e, v_e its even part. In the norm
of all parameters each counts twice. The functions are observers of `compare.paths`.
"""

import numpy as np


def _halves(params):
    """a, with the sign of the second half turned, and v = (b, c), of both halves."""
    v = np.concatenate([params.b, params.c[:, None]], axis=1)
    (a, other), (w, w_other) = np.split(params.a, 2), np.split(v, 2)
    return (a, -other), (w, w_other)


def _parts(start, now):
    """Odd and even part of every pair's movement, each (m/2, d + 2): columns a, v."""
    moved = [np.column_stack([a - a0, v - v0]) for a, v, a0, v0 in
             zip(*_halves(now), *_halves(start), strict=True)]
    first, second = moved
    # turned, the second neuron's a moves by p_e - p_o
    return (first - second) / 2, (first + second) / 2


def even_part(problem, points, start, now):
    """||V^e||, the norm of the even part of Theta_t - Theta_0."""
    return np.sqrt(2 * np.sum(_parts(start, now)[1] ** 2))


def widest_pair(problem, points, start, now):
    """o, the largest norm of a pair's odd part."""
    return np.sqrt(np.sum(_parts(start, now)[0] ** 2, axis=1).max())


def _signals(problem, points, params):
    """sigma(u) and a sigma'(u) at the points, of both halves; a turned."""
    (a, other), vs = _halves(params)
    xt = np.column_stack([points.points, np.full(len(points.points), problem.gamma)])
    us = [xt @ v.T for v in vs]
    act = problem.activation
    return us, [act.value(u) for u in us], [p * act.derivative(u)
                                            for p, u in zip((a, other), us, strict=True)]


def remainder(problem, points, start, now):
    """sup over the points of |g_t - <grad g_0, Theta_t - Theta_0>|."""
    (u0, w0), (value0, _), (slope0, _) = _signals(problem, points, start)
    (u, w), (value, other), _ = _signals(problem, points, now)
    (a, turned), (a0, turned0) = _halves(now)[0], _halves(start)[0]
    exact = value @ a - other @ turned
    linear = value0 @ ((a - a0) - (turned - turned0)) + np.sum(slope0 * (u - u0 - w + w0), axis=1)
    return np.abs(exact - linear).max() / np.sqrt(start.a.size)


def odd_change(problem, points, start, now):
    """sup over the points of ||(grad g_t - grad g_0)^o||."""
    _, (value0, _), (slope0, _) = _signals(problem, points, start)
    _, (value, other), (slope, other_slope) = _signals(problem, points, now)
    in_a, in_v = (value + other) / 2 - value0, (slope + other_slope) / 2 - slope0
    squares = np.sum(in_a**2 + (1 + problem.gamma**2) * in_v**2, axis=1)
    return np.sqrt(2 * squares.max() / start.a.size)


OBSERVERS = {"even": even_part, "neuron": widest_pair, "rho": remainder, "psi": odd_change}


def own_losses(ratio):
    """Of each field of `GapBound` but the residuals, what its bound loses by itself.

    `ratio`: bound over measured, by name. rho and psi inherit the larger of what their two terms
    lose, c v (B) and o B (B), the gap what rho or psi does.
    """
    terms = max(ratio["even"], ratio["neuron"] * ratio["distance"])
    inherited = {"distance": 1.0, "even": ratio["distance"], "neuron": 1.0,
                 "rho": terms * ratio["distance"], "psi": terms,
                 "gap": max(ratio["rho"], ratio["psi"])}
    return {name: ratio[name] / lost for name, lost in inherited.items()}
