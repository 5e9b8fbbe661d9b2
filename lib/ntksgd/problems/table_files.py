"""A reader's own table from a file: csv or npz, every fault a ValueError that names it."""

import csv
from pathlib import Path
from pickle import UnpicklingError
from zipfile import BadZipFile

import numpy as np

from ntksgd.problems.tables import numbers

MISSING = ("", "nan", "na", "n/a", "null", "none", "?")
TARGET = "target"  # the column of a csv that holds y, wherever it stands


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
    if path.suffix.lower() not in (".csv", ".npz"):
        raise ValueError(f"data = {str(path)!r}: must end in .csv or .npz")
    if not path.is_file():
        raise ValueError(f"data = {str(path)!r}: no such file, must be a csv or npz file")
    where, read = f"data = {str(path)!r}", {".csv": _lines, ".npz": _arrays}[path.suffix.lower()]
    try:
        raw = read(path)
    except (OSError, EOFError, ValueError, BadZipFile, UnpicklingError, csv.Error) as error:
        # wrong encodings and Python objects in an npz are ValueErrors
        raise ValueError(f"{where}: cannot be read as {path.suffix} ({error}), must be a whole, "
                         "non-empty file of numbers") from error
    return _from_lines(raw, where) if read is _lines else _from_arrays(raw, where)


def _lines(path):
    """Line number and cells of every line that is not blank."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.reader(file, skipinitialspace=True)
        return [(reader.line_num, cells) for cells in reader if cells]


def _arrays(path):
    with np.load(path, allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _from_arrays(arrays, where):
    if not {"X", "y"} <= set(arrays):
        raise ValueError(f"{where}: holds {', '.join(arrays) or 'nothing'}, must hold the arrays "
                         "X and y")
    return numbers("X", arrays["X"], 2), numbers("y", arrays["y"], 1)


def _from_lines(lines, where):
    names = [name.strip() for name in lines[0][1]] if lines else []
    if len(names) < 2 or len(lines) < 2:
        raise ValueError(f"{where}: {len(lines)} lines, {len(names)} columns in the first, must "
                         "have a header, rows, and 2 columns or more, separated by commas")
    if all(_is_number(name) for name in names):
        raise ValueError(f"{where}: the first line is {', '.join(names[:3])} ..., must be a header "
                         "with the names of the columns")
    for number, cells in lines[1:]:
        if len(cells) != len(names):
            raise ValueError(f"{where}: {len(cells)} cells in line {number}, must be {len(names)} "
                             "as in the header")
        for name, cell in zip(names, cells, strict=True):
            if cell.strip().lower() in MISSING:
                raise ValueError(f"{where}: {cell!r} in line {number}, column {name!r}: a missing "
                                 "value, must be filled in, or the line left out")
            if not _is_number(cell):
                raise ValueError(f"{where}: {cell!r} in line {number}, column {name!r}, must be a "
                                 "number (code classes and categories as numbers)")
    values = np.array([[float(cell) for cell in cells] for _, cells in lines[1:]])
    y = names.index(TARGET) if TARGET in names else len(names) - 1
    return np.delete(values, y, axis=1), values[:, y]


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
