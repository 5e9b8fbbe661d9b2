"""How far a network's kernel leaves its start, and what that costs in width."""

import numpy as np

from ntksgd import check
from ntksgd.compare.paths import couple
from ntksgd.kernels import sphere
from ntksgd.models.two_layer import empirical_ntk, initialise
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.seeds import as_seed, child
from ntksgd.sgd.network import train
from ntksgd.width.experiment import exact, first_order


def kernel_change(setup, widths, T, replicates, seed, points=16):
    """Size of the change of the network's tangent kernel in T steps, on a grid of the circle.

    Parameters
    ----------
    setup : Setting
        On the circle.
    widths : sequence of int
    T, replicates : int
    seed : int or SeedSequence
    points : int

    Returns
    -------
    ndarray, shape (replicates, widths)
        ||K_T - K_0||_F / points, which estimates the Hilbert-Schmidt norm of the operator.
    """
    x, _ = sphere.quadrature(2, check.integer("points", points, 2) - 1)
    out = np.empty((check.integer("replicates", replicates, 2), len(widths)))
    for i in range(replicates):
        path = child(as_seed(seed), i)
        samples = draw_samples(setup.target, T, setup.noise, path)
        for j, m in enumerate(widths):
            start = initialise(int(m), 2, parameter_rng(path))
            end = train(start, samples, setup.schedule, setup.activation, steps=[T],
                        points=x, gamma=setup.gamma).parameters
            before, after = (empirical_ntk(p, x, x, setup.activation, setup.gamma)
                             for p in (start, end))
            out[i, j] = np.linalg.norm(after - before) / points
    return out


def small_tolerance_law(setup, m, times, replicates, seed, workers=None):
    """c(T) with m*(T, tau) -> c(T)/tau as tau -> 0: exact fluctuation plus measured drift.

        c(T) = first_order(T) + m E[R_m - R_m^lin] / R,
    R_m^lin the risk of the linearised network on the same samples and initial parameters, at a
    width m so large that both parts are of order 1/m.

    Parameters
    ----------
    setup : Setting
    m : int
    times : array of int
    replicates : int
    seed : int or SeedSequence

    Returns
    -------
    samples : ndarray, shape (replicates, n_T)
        One c(T) a replicate; feed them to `rates.bootstrap_slope`.
    """
    check.integer("replicates", replicates, 2)
    result = couple(setup, [m], times, replicates, seed, workers=workers)
    difference = (result.network - result.linearised)[:, 0] / exact(setup, times)
    return first_order(setup, times) + m * difference


def widest_drift_law(sweep):
    """c(T) as in `small_tolerance_law`, from the widest network of a sweep that ran both."""
    (widths, network), (_, lazy) = sweep.network.blocks[-1], sweep.linearised.blocks[-1]
    drift = widths[-1] * (network - lazy)[:, -1]
    return first_order(sweep.setup, sweep.times) + drift
