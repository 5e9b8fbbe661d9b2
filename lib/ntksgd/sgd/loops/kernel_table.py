r"""A zonal kernel tabulated for compiled loops: a few nanoseconds a value, for any activation.

With t = <x, x'> the variable is half a chord, h = sqrt((1 - |t|)/2) in [0, sqrt(1/2)], one table
for t >= 0 and one for t < 0: in h a kernel is smooth up to t = 1 and t = -1, where kernels of rough
activations have square-root singularities in t. Cells are cubics through four Chebyshev points.
"""

import numpy as np

from ntksgd.compilation import compiled

TOLERANCE = 2e-12
_CHEBYSHEV = 0.5 + 0.5 * np.cos(np.pi * (np.arange(4) + 0.5) / 4)


def tabulate(kernel, cells: int = 512) -> np.ndarray:
    """Cubic coefficients of ``kernel(t)``, shape (4, 2 * cells); cells doubled until accurate.

    ValueError if no table of 2^15 cells is accurate to 2e-12 of kappa(1).
    """
    scale = abs(float(kernel(np.ones(1))[0]))
    while cells <= 2**15:
        table = _build(kernel, cells)
        h = (np.arange(cells) + np.array([[0.1], [0.6], [0.95]])).ravel() / cells * np.sqrt(0.5)
        error = max(np.abs(_values(table, side, h) - kernel(sign * (1 - 2 * h**2))).max()
                    for side, sign in ((0, 1.0), (1, -1.0)))
        if error <= TOLERANCE * scale:
            return table
        cells *= 2
    raise ValueError(f"kernel: not smooth in the chord, table error {error:.1e} at 2^15 cells")


def _build(kernel, cells):
    h = (np.arange(cells)[:, None] + _CHEBYSHEV) / cells * np.sqrt(0.5)
    vandermonde = np.linalg.inv(np.vander(_CHEBYSHEV, 4, increasing=True))
    sides = [vandermonde @ kernel(sign * (1 - 2 * h**2)).T for sign in (1.0, -1.0)]
    return np.concatenate(sides, axis=1)


def _values(table, side, h):
    cells = table.shape[1] // 2
    position = np.minimum(h * np.sqrt(2.0) * cells, cells - 1e-9)
    cell = position.astype(int)
    u, c = position - cell, table[:, side * cells + cell]
    return c[0] + u * (c[1] + u * (c[2] + u * c[3]))


@compiled(inline=True)
def lookup(table, w):
    """kappa at squared half chord w = |x - x'|^2 / 4 in [0, 1]; written without branches."""
    cells = table.shape[1] // 2
    v = max(min(w, 1.0 - w), 0.0)  # rounding can put w just above 1
    position = min(np.sqrt(v + v) * cells, cells - 1e-9)
    cell = np.int64(position)
    u = position - cell
    i = np.uint64(cell + (cells if w > 0.5 else 0))
    return table[0, i] + u * (table[1, i] + u * (table[2, i] + u * table[3, i]))
