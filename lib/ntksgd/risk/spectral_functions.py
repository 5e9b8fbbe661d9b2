r"""Bias and variance as functions of the operator, their derivatives and divided differences.

Where the error of step t is taken as spread evenly over x, of size R_(t-1), its second moments obey
    A <- A - eta (L A + A L) + eta^2 (R + s^2) L^2,
and the risk is <f*, p(L) f*> + tr g(L) for any operator L, whether f* is an eigenfunction or not:
    p(l) = prod_t (1 - 2 eta_t l),
    g(l) = sum_t eta_t^2 (s^2 + R_(t-1)) l^2 prod_(u>t) (1 - 2 eta_u l)
(only the diagonal of A in the eigenbasis of L enters the trace, and it moves by 1 - 2 eta l).
"""

import math

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled

EXACT_STEPS = 1000  # steps taken one by one before blocks of steps are taken together
BLOCK = 2e-3  # relative length of a block: the step changes by less than that inside
CLOSE = 1e-3  # relative gap below which a divided difference is a derivative


def blocks(schedule, times):
    """End, number of steps, middle and eta of each block of steps: single steps first."""
    T = float(times[-1])
    first = min(EXACT_STEPS, T)
    count = int(np.ceil(np.log(T / first) / np.log1p(BLOCK))) + 1
    inner = np.unique(np.rint(np.geomspace(first, T, count)))
    edges = np.unique(np.concatenate([np.arange(first), inner, times]))
    middle = np.sqrt((edges[:-1] + 1) * edges[1:])  # the step itself for blocks of one step
    return edges[1:], np.diff(edges), middle, schedule(middle)


@compiled(inline=True)
def factors(l, eta, n):
    """n steps of size eta: 1 - (1 - 2 eta l)^n =: 1 - k, k', k'', and h, h', h''.

    h(l) = eta^2 l^2 (1 + (1 - 2 eta l) + ... + (1 - 2 eta l)^(n-1)) is what a unit of noise leaves.
    """
    x = 2 * eta * l
    if n == 1:
        gone, first, second = x, -2 * eta, 0.0
    else:
        if x < 0.5:  # there x may be below rounding, but not n x
            log_keep = n * math.log1p(-x)
            gone, twice = -math.expm1(log_keep), math.exp(log_keep) / (1 - x) ** 2
        else:
            gone, twice = 1 - (1 - x) ** n, (1 - x) ** (n - 2)
        first, second = -2 * eta * n * twice * (1 - x), 4 * eta**2 * n * (n - 1) * twice
    half = x / 4
    return (gone, first, second, half * gone, eta / 2 * gone - half * first,
            -eta * first - half * second)


@compiled
def _carry(eigenvalues, lengths, etas, sources, marks):
    """p - 1 and g with two derivatives, (2, 3, marks, eigenvalues), after each marked block."""
    out = np.empty((2, 3, marks.size, eigenvalues.size))
    for k in range(eigenvalues.size):
        p, p1, p2, g, g1, g2 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
        seen = 0
        for b in range(lengths.size):
            gone, first, second, h, h1, h2 = factors(eigenvalues[k], etas[b], lengths[b])
            keep, bias, source = 1 - gone, p + 1, sources[b]
            p2 = keep * p2 + 2 * first * p1 + second * bias
            p1 = keep * p1 + first * bias
            p -= gone * bias
            g2 = keep * g2 + 2 * first * g1 + second * g + source * h2
            g1 = keep * g1 + first * g + source * h1
            g = keep * g + source * h
            if seen < marks.size and b == marks[seen]:
                out[0, 0, seen, k], out[0, 1, seen, k], out[0, 2, seen, k] = p, p1, p2
                out[1, 0, seen, k], out[1, 1, seen, k], out[1, 2, seen, k] = g, g1, g2
                seen += 1
    return out


def spectral_functions(eigenvalues, schedule, noise, times, risk):
    """p - 1 and g with two derivatives, shape (2, 3, times, eigenvalues), times increasing.

    `schedule` is eta_t for an array of real t, `noise` s^2, and `risk` R_(t-1) at infinite width,
    the risk before step t, for an array of t >= 1.
    """
    ends, lengths, middle, etas = blocks(schedule, times)
    return _carry(np.asarray(eigenvalues, dtype=float), lengths, etas, noise + risk(middle),
                  np.searchsorted(ends, times))


def _pairs(eigenvalues):
    """Which pairs are so close that a divided difference is a derivative; gaps of the others."""
    gap = eigenvalues - eigenvalues[:, None]
    close = np.abs(gap) <= CLOSE * np.maximum(eigenvalues, eigenvalues[:, None])
    return close, np.where(close, 1.0, gap)


def divided_differences(eigenvalues, values, pairs=None):
    """f[l_k, l_l, l_k] in row k, column l, from f, f', f'' at the eigenvalues, (3, n) -> (n, n).

    `pairs`: `_pairs` of the eigenvalues, if known.
    """
    (f, first, second), (close, far) = values, _pairs(eigenvalues) if pairs is None else pairs
    near = second[:, None] / 3 + second / 6  # f'' / 2 at the mean of the three nodes
    return np.where(close, near, ((f - f[:, None]) / far - first[:, None]) / far)


def second_order(spectrum, power, schedule, times, noise, risk):
    """What a variance sum_q E[E_(kp,lq)^2] = v_kl of the operator adds to the risk, per unit.

    Yields a matrix (K + 1, K + 1) for each time; `power` F_k, the rest as in `spectral_functions`.
    ValueError if noise < 0 or a step reaches 1 / max eigenvalue.
    """
    noise, lam = check.number("noise", noise, 0.0), spectrum.eigenvalues
    largest = float(np.max(schedule(np.ones(1)))) * lam.max()
    if not largest < 1:
        raise ValueError(f"schedule: eta_1 times the largest eigenvalue is {largest:g}, must be "
                         "below 1")
    bias, variance = spectral_functions(lam, schedule, noise, times, risk)
    pairs = _pairs(lam)
    for p, g in zip(bias.swapaxes(0, 1), variance.swapaxes(0, 1), strict=True):
        yield (power[:, None] * divided_differences(lam, p, pairs)
               + spectrum.multiplicities[:, None] * divided_differences(lam, g, pairs))
