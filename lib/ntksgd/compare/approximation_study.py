"""The study of claim A: replicated draws of networks, side by side with theory."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.compare.approximation import Curve, sample_curves, sample_ridge_path
from ntksgd.compare.approximation_setting import RULES, Setting, feature_rank, theory
from ntksgd.compare.approximation_slopes import bootstrap_rms
from ntksgd.kernels import sphere
from ntksgd.risk.approximation import rank_floor
from ntksgd.stats.sweep import map_tasks


def measure(settings: Sequence[Setting], rules, widths, replicates, seed):
    """Draw networks, and set the errors of their kernels beside theory.

    Parameters
    ----------
    settings : sequence of Setting
    rules : sequence of (str, float)
        Pairs of a rule of `RULES` and a regularity.
    widths : sequence of int
        Even and increasing, nested in each replicate.
    replicates : int
        At least 2.
    seed : int

    Returns
    -------
    table : DataFrame
        `theory` with the measured `error` and `fluctuation` and their intervals.
    squares : dict
        (activation, d, r, rule) -> ndarray (2, replicates, widths): squared error, fluctuation.
    """
    check.integer("replicates", replicates, 2)
    rows = [[theory(s, r, widths, rule) for rule, r in rules] for s in settings]
    items = []
    for s, tables in zip(settings, rows, strict=True):
        curves = [Curve(s.targets[r], t["lam"].to_numpy())
                  for (_, r), t in zip(rules, tables, strict=True)]
        items += [(s.activation, list(widths), curves, s.resolution.grid)] * replicates
    results = np.array(map_tasks(sample_curves, items, seed))
    # axes: setting, replicate, (error, fluctuation), curve, width
    results = results.reshape(len(settings), replicates, *results.shape[1:])
    squares = {}
    for i, s in enumerate(settings):
        for j, (rule, r) in enumerate(rules):
            drawn = squares[s.activation, s.d, r, rule] = results[i, :, :, j].transpose(1, 0, 2)
            for name, part in zip(("error", "fluctuation"), drawn, strict=True):
                value, low, high = bootstrap_rms(part, seed)
                rows[i][j] = rows[i][j].assign(
                    **{name: value, f"{name}_low": low, f"{name}_high": high})
    return pd.concat([t for tables in rows for t in tables], ignore_index=True), squares


def measure_ridge_paths(settings, widths, ridges, replicates, seed):
    """Draw networks, and find the error for each ridge and in the limit of a vanishing one.

    Returns
    -------
    table : DataFrame
        Columns activation, d, r, m, lam (0 is the limit), error with its interval, and `floor`,
        the bound by the rank of K_m (`approximation.rank_floor`).
    limits : dict
        (activation, d, r) -> ndarray (replicates, widths): squared distance from the features.
    """
    items = [(s.activation, m, list(s.targets.values()), np.asarray(ridges), s.resolution.grid)
             for s in settings for m in widths for _ in range(replicates)]
    results = np.array(map_tasks(sample_ridge_path, items, seed))
    results = results.reshape(len(settings), len(widths), replicates, *results.shape[1:])
    tables, limits = [], {}
    for i, s in enumerate(settings):
        for j, (r, target) in enumerate(s.targets.items()):
            limits[s.activation, s.d, r] = results[i, :, :, j, -1].T
            for k, m in enumerate(widths):
                value, low, high = bootstrap_rms(results[i, k, :, j], seed)
                tables.append(pd.DataFrame({
                    "activation": s.activation, "d": s.d, "r": r, "m": m,
                    "lam": np.append(ridges, 0.0), "error": value, "error_low": low,
                    "error_high": high, "floor": rank_floor(target, feature_rank(s, m))}))
    return pd.concat(tables, ignore_index=True), limits


def two_grids(chosen, rules, widths, replicates, degrees, seed):
    """Largest relative change of error and fluctuation between two quadrature grids, same draws."""
    curves = [Curve(chosen.targets[r], RULES[rule](np.asarray(widths, float), r))
              for rule, r in rules]
    coarse, fine = (
        np.sqrt(np.mean(map_tasks(sample_curves, [
            (chosen.activation, list(widths), curves, degree)] * replicates, seed), axis=0))
        for degree in degrees
    )
    change = np.max(np.abs(coarse / fine - 1), axis=(1, 2))
    points = [len(sphere.quadrature(chosen.d, degree)[1]) for degree in degrees]
    return {"activation": chosen.activation, "d": chosen.d, "points": points[0],
            "finer": points[1], "error": change[0], "fluctuation": change[1]}
