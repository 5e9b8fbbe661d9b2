"""Tidy tables of the measurements of notebook 06: what its figures draw and its csv files keep."""

import numpy as np
import pandas as pd


def mean_and_interval(samples):
    """Mean over axis 0 and the half width of its normal 95 % interval."""
    samples = np.asarray(samples)
    return samples.mean(axis=0), 1.96 * samples.std(axis=0, ddof=1) / np.sqrt(len(samples))


def kernel_table(kernels, spectra, points=181):
    """Depth by depth, kappa at angles in [0, pi] and eigenvalues: two long tables."""
    angle = np.linspace(0, np.pi, points)
    profile = [pd.DataFrame({"depth": L, "angle": angle, "kernel": k(np.cos(angle)) / k.trace})
               for L, k in kernels.items()]
    eigenvalues = [pd.DataFrame({"depth": L, "degree": np.arange(s.max_degree + 1),
                                 "eigenvalue": s.eigenvalues}) for L, s in spectra.items()]
    return pd.concat(profile, ignore_index=True), pd.concat(eigenvalues, ignore_index=True)


def series_table(x, series, **columns):
    """One row a point of each named series of samples (replicates, n): mean and interval."""
    rows = []
    for name, samples in series.items():
        mean, half = mean_and_interval(samples)
        rows.append(pd.DataFrame({**columns, "series": name, "x": x, "mean": mean, "half": half}))
    return pd.concat(rows, ignore_index=True)


def curve_table(x, curves, **columns):
    """The same for exact curves, without intervals."""
    rows = [pd.DataFrame({**columns, "series": name, "x": x, "mean": y, "half": np.nan})
            for name, y in curves.items()]
    return pd.concat(rows, ignore_index=True)


def risk_table(case, blocks, widths, panel):
    """Risk in T of the kernel's paths, of networks of the given widths, and in theory."""
    steps = blocks[0].steps
    series = {"kernel": np.concatenate([block.kernel for block in blocks])}
    for block in blocks:
        for i, m in enumerate(block.widths):
            if m in widths:
                series[f"network, m = {m}"] = block.network[:, i]
    return pd.concat([series_table(steps, series, panel=panel),
                      curve_table(steps, {"theory": case.local_theory(steps)}, panel=panel)],
                     ignore_index=True)


def law_table(laws):
    """m*(T) with its interval, one row a time of each named WidthLaw."""
    rows = [pd.DataFrame({"series": name, "T": law.times, "width": law.required, "low": law.low,
                          "high": law.high, "censored": law.censored, "fitted": law.seen})
            for name, law in laws.items()]
    return pd.concat(rows, ignore_index=True)
