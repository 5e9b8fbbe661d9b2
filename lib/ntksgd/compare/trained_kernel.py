"""The tangent kernel's trace after training, two layers.

Near a minimum, noise of variance V in the residuals adds to each parameter step a term that drifts
down the gradient of E K(x, x) (label noise SGD: Blanc, Gupta, Valiant & Valiant 2020). And the
noise part of the risk of a last iterate is V eta E K(x, x) / 2, whatever the spectrum: so a network
whose trace moved by a factor should have its risk moved by about the same factor.
"""

from functools import partial

import joblib
import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare.beyond import compare
from ntksgd.kernels import sphere
from ntksgd.models import two_layer as network
from ntksgd.models.activations import activation
from ntksgd.problems.samples import parameter_rng
from ntksgd.report.tables import mean_and_interval
from ntksgd.sgd import network as network_sgd
from ntksgd.stats.sweep import map_tasks


def risk_and_trace(case, widths, T, replicates, seed):
    """Ratio of risks network / kernel after T steps beside E K_T(x, x) / kappa(1), width by width.

    Returns
    -------
    DataFrame
        Columns width, ratio, ratio_half, trace, trace_half (95 % half widths), and theory: the risk
        of the kernel's paths over `Case.local_theory`.
    """
    run = compare(case, widths, [T], replicates, seed)
    kernel = run.kernel.mean()
    gain = mean_and_interval((run.network - run.kernel[:, None])[:, :, 0])
    trace = mean_and_interval(trained_trace(case, widths, T, max(2, replicates // 4), seed))
    return pd.DataFrame({"width": widths, "ratio": 1 + gain[0] / kernel,
                         "ratio_half": gain[1] / kernel, "trace": trace[0], "trace_half": trace[1],
                         "theory": kernel / case.local_theory([T])[0]})


def trained_trace(case, widths, T, replicates, seed):
    """E K_T(x, x) / kappa(1) of the two-layer network after T steps, averaged over the circle.

    Samples and initial parameters are those of `compare` for the same seed.

    Returns
    -------
    ndarray, shape (replicates, len(widths))
    """
    task = partial(_trace, case, [check.width(int(m)) for m in widths], T)
    with joblib.parallel_config(prefer="threads"):
        return np.array(map_tasks(task, range(replicates), seed))


def _trace(case, widths, T, index, seed):
    samples, points, out = case.model.draw(case.target, T, seed), sphere.quadrature(2, 63)[0], []
    act = case.network.args[0]
    for m in widths:
        start = network.initialise(m, 2, parameter_rng(seed))
        end = network_sgd.train(start, samples, case.schedule, act, times=[T], points=points,
                                loss=case.model.loss).parameters
        # K(x, x) = m^(-1) sum sigma^2 + 2 a^2 sigma'^2 on the unit circle with gamma = 1
        u = points @ end.b.T + end.c
        value, slope = activation(act).value(u), activation(act).derivative(u) * end.a
        out.append(np.mean(value**2 + 2 * slope**2) / case.target.spectrum.trace)
    return out
