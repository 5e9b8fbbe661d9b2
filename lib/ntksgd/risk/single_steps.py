"""Several steps of the recursion in `moments`, one by one, compiled.

Module `collocation` takes the steps at the start, and those before a horizon, in this way.
"""

from dataclasses import replace

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.risk.modes import Modes
from ntksgd.risk.moments import State, unit_noise


def take_steps(modes: Modes, state: State, etas) -> State:
    """The state after the steps ``etas`` (n,), as by `moments.step` n times.

    Without weight decay nothing depends on M and L, which then stay as they are.
    """
    kept = ("C", "M") if state.A is None else ("C", "M", "L", "B", "A")
    new = {name: np.array(getattr(state, name), dtype=float, order="C") for name in kept}
    none = np.empty((0, 0))
    arrays = (np.ascontiguousarray(a, dtype=float)
              for a in (modes.eigenvalues, modes.weights, modes.power, unit_noise(modes), etas))
    _run(*arrays, float(modes.weight_decay), float(modes.batch),
         *(new.get(name, none) for name in ("C", "M", "L", "B", "A")))
    return replace(state, t=state.t + len(etas), **new)


@compiled
def _run(lam, w, F, unit, etas, decay, batch, C, M, L, B, A):
    """Column after column (a target each, the last one the variance), in place."""
    for i in range(len(C)):
        for eta in etas:
            a, level = 1 - eta * decay, unit[i]
            for k in range(lam.size):
                level += C[i, k]
            kick = eta**2 / batch * level
            for k in range(lam.size):
                x = eta * lam[k]
                C[i, k] = (a * a - 2 * a * x + (1 - 1 / batch) * x * x) * C[i, k] + kick * w[k]
            if decay > 0 and i < len(F):
                for k in range(lam.size):
                    mean = a - eta * lam[k]
                    C[i, k] += eta**2 * decay**2 * F[i, k] - 2 * eta * decay * mean * M[i, k]
                    M[i, k] = mean * M[i, k] - eta * decay * F[i, k]
            if A.size > 0:
                for k in range(lam.size):
                    cross = (a - eta * lam[k]) * B[i, k]
                    if decay > 0 and i < len(F):
                        cross -= eta * decay * L[i, k]
                        L[i, k] += M[i, k]
                    B[i, k] = cross + C[i, k]
                    A[i, k] += 2 * cross + C[i, k]
