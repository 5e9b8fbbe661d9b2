"""A reader's own table as a `Population`: a csv or npz file, checked before anything is computed.

Features are centred, divided by their standard deviation and scaled to length 1, values centred and
scaled to mean square 1, so that the risk of f = 0 is 1.
"""

from pathlib import Path
from pickle import UnpicklingError
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.problems.data import Population, to_sphere

LEAST_ROWS = 20  # fewer say nothing of a spectrum
SUFFIXES = (".csv", ".npz")
ROUNDING = 1e-12
TARGET = "target"  # the column of a csv that holds y, wherever it stands


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
    X, y = _numbers("X", X, 2), _numbers("y", y, 1)
    if len(X) != len(y):
        raise ValueError(f"X, y: {len(X)} rows and {len(y)} values, must be as many")
    check.integer("rows of X", len(X), LEAST_ROWS)
    check.integer("columns of X", X.shape[1], 2)
    if np.ptp(y) == 0:
        raise ValueError(f"y = {y[0]:g} in every row: must take at least two values")
    flat = np.flatnonzero(np.ptp(X, axis=0) == 0)
    if scale is not None and flat.size:
        raise ValueError(f"X: column {', '.join(map(str, flat))} (from 0) is constant, "
                         "must vary: leave it out")
    if scale is None:
        norms = np.linalg.norm(X, axis=1)
        if np.any(norms == 0):
            raise ValueError(f"X: row {int(np.argmin(norms))} is 0, must have a direction")
        x = X / norms[:, None]
    else:
        centred = (X - X.mean(axis=0)) / (X.std(axis=0) if scale else 1.0)
        norms = np.linalg.norm(centred, axis=1)
        # rounding leaves some 1e-16 of a row that is the mean, and would make a direction of it
        if np.any(norms <= ROUNDING * norms.max()):
            raise ValueError(f"X: row {int(np.argmin(norms))} (from 0) is the mean of all rows, "
                             "must have a direction: leave it out")
        x = to_sphere(X, scale)
        x = x / np.linalg.norm(x, axis=1, keepdims=True)
    y = y - y.mean()
    return Population(name, x, y / np.sqrt(np.mean(y**2)))


def read_table(path) -> tuple[np.ndarray, np.ndarray]:
    """X (n, p) and y (n,) of a file.

    Parameters
    ----------
    path : str or Path
        ``*.csv``: a header, then numbers; y is the column named ``target``, else the last one.
        ``*.npz``: the arrays X and y, as `numpy.savez` writes them.

    Raises
    ------
    ValueError
        For a file that is not there, cannot be read, is empty, has another ending, or holds what
        is no number.
    """
    path = Path(path).expanduser()
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"data = {str(path)!r}: must end in {' or '.join(SUFFIXES)}")
    if not path.is_file():
        raise ValueError(f"data = {str(path)!r}: no such file, must be a csv or npz file")
    csv, where = path.suffix.lower() == ".csv", f"data = {str(path)!r}"
    try:
        raw = pd.read_csv(path, skipinitialspace=True, low_memory=False) if csv else _arrays(path)
    except (OSError, EOFError, ValueError, BadZipFile, UnpicklingError) as error:
        # those of pandas, of encodings and of Python objects in an npz are ValueErrors
        raise ValueError(f"{where}: cannot be read as {path.suffix} ({error}), must be a whole, "
                         "non-empty file of numbers") from error
    return _from_frame(raw, where) if csv else _from_arrays(raw, where)


def _arrays(path):
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _from_arrays(arrays, where):
    if not {"X", "y"} <= set(arrays):
        raise ValueError(f"{where}: holds {', '.join(arrays) or 'nothing'}, must hold the arrays "
                         "X and y")
    return _numbers("X", arrays["X"], 2), _numbers("y", arrays["y"], 1)


def _from_frame(frame, where):
    if frame.shape[1] < 2 or frame.empty:
        raise ValueError(f"{where}: {len(frame)} rows of {frame.shape[1]} columns, must have a "
                         "header, rows, and 2 columns or more, separated by commas")
    if pd.to_numeric(pd.Series(frame.columns.astype(str)), errors="coerce").notna().all():
        raise ValueError(f"{where}: the first line is {', '.join(frame.columns[:3])} ..., must be "
                         "a header with the names of the columns")
    for column in frame:
        values = pd.to_numeric(frame[column], errors="coerce")
        wrong = values.isna() & frame[column].notna()
        if wrong.any():
            row = int(np.argmax(wrong))
            raise ValueError(f"{where}: {frame[column].iloc[row]!r} in column {column!r}, row "
                             f"{row + 2} of the file, must be a number (code classes as numbers)")
        if values.isna().any():
            raise ValueError(f"{where}: {int(values.isna().sum())} missing values in column "
                             f"{column!r}, must be complete: fill them in or leave the rows out")
        frame[column] = values
    y = TARGET if TARGET in frame else frame.columns[-1]
    return frame.drop(columns=y).to_numpy(dtype=float), frame[y].to_numpy(dtype=float)


def _numbers(name, values, ndim):
    array = np.asarray(values)
    if array.dtype.kind not in "buif":
        bad = next((v for v in array.ravel() if not isinstance(v, (int, float))), array.dtype)
        raise ValueError(f"{name}: {str(bad)!r} is no number, must hold numbers (code classes and "
                         "categories as numbers)")
    missing = np.isnan(array.astype(float))
    if missing.any():
        raise ValueError(f"{name}: {int(missing.sum())} missing values (NaN), must be complete: "
                         "fill them in or leave the rows out")
    return check.finite_array(name, array, ndim)
