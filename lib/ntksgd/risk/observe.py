"""Observables of prepared modes: the solver behind `exact_risk`, without its checks."""

from __future__ import annotations

import numpy as np
from threadpoolctl import threadpool_limits

from ntksgd.risk.collocation import advance, collocated
from ntksgd.risk.moments import direct, initial


def observe(m, schedule, grid, average=None, method="collocation") -> np.ndarray:
    """Observables of prepared modes at ascending times: (len(grid), 4, n + 1), unchecked.

    For many schedules on one spectrum: ``m = cluster(sphere_modes(spectrum, targets))`` once.
    """
    with threadpool_limits(1, "blas"):  # many 16 x 16 systems: threads only wait for each other
        if average == "tail":
            return _tail_averaged(m, schedule, grid)
        solve = direct if method == "direct" else collocated
        return solve(m, schedule, grid, average is not None)


def _tail_averaged(m, schedule, grid):
    """One branch a time t: the running sum restarts at floor(t/2)."""
    state, out = initial(m), []
    for t in grid:
        half = float(t // 2)
        if half > state.t:
            state, _ = advance(m, state, schedule, [half])
        out.append(advance(m, state.restart(), schedule, [float(t)], breaks=(half,))[1][0])
    return np.array(out)
