"""Step schemes side by side, each with the best constant for its horizon."""

import numpy as np

from ntksgd import check
from ntksgd.compare.rates import clustered
from ntksgd.problems import decays, schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.collocation import observe
from ntksgd.risk.ridge import best_ridge
from ntksgd.risk.stability import check_stable
from ntksgd.stats.sweep import map_tasks

SCHEMES = ("last, constant step", "uniform average", "tail average", "last, linear to zero")


def best_of_steps(etas, risks) -> np.ndarray:
    """Least risk over the steps, refined by a parabola in (log eta, log risk).

    risks (len(etas), ...) with NaN where a step is not allowed -> (...).
    """
    log = np.log(np.where(np.isfinite(risks), risks, np.inf))
    i = log.argmin(0)
    inner = np.clip(i, 1, len(etas) - 2)
    left, mid, right = (np.take_along_axis(log, (inner + s)[None], 0)[0] for s in (-1, 0, 1))
    curvature = left - 2 * mid + right
    with np.errstate(invalid="ignore", divide="ignore"):
        refined = mid - (left - right) ** 2 / (8 * curvature)
    usable = (i == inner) & np.isfinite(curvature) & (curvature > 0)
    return np.exp(np.where(usable, refined, log.min(0)))


def _one_step(item, seed):
    """Risks of every scheme with one step eta: array (schemes, targets, horizons)."""
    m, eta, horizons, noise = item
    constant = schedules.constant(eta)
    uniform = observe(m, constant, horizons, "uniform")
    tail = observe(m, constant, horizons, "tail")
    linear = np.concatenate([observe(m, decays.linear_to_zero(eta, int(T)), [T])
                             for T in horizons])
    columns = np.array([uniform[:, 0], uniform[:, 2], tail[:, 2], linear[:, 0]])
    return np.moveaxis(columns[..., :-1] + noise * columns[..., -1:], 2, 1)


def tuned_schemes(spectrum, rs, horizons, noise, etas, excess=0.05, workers=None) -> np.ndarray:
    """Risk of each of `SCHEMES`, and of ridge regression, with the best step at every horizon.

    Shape (len(SCHEMES) + 1, len(rs), len(horizons)), ridge regression last.
    """
    etas = check.finite_array("etas", etas, 1)
    check_stable(spectrum, schedules.constant(etas.max()))
    m = clustered(spectrum, rs, excess, nodes=8)  # to 1e-6: ample for a tuned risk
    items = [(m, eta, np.asarray(horizons, float), noise) for eta in etas]
    risks = np.array(map_tasks(_one_step, items, 0, workers))
    ridge = [[best_ridge(spectrum, source_target(spectrum, r, excess), T, noise)[1]
              for T in horizons] for r in rs]
    return np.concatenate([best_of_steps(etas, risks), [ridge]])
