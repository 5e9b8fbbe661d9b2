"""Networks beyond the theorem against SGD in the RKHS of their limit kernel, on the same samples.

A case is a network (two layers, or deep), its limit kernel on the circle, a target of regularity r
in that kernel, a law of the labels and a loss. Steps are made comparable by kappa(1) and the
curvature D of the loss: eta_t = (step / (D kappa(1))) t^(-theta), theta = 2r/(2r+1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.kernels.deep import deep_kernel
from ntksgd.kernels.spectrum import mercer_spectrum, quadrature_spectrum
from ntksgd.models import deep as deep_network
from ntksgd.models import two_layer as network
from ntksgd.problems import grid as risk
from ntksgd.problems.labels import LabelModel, square
from ntksgd.problems.samples import parameter_rng
from ntksgd.problems.schedules import Schedule, source_polynomial
from ntksgd.problems.target import Target, source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.sgd import deep as deep_sgd
from ntksgd.sgd import network as network_sgd
from ntksgd.sgd.spectral import mercer_sgd
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class Case:
    """What is learnt, by which network, with which loss.

    Attributes
    ----------
    target : Target
        On the circle; its spectrum is that of the network's limit kernel.
    model : LabelModel
    schedule : Schedule
    network : callable
        (m, seed, samples, rates, steps, points, loss) -> values (len(steps), len(points)).
    """

    target: Target
    model: LabelModel
    schedule: Schedule
    network: Callable

    @property
    def grid(self):
        """Quadrature exact for squares of what the kernel can represent."""
        return risk.grid(self.target)

    def local_theory(self, times):
        """Expected risk if the loss were its quadratic expansion at f* (see `label_models`).

        Exact for the square loss.
        """
        D, V = self.model.curvature, self.model.variance
        rates = Schedule("curvature times eta", lambda t: D * self.schedule(t),
                         D * self.schedule.largest)
        exact = expected_risk(self.target.spectrum, self.target, rates, times, noise=V / D**2,
                              tail=False)
        return self.model.risk_factor * exact.risk


def deep_case(name, depth, r, noise, step, max_degree):
    """A network of `depth` hidden layers, square loss, target of regularity r in its own kernel."""
    spectrum = quadrature_spectrum(deep_kernel(name, depth), 2, max_degree)
    target = source_target(spectrum, r)
    rates = schedule(spectrum, r, step)
    return Case(target, square(noise), rates, partial(_deep, name, depth))


def two_layer_case(name, model, r, step, max_degree, norm=1.0):
    """Two layers; `model` is a LabelModel, or a function that makes one from the grid."""
    target = source_target(mercer_spectrum(name, 2, max_degree), r, norm=norm)
    model = model if isinstance(model, LabelModel) else model(risk.grid(target))
    rates = schedule(target.spectrum, r, step / model.curvature)
    return Case(target, model, rates, partial(_two_layer, name))


def schedule(spectrum, r, step):
    """eta_t = (step / kappa(1)) t^(-2r/(2r+1))."""
    return source_polynomial(step / spectrum.trace, r)


def _deep(name, depth, m, seed, samples, rates, steps, points, loss):
    params = deep_network.initialise(m, 2, depth, parameter_rng(seed))
    return deep_sgd.train(params, samples, rates, name, steps=steps, points=points, loss=loss)


def _two_layer(name, m, seed, samples, rates, steps, points, loss):
    params = network.initialise(m, 2, parameter_rng(seed))
    return network_sgd.train(params, samples, rates, name, steps=steps, points=points,
                             loss=loss, on_divergence="flag").values


@dataclass(frozen=True)
class Paired:
    """Excess risks on the same samples.

    Attributes
    ----------
    widths : ndarray, shape (w,)
    steps : ndarray, shape (n,)
    network : ndarray, shape (replicates, w, n)
        Infinite after divergence.
    kernel : ndarray, shape (replicates, n)
    """

    widths: np.ndarray
    steps: np.ndarray
    network: np.ndarray
    kernel: np.ndarray


def compare(case, widths, steps, replicates, seed, workers=None):
    """Train networks of several widths, and the kernel, on common samples.

    Parameters
    ----------
    case : Case
    widths : sequence of int
        Even.
    steps : sequence of int
        Increasing numbers of steps >= 1 at which risks are recorded.
    replicates : int
    seed : int or SeedSequence

    Returns
    -------
    Paired

    Raises
    ------
    ValueError
        For an odd width or fewer than 1 replicate.
    """
    widths = np.array([check.width(int(m)) for m in widths])
    check.integer("replicates", replicates, 1)
    task = partial(_replicate, case, case.grid, widths, np.asarray(steps))
    # the compiled loops release the interpreter
    with joblib.parallel_config(prefer="threads"):
        networks, kernels = zip(*map_tasks(task, range(replicates), seed, workers), strict=True)
    return Paired(widths, np.asarray(steps), np.array(networks), np.array(kernels))


def _replicate(case, grid, widths, steps, index, seed):
    samples = case.model.draw(case.target, int(steps[-1]), seed)
    rates, loss = case.schedule.steps(int(steps[-1])), case.model.loss
    f = mercer_sgd(case.target.spectrum, samples, rates, steps=steps, points=grid.points, loss=loss)
    networks = [case.network(int(m), seed, samples, rates, steps, grid.points, loss)
                for m in widths]
    return case.model.risk(grid, np.array(networks)), case.model.risk(grid, f)
