r"""Expected risk of SGD with a zonal kernel on the sphere, exactly: no Monte Carlo, any horizon.

    E||f_T - f*||^2 = signal(T) + s^2 variance(T)

for the last iterate, the uniform and the tail average, in L^2 and in the RKHS, for every step
schedule, weight decay and mini-batch size. The recursion stands in :mod:`ntksgd.moments`, the
method for large T in :mod:`ntksgd.collocation`, the clustering in :mod:`ntksgd.clustering`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.clustering import cluster
from ntksgd.collocation import advance, collocated
from ntksgd.moments import Modes, direct, initial
from ntksgd.schedules import Schedule

AVERAGES = (None, "uniform", "tail")
METHODS = ("collocation", "direct")


@dataclass(frozen=True)
class ExpectedRisk:
    """Expected excess risks after ``times`` steps; arrays of shape (len(times),).

    ``signal`` is the risk without noise, ``variance`` the risk added per unit of noise variance;
    ``noise`` is s^2. The fields ``rkhs_*`` are the same for the squared RKHS distance
    ||f_t - f*||_H^2, ``averaged_*`` for the L^2 risk of the average (NaN if none was asked for).
    ``tail_share`` is the share of ``risk`` owed to the degrees beyond the spectrum's last.
    """

    times: np.ndarray
    noise: float
    signal: np.ndarray
    variance: np.ndarray
    rkhs_signal: np.ndarray
    rkhs_variance: np.ndarray
    averaged_signal: np.ndarray
    averaged_variance: np.ndarray
    tail_share: np.ndarray

    @property
    def risk(self) -> np.ndarray:
        """E||f_t - f*||^2 in L^2 (noise not included)."""
        return self.signal + self.noise * self.variance

    @property
    def rkhs(self) -> np.ndarray:
        """E||f_t - f*||^2 in the RKHS."""
        return self.rkhs_signal + self.noise * self.rkhs_variance

    @property
    def averaged(self) -> np.ndarray:
        """E||average - f*||^2 in L^2."""
        return self.averaged_signal + self.noise * self.averaged_variance


def modes(spectrum, target, weight_decay: float = 0.0, batch: int = 1, tail: bool = True) -> Modes:
    """Degrees of a `Spectrum` with the power of a `Target` (or an array F_k).

    The trace tau = sum over k > K of lambda_k N_k left out by the spectrum is not dropped but lumped:
    with G = sum_(k>K) C_k / lambda_k one has G <- G - 2 eta sum_(k>K) C_k + eta^2 tau (R + s^2) and
    sum_(k>K) C_k <= lambda_K G, so one more mode that never decays, of weight lambda_K tau, bounds
    from above what all those degrees do to the risk. ``tail=False`` drops it: a lower bound.
    The target has no power beyond K.
    """
    lam = check.finite_array("eigenvalues", spectrum.eigenvalues, 1, non_negative=True)
    N = check.finite_array("multiplicities", spectrum.multiplicities, 1, non_negative=True)
    F = check.finite_array("power", getattr(target, "power", target), 1, non_negative=True)
    if not len(lam) == len(N) == len(F):
        raise ValueError(f"power: {len(F)} degrees, but the spectrum has {len(lam)}")
    check.number("weight_decay", weight_decay, 0.0)
    check.integer("batch", batch, 1)
    with np.errstate(divide="ignore"):
        inverse = np.where((lam == 0) & (F == 0), 0.0, 1 / lam)
    weights = lam**2 * N
    last = lam[-2:].max()
    if tail and spectrum.tail > 0 and last > 0:
        lam, F = np.append(lam, 0.0), np.append(F, 0.0)
        weights, inverse = np.append(weights, last * spectrum.tail), np.append(inverse, 1 / last)
    return Modes(lam, weights, F, inverse, float(weight_decay), float(batch))


def stability_load(spectrum, eta, weight_decay=0.0, batch=1) -> float:
    """sum_k (eta^2/b) w_k / (1 - q_k): second moments stay bounded for this step iff it is < 1.

    1 - q_k is the decay of C_k; with lambda = 0 and b = 1 it is eta kappa(1) / 2.
    """
    m = modes(spectrum, np.zeros(len(spectrum.eigenvalues)), weight_decay, batch, tail=False)
    live = m.eigenvalues > 0
    gap = m.decay(eta)[live]
    if np.any(gap <= 0):
        return np.inf
    tail = eta * max(spectrum.tail, 0.0) / 2  # lambda_k -> 0: (eta^2 lambda_k^2)/(2 eta lambda_k)
    return float((np.sum(eta**2 * m.weights[live] / gap) + tail) / batch)


def largest_stable_step(spectrum, weight_decay=0.0, batch=1) -> float:
    """The step at which `stability_load` reaches 1: 2/kappa(1) when lambda = 0, b = 1."""
    low, high = 0.0, 2.0 * batch / spectrum.trace + 2.0 / spectrum.eigenvalues.max()
    if weight_decay > 0:
        high = min(high, 1 / weight_decay)
    for _ in range(60):
        mid = (low + high) / 2
        stable = stability_load(spectrum, mid, weight_decay, batch) < 1
        low, high = (mid, high) if stable else (low, mid)
    return low


def check_stable(spectrum, schedule: Schedule, weight_decay=0.0, batch=1) -> None:
    """Raise a ValueError, naming the largest stable step, if the schedule's first step is not."""
    eta = schedule.largest
    if weight_decay * eta >= 1:
        raise ValueError(f"weight_decay = {weight_decay!r}: must be below 1/eta = {1 / eta:.4g}")
    if stability_load(spectrum, eta, weight_decay, batch) >= 1:
        limit = largest_stable_step(spectrum, weight_decay, batch)
        raise ValueError(
            f"schedule {schedule.name}: with the step {eta:.4g} second moments grow without bound;"
            f" the largest stable step is {limit:.6g} (kappa(1) = {spectrum.trace:.4g})"
        )


def expected_risk(
    spectrum,
    target,
    schedule: Schedule,
    times,
    noise: float = 0.0,
    weight_decay: float = 0.0,
    batch: int = 1,
    average: str | None = None,
    method: str = "collocation",
    tail: bool = True,
) -> ExpectedRisk:
    """Exact expected risk of kernel SGD, started at f_0 = 0, after each of ``times`` steps.

    Parameters
    ----------
    spectrum : Spectrum
        Eigenvalues and multiplicities of a zonal kernel.
    target : Target or array (K + 1,)
        The target, or its power F_k per degree.
    schedule : Schedule
        Steps eta_t, see :mod:`ntksgd.schedules`.
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
        True: the trace beyond the spectrum's last degree is bounded from above (see `modes`);
        False: it is dropped. The two bracket the truth, see `truncation_gap`.

    Raises
    ------
    ValueError
        For an unstable step (the message names the largest stable one), negative noise,
        weight_decay >= 1/eta, T < 1, NaN or negative eigenvalues, and unknown options.
    """
    check.number("noise", noise, 0.0)
    check.one_of("average", average, AVERAGES)
    check.one_of("method", method, METHODS)
    times = _times(times, schedule)
    m = modes(spectrum, target, weight_decay, batch, tail)
    check_stable(spectrum, schedule, weight_decay, batch)
    grid, back = np.unique(times, return_inverse=True)
    if method == "direct" and average != "tail":
        columns = direct(m, schedule, grid, average is not None)
    elif average == "tail":
        columns = _tail_averaged(m if method == "direct" else cluster(m), schedule, grid)
    else:
        columns = collocated(cluster(m), schedule, grid, average is not None)
    risk, rkhs, mean, lump = np.moveaxis(columns[back], 1, 0)
    total = risk @ [1.0, noise]
    share = np.divide(lump @ [1.0, noise], total, out=np.zeros_like(total), where=total > 0)
    return ExpectedRisk(times, float(noise), *risk.T, *rkhs.T, *mean.T, share)


def truncation_gap(spectrum, target, schedule, times, **options) -> np.ndarray:
    """Relative distance of the upper from the lower bound on the risk, at each time.

    Both moments are monotone in the tail (the recursion has no negative entry when lambda = 0), so
    the risk with the whole spectrum lies between the two.
    """
    upper = expected_risk(spectrum, target, schedule, times, **options, tail=True).risk
    lower = expected_risk(spectrum, target, schedule, times, **options, tail=False).risk
    return upper / lower - 1


def _tail_averaged(m, schedule, grid):
    """One branch a time t: the running sum restarts at floor(t/2)."""
    state, out = initial(m), []
    for t in grid:
        half = float(t // 2)
        if half > state.t:
            state, _ = advance(m, state, schedule, [half])
        out.append(advance(m, state.restart(), schedule, [float(t)], breaks=(half,))[1][0])
    return np.array(out)


def _times(times, schedule):
    times = check.finite_array("times", np.atleast_1d(times), 1, non_negative=True)
    if times.size == 0 or times.max() < 1:
        raise ValueError(f"T = {times.max() if times.size else 0:g}: at least one step (T >= 1)")
    if np.any(times != np.floor(times)):
        raise ValueError("times: numbers of steps must be whole numbers")
    if schedule.horizon is not None and times.max() > schedule.horizon:
        raise ValueError(f"times: {times.max():g} is beyond the horizon {schedule.horizon} that "
                         f"the schedule {schedule.name} was made for")
    return times
