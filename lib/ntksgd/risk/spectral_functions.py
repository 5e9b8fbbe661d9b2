r"""Bias and variance as functions of the operator, their derivatives and divided differences.

Where the error of step t is taken as spread evenly over x, of size R_(t-1), its second moments obey
    A <- A - eta (L A + A L) + eta^2 (R + s^2) L^2,
and the risk is <f*, p(L) f*> + tr g(L) for any operator L, whether f* is an eigenfunction or not:
    p(l) = prod_t (1 - 2 eta_t l),
    g(l) = sum_t eta_t^2 (s^2 + R_(t-1)) l^2 prod_(u>t) (1 - 2 eta_u l)
(only the diagonal of A in the eigenbasis of L enters the trace, and it moves by 1 - 2 eta l).
"""

import numpy as np

from ntksgd import check

EXACT_STEPS = 1000  # steps taken one by one before blocks of steps are taken together
BLOCK = 2e-3  # relative length of a block: the step changes by less than that inside
CLOSE = 1e-3  # relative gap below which a divided difference is a derivative


def blocks(schedule, times, exact=EXACT_STEPS, relative=BLOCK):
    """End, number of steps, middle and eta of each block of steps: single steps first."""
    T = float(times[-1])
    first = min(exact, T)
    count = int(np.ceil(np.log(T / first) / np.log1p(relative))) + 1
    inner = np.unique(np.rint(np.geomspace(first, T, count)))
    edges = np.unique(np.concatenate([np.arange(first), inner, times]))
    middle = np.sqrt((edges[:-1] + 1) * edges[1:])  # the step itself for blocks of one step
    return edges[1:], np.diff(edges), middle, schedule(middle)


def factors(eigenvalues, eta, n):
    """n steps of size eta: 1 - (1 - 2 eta l)^n =: 1 - k, k', k'', and h, h', h''.

    h(l) = eta^2 l^2 (1 + (1 - 2 eta l) + ... + (1 - 2 eta l)^(n-1)) is what a unit of noise leaves.
    """
    x = 2 * eta * eigenvalues
    if n == 1:
        gone, first, second = x, -2 * eta, 0.0
    else:
        steady = x < 0.5  # there x may be below rounding, but not n x
        log_keep = n * np.log1p(-np.where(steady, x, 0.0))
        gone = np.where(steady, -np.expm1(log_keep), 1 - (1 - x) ** n)
        twice = np.where(steady, np.exp(log_keep) / (1 - x) ** 2, (1 - x) ** (n - 2))
        first, second = -2 * eta * n * twice * (1 - x), 4 * eta**2 * n * (n - 1) * twice
    half = x / 4
    return (gone, first, second, half * gone, eta / 2 * gone - half * first,
            -eta * first - half * second)


def spectral_functions(eigenvalues, schedule, noise, times, risk):
    """p - 1 and g with two derivatives, shape (2, 3, times, eigenvalues), times increasing.

    `schedule` is eta_t for an array of real t, `noise` s^2, and `risk` R_(t-1) at infinite width,
    the risk before step t, for an array of t >= 1.
    """
    p, g = np.zeros((2, 3, eigenvalues.size))
    ends, lengths, middle, etas = blocks(schedule, times)
    wanted, out = set(np.asarray(times, dtype=float)), []
    for end, n, eta, source in zip(ends, lengths, etas, noise + risk(middle), strict=True):
        gone, first, second, *left = factors(eigenvalues, eta, n)
        bias = p[0] + 1
        p = np.stack([p[0] - gone * bias, (1 - gone) * p[1] + first * bias,
                      (1 - gone) * p[2] + 2 * first * p[1] + second * bias])
        g = np.stack([(1 - gone) * g[0], (1 - gone) * g[1] + first * g[0],
                      (1 - gone) * g[2] + 2 * first * g[1] + second * g[0]])
        g += source * np.stack(left)
        if end in wanted:
            out.append((p, g))
    return np.array(out).transpose(1, 2, 0, 3)


def divided_differences(eigenvalues, values):
    """f[l_k, l_l, l_k] in row k, column l, from f, f', f'' at the eigenvalues, (3, n) -> (n, n)."""
    f, first, second = values
    gap = eigenvalues - eigenvalues[:, None]
    close = np.abs(gap) <= CLOSE * np.maximum(eigenvalues, eigenvalues[:, None])
    far = np.where(close, 1.0, gap)
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
    for p, g in zip(bias.swapaxes(0, 1), variance.swapaxes(0, 1), strict=True):
        yield (power[:, None] * divided_differences(lam, p)
               + spectrum.multiplicities[:, None] * divided_differences(lam, g))
