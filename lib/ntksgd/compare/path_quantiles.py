r"""How far a single run of kernel SGD is from its mean: quantiles of the loss over sample paths."""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.compare.error_law import gaussian_loss, limiting_spread
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.seeds import child
from ntksgd.sgd.error_paths import path_losses
from ntksgd.stats.intervals import of
from ntksgd.stats.quantiles import of_samples, quantile
from ntksgd.stats.sweep import map_tasks
from ntksgd.stats.weighted_chi_square import norm_bound

#: Paths a task: few enough to spread over the cores.
CHUNK = 250


@dataclass(frozen=True)
class PathLosses:
    """Losses of sampled paths at one horizon, and what theory says of them.

    Attributes
    ----------
    activation, r, T
    losses : ndarray, shape (paths,)
    expected : float
        Exact mean.
    law : WeightedChiSquare
        That of a Gaussian error.
    limit : float
        `limiting_spread`.
    moved : float
        By how much the degrees left out would change the expected risk, relative.
    """

    activation: str
    r: float
    T: int
    losses: np.ndarray
    expected: float
    law: object
    limit: float
    moved: float


def sampled_losses(cases, runs, degrees, noise, seed, step=1.0, excess=0.01, workers=None):
    """Losses of steps (step/kappa(1)) t^(-2r/(2r+1)) on the circle.

    Parameters
    ----------
    cases : list of (str, float)
        Activation and regularity r.
    runs : list of (list of int, int)
        Increasing horizons that share their paths, and the number of paths, a multiple of `CHUNK`.
    degrees : int
        Kernel and target end there; see `PathLosses.moved`.
    noise : float
        Variance s^2 > 0.
    seed : int
    step, excess, workers
        As in `rates.paper_risks`.

    Returns
    -------
    list of PathLosses
        A case after the other, and its horizons in the order given.

    Raises
    ------
    ValueError
        If a number is out of range.
    """
    for _, paths in runs:
        if check.integer("paths", paths, CHUNK) % CHUNK:
            raise ValueError(f"paths = {paths}: must be a multiple of {CHUNK}")
    found, noise = [], check.positive("noise", noise)
    degrees = check.integer("degrees", degrees, 4)
    for i, (activation, r) in enumerate(cases):
        spectrum = mercer_spectrum(activation, 2, degrees)
        whole = mercer_spectrum(activation, 2, 32 * degrees) if activation == "relu" else spectrum
        target = source_target(spectrum, r, excess)
        schedule = schedules.source_polynomial(step / spectrum.trace, r)
        for j, (times, paths) in enumerate(runs):
            item = target, float(step), r, times, noise
            losses = np.concatenate(map_tasks(_chunk, [item] * (paths // CHUNK),
                                              child(child(seed, i), j), workers))
            exact = expected_risk(spectrum, target, schedule, times, noise, tail=False).risk
            unseen = source_target(whole, r, excess)
            full = expected_risk(whole, unseen, schedule, times, noise).risk
            laws = gaussian_loss(target, schedule, times, noise)
            found += [PathLosses(activation, r, int(T), losses[:, k], exact[k], laws[k],
                                 limiting_spread(spectrum), full[k] / exact[k] - 1)
                      for k, T in enumerate(times)]
    return found


def _chunk(item, seed):
    target, step, r, times, noise = item
    schedule = schedules.source_polynomial(step / target.spectrum.trace, r)
    return path_losses(target, schedule, times, CHUNK, noise, seed)


def quantile_table(found, deltas):
    """Quantiles over the exact mean: dicts of case, T, delta, quantile, low, high, law, bound.

    `law` is that of a Gaussian error, `bound` that of every Gaussian vector. A delta of which the
    paths of a horizon do not resolve the quantile from above is left out there.
    """
    rows = []
    for one in found:
        q = quantile(one.losses, 1 - np.asarray(deltas))
        for delta, *ends in zip(deltas, q.value, q.low, q.high, strict=True):
            if np.isfinite(ends[-1]):
                rows.append({
                    "case": f"{one.activation}, r = {one.r:g}", "T": one.T, "delta": delta,
                    **dict(zip(("quantile", "low", "high"), np.array(ends) / one.expected)),
                    "law": one.law.quantile(delta) / one.expected, "bound": norm_bound(delta)})
    return rows


def spread_table(found):
    """Standard deviation over mean of each: dicts of case, T, paths, z, spread, low, high, law ...

    z is the distance of the mean over paths from the exact one in standard errors.
    """
    rows = []
    for one in found:
        n, powers = one.losses.size, np.stack([one.losses, one.losses**2], axis=1)
        z = (one.losses.mean() - one.expected) / (one.losses.std(ddof=1) / np.sqrt(n))
        e = of(lambda m: np.sqrt(m[:, 1] / m[:, 0] ** 2 - 1), powers, transform="log")
        rows.append({
            "case": f"{one.activation}, r = {one.r:g}", "activation": one.activation, "r": one.r,
            "T": one.T, "paths": n, "z": z, "spread": e.value, "low": e.low, "high": e.high,
            "law": one.law.sd / one.law.mean, "limit": one.limit, "moved": one.moved})
    return rows


def tail_power(losses, deltas):
    """Interval of the power of log(2/delta) in the quantiles at 1 - delta, fitted over `deltas`.

    Least squares of log quantile on log log(2/delta); its interval is that of `of_samples`.
    """
    deltas = check.finite_array("deltas", deltas, 1)
    x = np.log(np.log(2 / deltas))

    def slope(samples):
        q = np.log(np.quantile(samples, 1 - deltas, method="higher"))
        return np.polyfit(x, q, 1)[0]

    return of_samples(slope, losses)
