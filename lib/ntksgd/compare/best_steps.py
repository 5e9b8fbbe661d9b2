"""Families of steps beside the best of all sequences, at one horizon."""

from dataclasses import replace

import numpy as np
from scipy.optimize import minimize_scalar

from ntksgd import check
from ntksgd.compare.families import best_step
from ntksgd.compare.rates import clustered
from ntksgd.compilation import compiled
from ntksgd.problems.schedules import constant
from ntksgd.problems.target import source_target
from ntksgd.risk.collocation import observe
from ntksgd.risk.optimal_schedule import best_steps
from ntksgd.risk.ridge import best_ridge
from ntksgd.risk.schedule_bound import continuous_limit, lower_bound

POWERS = (1, 2, 3)
#: Constants tried first for every shape, as parts of the cap, a factor of about 1.6 apart.
PARTS = np.geomspace(1e-4, 1, 21)


def step_shapes(T: int) -> dict:
    """Name -> list of shapes (T,) of height 1; the best of a list stands for its family."""
    T = check.integer("T", T, 2)
    left, t = 1 - np.arange(T) / T, np.arange(1, T + 1)
    powers = {f"(1-t/T)^{p}": [left**p] for p in POWERS}
    return {
        "constant": [np.ones(T)],
        "t^(-theta)": [t**-theta for theta in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75)],
        **powers,
        "geometric": [np.exp(-c * (1 - left)) for c in (2, 3, 4, 5, 6, 8, 10)],
        "stable, then linear": [np.minimum(1, left / part) for part in (0.05, 0.1, 0.2, 0.4, 0.7)],
    }


@compiled
def _last(lam, w, C, eta):
    """C (n + 1, K) after the steps eta, in place; the last row is the variance."""
    for i in range(C.shape[0]):
        noise = 1.0 if i == C.shape[0] - 1 else 0.0
        for t in range(eta.size):
            R = noise
            for k in range(lam.size):
                R += C[i, k]
            kick = eta[t] ** 2 * R
            for k in range(lam.size):
                C[i, k] = (1 - 2 * eta[t] * lam[k]) * C[i, k] + kick * w[k]


def last_risks(modes, steps) -> np.ndarray:
    """R_T without noise for every target of ``modes``, then the variance: shape (n + 1,)."""
    C = np.concatenate([modes.power, np.zeros((1, len(modes.eigenvalues)))])
    _last(modes.eigenvalues, modes.weights, C, check.finite_array("steps", steps, 1))
    return C.sum(1)


def _with_noise(columns, noises):
    """Columns (..., n + 1) of signals and variance -> risks (..., n, len(noises))."""
    return columns[..., :-1, None] + columns[..., -1:, None] * np.asarray(noises, float)


def tuned_families(spectrum, rs, noises, T, largest, excess=0.05) -> dict:
    """Name -> least risk (len(rs), len(noises)) of each family, constants at most ``largest``.

    The tail average of a constant step and ridge regression on T samples are the last two.
    """
    m, risks = clustered(spectrum, rs, excess, nodes=8), {}
    for name, shapes in step_shapes(T).items():
        grid = [[_with_noise(last_risks(m, a * largest * shape), noises) for a in PARTS]
                for shape in shapes]
        risks[name] = _refined(m, shapes, np.array(grid), noises, largest)
    parts = np.geomspace(PARTS[0], 1, 17)
    tail = [_with_noise(observe(m, constant(a * largest), [float(T)], "tail")[0, 2], noises)
            for a in parts]
    risks["tail average, constant"] = best_step(parts, np.array(tail))[1]
    risks["ridge regression"] = np.array(
        [[best_ridge(spectrum, source_target(spectrum, r, excess), T, s2)[1] for s2 in noises]
         for r in rs])
    return risks


def _refined(m, shapes, grid, noises, largest):
    """Best constant of the best shape for every target and noise, grid (shapes, parts, ...)."""
    best, gap = np.empty(grid.shape[2:]), PARTS[1] / PARTS[0]
    chosen = np.argmin([best_step(PARTS, one)[1] for one in grid], axis=0)
    for i, j in np.ndindex(best.shape):
        shape = chosen[i, j]
        part = grid[shape, :, i, j].argmin()
        one = replace(m, power=m.power[i:i + 1])

        def risk(log_part, one=one, steps=shapes[shape], s2=noises[j]):
            return last_risks(one, largest * np.exp(log_part) * steps) @ [1.0, s2]

        ends = np.log([PARTS[part] / gap, min(PARTS[part] * gap, 1.0)])
        found = minimize_scalar(risk, bounds=ends, method="bounded", options={"xatol": 1e-3})
        best[i, j] = min(found.fun, grid[shape, part, i, j])
    return best


def beside_the_best(spectrum, rs, noises, T, largest, excess=0.05):
    """The best steps for each r and noise, what theory says of them, and every family beside them.

    Returns
    -------
    Rows of three tables, each a list of dictionaries.

    ratios
        r, noise, T, family, risk, relative (to the best steps); the families, and as
        further families "lower bound", "continuous limit" and "predicted steps".
    curves
        r, noise, left = 1 - (t - 1)/T, best and predicted steps, both over ``largest``.
    searches
        r, noise, T, risk, capped (share of steps at the cap), residual.
    """
    tuned = tuned_families(spectrum, rs, noises, T, largest, excess)
    rows, curves, searches = [], [], []
    for i, r in enumerate(rs):
        m = clustered(spectrum, [r], excess, nodes=8)
        for j, s2 in enumerate(noises):
            theory, bound = (f(m, T, s2, largest) for f in (continuous_limit, lower_bound))
            best = best_steps(m, s2, largest, theory.steps)
            predicted, key = theory.steps, {"r": r, "noise": s2, "T": T}
            searches.append(key | {"risk": best.risk, "capped": best.capped / T,
                                   "residual": best.residual})
            risks = {name: risk[i, j] for name, risk in tuned.items()} | {
                "lower bound": bound.risk, "continuous limit": theory.risk,
                "predicted steps": _with_noise(last_risks(m, predicted), [s2])[0, 0]}
            rows += [key | {"family": name, "risk": risk, "relative": risk / best.risk}
                     for name, risk in risks.items()]
            some = np.geomspace(1, T, 60)  # dense at either end
            at = np.unique(np.round(np.append(some - 1, T - some)).astype(int))
            curves += [key | {"left": 1 - t / T, "best": best.steps[t] / largest,
                              "predicted": predicted[t] / largest} for t in at]
    return rows, curves, searches
