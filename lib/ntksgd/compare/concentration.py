"""How fast the kernel K_m of a width-m network concentrates about its limit K.

Two layers: at the symmetric initialisation K_m is the mean over m/2 independent neurons of
    z_b(x, x') = sigma sigma' + (<x, x'> + gamma^2) dsigma dsigma',
so, with no remainder and for every even m,
    E ||K_m - K||^2_(L^2 x L^2) = (2/m) C,    C = E ||z_b||^2 - ||K||^2,
with C by one-dimensional quadrature (`neuron_moments.hilbert_schmidt_constant`). Deep networks:
||K_m - K|| / ||K|| is of order m^(-1/2) at fixed depth.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.deep import deep_kernel, normalised
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import deep, two_layer
from ntksgd.models.activations import activation
from ntksgd.stats.sweep import map_tasks

DEGREE = 23  # 24 equispaced points: 576 pairs average what is left of a polynomial of K_m


def squared_errors(task, seed):
    """||K_m - K||^2 of independent networks, each estimated without bias on its own random points.

    Parameters
    ----------
    task : tuple
        (activation, d, gamma, m, replicates, points): the squared error is averaged over the
        pairs of distinct points among `points` uniform ones.
    seed : numpy.random.SeedSequence

    Returns
    -------
    ndarray, shape (replicates,)
    """
    spec, d, gamma, m, replicates, points = task
    act, kernel, rng = activation(spec), tangent_kernel(spec, gamma), np.random.default_rng(seed)
    errors = np.empty(replicates)
    for i in range(replicates):
        x = sphere.uniform(rng, points, d)
        params = two_layer.initialise(m, d, rng)
        gap = two_layer.empirical_ntk(params, x, x, act, gamma) - kernel.gram(x)
        np.fill_diagonal(gap, 0.0)  # a pair (x, x) is not a pair of independent points
        errors[i] = np.sum(gap**2) / (points * (points - 1))
    return errors


@dataclass(frozen=True)
class Concentration:
    """Measured squared kernel errors of independent networks, and their exact mean.

    Attributes
    ----------
    activation : str
    d : int
    widths : ndarray, shape (n,)
    errors : ndarray, shape (replicates, n)
        ||K_m - K||^2; the columns are independent.
    constant : float
        C in E ||K_m - K||^2 = 2 C / m.
    """

    activation: str
    d: int
    widths: np.ndarray
    errors: np.ndarray
    constant: float

    @property
    def predicted(self):
        """2 C / m, shape (n,)."""
        return 2 * self.constant / self.widths


def concentration(cases, widths, replicates, seed, gamma=1.0, points=24, workers=None):
    """Concentration of the two-layer kernel for several activations and dimensions.

    Parameters
    ----------
    cases : list of (str, int)
        Activation and dimension d.
    widths : array of int
        Widths m, even and at least 2.
    replicates : int
        Independent networks a width, at least 2.
    seed : int or numpy.random.SeedSequence
    gamma : float
    points : int
        Random points a replicate, at least 2.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    list of Concentration
        One a case.

    Raises
    ------
    ValueError
        If a width is odd or < 2, d < 2, an activation is unknown, or a count is too small.
    """
    widths = [check.width(m) for m in widths]
    check.integer("replicates", replicates, 2)
    check.integer("points", points, 2)
    gamma = check.number("gamma", gamma, 0.0)
    constants = [hilbert_schmidt_constant(spec, d, gamma) for spec, d in cases]
    tasks = [(spec, d, gamma, m, replicates, points) for spec, d in cases for m in widths]
    # wide networks first: they take longest, and both workers then end together
    order = np.argsort([-task[3] for task in tasks], kind="stable")
    done = map_tasks(squared_errors, [tasks[i] for i in order], seed, workers)
    errors = np.reshape([done[i] for i in np.argsort(order)], (len(cases), len(widths), -1))
    return [Concentration(spec, d, np.array(widths), of.T, constant)
            for (spec, d), of, constant in zip(cases, errors, constants, strict=True)]


def deep_kernel_errors(spec, depth, widths, replicates, seed, equal_signs=False, workers=None):
    """||K_m - K|| / ||K|| on the circle, of freshly drawn networks of `depth` hidden layers.

    Parameters
    ----------
    spec : str or Activation
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
    limit, phi = deep_kernel(spec, depth).gram(points), normalised(spec)[0]
    items = [check.width(int(m)) for _ in range(replicates) for m in widths]
    task = partial(_deep_error, phi, depth, points, limit, equal_signs)
    return np.reshape(map_tasks(task, items, seed, workers), (replicates, len(widths)))


def _deep_error(phi, depth, points, limit, equal_signs, m, seed):
    params = deep.initialise(m, 2, depth, np.random.default_rng(seed))
    if equal_signs:
        params = params._replace(a=np.repeat([[1.0], [-1.0]], m // 2, axis=1))
    gap = deep.empirical_ntk(params, points, points, phi) - limit
    return np.linalg.norm(gap) / np.linalg.norm(limit)
