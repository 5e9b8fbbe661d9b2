"""Tables of notebook 05 on the measurement: the numbers behind its figures, what it prints."""

import numpy as np
import pandas as pd

from ntksgd.risk import predicted
from ntksgd.stats import rates
from ntksgd.width.experiment import first_order
from ntksgd.width.requirement import isotonic_crossing

SMALL = 0.3  # the plane law is fitted where first order predicts a smaller excess


def small_cells(sweep):
    """Cells (m, T) where c(T)/m < SMALL: chosen by theory, not by the data."""
    return first_order(sweep.setup, sweep.times) / sweep.network.widths[:, None] < SMALL


def excesses(sweeps):
    """Mean excess and standard error of every cell, one row each; `sweeps` by regularity."""
    return pd.concat([pd.DataFrame({
        "r": r, "m": np.repeat(s.network.widths, s.times.size),
        "T": np.tile(s.times, s.network.widths.size), "excess": s.network.mean.ravel(),
        "standard_error": s.network.error.ravel()}) for r, s in sweeps.items()],
        ignore_index=True)


def requirements(laws):
    """m*(T, tau), intervals and censoring, one row each; lists of `WidthLaw` by regularity."""
    return pd.concat([pd.DataFrame({
        "r": r, "tau": law.tau, "T": law.times, "required": law.required, "low": law.low,
        "high": law.high, "censored": law.censored}) for r, of in laws.items() for law in of],
        ignore_index=True)


def exponents(sweeps, laws):
    """One row an (r, tau): exponent of m*, ends, and the factor to the isotonic estimate."""
    rows = []
    for r, of in laws.items():
        excess = sweeps[r].network
        for law in of:
            iso = np.array([isotonic_crossing(excess.widths, mean, error, law.tau)
                            for mean, error in zip(excess.mean.T, excess.error.T, strict=True)])
            gap = np.exp(np.nanmedian(np.abs(np.log(iso / law.required)[law.seen])))
            rows.append([r, law.tau, str(law.slope), f"{law.seen.sum()} of {law.seen.size}",
                         *(f"{('<= ', '', '> ')[int(law.censored[j]) + 1]}{law.required[j]:.0f}"
                           for j in (0, -1)), f"{gap:.2f}",
                         f"{predicted.sufficient_width(r):.2f}",
                         f"{predicted.drift_heuristic_width(r):.2f}"])
    ends = [f"m*({t:.0f})" for t in (law.times[0], law.times[-1])]
    return pd.DataFrame(rows, columns=["r", "tau", "exponent of m* [95 %]", "times used", *ends,
                                       "isotonic / power law", "paper", "heuristic"])


def planes(laws):
    """One row an r: the three exponents of a `PlaneLaw` and its misfit."""
    rows = [[r, *("{:.2f} [{:.2f}, {:.2f}]".format(*v) for v in (p.alpha, p.beta, p.ratio)),
             p.cells, f"{p.misfit:.2f}"] for r, p in laws.items()]
    return pd.DataFrame(rows, columns=["r", "alpha", "beta", "beta/alpha", "cells", "misfit"])


def rate(along, sweeps):
    """Risk along m*(T), the kernel's, and a line of the theoretical slope below them."""
    return pd.concat([pd.DataFrame({
        "r": r, "T": a.times, "risk": a.risk, "low": a.low, "high": a.high,
        "exact": sweeps[r].risk,
        "theory": 0.8 * sweeps[r].risk[0] * (a.times / a.times[0]) ** -predicted.capacity_free(r)})
        for r, a in along.items()], ignore_index=True)


def rate_slopes(along, sweeps):
    """Slopes in T: network, kernel over the same range, rate."""
    rows = [[r, str(a.slope), f"{rates.slope(a.times, sweeps[r].risk).value:.3f}",
             f"{-predicted.capacity_free(r):.3f}"] for r, a in along.items()]
    return pd.DataFrame(rows, columns=["r", "network at m*(T) [95 %]", "kernel, exact",
                                       "-2r/(2r+1)"])


def headline(panels):
    """Lines of the width figure."""
    frames = []
    for name, p in panels.items():
        low, high = p["law"].band(p["T"])
        frames.append(pd.DataFrame({
            "panel": name, "T": p["T"], "paper": p["paper"], "heuristic": p["heuristic"],
            "earlier": p["earlier"], "first_order": p["prediction"],
            "measured": p["law"].slope(p["T"]), "low": low, "high": high}))
    return pd.concat(frames, ignore_index=True)
