r"""Risk of kernel SGD under a law with finitely many points: exact, and by its mean iterate.

With e = f_t - f*, eigenpairs l_i, phi_i of L under P_n and A_ij = E<e, phi_i><e, phi_j>, a step is
    A_ij <- (1 - eta (l_i + l_j)) A_ij + eta^2 l_i l_j E[phi_i phi_j (v + s^2)],   v(x) = E e(x)^2,
closed, for v(x) = sum_ij A_ij phi_i(x) phi_j(x). Three ways to close the diagonal, the risk:
    "mode"   v = R at every point: the recursion of :mod:`ntksgd.risk.exact`; on the sphere, exact.
             Up to `WALKED` steps it is taken step by step, O(n) each (`per_mode`).
    "mean"   A_ij = m_i m_j for i /= j, m = E e = prod (1 - eta l_i) m_i(0) being known: the error
             of the mean iterate is unevenly spread as it is, and what is left out is that the
             fluctuations about it are correlated from one eigenfunction to another. O(n^2) a node.
    "exact"  all A_ij, by the blocks of :mod:`ntksgd.risk.coupled`, to 1e-5. O(n^3) a node.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.problems.schedules import power_sums
from ntksgd.risk.collocation import means, path_of, squares
from ntksgd.risk.coupled import Coupled
from ntksgd.risk.exact import expected_risk, whole_times
from ntksgd.risk.modes import Modes
from ntksgd.risk.moments import State, initial, step, unit_noise
from ntksgd.risk.per_mode import per_mode_risk
from ntksgd.risk.stability import check_stable
from ntksgd.risk.uneven import Eigenspace
from ntksgd.risk.uneven_moments import observe_uneven

METHODS = ("mode", "mean", "exact")
SETTLED, ROUNDS = 1e-8, 200
WALKED = 100_000
SINGLE = 16  # steps taken one by one at the start of "mean", where one costs three n x n products


@threadpool_limits.wrap(limits=1, user_api="blas")
def empirical_risk(spectrum, y, schedule, times, noise=0.0, method="mean"):
    """E of the risk over the n points after each of `times` steps, from f_0 = 0: shape (times,).

    Parameters
    ----------
    spectrum : EmpiricalSpectrum
    y : array, shape (n,)
        The target's values.
    schedule : Schedule
    times : sequence of int
        Numbers of steps, in any order.
    noise : float
        Variance s^2 of noise added to the labels.
    method : "mode", "mean" or "exact"

    Raises
    ------
    ValueError
        For shapes that do not fit and numbers out of range.
    ArithmeticError
        If the step is so large that the second moments grow without bound.
    """
    check.one_of("method", method, METHODS)
    y, noise = check.finite_array("y", y, 1), check.number("noise", noise, 0.0)
    if y.shape != spectrum.eigenvalues.shape:
        raise ValueError(f"y: shape {y.shape}, must be {spectrum.eigenvalues.shape}")
    times = whole_times(times, schedule)
    coefficients = spectrum.eigenfunctions.T @ y / y.size
    if method == "mode":
        return _by_mode(spectrum, coefficients**2, schedule, times, noise)
    space = _space(spectrum)
    if method == "exact":
        effort = power_sums(schedule, [times.max()])[0]
        kept, first = Coupled(space, coefficients[None], 0.0, effort), None
    else:
        kept, first = _MeanProfile(space, coefficients[None]), SINGLE
    signal, unit = observe_uneven(kept, schedule, times, first=first)[:, 0].T
    return signal + noise * unit


def _by_mode(spectrum, power, schedule, times, noise):
    if times.max() > WALKED:
        return expected_risk(spectrum, power, schedule, times, noise).risk
    check_stable(spectrum, schedule)
    grid, back = np.unique(times.astype(np.int64), return_inverse=True)
    return per_mode_risk(spectrum.eigenvalues, power, schedule, grid, noise)[back]


def _space(spectrum):
    """The points as a quadrature: weights 1/n, and the eigenfunctions as the basis."""
    n, functions = spectrum.eigenvalues.size, np.ascontiguousarray(spectrum.eigenfunctions.T)
    return Eigenspace(spectrum.eigenvalues, np.eye(n), functions, functions, functions**2,
                      np.full(n, 1 / n), np.arange(n))


@dataclass(frozen=True)
class _MeanState(State):
    """Moments, and the coefficients m_i of E e, (1, n)."""

    mean: NDArray = None


class _MeanProfile:
    """The method "mean"; `step` and `on_block` are hooks of `collocation.pieces`."""

    def __init__(self, space, coefficients):
        self.space, self.start = space, -coefficients
        values = space.values
        self.modes = Modes(values, values**2, coefficients**2, np.zeros_like(values))
        self.uneven = (space.squares * space.weights) @ space.squares.T - 1

    def initial(self, average):
        return _MeanState(**vars(initial(self.modes, average)), mean=self.start)

    def _between(self, mean):
        """What m_i m_j, i /= j, add to the level that each phi_i sees; no row for the noise."""
        phi, square = self.space.functions, self.space.squares
        added = self.space.project((mean @ phi) ** 2 - mean**2 @ square)
        return np.concatenate([added, np.zeros_like(added[:1])])

    def step(self, modes, state, eta):
        level = state.C.sum(1, keepdims=True) + state.C @ self.uneven + self._between(state.mean)
        new = step(modes, state, eta, level + unit_noise(modes)[:, None])
        return replace(new, mean=(1 - eta * self.space.values) * state.mean)

    def on_block(self, block, modes, state, schedule):
        eta = schedule(block.times[1:] + 1)[:, None]
        mean = block.solve(eta * self.space.values, state.mean, np.zeros((1, *eta.shape[:1], 1)))
        added, M = self._between(mean), means(block, modes, state, eta)
        solution = squares(block, modes, state, eta, M)
        C = np.repeat(state.C[:, None], len(block.times), axis=1)
        for _ in range(ROUNDS):
            last, C = C, solution(C[:, 1:] @ self.uneven + added)
            if np.max(np.abs(C - last)) <= SETTLED * np.max(np.abs(C)):
                return replace(path_of(block, modes, state, eta, M, C), mean=mean[:, -1])
        raise ArithmeticError(f"steps {block.start:g} to {block.start + block.length:g}: the "
                              "second moments do not settle; the step is too large")
