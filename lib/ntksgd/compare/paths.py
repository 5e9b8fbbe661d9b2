"""Network, linearised network and kernel SGD on the same samples.

For a replicate, one stream of samples (`samples.draw_samples`) drives
    g_t  the network of width m,
    l_t  its linearisation at Theta_0: SGD in the RKHS of the kernel K_m at width m,
    f_t  SGD in the RKHS of the limit kernel K,
so that g_t - f_t = (g_t - l_t) + (l_t - f_t): kernel drift plus kernel fluctuation. The expected
risk of f_t is known exactly (`exact_risk`), hence the risk of f_t minus its expectation is a
control variate for the risk of g_t: same samples, mean zero.
"""

from dataclasses import dataclass
from functools import partial

import joblib
import numpy as np

from ntksgd import check
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import Activation, activation
from ntksgd.models.two_layer import initialise
from ntksgd.problems.grid import grid
from ntksgd.problems.samples import draw_samples, parameter_rng
from ntksgd.problems.schedules import Schedule
from ntksgd.problems.target import Target
from ntksgd.risk.exact import check_stable
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.network import train, train_linearised
from ntksgd.sgd.spectral import spectral_sgd
from ntksgd.stats.sweep import map_tasks


@dataclass(frozen=True)
class Setting:
    """What is learnt and how.

    Attributes
    ----------
    activation : str or Activation
    target : Target
        Its spectrum is that of the activation's tangent kernel on S^(d-1).
    schedule : Schedule
    noise : float
        Variance s^2 of the labels' noise.
    weight_decay, gamma : float
    """

    activation: str | Activation
    target: Target
    schedule: Schedule
    noise: float
    weight_decay: float = 0.0
    gamma: float = 1.0


@dataclass(frozen=True)
class Coupled:
    """Squared L^2 norms after each of `steps` steps, shape (replicates, widths, steps).

    ``network``, ``linearised``: excess risks; ``kernel``, of shape (replicates, steps), that of
    kernel SGD. ``network_kernel`` = ||g_t - f_t||^2, ``linearised_kernel`` = ||l_t - f_t||^2,
    ``network_linearised`` = ||g_t - l_t||^2. ``drift`` = ||Theta_t - Theta_0|| (not squared).
    ``diverged``, of shape (replicates, widths): the network diverged; its numbers are then infinite
    from there on. What was not asked for is NaN.
    """

    widths: np.ndarray
    steps: np.ndarray
    network: np.ndarray
    linearised: np.ndarray
    kernel: np.ndarray
    network_kernel: np.ndarray
    linearised_kernel: np.ndarray
    network_linearised: np.ndarray
    drift: np.ndarray
    diverged: np.ndarray


def couple(setting, widths, steps, replicates, seed, linearised=True, degree=None, workers=None):
    """Run all three on the same samples, for several widths and independent replicates.

    Replicate i draws its samples once; every width sees them. On the circle the limit kernel is
    truncated at the target's largest degree.

    Parameters
    ----------
    setting : Setting
    widths : sequence of int
        Even.
    steps : sequence of int
        Increasing numbers of steps >= 1 at which to record.
    replicates : int
    seed : int or SeedSequence
        Results depend on nothing else: not on `workers`, and a replicate not on their number.
    linearised : bool
        Also run the linearised networks.
    degree : int, optional
        Exactness of the quadrature, see `risk.grid`.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    Coupled

    Raises
    ------
    ValueError
        For an odd width, steps that do not increase from 1 or more, a step size at which kernel SGD
        is unstable, negative noise, fewer than 1 replicate.
    """
    widths = np.array([check.width(int(m)) for m in widths])
    steps = check.times("steps", steps)
    check.integer("replicates", replicates, 1)
    check.number("noise", setting.noise, 0.0)
    check_stable(setting.target.spectrum, setting.schedule, setting.weight_decay)
    task = partial(_replicate, setting, widths, steps, linearised, grid(setting.target, degree))
    # compiled loops release the interpreter; the general kernel SGD brings threads of its own
    prefer = "threads" if setting.target.d == 2 else "processes"
    with joblib.parallel_config(prefer=prefer):
        results = map_tasks(task, range(replicates), seed, workers)
    return Coupled(widths, steps, *(np.array(part) for part in zip(*results, strict=True)))


def neuron_updates(widths, T, replicates):
    """Cost of training: neurons updated, summed over widths, steps and replicates."""
    return int(np.sum(widths)) * int(T) * int(replicates)


def _replicate(setting, widths, steps, linearised, points, index, seed):
    target, T = setting.target, int(steps[-1])
    samples = draw_samples(target, T, setting.noise, seed)
    rates = setting.schedule.step_sizes(T)
    act = activation(setting.activation)
    f = kernel_values(setting, act, samples, rates, steps, points.points)
    shape = (len(widths), len(steps))
    network, lazy, net_kernel, lazy_kernel, net_lazy, drift = np.full((6, *shape), np.nan)
    diverged = np.zeros(len(widths), dtype=bool)
    for k, m in enumerate(widths):
        options = {"times": steps, "points": points.points, "gamma": setting.gamma,
                   "weight_decay": setting.weight_decay}
        params = initialise(int(m), target.d, parameter_rng(seed))
        g = train(params, samples, rates, act, on_divergence="flag", **options)
        network[k], net_kernel[k] = points.risk(g.values), points.mean_square(g.values - f)
        drift[k], diverged[k] = g.drift, g.diverged_at is not None
        if linearised:
            h = train_linearised(params, samples, rates, act, **options)
            lazy[k], lazy_kernel[k] = points.risk(h.values), points.mean_square(h.values - f)
            net_lazy[k] = points.mean_square(g.values - h.values)
    return network, lazy, points.risk(f), net_kernel, lazy_kernel, net_lazy, drift, diverged


def kernel_values(setting, act, samples, rates, steps, points):
    """f_t at the points after each of the steps."""
    if setting.target.d == 2:
        return spectral_sgd(setting.target.spectrum, samples, rates, times=steps, points=points,
                            weight_decay=setting.weight_decay)
    kernel = tangent_kernel(act, setting.gamma)
    return kernel_sgd(kernel, samples.x[None], samples.y[None], rates, points, steps,
                      setting.weight_decay).last[0]
