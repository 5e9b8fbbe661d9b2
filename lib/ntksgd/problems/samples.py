"""The samples of one replicate: drawn once, seen by every algorithm that is compared on them.

A replicate owns one SeedSequence. Its child 0 gives the inputs, child 1 the noise, child 2 the
initial parameters. The streams are separate, so that the first T samples of a longer run are the
samples of the run of T steps, and one set of samples serves every width.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.kernels import sphere
from ntksgd.problems.data import Population
from ntksgd.seeds import child

INPUTS, NOISE, PARAMETERS = range(3)
BLOCK = 64


class Samples(NamedTuple):
    """Inputs x (T, d) on the sphere, labels y (T,), indices of the points of a `Population`."""

    x: np.ndarray
    y: np.ndarray
    drawn: np.ndarray | None = None


def draw_samples(target, T, seed):
    """T >= 1 samples without noise: x uniform on the sphere, y = f*(x).

    Of a `Population`, points are drawn with replacement; `LabelModel.draw` adds the noise.
    """
    T = check.integer("T", T, 1)
    rng, drawn = np.random.default_rng(child(seed, INPUTS)), None
    if isinstance(target, Population):
        drawn = rng.integers(target.n, size=T)
        x, y = target.x[drawn], target.y[drawn]
    else:
        x = sphere.uniform(rng, T, target.d)
        y = target_values(target, x)
    return Samples(x, y, drawn)


def parameter_rng(seed):
    """Generator of the initial parameters of the replicate."""
    return np.random.default_rng(child(seed, PARAMETERS))


def target_values(target, x):
    """f*(x_i) for many points, without a table of all degrees at all points."""
    coefficients = getattr(target, "coefficients", None)
    if coefficients is None:
        return np.asarray(target(x), dtype=float)
    out = np.empty(len(x))
    _legendre_series(np.asarray(coefficients, dtype=float), target.d, x[:, 0].copy(), out)
    return out


@compiled
def _legendre_series(coefficients, d, t, out):
    """sum_k coefficients_k P_k(t) by the three-term recursion of `sphere.legendre`."""
    last, this = np.empty(BLOCK), np.empty(BLOCK)
    for low in range(0, t.size, BLOCK):
        n = min(BLOCK, t.size - low)
        s, total = t[low : low + n], out[low : low + n]
        for i in range(n):
            last[i], this[i], total[i] = 0.0, 1.0, coefficients[0]
        for k in range(coefficients.size - 1):
            # k = 0 apart: for d = 2 its quotient is 0/0
            up = (2 * k + d - 2) / (k + d - 2) if k > 0 else 1.0
            down = k / (k + d - 2) if k > 0 else 0.0
            weight = coefficients[k + 1]
            for i in range(n):
                following = up * s[i] * this[i] - down * last[i]
                last[i], this[i] = this[i], following
                total[i] += weight * following
