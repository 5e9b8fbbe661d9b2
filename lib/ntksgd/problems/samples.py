"""The samples of one replicate: drawn once, seen by every algorithm that is compared on them.

A replicate owns one SeedSequence. Its child 0 gives the inputs, child 1 the noise, child 2 the
initial parameters. The streams are separate, so that the first T samples of a longer run are the
samples of the run of T steps, and one set of samples serves every width.
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.problems.data import Population
from ntksgd.problems.target import Target
from ntksgd.seeds import child

INPUTS, NOISE, PARAMETERS = range(3)


class Samples(NamedTuple):
    """Inputs x (T, d) on the sphere, labels y (T,), indices of the points of a `Population`."""

    x: np.ndarray
    y: np.ndarray
    drawn: np.ndarray | None = None


def draw_samples(target: Target | Population, T: int,
                 seed: int | np.random.SeedSequence) -> Samples:
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
        y = target(x)
    return Samples(x, y, drawn)


def parameter_rng(seed):
    """Generator of the initial parameters of the replicate."""
    return np.random.default_rng(child(seed, PARAMETERS))
