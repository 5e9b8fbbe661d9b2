r"""The experiments of notebook 03: exponents of exact risks.

An exact curve has no sampling error, but it need not be asymptotic. Its exponent over [T/W, T] is
reported with the half-width |change from [T/W^2, T/W]| + log(SLACK)/log(W): the limit is inside if
what is still to come is no more than the last change, up to a prefactor that moves by no more than
10 % over the window (a rate is a statement up to constants). A log-periodic wobble (large steps
between eigenvalues) enters the change, so it widens the interval.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.exact import expected_risks
from ntksgd.risk.modes import sphere_modes
from ntksgd.stats.sweep import map_tasks

#: A prefactor that moves by less than this over the window counts as constant.
SLACK = 1.1
#: A horizon is resolved by degrees 0 ... K while 2 lambda_K S_T is below this.
RESOLVED = 1e-3


@dataclass(frozen=True)
class Exponent:
    """Exponent of an exact curve over [T/W, T] and the interval described above."""

    value: float
    low: float
    high: float
    T: float

    def __str__(self):
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def window_times(T: float, decades: float) -> np.ndarray:
    """The three times T/W^2, T/W, T that `exponent` needs, W = 10^decades, rounded."""
    return np.round(T / 10.0 ** (decades * np.array([2, 1, 0])))


def exponent(times, risks) -> Exponent:
    """Exponent from the risks at three times in geometric progression."""
    times, risks = np.asarray(times, float), np.asarray(risks, float)
    if times.shape != (3,) or risks.shape != (3,) or np.any(risks <= 0):
        raise ValueError(f"times {times}, risks {risks}: three of each, risks > 0")
    before, last = np.diff(np.log(risks)) / np.diff(np.log(times))
    half = abs(last - before) + np.log(SLACK) / np.log(times[2] / times[1])
    return Exponent(float(last), float(last - half), float(last + half), float(times[2]))


def degrees(activation: str, d: int) -> int:
    """Largest degree kept: enough that 2 lambda_K S_T is small at the horizons of the notebook."""
    return {2: 200_000, 3: 20_000}.get(d, 2_000) if activation == "relu" else {2: 300}.get(d, 200)


def _curves(item, seed):
    activation, d, rs, times, step, excess = item
    spectrum = mercer_spectrum(activation, d, degrees(activation, d))
    frames = []
    for r in rs:
        target = source_target(spectrum, r, excess)
        schedule = schedules.polynomial(step / spectrum.trace, 2 * r / (2 * r + 1))
        learned = 2 * spectrum.eigenvalues[-1] * schedules.power_sums(schedule, times)
        resolved = times[learned < RESOLVED]
        e = expected_risks(spectrum, [target], schedule, resolved)[0]
        frames.append(pd.DataFrame({"activation": activation, "d": d, "r": r, "T": resolved,
                                    "signal": e.signal, "variance": e.variance}))
    return pd.concat(frames)


def slope_curves(cases, rs, times, step=1.0, excess=0.05, workers=None) -> pd.DataFrame:
    """Exact risks of every (activation, d) and r with steps (step/kappa(1)) t^(-2r/(2r+1)).

    A time is left out where the degrees kept are being used up: 2 lambda_K S_T >= RESOLVED.
    """
    items = [(a, d, tuple(rs), np.asarray(times, float), step, excess) for a, d in cases]
    return pd.concat(map_tasks(_curves, items, 0, workers), ignore_index=True)


def slopes(curves: pd.DataFrame, noise: float, T: float, decades=None) -> pd.DataFrame:
    """Exponents over the last ``decades`` (a quarter of log10 T unless given) before T.

    Where T is not resolved, the last resolved time takes its place.
    """
    rows = []
    for key, curve in curves.groupby(["activation", "d", "r"], sort=False):
        end = min(T, curve["T"].max())
        risk = np.log(curve.signal + noise * curve.variance)
        at = window_times(end, np.log10(end) / 4 if decades is None else decades)
        e = exponent(at, np.exp(np.interp(np.log(at), np.log(curve["T"]), risk)))
        rows.append((*key, end, noise, e.value, e.low, e.high))
    return pd.DataFrame(rows, columns=["activation", "d", "r", "T", "noise", "exponent", "low",
                                       "high"])


def theta_sweep(spectrum, rs, thetas, T, decades, noise, step=1.0, excess=0.05) -> pd.DataFrame:
    """Exponent of the risk at T for steps t^(-theta), for each theta and r."""
    m = cluster(sphere_modes(spectrum, [source_target(spectrum, r, excess) for r in rs]))
    at, rows = window_times(T, decades), []
    for theta in thetas:
        risk = observe(m, schedules.polynomial(step / spectrum.trace, theta), at)[:, 0]
        for i, r in enumerate(rs):
            e = exponent(at, risk[:, i] + noise * risk[:, -1])
            rows.append((r, theta, e.value, e.low, e.high))
    return pd.DataFrame(rows, columns=["r", "theta", "exponent", "low", "high"])


def horizon_curves(spectrum, rs, times, noise, step=1.0, decay=0.0, excess=0.05) -> np.ndarray:
    """Last risks (len(rs), len(times)) with the constant step (step/kappa(1)) T^(-2r/(2r+1)).

    The weight decay is ``decay`` T^(-1/(2r+1)).
    """
    m = cluster(sphere_modes(spectrum, [source_target(spectrum, r, excess) for r in rs]))
    risks = np.empty((len(rs), len(times)))
    for i, r in enumerate(rs):
        one = replace(m, power=m.power[i:i + 1])
        for j, T in enumerate(times):
            eta = step / spectrum.trace * T ** (-2 * r / (2 * r + 1))
            decayed = replace(one, weight_decay=decay * T ** (-1 / (2 * r + 1)))
            columns = observe(decayed, schedules.constant(eta), np.array([T]))
            risks[i, j] = columns[0, 0] @ [1.0, noise]
    return risks
