"""Smaller measurements around the width requirement: one cell, the paper's width, a width law."""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.compare.paths import couple
from ntksgd.risk.predicted import sufficient_width
from ntksgd.stats import rates
from ntksgd.width.excess import controlled_excess
from ntksgd.width.experiment import exact


@dataclass(frozen=True)
class Cell:
    """Excess at one (m, T), mean and standard error, of the network and of its linearisation.

    ``difference`` is network minus linearised on the same samples and initial parameters.
    """

    m: int
    T: int
    network: tuple
    linearised: tuple
    difference: tuple


def _mean(samples):
    return float(samples.mean()), float(samples.std(ddof=1) / np.sqrt(samples.size))


def cell(setup, m, T, replicates, seed, linearised=True, workers=None):
    """Measure one cell (m, T).

    Parameters
    ----------
    setup : Setting
    m, T, replicates : int
        At least 2 replicates.
    seed : int or SeedSequence
    linearised : bool
        If not, only the network is run and the others are NaN.

    Returns
    -------
    Cell
    """
    check.integer("replicates", replicates, 2)
    times = np.array([check.integer("T", T, 1)])
    mean, risk = exact(setup, times, tail=False), exact(setup, times)
    result = couple(setup, [m], times, replicates, seed, linearised=linearised, workers=workers)
    network = controlled_excess(result.network, result.kernel, mean, risk)
    if not linearised:
        return Cell(m, T, _mean(network), *[(np.nan, np.nan)] * 2)
    lazy = controlled_excess(result.linearised, result.kernel, mean, risk)
    return Cell(m, T, _mean(network), _mean(lazy), _mean(network - lazy))


def at_paper_width(setup, r, times, replicates, seed):
    """Cells at the paper's width, m = T^(1+5/(2r+1)) rounded to an even number, constant 1."""
    widths = [2 * round(T ** sufficient_width(r) / 2) for T in times]
    return [cell(setup, m, int(T), replicates, seed, linearised=False)
            for m, T in zip(widths, times, strict=True)]


@dataclass(frozen=True)
class Along:
    """Risk of the network along a width law m(T), its 95 % interval, and its slope in T."""

    times: np.ndarray
    risk: np.ndarray
    low: np.ndarray
    high: np.ndarray
    slope: rates.Slope


def risk_along(excess, widths, risk, seed, resamples=1000):
    """Risk of the network at width widths[j] after times[j] steps, between the widths measured.

    The excess is interpolated linearly in log m.

    Parameters
    ----------
    excess : Excess
    widths : array, shape (n_T,)
        Inside the range of widths measured.
    risk : array, shape (n_T,)
        Exact kernel risk.
    seed : int or SeedSequence

    Raises
    ------
    ValueError
        If a width lies outside the range measured.
    """
    log_m, grid = np.log(check.finite_array("widths", widths, 1)), np.log(excess.widths)
    if log_m.min() < grid[0] or log_m.max() > grid[-1]:
        raise ValueError(f"widths: {np.min(widths):.4g} to {np.max(widths):.4g}, must lie between "
                         f"{excess.widths[0]:g} and {excess.widths[-1]:g}")
    j = np.clip(np.searchsorted(grid, log_m) - 1, 0, grid.size - 2)
    share, column = (log_m - grid[j]) / (grid[j + 1] - grid[j]), np.arange(log_m.size)

    def along(mean):
        return risk * (1 + (1 - share) * mean[..., j, column] + share * mean[..., j + 1, column])

    value, draws = along(excess.mean), along(excess.resampled_means(resamples, seed))
    centred = np.log(excess.times) - np.log(excess.times).mean()
    fit = np.log(value) @ centred / (centred @ centred)
    ends = np.percentile(np.log(draws) @ centred / (centred @ centred), [2.5, 97.5])
    slope = rates.Slope(float(fit), float(ends[0]), float(ends[1]), float(excess.times[0]),
                        float(excess.times[-1]),
                        float(np.log(value).mean() - fit * np.log(excess.times).mean()))
    return Along(excess.times, value, *np.percentile(draws, [2.5, 97.5], axis=0), slope)
