"""Families of step schedules, each with one free step eta, and their exact risks at a horizon.

    scheme              steps                         what is returned
    last, constant      eta                           the last iterate
    uniform average     eta                           the mean of all iterates
    tail average        eta                           the mean of the last half
    power p             eta (1 - t/T)^p               the last iterate
    geometric           eta T^(-t/T), down to eta/T   the last iterate
    stable-decay 20 %   eta, then linearly to zero    the last iterate

Risks are linear in the noise, so signal and variance serve every s^2; all targets go in one call.
"""

import numpy as np
from scipy.interpolate import CubicSpline

from ntksgd import check
from ntksgd.problems import decays, schedules
from ntksgd.risk import predicted
from ntksgd.risk.collocation import observe
from ntksgd.stats.sweep import map_tasks

CONSTANT = ("last, constant", "uniform average", "tail average")
DECAYING = {
    "geometric": lambda eta, T: decays.geometric(eta, T, 1 / T),
    "stable-decay 20 %": lambda eta, T: decays.warmup_stable_decay(eta, T, 0.0, 0.2),
}


def power(p):
    """Name of the scheme eta (1 - t/T)^p."""
    return f"power {p:g}"


def schedule_of(scheme, eta, T):
    """The `Schedule` of a scheme that returns its last iterate."""
    if scheme in DECAYING:
        return DECAYING[scheme](eta, T)
    kind, _, p = scheme.partition(" ")
    if kind != "power" or not p:
        raise ValueError(f"scheme = {scheme!r}: must be one of {', '.join(DECAYING)} or 'power p'")
    return decays.power_to_zero(eta, T, float(p))


def _one(item, seed):
    """Columns (len(horizons), number of schemes, n + 1) of a group of schemes."""
    m, group, eta, horizons = item
    if group == "constant":  # the same run for every horizon
        flat = schedules.constant(eta)
        tail, uniform = (observe(m, flat, horizons, kind) for kind in ("tail", "uniform"))
        return np.stack([tail[:, 0], uniform[:, 2], tail[:, 2]], axis=1)
    return np.array([observe(m, schedule_of(group, eta, T), [T])[:, 0] for T in horizons])


def scheme_risks(modes, decaying, etas, horizons, constant=True, workers=None) -> dict:
    """Signals and variance of every scheme at every step and horizon.

    Parameters
    ----------
    modes : Modes
        Of n targets, see `rates.clustered`.
    decaying : sequence of str
        Schemes that return the last iterate: ``power(p)`` or a key of `DECAYING`.
    etas : sequence
    horizons : increasing sequence of int
    constant : bool
        Also the three schemes of a constant step.

    Returns
    -------
    dict : name -> array (len(etas), len(horizons), n + 1), the variance last.
    """
    etas = check.finite_array("etas", etas, 1)
    horizons = [check.integer("horizons", int(T), 2) for T in horizons]
    groups = [*decaying, *(["constant"] if constant else [])]
    for scheme in decaying:
        schedule_of(scheme, 1.0, 2)  # a wrong name is named before anything is computed
    found = iter(map_tasks(_one, [(modes, g, eta, horizons) for g in groups for eta in etas], 0,
                           workers))
    risks = {}
    for group in groups:
        names = CONSTANT if group == "constant" else [group]
        columns = np.array([next(found) for _ in etas])
        risks |= {name: columns[:, :, i] for i, name in enumerate(names)}
    return risks


def predicted_rate(scheme, r, beta, T=np.inf):
    """Rate exponent of a scheme with its best step; the local one at T where it has a logarithm."""
    if scheme in CONSTANT:
        return {"last, constant": lambda: predicted.power_to_zero(r, beta, 0),
                "uniform average": lambda: predicted.uniform_average(r, beta),
                "tail average": lambda: predicted.tail_average(r, beta)}[scheme]()
    if scheme == "geometric":
        return predicted.geometric(r, beta, T)
    if scheme in (power(1), "stable-decay 20 %"):
        return predicted.linear_decay(r, beta, T)
    schedule_of(scheme, 1.0, 2)
    return predicted.power_to_zero(r, beta, float(scheme.split()[1]))


def noisy(columns, noise):
    """Signal + s^2 variance: (..., n + 1) -> (..., n)."""
    return columns[..., :-1] + noise * columns[..., -1:]


def at_step(etas, risks, eta):
    """Risks at steps between those of the grid (axis 0), by a cubic spline in logs.

    ValueError if an eta lies outside the grid.
    """
    etas, eta = check.finite_array("etas", etas, 1), check.finite_array("eta", eta)
    if eta.min() < etas.min() * (1 - 1e-12) or eta.max() > etas.max() * (1 + 1e-12):
        raise ValueError(f"eta = {eta}: must lie in [{etas.min():g}, {etas.max():g}]")
    order = np.argsort(etas)
    spline = CubicSpline(np.log(etas[order]), np.log(np.asarray(risks)[order]))
    return np.exp(spline(np.log(eta)))


def best_step(etas, risks):
    """The best step on the range of the grid and its risk, both of shape risks.shape[1:]."""
    fine = np.geomspace(np.min(etas), np.max(etas), 40 * len(etas))
    values = at_step(etas, risks, fine)
    return fine[values.argmin(0)], values.min(0)


def wrong_step(etas, risks, factors):
    """Risk at factor x the best step over the least risk, one curve (len(etas),): (len(factors),).

    NaN where that step is off the grid.
    """
    best, least = best_step(etas, risks)
    steps = best * np.asarray(factors)
    inside = (steps >= np.min(etas)) & (steps <= np.max(etas))
    loss = at_step(etas, risks, np.where(inside, steps, best)) / least
    return np.where(inside, loss, np.nan)


def _free(item, seed):
    modes, eta1, theta, horizons = item
    return observe(modes, schedules.polynomial(eta1, theta), horizons, "tail")[:, [0, 2]]


def horizon_free(modes, eta1, thetas, horizons, workers=None) -> np.ndarray:
    """Last iterate and tail average of steps eta_1 t^(-theta), at increasing horizons.

    Shape (2, len(thetas), len(horizons), n + 1), the variance last.
    """
    horizons = check.finite_array("horizons", horizons, 1)
    items = [(modes, eta1, float(theta), horizons) for theta in thetas]
    return np.moveaxis(map_tasks(_free, items, 0, workers), 2, 0)
