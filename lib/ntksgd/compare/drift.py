"""How far the network moves from its start, and how far its tangent kernel moves with it.

Parameters. As m grows, ||Theta_t - Theta_0|| tends to ||f_t||_H, whose second moment is exact
(`risk.rkhs_norm`).

Kernel. K_Theta(x, x') = m^(-1) sum_i <psi_i(x), psi_i(x')>, psi_i = (sigma, a sigma' x,
gamma a sigma')(u_i). If |sigma'| <= 1 and sigma' is L-Lipschitz, then with q = sqrt(1 + gamma^2)
    |psi_i(Theta) - psi_i(Theta_0)| <= c |Theta_i - Theta_0i|,   c = q + q (1 + L q),
since u_i changes by at most q |Theta_i - Theta_0i| and |a_i| = 1 at the start. By Cauchy-Schwarz
over the neurons, with D = ||Theta - Theta_0|| and tau = sup_x K_0(x, x),
    |K_Theta - K_0| <= 2 sqrt(tau) c D m^(-1/2) + c^2 D^2 m^(-1).
"""

from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, empirical_ntk, forward, initialise
from ntksgd.problems.grid import grid
from ntksgd.problems.samples import Samples, draw_samples, parameter_rng
from ntksgd.sgd.network import train
from ntksgd.stats.sweep import map_tasks


def kernel_change_bound(drift, m, trace, curvature, gamma=1.0):
    """The bound above for D = `drift`, tau = `trace` and L = `curvature` (sup |sigma''|)."""
    q = np.sqrt(1 + gamma**2)
    c = q + q * (1 + check.positive("curvature", curvature) * q)
    return 2 * np.sqrt(trace) * c * drift / np.sqrt(m) + c**2 * drift**2 / m


def unpaired(m, d, rng):
    """Initial parameters with m independent neurons: no pairs, g_0 is not 0."""
    start = initialise(m, d, rng)
    return Parameters(start.a, rng.standard_normal((m, d)), start.c)


def drift_study(setting, widths, T, replicates, seed, start=initialise, degree=64, workers=None):
    """Drift after T steps from paired or unpaired initial parameters.

    Labels are shifted by g_0, so that whatever the start, g_t - g_0 learns the same target. Norms
    are taken on `risk.grid(target, degree)`.

    Returns
    -------
    dict of ndarray, shape (replicates, widths)
        ``parameters`` ||Theta_T - Theta_0||, ``kernel`` ||K_T - K_0|| (Hilbert-Schmidt, on L^2),
        ``diagonal`` sup_x K_0(x, x), ``function`` ||g_T - g_0 - l_T||^2.
    """
    check.integer("T", T, 1)
    widths = [check.width(int(m)) for m in widths]
    task = partial(_drift, setting, widths, T, start, grid(setting.target, degree))
    with joblib.parallel_config(prefer="threads"):
        results = np.array(map_tasks(task, range(replicates), seed, workers))
    return dict(zip(("parameters", "kernel", "diagonal", "function"), np.moveaxis(results, 2, 0),
                    strict=True))


def _drift(setting, widths, T, start, points, index, seed):
    act, gamma = activation(setting.activation), setting.gamma
    x, y = draw_samples(setting.target, T, setting.noise, seed)
    rows = []
    for m in widths:
        params = start(m, setting.target.d, parameter_rng(seed))
        offset = train(params, Samples(x, y), [], act, steps=[0], points=x, gamma=gamma).values[0]
        samples = Samples(x, y + offset)
        options = {"steps": [T], "points": points.points, "gamma": gamma,
                   "weight_decay": setting.weight_decay}
        g = train(params, samples, setting.schedule, act, **options)
        h = train(params, Samples(x, y), setting.schedule, act, linearised=True, **options)
        before = empirical_ntk(params, points.points, points.points, act, gamma)
        change = empirical_ntk(g.parameters, points.points, points.points, act, gamma) - before
        gap = g.values[0] - forward(params, points.points, act, gamma) - h.values[0]
        size = np.sqrt(points.weights @ np.square(change) @ points.weights)
        rows.append([g.drift[0], size, before.diagonal().max(), points.mean_square(gap)])
    return rows
