"""The study of claim A: settings, and replicated draws side by side with theory."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from ntksgd import check, sphere
from ntksgd.approximation import bias, bound, claimed_ridge, expansion, rank_floor
from ntksgd.approximation_slopes import bootstrap_rms
from ntksgd.fluctuation import degree_coupling, hilbert_schmidt_constant
from ntksgd.sampled_approximation import Curve, sample_curves, sample_ridge_path
from ntksgd.spectrum import Spectrum, mercer_spectrum
from ntksgd.sweep import map_tasks
from ntksgd.target import source_target


class Resolution(NamedTuple):
    """Largest degree of the target, of the quadrature grid, and of the expansion in 1/m."""

    band: int
    grid: int
    reach: int


# Sizes of the dense systems: 256 and 325 points; for vanishing ridges 2048 and 4186.
STANDARD = {2: Resolution(64, 255, 512), 3: Resolution(12, 24, 96)}
FINE = {2: Resolution(400, 2047, 400), 3: Resolution(40, 90, 40)}

# How the ridge is chosen from the width m and the regularity r.
RULES = {
    "claim": claimed_ridge,
    "bound": lambda m, r: np.asarray(m, dtype=float) ** -0.5,
    "fixed": lambda m, r: np.full(np.shape(m), 0.1),
}


@dataclass(frozen=True)
class Setting:
    """One activation and dimension: targets by regularity, and the moments of one neuron.

    Attributes
    ----------
    activation : str
    d : int
    resolution : Resolution
    targets : dict of float to Target
        By regularity r, band-limited to degree `resolution.band`.
    spectrum : Spectrum
        To degree `resolution.reach`.
    """

    activation: str
    d: int
    resolution: Resolution
    targets: dict
    spectrum: Spectrum

    @cached_property
    def coupling(self):
        """q_kl of `fluctuation.degree_coupling`, to the largest degree of the spectrum."""
        return degree_coupling(self.activation, self.d, self.spectrum.max_degree)

    @cached_property
    def constant(self):
        """C of `fluctuation.hilbert_schmidt_constant`."""
        return hilbert_schmidt_constant(self.activation, self.d)


def setting(spec, d, regularities, excess=0.05, resolution=None):
    """Prepare one activation and dimension, with targets of the given regularities.

    Degrees whose eigenvalue is below 1e-20 of the largest are dropped: they would carry no power.
    `resolution` defaults to the STANDARD one of the dimension, 2 or 3.
    """
    if resolution is None:
        resolution = STANDARD[check.one_of("d", d, STANDARD)]
    spectrum = mercer_spectrum(spec, d, resolution.reach).truncate(1e-20)
    kept = slice(resolution.band + 1)
    low = Spectrum(d, spectrum.eigenvalues[kept], spectrum.multiplicities[kept], spectrum.trace)
    return Setting(
        str(spec),
        d,
        resolution,
        {r: source_target(low, r, excess) for r in regularities},
        spectrum,
    )


def theory(chosen, r, widths, rule="claim"):
    """Ridge, exact bias, bounds and expansion at each width, one row a width (DataFrame)."""
    m = np.asarray(widths, dtype=float)
    target, lam = chosen.targets[r], RULES[check.one_of("rule", rule, RULES)](m, r)
    expanded = expansion(target, chosen.spectrum, chosen.coupling, m, lam)
    columns = {
        "activation": chosen.activation, "d": chosen.d, "r": r, "rule": rule, "m": m, "lam": lam,
        "bias": bias(target, lam), "expanded": expanded.error,
        "expanded_fluctuation": expanded.fluctuation,
    }
    if r <= 1:
        limits = bound(target, m, lam, chosen.constant)
        columns |= {"bound": limits.total, "bias_bound": limits.bias,
                    "fluctuation_bound": limits.fluctuation}
    return pd.DataFrame(columns)


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


def feature_rank(chosen, m):
    """Largest rank of K_m: d + 2 features a neuron; d + 1 for ReLU, where sigma = <b, sigma' x>."""
    return check.width(m) // 2 * (chosen.d + (1 if chosen.activation == "relu" else 2))


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
