"""A reader's own table as a `Population`, checked before anything is computed.

Features are centred, divided by their standard deviation and scaled to length 1, values centred and
scaled to mean square 1, so that the risk of f = 0 is 1.
"""

from numbers import Real

import numpy as np

from ntksgd import check
from ntksgd.problems.data import Population, to_sphere

LEAST_ROWS = 20  # fewer say nothing of a spectrum


def population(X, y, scale: bool | None = True, name: str = "table") -> Population:
    """Rows X (n, p) and their values y (n,) as equally likely points on the sphere.

    Parameters
    ----------
    X : array, shape (n, p)
        n >= 20 rows, p >= 2 columns, none of them constant.
    y : array, shape (n,)
        Numbers, not all equal: a response, or classes as numbers (two classes: any two).
    scale : bool or None
        Centre the columns and divide them by their standard deviation; False: only centre them
        (they share a unit, as pixels do); None: take rows as directions already.
    name : str

    Raises
    ------
    ValueError
        Naming parameter, value and what is allowed: text, missing or infinite entries, shapes that
        do not fit, too few rows or columns, a constant column, a row without direction, constant y.
    """
    X, y = numbers("X", X, 2), numbers("y", y, 1)
    if len(X) != len(y):
        raise ValueError(f"X, y: {len(X)} rows and {len(y)} values, must be as many")
    check.integer("rows of X", len(X), LEAST_ROWS)
    check.integer("columns of X", X.shape[1], 2)
    if np.ptp(y) == 0:
        raise ValueError(f"y = {y[0]:g} in every row: must take at least two values")
    flat = np.flatnonzero(np.ptp(X, axis=0) == 0)
    if scale is not None and flat.size:
        raise ValueError(f"X: column {check.listed(flat)} (from 0) is constant, "
                         "must vary: leave it out")
    if scale is None:
        norms = np.linalg.norm(X, axis=1)
        if np.any(norms == 0):
            raise ValueError(f"X: row {int(np.argmin(norms))} is 0, must have a direction")
        x = X / norms[:, None]
    else:
        x = to_sphere(X, scale, name="X")
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
    y = y - y.mean()
    return Population(name, x, y / np.sqrt(np.mean(y**2)))


def numbers(name, values, ndim):
    """Return `values` as a float array if they are finite numbers, none of them missing."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: must be a table, all of whose rows are as long") from None
    if array.dtype == object:  # a table of mixed columns: numbers, None, text
        for entry in array.ravel():
            if not (entry is None or isinstance(entry, Real)):
                raise ValueError(_no_number(name, entry))
        array = array.astype(float)
    if array.dtype.kind not in "buif":
        raise ValueError(_no_number(name, array.ravel()[0] if array.size else array.dtype))
    missing = np.isnan(array.astype(float))
    if missing.any():
        raise ValueError(f"{name}: {int(missing.sum())} missing values (NaN), must be complete: "
                         "fill them in or leave the rows out")
    return check.finite_array(name, array, ndim)


def _no_number(name, entry):
    return (f"{name}: {str(entry)!r} is no number, must hold numbers (code classes and categories "
            "as numbers)")
