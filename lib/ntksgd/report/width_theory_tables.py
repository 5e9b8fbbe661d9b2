"""Tables of notebook 05 on theory: first order against measurement, exponents, drift, variants.
"""

import numpy as np
import pandas as pd

from ntksgd.report.width_tables import small_cells
from ntksgd.risk import predicted
from ntksgd.stats import rates
from ntksgd.width import studies
from ntksgd.width.experiment import first_order, setting


def two_curves(curves):
    """Cells behind `figures.width.two_curves`."""
    return pd.concat([pd.DataFrame({
        "panel": name, "m": np.repeat(net.widths, len(chosen)),
        "T": np.tile(net.times[chosen], net.widths.size),
        "network": net.mean[:, chosen].ravel(), "network_error": net.error[:, chosen].ravel(),
        "linearised": lazy.mean[:, chosen].ravel(),
        "linearised_error": lazy.error[:, chosen].ravel(),
        "first_order": np.outer(1 / net.widths, c).ravel()})
        for name, (net, lazy, chosen, c) in curves.items()], ignore_index=True)


def agreement(sweeps):
    """Linearised network against first order, over the small cells of each sweep."""
    rows = []
    for r, s in sweeps.items():
        small, predicted = small_cells(s), first_order(s.setup, s.times) / s.network.widths[:, None]
        weight = (predicted / s.linearised.error)[small] ** 2
        ratio = np.average((s.linearised.mean / predicted)[small], weights=weight)
        z = ((s.linearised.mean - predicted) / s.linearised.error)[small]
        rows.append([r, small.sum(), f"{ratio:.2f}", f"{np.mean(np.abs(z)):.2f}"])
    return pd.DataFrame(rows, columns=["r", "cells", "measured / first order", "mean |z|"])


def local_exponents(names, regularities, noise, step, times):
    """d log c / d log T of the linearised network, and its asymptotic value.

    Parameters
    ----------
    names : mapping of activation to (max_degree, decay exponent b of the eigenvalues)
    regularities : sequence of float
    noise, step : float
    times : array of int

    Returns
    -------
    DataFrame
        Columns activation, r, T, c, exponent, asymptotic.
    """
    frames = []
    for name, (degree, decay) in names.items():
        for r in regularities:
            c = first_order(setting(name, 2, r, noise, step, degree), times)
            frames.append(pd.DataFrame({
                "activation": name, "r": r, "T": times, "c": c,
                "exponent": np.gradient(np.log(c), np.log(times)),
                "asymptotic": predicted.linearised_width(r, decay)}))
    return pd.concat(frames, ignore_index=True)


def windows(local, early, late):
    """Exponents of `local_exponents` over two windows (low, high) of T, and asymptotically."""
    def fit(part, window):
        inside = part["T"].between(*window)
        return f"{rates.slope(part['T'][inside], part['c'][inside]).value:.2f}"

    rows = [[name, r, fit(part, early), fit(part, late), f"{part['asymptotic'].iloc[0]:.2f}"]
            for (name, r), part in local.groupby(["activation", "r"])]
    labels = [f"1e{np.log10(a):.0f} to 1e{np.log10(b):.0f}" for a, b in (early, late)]
    return pd.DataFrame(rows, columns=["activation", "r", *labels, "asymptotic"])


def fine_drift(setups, samples, slopes, times):
    """c and c_drift with standard error at three times, and the exponent as tau -> 0."""
    rows, shown = [], (0, len(times) // 2, len(times) - 1)
    for r, values in samples.items():
        c, mean = first_order(setups[r], times), values.mean(axis=0)
        error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
        rows.append([r, *(f"{c[j]:.1f} {mean[j] - c[j]:+.1f} +- {error[j]:.1f}" for j in shown),
                     str(slopes[r])])
    return pd.DataFrame(rows, columns=["r", *(f"T = {times[j]:,}" for j in shown),
                                       "exponent, tau -> 0"])


def relu_drift(sweeps, plane_laws, slopes):
    """m (R_m - R_lin)/R at the last T for the widest block, and three exponents."""
    rows = []
    for r, s in sweeps.items():
        (widths, net), (_, lazy) = s.network.blocks[-1], s.linearised.blocks[-1]
        gap = widths * (net - lazy)[..., -1]
        error = gap.std(axis=0, ddof=1) / np.sqrt(len(gap))
        drift = [f"{g:+.0f} +- {e:.0f}" for g, e in zip(gap.mean(axis=0), error, strict=True)]
        rows.append([r, f"{first_order(s.setup, s.times)[-1]:.0f}", *drift,
                     str(slopes[r]), "{:.2f} [{:.2f}, {:.2f}]".format(*plane_laws[r].ratio)])
    columns = ["r", f"c({s.times[-1]})", *(f"drift, m = {m:g}" for m in widths),
               "network, tau -> 0", "linearised, plane law"]
    return pd.DataFrame(rows, columns=columns)


def variants(base, changes, tau, m, T, replicates, seed):
    """Side studies: c(T) of each variant, and one cell measured.

    Parameters
    ----------
    base : dict
        Arguments of `setting`.
    changes : mapping of name to the arguments that differ
    tau : float
    m, T, replicates : int
        The cell.
    seed : int
        Of the first variant; the others count on.
    """
    decades, rows = np.unique(np.rint(np.geomspace(100, 1e5, 25)).astype(int)), []
    for i, (name, change) in enumerate(changes.items()):
        setup = setting(**(base | change))
        c, at = first_order(setup, decades), first_order(setup, [T])[0]
        cell = studies.cell(setup, m, T, replicates, seed + i)
        rows.append([name, f"{rates.slope(decades, c).value:.2f}", f"{c[-1] / tau:.0f}",
                     f"{at:.1f}", *(f"{m * v:.1f} +- {m * e:.1f}" for v, e in
                                    (cell.linearised, cell.network, cell.difference))])
    return pd.DataFrame(rows, columns=["setting", "exponent", f"m*(1e5, {tau:g})", f"c({T})",
                                       "m x linearised", "m x network", "m x drift"])
