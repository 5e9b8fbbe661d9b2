"""Claim A in tables: what the draws of a curve say beside the theory of the worst target."""

import numpy as np
import pandas as pd

from ntksgd.kernels.neuron_moments import degree_energies
from ntksgd.kernels.neuron_tails import energy_quantile, leverage
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.risk import worst_target
from ntksgd.stats.intervals import of
from ntksgd.stats.quantiles import quantile
from ntksgd.stats.slopes import curve_slope, slope

#: Degrees in the leverage of ReLU. What is left out is below 1 % of its mean at lam = 5e-6.
TOP = {2: 20000, 3: 2000}


def scaled_errors(curve, tails, failure):
    """m^(r/(2r+1)) times the errors of a drawn `Curve` and their bounds, all for ||h|| = 1.

    Parameters
    ----------
    curve : Curve
        With draws.
    tails : Deviation
        S and H of one neuron.
    failure : float
        delta in (0, 1): bound and quantile are those at probability 1 - delta.

    Returns
    -------
    DataFrame
        A row a width. Measured, with columns name, name_low, name_high: `uniform` (quantile of
        ||E L^r|| over draws), `mean_square` (worst target), `target` (that of the curve). Then
        `largest` (of all draws), `worst_bias`, `bound`, `mean_bound`, `unseen` (`Curve.unseen`).
    """
    problem, r, m, lam = curve.problem, curve.r, curve.widths, curve.ridge
    rate, norm = m ** (r / (2 * r + 1)), problem.targets[r].source_norm(r)
    probable = worst_target.probable_deviation(m, tails.spread, tails.scale, failure)
    levels = [vars(quantile(draws, 1 - failure)) for draws in np.sqrt(curve.squared_uniform).T]
    mean = of(lambda g: np.sqrt(curve.worst_mean_square(g)), curve.squared_harmonic,
              transform="log")
    own = of(np.sqrt, curve.squared_error / norm**2, transform="log")
    measured = {"uniform": [np.array([level[end] for level in levels]) for end in levels[0]],
                "mean_square": vars(mean).values(), "target": vars(own).values()}
    table = {name + end: rate * x for name, triple in measured.items()
             for end, x in zip(("", "_low", "_high"), triple, strict=True)}
    table |= {
        "largest": rate * np.sqrt(curve.squared_uniform.max(axis=0)),
        "worst_bias": rate * worst_target.worst_bias(problem.spectrum.eigenvalues, r, lam),
        "bound": rate * worst_target.uniform_bound(r, lam, probable),
        "mean_bound": rate * worst_target.uniform_bound(r, lam, np.sqrt(2 * problem.constant / m)),
        "unseen": rate * curve.unseen}
    return pd.DataFrame(_place(curve) | table)


def fluctuations(curve):
    """The fluctuation of a drawn `Curve`, its first order, its elementary bound, and the bias."""
    rms = of(np.sqrt, curve.squared_fluctuation, transform="log")
    return pd.DataFrame(_place(curve) | {
        "bias": curve.bias, "fluctuation": rms.value, "fluctuation_low": rms.low,
        "fluctuation_high": rms.high, "expanded_fluctuation": curve.expansion.fluctuation,
        "fluctuation_bound": curve.bound.fluctuation})


def slopes(curves, quantity, m_min=0):
    """Slopes in m of the "error" or the "fluctuation" of drawn curves, for m >= m_min.

    A row a curve: the slope (`value`) with its interval over replicates, and the slopes of the
    expansion and of the exact bias on the same widths.
    """
    rows = []
    for curve in curves:
        kept = curve.widths >= m_min
        m, squares = curve.widths[kept], getattr(curve, f"squared_{quantity}")[:, kept]
        fit = slope(m**2, squares)  # mean square against m^2: the slope of the rms against m
        theory = (curve_slope(m, values[kept]).value
                  for values in (getattr(curve.expansion, quantity), curve.bias))
        rows.append((curve.problem.activation, curve.problem.d, curve.r, fit.value, fit.low,
                     fit.high, *theory))
    return pd.DataFrame(rows, columns=["activation", "d", "r", "value", "low", "high", "expanded",
                                       "bias"])


def _place(curve):
    return {"activation": curve.problem.activation, "d": curve.problem.d, "r": curve.r,
            "m": curve.widths}


def rare_neurons(problem, ridges, shown=40):
    """Leverage of one neuron by rho = |b|, and the radius with half of a degree's energy beyond.

    Degrees to `TOP` enter the leverage of ReLU, those of the problem's spectrum that of a smooth
    activation; of degrees 1 to `shown` the half-energy radius is returned.

    Returns
    -------
    leverages : DataFrame
        Columns lam, rho (all nodes), density, leverage, mean, which is the effective dimension.
    halves : DataFrame
        Columns degree, half_energy.
    """
    place = {"activation": problem.activation, "d": problem.d}
    relu = problem.activation == "relu"
    max_degree = TOP[problem.d] if relu else problem.spectrum.max_degree
    spectrum = mercer_spectrum(problem.activation, problem.d, max_degree)
    rho, density, energies = degree_energies(problem.activation, problem.d, max_degree)
    frames = [pd.DataFrame(place | {
        "lam": lam, "rho": rho, "density": density, "mean": effective_dimension(spectrum, lam),
        "leverage": leverage(energies, spectrum.eigenvalues, lam)}) for lam in ridges]
    degrees = np.arange(1, shown + 1)
    half = [energy_quantile(rho, density, energies[:, k]) for k in degrees]
    return pd.concat(frames, ignore_index=True), pd.DataFrame(
        place | {"degree": degrees, "half_energy": half})


def effective_dimension(spectrum, lam):
    """N(lam) = sum_k N_k lambda_k / (lambda_k + lam), lam > 0."""
    eigenvalues = spectrum.eigenvalues
    return float(np.sum(spectrum.multiplicities * eigenvalues / (eigenvalues + lam)))


def departures(problem, sweep, factor=1.5):
    """Where each width leaves the bias: the largest ridge with error > factor * bias.

    `sweep` has the columns m, lam, error, bias, of one problem. Returns a row a width: that ridge,
    the effective dimension there over the m/2 independent neurons, and the least local slope in
    the ridge.
    """
    rows = []
    for m, path in sweep.groupby("m"):
        lam = path["lam"][path["error"] > factor * path["bias"]].max()
        local = np.diff(np.log(path["error"])) / np.diff(np.log(path["lam"]))
        rows.append((problem.activation, problem.d, m, lam, effective_dimension(
            problem.spectrum, lam) / (m / 2), local.min()))
    columns = ["activation", "d", "m", "lambda", "N/neurons", "least slope"]
    return pd.DataFrame(rows, columns=columns)
