r"""Expected risk of SGD with a zonal kernel on the sphere, exactly: no Monte Carlo, any horizon.

    E||f_T - f*||^2 = signal(T) + s^2 variance(T)

for the last iterate, the uniform and the tail average, in L^2 and in the RKHS, for every step
schedule, weight decay and mini-batch size. The recursion is in
:mod:`ntksgd.risk.moments`, the method for large T in `collocation`, fewer degrees in `clustering`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.kernels.empirical import EmpiricalSpectrum
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.problems.schedules import LATEST, Schedule
from ntksgd.problems.target import Target
from ntksgd.risk.clustering import NODES, cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.stability import check_stable

AVERAGES = (None, "uniform", "tail")
METHODS = ("collocation", "direct")
#: A truncated tail that may own more of the risk than this is an error, not an answer.
LARGEST_SHARE = 0.1


@dataclass(frozen=True)
class ExpectedRisk:
    """Expected excess risks after ``times`` steps; arrays of shape (len(times),).

    Attributes
    ----------
    signal, variance : the risk without noise, and the risk added per unit of noise variance
    risk : E||f_t - f*||^2 = signal + s^2 variance, in L^2
    rkhs : E||f_t - f*||_H^2
    averaged : E||average - f*||^2 in L^2, NaN if no average was asked for
    tail_share : share of ``risk`` owed to the degrees beyond the spectrum's last
    """

    times: np.ndarray
    signal: np.ndarray
    variance: np.ndarray
    risk: np.ndarray
    rkhs: np.ndarray
    averaged: np.ndarray
    tail_share: np.ndarray


def expected_risk(spectrum: Spectrum, target: Target | ArrayLike, schedule: Schedule,
                  times: ArrayLike, noise: float = 0.0, weight_decay: float = 0.0, batch: int = 1,
                  average: str | None = None, method: str = "collocation",
                  tail: bool = True, nodes: int = NODES) -> ExpectedRisk:
    """Exact expected risk of kernel SGD, started at f_0 = 0, after each of ``times`` steps.

    Parameters
    ----------
    spectrum : Spectrum
        Eigenvalues and multiplicities of a zonal kernel.
    target : Target or array (K + 1,)
        The target, or its power F_k per degree.
    schedule : Schedule
        Steps eta_t, see :mod:`ntksgd.problems.schedules`.
    times : int or sequence of int
        Numbers of steps, >= 0, at least one of them >= 1; any order.
    noise : float
        Variance s^2 of the labels' noise.
    weight_decay : float
        lambda >= 0, below 1/eta.
    batch : int
        Fresh samples per step.
    average : None, "uniform" or "tail"
        Also the risk of the mean of the iterates 1 ... t, or floor(t/2) + 1 ... t.
    method : "collocation" or "direct"
        "direct" steps through the recursion: the reference, for T up to about 1e5.
    tail : bool
        True: the trace beyond the spectrum's last degree is bounded from above, see `sphere_modes`;
        False: it is dropped. The two bracket the truth, see `truncation_gap`.
    nodes : int
        Eigenvalues kept of an octave, see `clustering`: 6 cost half of 12 and move the risk with
        noise of order 1 by about 1e-5.

    Raises
    ------
    ValueError
        For an unstable step (the message names the largest stable one), negative noise,
        weight_decay >= 1/eta, T < 1, NaN or negative eigenvalues, unknown options, and a spectrum
        too short for T.
    """
    check.instance("spectrum", spectrum, (Spectrum, EmpiricalSpectrum))
    noise = check.number("noise", noise, 0.0)
    check.one_of("average", average, AVERAGES)
    check.one_of("method", method, METHODS)
    times, tail = whole_times(times, schedule, average), check.flag("tail", tail)
    if isinstance(target, Target) and target.d != spectrum.d:
        raise ValueError(f"target: lives in d = {target.d}, the spectrum in d = {spectrum.d}")
    m = sphere_modes(spectrum, [target], weight_decay, batch, tail)
    check_stable(spectrum, schedule, weight_decay, batch)
    grid, back = np.unique(times, return_inverse=True)
    modes = m if method == "direct" else cluster(m, nodes)
    columns = observe(modes, schedule, grid, average, method)
    # clustered weights may be negative: a risk that is nothing can come out below 0, by rounding
    size = m.power.sum() + noise
    if columns[:, 0].min() < -1e-9 * max(size, 1.0):
        raise ArithmeticError(f"risk = {columns[:, 0].min():g}: the recursion has lost its digits")
    columns[:, :3] = np.maximum(columns[:, :3], 0.0)
    signal, variance = columns[back, 0].T
    risk, rkhs, mean, lump = (columns[back, :, 0] + noise * columns[back, :, 1]).T
    share = np.divide(lump, risk, out=np.zeros_like(risk), where=risk > 0)
    if share.max() > LARGEST_SHARE:
        raise ValueError(
            f"spectrum: ends at degree {len(spectrum.eigenvalues) - 1}, too early for T = "
            f"{times.max():g}: the bound on what lies beyond is {share.max():.0%} of the risk; "
            "give more degrees, or tail=False to drop them")
    return ExpectedRisk(times, signal, variance, risk, rkhs, mean, share)


def truncation_gap(spectrum, target, schedule, times, **options) -> np.ndarray:
    """Relative distance of the upper from the lower bound on the risk, at each time.

    Both moments are monotone in the tail (the recursion has no negative entry when lambda = 0), so
    the risk with the whole spectrum lies between the two.
    """
    upper = expected_risk(spectrum, target, schedule, times, **options, tail=True).risk
    lower = expected_risk(spectrum, target, schedule, times, **options, tail=False).risk
    return upper / lower - 1


#: Beyond, t + 1 = t in double precision: what restarts there, step by step, never gets on.
LAST_STEP = 2.0**53


def whole_times(times, schedule, average=None) -> np.ndarray:
    """Times as an array of whole numbers of steps within the schedule's horizon, or ValueError."""
    check.instance("schedule", schedule, Schedule)
    times = check.vector("times", times, non_negative=True)
    if times.size == 0 or times.max() < 1:
        last = times.max(initial=0.0)
        raise ValueError(f"times: T = {last:g}: at least one step (T >= 1)")
    if np.any(times != np.floor(times)):
        raise ValueError("times: numbers of steps must be whole numbers")
    if schedule.horizon is not None and times.max() > schedule.horizon:
        raise ValueError(f"times: {times.max():g} is beyond the horizon {schedule.horizon} that "
                         f"the schedule {schedule.name} was made for")
    if times.max() > LATEST:
        raise ValueError(f"times: {times.max():g} is beyond {LATEST:g}")
    restarts = [times.max(initial=0.0)] * (average == "tail") + [
        t for t in (*schedule.breaks, schedule.horizon or 0) if t <= times.max()]
    if max(restarts, default=0) > LAST_STEP:
        raise ValueError(f"times: {times.max():g} is beyond {LAST_STEP:.3g}, the last for a tail "
                         f"average and for a schedule made for a horizon ({schedule.name})")
    return times
