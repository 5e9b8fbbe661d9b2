"""Smaller measurements around the width requirement: one cell, the paper's width, the drift."""

from dataclasses import dataclass

import numpy as np

from ntksgd import check, rates, sphere
from ntksgd.coupling import couple
from ntksgd.exact_risk import expected_risk
from ntksgd.network import empirical_ntk, initialise
from ntksgd.network_sgd import train
from ntksgd.samples import as_seed, draw_samples, parameter_rng
from ntksgd.schedules import power_sums
from ntksgd.sweep import child
from ntksgd.width import controlled_excess
from ntksgd.width_experiment import exact, first_order
from ntksgd.width_model import paper_exponent


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


def small_tolerance_law(setup, m, times, replicates, seed, workers=None):
    """c(T) with m*(T, tau) -> c(T)/tau as tau -> 0: exact fluctuation plus measured drift.

        c(T) = first_order(T) + m E[R_m - R_m^lin] / R,
    R_m^lin the risk of the linearised network on the same samples and initial parameters, at a
    width m so large that both parts are of order 1/m.

    Parameters
    ----------
    setup : Setting
    m : int
    times : array of int
    replicates : int
    seed : int or SeedSequence

    Returns
    -------
    samples : ndarray, shape (replicates, n_T)
        One c(T) a replicate; feed them to `rates.bootstrap_slope`.
    """
    check.integer("replicates", replicates, 2)
    result = couple(setup, [m], times, replicates, seed, workers=workers)
    difference = (result.network - result.linearised)[:, 0] / exact(setup, times)
    return first_order(setup, times) + m * difference


def widest_drift_law(sweep):
    """c(T) as in `small_tolerance_law`, from the widest network of a sweep that ran both."""
    (widths, network), (_, lazy) = sweep.network.blocks[-1], sweep.linearised.blocks[-1]
    drift = widths[-1] * (network - lazy)[:, -1]
    return first_order(sweep.setup, sweep.times) + drift


def at_paper_width(setup, r, times, replicates, seed):
    """Cells at the paper's width, m = T^(1+5/(2r+1)) rounded to an even number, constant 1."""
    widths = [2 * round(T ** paper_exponent(r) / 2) for T in times]
    return [cell(setup, m, int(T), replicates, seed, linearised=False)
            for m, T in zip(widths, times, strict=True)]


def travel(setup, times):
    """(E ||f_t||_H^2)^(1/2) of kernel SGD, the limit of ||Theta_t - Theta_0|| as m grows.

        E||f_t||_H^2 = E||f_t - f*||_H^2 + sum_k (F_k/lambda_k) (1 - 2 P_k),
        P_k = prod_(s<=t) (1 - eta_s lambda_k).

    The products go by log(1 - x) = -x - x^2/2 - ..., summed until x^n is below rounding.
    """
    spectrum, target, times = setup.target.spectrum, setup.target, np.asarray(times)
    ratio = expected_risk(spectrum, target, setup.schedule, times, setup.noise)
    first = np.log1p(-setup.schedule(1.0) * spectrum.eigenvalues)
    log_product = np.tile(first, (times.size, 1))
    largest = float(setup.schedule(2.0)) * spectrum.eigenvalues.max()
    for n in range(1, int(np.ceil(np.log(1e-14) / np.log(largest))) + 1):
        later = power_sums(setup.schedule, times, n) - setup.schedule(1.0) ** n
        log_product -= np.outer(later, spectrum.eigenvalues**n) / n
    norms = np.divide(target.power, spectrum.eigenvalues, out=np.zeros_like(target.power),
                      where=target.power > 0)
    return np.sqrt(ratio.rkhs + (1 - 2 * np.exp(log_product)) @ norms)


def kernel_change(setup, widths, T, replicates, seed, points=16):
    """Size of the change of the network's tangent kernel in T steps, on a grid of the circle.

    Parameters
    ----------
    setup : Setting
        On the circle.
    widths : sequence of int
    T, replicates : int
    seed : int or SeedSequence
    points : int

    Returns
    -------
    ndarray, shape (replicates, widths)
        ||K_T - K_0||_F / points, which estimates the Hilbert-Schmidt norm of the operator.
    """
    x, _ = sphere.quadrature(2, check.integer("points", points, 2) - 1)
    out = np.empty((check.integer("replicates", replicates, 2), len(widths)))
    for i in range(replicates):
        path = child(as_seed(seed), i)
        samples = draw_samples(setup.target, T, setup.noise, path)
        for j, m in enumerate(widths):
            start = initialise(int(m), 2, parameter_rng(path))
            end = train(start, samples, setup.schedule, setup.activation, steps=[T],
                        points=x, gamma=setup.gamma).parameters
            before, after = (empirical_ntk(p, x, x, setup.activation, setup.gamma)
                             for p in (start, end))
            out[i, j] = np.linalg.norm(after - before) / points
    return out


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
