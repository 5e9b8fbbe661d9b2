r"""The linearised network's excess E R_m / R - 1 with the samples integrated out.

A replicate is a start: its risk over samples and noise is exact (`risk.given_start`), the target
averaged over its rotations. What moves it, E = L_0 - L, is known for each start, hence two control
variates of known mean, their coefficients fixed at 1:
    first order    sum_k dR/dlambda_k tr(P_k E) / N_k, of mean zero; other parts of E cannot enter,
                   because nothing else in the start of the error singles out a direction;
    second order   the expansion of `risk.finite_width`, which knows its mean through (2/m) V_kl,
                   with the squares sum_q <Y_lq, E Y_kp>^2 of this start in their place.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.kernels.drawn import drawn_operator
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.two_layer import initialise
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.collocation import TOLERANCE, observe
from ntksgd.risk.finite_width import before_step
from ntksgd.risk.given_start import RESOLVED, risk_given_start
from ntksgd.risk.modes import Modes
from ntksgd.risk.spectral_functions import second_order
from ntksgd.seeds import as_seed, child
from ntksgd.stats.sweep import map_tasks

SHIFT = 0.01  # part of L_0 - L by which the eigenvalues are moved for the derivative


@dataclass(frozen=True)
class Starts:
    """Risks of a sample of starts: of n targets without noise, and of unit noise.

    Attributes
    ----------
    m, times : int, and ndarray of shape (times,)
    risks, first, second : ndarray, shape (starts, n + 1, times)
        The last row is that of the noise; `first` and `second` the control variates, of mean zero.
    limit : ndarray, shape (n + 1, times)
        The same at m = infinity.
    """

    m: int
    times: NDArray
    risks: NDArray
    first: NDArray
    second: NDArray
    limit: NDArray

    @property
    def controlled(self) -> NDArray:
        """The risks less both control variates."""
        return self.risks - self.first - self.second

    def excess(self, noise: float, weights: ArrayLike | None = None,
               controlled: bool = True) -> NDArray:
        """R_m / R - 1 for each start, (starts, times), at noise variance s^2.

        The target has the sum of the targets' powers, or that with `weights` (n,) >= 0.
        """
        n = self.limit.shape[0] - 1
        weights = check.finite_array("weights", np.ones(n) if weights is None else weights, 1,
                                     non_negative=True)
        if weights.shape != (n,):
            raise ValueError(f"weights: has shape {weights.shape}, must be {(n,)}")
        each = np.append(weights, check.number("noise", noise, 0.0))
        found = self.controlled if controlled else self.risks
        return np.einsum("c,sct->st", each, found - self.limit) / (each @ self.limit)


def risks_over_starts(problem: Problem, m: int, times: ArrayLike, starts: int,
                      seed: int | np.random.SeedSequence, *args, **options) -> Starts:
    """`risks_over_widths` for one width m and its seed."""
    return risks_over_widths(problem, [m], times, starts, [seed], *args, **options)[0]


def risks_over_widths(problem: Problem, widths: Sequence[int], times: ArrayLike, starts: int,
                      seeds: Sequence[int | np.random.SeedSequence],
                      targets: ArrayLike | None = None, max_degree: int | None = None,
                      workers: int | None = None) -> tuple[Starts, ...]:
    """Exact risks of the linearised network for independent starts at each width.

    Start i is that of replicate i of `compare.paths` with the same width and seed.

    Parameters
    ----------
    problem : Problem, on the sphere, two layers, square loss, batches of one, no momentum
    widths, seeds : sequences of equal length
        Even widths, and the seed of each.
    times : sequence of int
        Increasing numbers of steps >= 1.
    targets : array, shape (n, at most K + 1), optional
        Powers per degree of each target, default that of the problem; ``numpy.eye(K + 1)`` for the
        response of every degree.
    max_degree : int, optional
        K at which the kernel is cut, at m = infinity too; default the problem's.
    starts, workers : int
    """
    if (problem.depth, problem.labels.loss, problem.batch, problem.momentum) != (
            None, "square", 1, 0.0):
        raise ValueError("problem: must have two layers, the square loss, batch 1, no momentum")
    widths, times = [check.width(m) for m in widths], check.times("times", times)
    if len(seeds) != len(widths):
        raise ValueError(f"seeds: {len(seeds)} of them, must be one for each of {widths}")
    top = problem.spectrum.max_degree if max_degree is None else max_degree
    spectrum = mercer_spectrum(problem.activation, problem.d, top, problem.gamma)
    powers = check.finite_array("targets", problem.target.power[None] if targets is None
                                else targets, 2, non_negative=True)
    if powers.shape[1] > top + 1:
        raise ValueError(f"targets: {powers.shape[1]} powers, more than the {top + 1} degrees")
    powers = np.pad(powers, ((0, 0), (0, top + 1 - powers.shape[1])))
    items = [(m, child(as_seed(seed), i)) for (m, seed), i in product(
        zip(widths, seeds, strict=True), range(check.integer("starts", starts, 1)))]
    found = map_tasks(partial(_one_start, problem, times, spectrum, powers), items, 0, workers)
    risks, first, squares = (np.array(part).reshape(len(widths), starts, *part[0].shape)
                             for part in zip(*found, strict=True))
    curvature = _curvature(problem, spectrum, powers, times)
    variance = kernel_variance(problem.activation, problem.d, top, problem.gamma)
    limit = _zonal(problem, spectrum, powers, times, spectrum.eigenvalues)
    second = (np.tensordot(some - 2 / m * variance, curvature, ((1, 2), (2, 3)))
              for some, m in zip(squares, widths, strict=True))
    return tuple(Starts(m, times, *parts, limit)
                 for m, *parts in zip(widths, risks, first, second, strict=True))


def _one_start(problem, times, spectrum, powers, item, _):  # the seed is the item's own
    """Risks (n + 1, times) of one start, their first order, and the squares of L_0 - L."""
    m, seed = item
    params = initialise(m, problem.d, parameter_rng(seed))
    operator = drawn_operator(params, problem.activation, spectrum.max_degree, problem.gamma)
    found = risk_given_start(operator, powers, problem.schedule, times, problem.weight_decay)
    shift = operator.degree_means() - spectrum.eigenvalues
    up, down = (_zonal(problem, spectrum, powers, times, spectrum.eigenvalues + part * shift,
                       RESOLVED) for part in (SHIFT, -SHIFT))
    return (np.vstack([found.signal, found.variance]), (up - down) / (2 * SHIFT),
            operator.fluctuation(spectrum.eigenvalues))


def _curvature(problem, spectrum, powers, times):
    """What a variance of E from degree k to l adds to each risk: (n + 1, times, K + 1, K + 1)."""
    dense = log_times(int(times[-1]), 200)
    paths = _zonal(problem, spectrum, powers, dense, spectrum.eigenvalues)
    columns = [*zip(powers, paths, strict=False), (np.zeros_like(powers[0]), paths[-1])]
    return np.array([list(second_order(
        spectrum, power, problem.schedule, times, float(i == len(powers)),
        before_step(dense, path, power.sum()))) for i, (power, path) in enumerate(columns)])


def _zonal(problem, spectrum, powers, times, eigenvalues, tolerance=TOLERANCE):
    """Risks (n + 1, times) of a zonal kernel with these eigenvalues and no others.

    An eigenvalue may be moved below 0, harmlessly: by far less than 1/(eta_1 + ... + eta_T).
    """
    modes = Modes(eigenvalues, eigenvalues**2 * spectrum.multiplicities, powers,
                  np.zeros_like(eigenvalues), problem.weight_decay)
    return observe(modes, problem.schedule, times, tolerance=tolerance)[:, 0].T
