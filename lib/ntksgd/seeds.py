"""Seeds: one `numpy.random.SeedSequence` a task, spawned by index."""

import numpy as np

from ntksgd import check


def as_seed(seed):
    """`seed`, an integer >= 0 or a SeedSequence, as a SeedSequence."""
    if isinstance(seed, np.random.SeedSequence):
        return seed
    return np.random.SeedSequence(check.integer("seed", seed, 0))


def child(seed, index):
    """`index`-th child of `seed`; unlike ``seed.spawn`` it leaves `seed` as it was."""
    seed = as_seed(seed)
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, index))
