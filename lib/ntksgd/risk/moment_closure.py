r"""Risk of SGD in an RKHS for any loss, its first two moments closed: no sampling.

Let K(x,x') = <psi(x), psi(x')>, psi(x) in R^N, and f_t = <psi, u_t>, u_0 = 0: a step takes
    u <- u - eta l'(f(x), y) psi(x).
With a = E u, P = Cov u, and `mean`, `slope`, `square` of the loss (`problems.expected_loss`)
averaged over f(x) ~ N(<psi, a>, <psi, P psi>) to G(x), D(x), q(x),
    a <- a - eta b,                                            b = int G psi dx,
    P <- P - eta (M P + P M) + eta^2 (int q psi psi^T dx - b b^T),  M = int D psi psi^T dx.
It is exact where `mean` is linear in g and `square` quadratic: for the square loss and for the
quadratic expansion at f* with a curvature D(x) (`expected_loss.local`). For another loss there is
one approximation, that f(x) is Gaussian, jointly with u: then E[(u - a) l'] = int D P psi dx
(Stein's identity).

Steps are taken one by one up to FIRST, later in blocks within which G, D, q are frozen at their
values in the middle, so that the moments follow in closed form in the eigenbasis of M.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.problems.expected_loss import ExpectedLoss
from ntksgd.problems.schedules import Schedule
from ntksgd.risk.grid_moments import Moments, gaussian_mean

FIRST, RATIO, HALVINGS = 100, 1.08, 6  # steps taken one by one; length of the later blocks


class _State(NamedTuple):
    """a and P, a block for each set of features between which nothing couples."""

    a: tuple
    P: tuple


@threadpool_limits.wrap(limits=1, user_api="blas")
def moments(features: Sequence[NDArray], weights: ArrayLike, truth: ArrayLike, loss: ExpectedLoss,
            schedule: Schedule, times: ArrayLike, ratio: float = RATIO) -> Moments:
    """Mean and variance of f_t on a grid, from f_0 = 0.

    Parameters
    ----------
    features : sequence of arrays (..., n, N_j)
        psi at the points, of one kernel or of several at once, in sets that symmetry keeps apart:
        M has no entry between two of them, and only the first has a mean (b = 0 in the others).
    weights, truth : arrays (n,)
        Quadrature weights, exact for what is integrated; f* at the points.
    loss : ExpectedLoss
    schedule : Schedule
    times : sequence of int
        Increasing, >= 1.
    ratio : float
        Above 1: t at the end of a block over t at its start. At 1.08 the error is below 2e-3 of
        the risk (see the tests).
    """
    times = check.times("times", times)
    check.number("ratio", ratio, 1.0, open_low=True)
    eta = schedule.step_sizes(int(times[-1]))
    sums, squares = (np.append(0, np.cumsum(eta**power)) for power in (1, 2))
    state = _State(tuple(np.zeros_like(psi[..., 0, :]) for psi in features),
                   tuple(np.zeros((*psi.shape[:-2], *psi.shape[-1:] * 2)) for psi in features))
    out = []
    now, known = (features, weights, truth, loss), [None] * len(features)
    for t, end in _blocks(times, ratio):
        n = end - t
        etas = (sums[end] - sums[t]) / n, (squares[end] - squares[t]) / n
        at_start = _averages(now, state)
        if n == 1:
            state = _step(state, at_start, etas[0])
        else:
            middle = _advance(state, at_start, at_start[0], *etas, n / 2, known)
            state = _advance(state, _averages(now, middle), at_start[0], *etas, n, known)
        if end in times:
            out.append(_on_grid(features, state))
    mean, variance = (np.array(part) for part in zip(*out, strict=True))
    return Moments(times, mean, variance, weights, truth, loss)


def _blocks(times, ratio):
    """Pairs (steps done, steps done at the end of the block)."""
    ends, T = np.array(times), int(times[-1])
    long = np.rint(np.geomspace(FIRST, max(T, FIRST + 1),
                                int(np.log(max(T, FIRST + 1) / FIRST) / np.log(ratio)) + 2))
    # fast modes follow the step at the end of a block: the last ones before a record are short
    last = ends - np.outer(0.5 ** np.arange(1, HALVINGS + 1), (ratio - 1) * ends)
    last = np.rint(last[last > FIRST])
    edges = np.unique(np.concatenate([np.arange(min(FIRST, T) + 1), long[long <= T], last, ends]))
    return zip(edges[:-1].astype(int), edges[1:].astype(int), strict=True)


def _on_grid(features, state):
    mean = sum(_apply(psi, a) for psi, a in zip(features, state.a, strict=True))
    return mean, sum(np.sum((psi @ P) * psi, axis=-1)
                     for psi, P in zip(features, state.P, strict=True))


def _averages(now, state):
    """b, M and int q psi psi^T - b b^T, each a block a set of features."""
    features, weights, truth, loss = now
    on_grid = _on_grid(features, state)
    G, D, q = (weights * gaussian_mean(part, *on_grid, truth) for part in loss[:3])
    b = [_apply(psi.mT, G) * (j == 0) for j, psi in enumerate(features)]
    M, Q = ([(psi.mT * part[..., None, :]) @ psi for psi in features] for part in (D, q))
    return b, M, [one - v[..., :, None] * v[..., None, :] for one, v in zip(Q, b, strict=True)]


def _apply(matrix, vector):
    return (matrix @ vector[..., None])[..., 0]


def _step(state, averages, eta):
    a, P = [], []
    for b, M, Q, a0, P0 in zip(*averages, *state, strict=True):
        a.append(a0 - eta * b)
        P.append(P0 - eta * (M @ P0 + P0 @ M) + eta**2 * Q)
    return _State(tuple(a), tuple(P))


def _advance(state, averages, start, eta, square, n, known):
    """n steps of equal size: M, q frozen; b = int G psi is `start` at first, and moves with M."""
    a, P = [], []
    for j, (b, M, Q, a0, P0) in enumerate(zip(start, *averages[1:], *state, strict=True)):
        rates, U = _eigenbasis(M, known, j)
        one = eta * np.maximum(rates, 0.0)
        pairs = one[..., :, None] + one[..., None, :]
        gone, both = (-np.expm1(n * np.log1p(-np.maximum(x, 1e-100))) for x in (one, pairs))
        a.append(a0 - _apply(U, eta * gone / np.maximum(one, 1e-100) * _apply(U.mT, b)))
        turned, kick = U.mT @ P0 @ U, U.mT @ Q @ U
        turned += both * (square / np.maximum(pairs, 1e-100) * kick - turned)
        P.append(U @ turned @ U.mT)
    return _State(tuple(a), tuple(P))


def _eigenbasis(M, known, j):
    """That of M, kept in known[j]: a loss of fixed curvature has the same M in every block."""
    if known[j] is None or not np.array_equal(known[j][0], M):
        known[j] = M, np.linalg.eigh(M)
    return known[j][1]
