"""How far the tangent kernel of a finite deep network is from its limit.

    error(m) = ||K_m - K||_(L^2(circle x circle)) / ||K||,   of order m^(-1/2) at fixed depth.
"""

from functools import partial

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.deep import deep_kernel, normalised
from ntksgd.models.deep import empirical_ntk, initialise
from ntksgd.stats.sweep import map_tasks

DEGREE = 23  # 24 equispaced points: 576 pairs average what is left of a polynomial of K_m


def kernel_errors(activation, depth, widths, replicates, seed, equal_signs=False, workers=None):
    """Relative error of the kernel of freshly drawn networks.

    Parameters
    ----------
    activation : str or Activation
    depth : int
    widths : sequence of int
    replicates : int
    seed : int or SeedSequence
    equal_signs : bool
        Replace the drawn output signs by +1 in the first copy and -1 in the second.

    Returns
    -------
    ndarray, shape (replicates, len(widths))
        Independent between widths.
    """
    points, _ = sphere.quadrature(2, DEGREE)
    limit, phi = deep_kernel(activation, depth).gram(points), normalised(activation)[0]
    items = [(check.width(int(m)), i) for i in range(replicates) for m in widths]
    task = partial(_error, phi, depth, points, limit, equal_signs)
    return np.reshape(map_tasks(task, items, seed, workers), (replicates, len(widths)))


def _error(phi, depth, points, limit, equal_signs, item, seed):
    params = initialise(item[0], 2, depth, np.random.default_rng(seed))
    if equal_signs:
        params = params._replace(a=np.repeat([[1.0], [-1.0]], item[0] // 2, axis=1))
    gap = empirical_ntk(params, points, points, phi) - limit
    return np.linalg.norm(gap) / np.linalg.norm(limit)
