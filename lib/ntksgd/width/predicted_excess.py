r"""The excess E R_m / R - 1 on a population, predicted without SGD from drawn starts.

A start of width m has the kernel matrix K_0 at the n points, L_0 = K_0/n, and L_0 - L = E of mean
zero, of size m^(-1/2).
  linearised  its risk R_lin is that of the recursion per mode with the spectrum of L_0;
  network     R_net = R_lin B_net / B_lin, B the risk of the mean flow (`sgd.mean_flow`): the
              features' drift along the mean path, while the noise of SGD is taken as the same
              multiple of both.
To first order in E, B moves by
    B' = sum_ij c_i c_j <phi_i, E phi_j> p[lambda_i, lambda_j],      p(l) = exp(-2 l tau),
p[., .] the divided difference. It has mean zero, so it is a control variate; the coefficient of
each start is estimated from all other starts, which leaves the mean unbiased. What remains is of
order 1/m: the excess is c(T)/m + ...

Starts of different widths share their neurons: that of width m begins with those of width m/2.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from ntksgd.models.two_layer import Parameters, empirical_ntk, initialise, tangent_features
from ntksgd.problems.schedules import power_sums
from ntksgd.risk.per_mode import per_mode_risk
from ntksgd.seeds import child
from ntksgd.sgd.mean_flow import flow_steps, linear_flow, network_flow
from ntksgd.width.excess import Excess

HALVINGS = 3  # of the steps, where the flow of a narrow network diverges


@dataclass(frozen=True)
class Predicted:
    """Samples of the excess, shape (starts, widths, times), for widths in increasing order."""

    times: np.ndarray
    widths: np.ndarray
    network: np.ndarray
    linearised: np.ndarray

    def excess(self, learner="network") -> Excess:
        """Samples as `width_law` takes them; "network" or "linearised"."""
        return Excess(self.times, ((self.widths, getattr(self, learner)),))

    def joined(self, other):
        """With the widths of another prediction, for the same starts."""
        widths = np.concatenate([self.widths, other.widths])
        order = np.argsort(widths)
        pairs = {name: np.concatenate([getattr(self, name), getattr(other, name)], axis=1)[:, order]
                 for name in ("network", "linearised")}
        return replace(self, widths=widths[order], **pairs)


class Limit(NamedTuple):
    """What is known at m = infinity: risk, sum of the steps, and what E does to B, at the times.

    ``slope`` (times, n, n): B' = sum_ij slope_ij (K_0 - K)_ij, with indices of points.
    """

    risk: np.ndarray
    effort: np.ndarray
    slope: np.ndarray


def limit(problem, spectrum, times) -> Limit:
    """The kernel's own numbers, which every width and start needs."""
    effort = power_sums(problem.schedule, times)
    risk = per_mode_risk(spectrum.eigenvalues, spectrum.power, problem.schedule, times)
    # E_ij = <phi_i, (K_0 - K) phi_j>/n^2: the eigenfunctions go here, once, not to every start
    weighted = spectrum.eigenfunctions * (spectrum.eigenfunctions.T @ problem.target.y)
    slope = weighted @ divided_differences(spectrum.eigenvalues, effort) @ weighted.T
    return Limit(risk, effort, slope / float(problem.target.n) ** 4)


def predicted_excess(problem, spectrum, times, m, starts, seed, known=None) -> Predicted:
    """Samples of the excess of one width m at the times, for `starts` >= 3 starts.

    `known` is the `limit` of these arguments, if it is at hand.
    """
    known = limit(problem, spectrum, times) if known is None else known
    parts = [_one_start(problem, spectrum, times, known, m, child(seed, i)) for i in range(starts)]
    network, linearised, first = (np.array(part) for part in zip(*parts, strict=True))
    samples = [controlled(each / known.risk - 1, first) for each in (network, linearised)]
    return Predicted(times, np.array([float(m)]), *(part[:, None] for part in samples))


def controlled(samples, control):
    """samples - b control (starts, ...), control of mean zero; b from all other starts."""
    cross, square = samples * control, control**2
    # b is that of a regression through the origin, kept in [0, 1]: 1 as m grows
    others = (cross.sum(axis=0) - cross) / (square.sum(axis=0) - square)
    return samples - np.clip(others, 0.0, 1.0) * control


def _one_start(problem, spectrum, times, known, m, seed):
    """Risks of network and linearised network, and B'/B: each of shape (times,)."""
    x, y = problem.target.x, problem.target.y
    params = initialise(m, problem.d, np.random.default_rng(seed))
    # both neurons of a pair have the same tangent kernel
    half = Parameters(*(part[: m // 2] for part in params))
    matrix = empirical_ntk(half, x, x, problem.activation, problem.gamma)
    features = None
    if half.a.size * (problem.d + 2) < len(y):  # narrow: K_0 has a rank below n
        features = tangent_features(half, x, problem.activation, problem.gamma)
    values, power = spectrum_of(matrix, y, features)
    lazy = per_mode_risk(values, power, problem.schedule, times)
    flow, still = _flows(problem, params, known.effort, values)
    first = np.tensordot(known.slope, matrix - problem.gram, 2)
    bias = spectrum.bias(known.effort)
    return lazy * flow / (still**2 @ power), lazy, first / bias


def spectrum_of(matrix, y, features=None):
    """Eigenvalues of K_0/n, increasing, and the power of y in each eigenfunction.

    `features` F (n, p), p < n, K_0 = F F^T: from F^T F instead, v_i its eigenvectors, the power
    being (v_i^T F^T y)^2/(n^2 lambda_i); what no feature sees is left to one eigenvalue of 0.
    """
    n = len(y)
    values, vectors = np.linalg.eigh((matrix if features is None else features.T @ features) / n)
    # an eigenvalue below rounding is only known not to be negative
    values = np.maximum(values, np.finfo(float).eps * values[-1])
    if features is None:
        return values, (vectors.T @ y) ** 2 / n
    power = (vectors.T @ (features.T @ y)) ** 2 / (n**2 * values)
    unseen = max(np.mean(y**2) - power.sum(), 0.0)
    return np.append(0.0, values), np.append(unseen, power)


def _flows(problem, params, effort, values):
    """B_net at the times, and the factors of the linearised network with the same steps."""
    for halving in range(HALVINGS + 1):
        steps = flow_steps(effort, 2**halving * values[-1])
        try:
            error = network_flow(params, problem.target.x, problem.target.y, problem.activation,
                                 steps, problem.gamma)
            return np.mean(error**2, axis=-1), linear_flow(values, steps)
        except ArithmeticError:
            if halving == HALVINGS:
                raise
    return None


def divided_differences(eigenvalues, effort):
    """p[lambda_i, lambda_j] for p(l) = exp(-2 l tau) at each effort, (times, n, n)."""
    mean = np.add.outer(eigenvalues, eigenvalues) / 2
    gap = np.subtract.outer(eigenvalues, eigenvalues)
    tau = np.asarray(effort)[:, None, None]
    # exp(-2 tau mean) sinh(tau gap)/gap: no cancellation where eigenvalues agree
    x = tau * np.abs(gap)
    with np.errstate(invalid="ignore"):
        ratio = np.where(x > 1e-8, -np.expm1(-2 * x) / (2 * np.maximum(x, 1e-300)), 1.0)
    return -2 * tau * np.exp(-2 * tau * (mean - np.abs(gap) / 2)) * ratio
