r"""Expected risk of the linearised network given its start, the samples integrated out exactly.

Given Theta_0 the linearised network is kernel SGD with the kernel K_0 of that start, and its second
moments close on the covariance of the error, a matrix in the eigenfunctions of L_0: no sample is
drawn (:mod:`ntksgd.risk.uneven` has the recursion, `coupled` the method for long horizons). The
kernel is cut at the operator's largest degree K.

The law of K_0 is invariant under rotations, so the mean of the risk over starts does not change
when F = f* f*^T is replaced by its average over rotations, sum_k F_k P_k / N_k. Hence it is linear
in the power per degree F_k, whatever the shape of the target:
    E R(T) = sum_k F_k E a_k(T) + s^2 E b(T).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from threadpoolctl import threadpool_limits

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.drawn import DrawnOperator
from ntksgd.problems.schedules import Schedule, power_sums
from ntksgd.risk.coupled import Coupled
from ntksgd.risk.exact import AVERAGES, whole_times
from ntksgd.risk.uneven import Eigenspace
from ntksgd.risk.uneven_moments import observe_uneven

#: Single steps, which are dear here, and the tolerance of blocks: see `collocation.pieces`.
FIRST, RESOLVED = 48, 1e-7


@dataclass(frozen=True)
class Response:
    """Risk of each target without noise, and risk of unit noise without a target.

    Attributes
    ----------
    times : ndarray, shape (n,)
    signal : ndarray, shape (targets, n)
    variance : ndarray, shape (n,)
    averaged_signal, averaged_variance : of the average of the iterates, NaN if not asked for
    """

    times: NDArray
    signal: NDArray
    variance: NDArray
    averaged_signal: NDArray
    averaged_variance: NDArray

    def risk(self, noise: float) -> NDArray:
        """E||l_t - f*||^2 at noise variance s^2 >= 0, shape (targets, n)."""
        return self.signal + check.number("noise", noise, 0.0) * self.variance

    def averaged(self, noise: float) -> NDArray:
        """That of the average of the iterates."""
        return self.averaged_signal + check.number("noise", noise, 0.0) * self.averaged_variance


@threadpool_limits.wrap(limits=1, user_api="blas")
def risk_given_start(operator: DrawnOperator, targets: ArrayLike, schedule: Schedule,
                     times: ArrayLike, weight_decay: float = 0.0, average: str | None = None,
                     degree: int | None = None) -> Response:
    """Expected risk over samples and noise of SGD with a given kernel, from f_0 = 0.

    The error is below 1e-5 of the risk.

    Parameters
    ----------
    operator : DrawnOperator
        L_0 on the harmonics of degree <= K (`drawn.drawn_operator`).
    targets : array, shape (n, N) or (n, j) with j <= K + 1
        A target a row: its N harmonic coefficients (`Target.harmonic_coefficients`), or its powers
        F_0, F_1, ..., and then the average over its rotations is meant. ``numpy.eye(K + 1)`` gives
        the responses a_k of all degrees.
    schedule : Schedule
    times : int or sequence of int
        Numbers of steps, at least one of them >= 1; any order.
    weight_decay : float
        lambda in [0, 1/eta), towards the start.
    average : None, "uniform" or "tail"
        Also the mean of the iterates 1 ... t, or floor(t/2) + 1 ... t.
    degree : int, optional
        Exactness >= 2 K of the quadrature for E e(x)^2; default 3 K on the circle, else 2 K.

    Raises
    ------
    ValueError
        For shapes that do not fit and numbers out of range.
    ArithmeticError
        If the step is so large that the second moments grow without bound.
    """
    check.one_of("average", average, AVERAGES)
    check.instance("operator", operator, DrawnOperator)
    lam = check.number("weight_decay", weight_decay, 0.0)
    times = whole_times(times, schedule, average)
    if lam * schedule.largest >= 1:
        raise ValueError(f"weight_decay = {lam:g}: must be below 1/eta = {1/schedule.largest:.4g}")
    rows, top = _rows(operator, targets), operator.max_degree
    degree = (3 if operator.d == 2 else 2) * top if degree is None else degree
    grid = sphere.quadrature(operator.d, check.integer("degree", degree, 2 * top))
    effort = power_sums(schedule, [times.max()])[0]
    coupled = Coupled(Eigenspace.of(operator, grid), rows, lam, effort)
    out = observe_uneven(coupled, schedule, times, average, FIRST, RESOLVED)
    last, mean = out[:, 0].copy().T, out[:, 2].copy().T
    return Response(times, last[:-1], last[-1], mean[:-1], mean[-1])


def _rows(operator, targets):
    """Targets as an array of coefficients (n, N), or of powers (n, K + 1)."""
    targets = check.finite_array("targets", targets, 2)
    wide, powers = operator.degrees.size, operator.max_degree + 1
    if targets.shape[1] == wide:
        return targets
    if not 1 <= targets.shape[1] <= powers:
        raise ValueError(f"targets: {targets.shape[1]} columns; must be {wide} coefficients or at "
                         f"most {powers} powers")
    check.finite_array("targets", targets, 2, non_negative=True)
    return np.pad(targets, ((0, 0), (0, powers - targets.shape[1])))
