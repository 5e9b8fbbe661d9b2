"""The excess E R_m / R - 1 under the law of finitely many points: forecast, and measured.

forecast    the network linearised at a start is kernel SGD with the kernel K_0 of that start, and
            its risk over the samples follows from K_0 at the points (`risk.empirical`): only starts
            are drawn, nothing is trained. What training does to the features is left out.
measured    networks are trained, kernel SGD on the same samples being the control variate.
"""

from functools import partial
from itertools import product

import joblib
import numpy as np

from ntksgd import check
from ntksgd.compare.data_problem import DataProblem
from ntksgd.compare.paths import paths
from ntksgd.kernels.empirical import empirical_spectrum
from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.empirical import empirical_risk
from ntksgd.seeds import child
from ntksgd.stats import intervals
from ntksgd.stats.sweep import map_tasks
from ntksgd.width.excess import Excess, controlled_excess


def drawn_spectrum(here: DataProblem, m, seed):
    """`EmpiricalSpectrum` of the kernel K_0 of a network of width m at the start of a seed."""
    population, problem = here.population, here.problem
    params = initialise(m, problem.d, parameter_rng(seed))
    # both neurons of a pair have the same tangent kernel
    half = Parameters(*(part[: m // 2] for part in params))
    matrix = empirical_ntk(half, population.x, population.x, problem.activation, problem.gamma)
    return empirical_spectrum(population, problem.kernel, matrix)


def forecast_excess(here: DataProblem, widths, times, starts, seed, method="mode", workers=None):
    """`Excess` of the linearised network: independent starts at each of >= 3 even widths."""
    samples = linearised_samples(here, widths, times, starts, seed, method, workers)
    return Excess(check.times("times", times), tuple(
        (np.array([m]), one[:, None]) for m, one in zip(widths, samples, strict=True)))


def linearised_samples(here, widths, times, starts, seed, method="mode", workers=None):
    """Excess of the linearised network at each start: shape (widths, starts, times)."""
    widths, times = [check.width(m) for m in widths], check.times("times", times)
    limit = here.risk(times, method)
    items = [*product(widths, range(check.integer("starts", starts, 2)))]
    with joblib.parallel_config(prefer="threads"):
        risks = map_tasks(partial(_one, here, times, method), items, seed, workers)
    return np.reshape(risks, (len(widths), starts, len(times))) / limit - 1


def drift_excess(excess: Excess, m, linearised):
    """`Interval` of the excess of trained networks of width m over the linearised one's, at last.

    Parameters
    ----------
    excess : Excess
        Measured.
    m : int
        One of its widths.
    linearised : array, shape (starts, n_T)
        Samples of the linearised network at the same points, width and last time.
    """
    check.one_of("m", m, tuple(excess.widths))
    [full] = [samples[:, list(widths).index(m), -1] for widths, samples in excess.blocks
              if m in widths]
    return intervals.of(np.subtract, full, linearised[:, -1])


def _one(here, times, method, item, seed):
    return empirical_risk(drawn_spectrum(here, item[0], seed), here.population.y,
                          here.problem.schedule, times, method=method)


def measured_excess(here: DataProblem, groups, times, seed, workers=None):
    """`Excess` of trained networks, and mean ||Theta_T - Theta_0||^2 at the last T of each width.

    Parameters
    ----------
    groups : sequence of (widths, replicates)
        A path of samples serves all widths of its group.
    """
    limit, blocks, moved = here.risk(times, "mean"), [], {}
    for i, (widths, replicates) in enumerate(groups):
        run = paths(here.problem, ["network", "kernel"], widths, times, replicates, child(seed, i),
                    workers=workers)
        blocks.append((run.widths, controlled_excess(run.network, run.kernel, limit, limit)))
        moved |= dict(zip(run.widths.tolist(), (run.drift[..., -1] ** 2).mean(axis=0)))
    return Excess(times, tuple(blocks)), moved


def groups(widths, replicates, wide=1024):
    """The groups of `measured_excess`: widths up to `wide`, and above, with their replicates."""
    parts = [m for m in widths if m <= wide], [m for m in widths if m > wide]
    return [(part, count) for part, count in zip(parts, replicates, strict=True) if part]


def widths_to_train(law, widths, reach=3.0, least=4):
    """Of the widths in increasing order, those up to the first >= reach x the largest forecast m*.

    At least `least` of them; all of them if the forecast is larger still.
    """
    enough = np.searchsorted(widths, reach * np.max(law.required)) + 1
    return list(widths)[: max(int(enough), least)]
