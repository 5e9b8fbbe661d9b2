"""Checks at the boundary: each raises a ValueError that names the parameter and its value."""

import math
from numbers import Integral, Real

import numpy as np


def number(name, value, low=-math.inf, high=math.inf, *, open_low=False, open_high=False):
    """Return `value` as a float if it is a finite number in the interval, else raise ValueError."""
    left, right = "(" if open_low else "[", ")" if open_high else "]"
    allowed = f"a finite number in {left}{low:g}, {high:g}{right}"
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ValueError(f"{name} = {value!r}: must be {allowed}")
    size = float(value)  # a bound may overflow in the value's own precision
    below = size <= low if open_low else size < low
    above = size >= high if open_high else size > high
    if below or above:
        raise ValueError(f"{name} = {value!r}: must be {allowed}")
    return size


def positive(name, value):
    """Return `value` as a float if it is finite and > 0."""
    return number(name, value, 0.0, open_low=True)


def integer(name, value, low=None, high=None, *, even=False):
    """Return `value` as an int if it is an integer (even, if asked) in [low, high]."""
    ends = [f"{sign} {end}" for sign, end in ((">=", low), ("<=", high)) if end is not None]
    allowed = " ".join([f"an {'even ' if even else ''}integer", " and ".join(ends)]).strip()
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Integral):
        raise ValueError(f"{name} = {value!r}: must be {allowed}")
    wrong_range = (low is not None and value < low) or (high is not None and value > high)
    if wrong_range or (even and value % 2):
        raise ValueError(f"{name} = {value!r}: must be {allowed}")
    return int(value)


def width(m, name="m"):
    """Return the width m of a symmetrically initialised network: even and at least 2."""
    return integer(name, m, 2, 2**40, even=True)


def widths(name, values):
    """Return widths as an int array of one axis; each as `width`."""
    array = finite_array(name, values, 1)
    bad = (array < 2) | (array % 2 != 0) | (array > 2**40)
    if array.size == 0:
        raise ValueError(f"{name} = {short(values)}: must hold at least one width")
    if np.any(bad):
        raise ValueError(f"{name}: m = {array[bad][0]:g}: must be an even integer >= 2")
    return array.astype(int)


def dimension(d):
    """Return the input dimension d: inputs lie on S^(d-1), so d >= 2."""
    return integer("d", d, 2, 10**6)


def finite_array(name, values, ndim=None, *, non_negative=False):
    """Return `values` as a float array if every entry is finite (and >= 0, if asked)."""
    try:
        array = np.asarray(values)
        # objects may be whole numbers of any size; text and complex numbers are refused
        array = array.astype(float) if array.dtype.kind in "biufO" else None
    except (TypeError, ValueError, OverflowError):
        array = None
    if array is None:
        raise ValueError(f"{name} = {short(values)}: must be an array of numbers")
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name}: has shape {array.shape}, must have {ndim} dimension(s)")
    bad = ~np.isfinite(array) | ((array < 0) if non_negative else False)
    if np.any(bad):
        kind = "finite and >= 0" if non_negative else "finite"
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        where = list(first) or ""
        raise ValueError(f"{name}{where} = {float(array[first])!r}: every entry must be {kind}")
    return array


def vector(name, values, *, non_negative=False):
    """As `finite_array`, of one axis: a number counts as an array of one."""
    if isinstance(values, Real):
        values = [values]
    return finite_array(name, values, 1, non_negative=non_negative)


def times(name, values, low=1):
    """Return `values` as an int array if they are increasing integers >= low, at least one."""
    try:
        array = np.asarray(values)
    except ValueError:  # rows of different lengths
        array = np.empty((0, 0))
    ordered = array.ndim == 1 and array.size and array.dtype.kind in "iu"
    if ordered:
        array = array.astype(np.int64)  # differences of unsigned integers would wrap around
        ordered = array[0] >= low and np.all(np.diff(array) > 0)
    if not ordered:
        raise ValueError(f"{name} = {short(values)}: must be increasing integers >= {low}")
    return array


def unit_vectors(name, x):
    """Return x (..., d) as a float array if every row has length 1."""
    x = np.atleast_1d(finite_array(name, x))
    off = np.abs(np.sqrt(np.einsum("...i,...i", x, x)) - 1)
    if np.any(off > 1e-9):
        row = [int(i) for i in np.unravel_index(off.argmax(), off.shape)]
        raise ValueError(f"{name}{row}: is {off.max():.2g} off the unit sphere")
    return x


def one_of(name, value, allowed):
    """Return `value` if it is one of `allowed`."""
    # an array compares entry by entry
    if not isinstance(value, (str, Real, type(None))) or value not in allowed:
        raise ValueError(f"{name} = {short(value)}: must be one of {', '.join(map(repr, allowed))}")
    return value


def flag(name, value):
    """Return `value` as a bool if it is True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} = {short(value)}: must be True or False")
    return bool(value)


def sequence(name, values):
    """Return `values` as a list if they can be iterated over, and are no text."""
    if isinstance(values, (str, bytes)) or not np.iterable(values):
        raise ValueError(f"{name} = {short(values)}: must be a sequence")
    return list(values)


def instance(name, value, kind):
    """Return `value` if it is an instance of the class `kind` (or of one of several)."""
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        allowed = " or ".join(one.__name__ for one in kinds)
        raise ValueError(f"{name} = {short(value)}: must be of type {allowed}")
    return value


def short(value):
    """repr of a value, cut off where it is long."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def listed(indices):
    """An array of indices in words, cut off where it is long."""
    return ", ".join(map(str, indices[:8])) + (", ..." if len(indices) > 8 else "")
