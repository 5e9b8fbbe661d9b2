"""Compare regenerated figures with the committed ones: bytes, or numbers where CPUs differ."""

from pathlib import Path

import numpy as np
import pandas as pd

# On another CPU, C library or BLAS sums round differently, by 1e-16 an operation; 1e5 … 1e7 steps
# of a contracting recursion and a fit amplify that. The second is relative to a column's largest
# entry: a difference of nearly equal numbers may be small beside what it was made of.
RTOL = 1e-5
ATOL_OF_COLUMN = 1e-7


def same_fingerprint(recorded: dict, here: dict) -> bool:
    """Whether bytes made there must be bytes made here."""
    return recorded == here


def compare_directories(committed: Path, made: Path, pattern: str, exact: bool) -> list[str]:
    """What differs between the files matching `pattern`; empty when nothing does.

    Parameters
    ----------
    exact : bool
        Compare bytes of every file; otherwise only csv, to `RTOL` and `ATOL_OF_COLUMN`.
    """
    before, after = ({p.name for p in d.glob(pattern)} for d in (committed, made))
    problems = [f"{name}: committed, but not made again" for name in sorted(before - after)]
    problems += [f"{name}: made, but not committed" for name in sorted(after - before)]
    for name in sorted(before & after):
        if exact:
            if (committed / name).read_bytes() != (made / name).read_bytes():
                problems.append(f"{name}: bytes differ")
        elif name.endswith(".csv"):
            problems += _compare_tables(committed / name, made / name)
    return problems


def _compare_tables(committed: Path, made: Path) -> list[str]:
    a, b = pd.read_csv(committed), pd.read_csv(made)
    if list(a.columns) != list(b.columns) or len(a) != len(b):
        return [f"{made.name}: columns or number of rows differ"]
    problems = []
    for column in a:
        x, y = a[column], b[column]
        if pd.api.types.is_numeric_dtype(x) and not pd.api.types.is_bool_dtype(x):
            scale = np.abs(x[np.isfinite(x)]).max() if np.isfinite(x).any() else 0.0
            same = np.allclose(x, y, rtol=RTOL, atol=ATOL_OF_COLUMN * scale, equal_nan=True)
        else:
            same = x.equals(y)
        if not same:
            problems.append(f"{made.name}: column {column!r} differs")
    return problems
