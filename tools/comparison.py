"""Compare regenerated files with the committed ones: bytes, or numbers and pixels elsewhere."""

import base64
import io
import re
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

# On another CPU, C library or BLAS sums round differently, by 1e-16 an operation; 1e5 … 1e7 steps
# of a contracting recursion and a fit amplify that. The second is relative to a column's largest
# entry: a difference of nearly equal numbers may be small beside what it was made of.
RTOL = 1e-5
ATOL_OF_COLUMN = 1e-7
# Such differences move a curve by 1e-3 of a pixel: its smoothed edge changes by a grey level or
# two, and a mark that lay between two pixels may snap to the other one.
LEVELS = 8  # of 255: less is no difference
SHARE = 5e-4  # of the pixels may differ: about ten small marks
PAGE = 0.5  # points, in the size of a pdf page
DRAWN = 0.01  # share by which the number of drawing operations of one kind may differ


def same_machine(record: dict, here: dict, lock: str) -> bool:
    """Whether the bytes that a record tells of must be made here again."""
    return record.get("machine") == here and record.get("lock") == lock


def compare_directories(committed: Path, made: Path, pattern: str, exact: bool) -> list[str]:
    """What differs between the files matching `pattern`; empty when nothing does.

    Parameters
    ----------
    exact : bool
        Compare bytes; otherwise csv to `RTOL` and `ATOL_OF_COLUMN`, png to `LEVELS` and `SHARE`,
        pdf to `PAGE` and `DRAWN`.
    """
    before, after = ({p.name for p in d.glob(pattern)} for d in (committed, made))
    problems = [f"{name}: committed, but not made again" for name in sorted(before - after)]
    problems += [f"{name}: made, but not committed" for name in sorted(after - before)]
    for name in sorted(before & after):
        old, new = (d / name for d in (committed, made))
        if exact:
            found = ["bytes differ"] * (old.read_bytes() != new.read_bytes())
        elif name.endswith(".csv"):
            found = compare_tables(old, new)
        else:
            compare = compare_png if name.endswith(".png") else compare_pdf
            found = compare(old.read_bytes(), new.read_bytes())
        problems += [f"{name}: {problem}" for problem in found]
    return problems


def compare_tables(committed: Path, made: Path) -> list[str]:
    """Columns that differ, each with the worst or first row and its values."""
    a, b = pd.read_csv(committed), pd.read_csv(made)
    if list(a.columns) != list(b.columns):
        return [f"columns are {list(b.columns)}, committed are {list(a.columns)}"]
    if len(a) != len(b):
        return [f"{len(b)} rows, committed are {len(a)}"]
    return [problem for column in a for problem in _compare_columns(a[column], b[column])]


def _compare_columns(a: pd.Series, b: pd.Series) -> list[str]:
    if _numeric(a) and _numeric(b):
        x, y = a.to_numpy(float), b.to_numpy(float)
        finite = np.isfinite(x)
        atol = ATOL_OF_COLUMN * np.abs(x[finite]).max(initial=0.0)
        same = np.isclose(y, x, rtol=RTOL, atol=atol, equal_nan=True)
        # NaN, where only one is finite, is worse than any number
        with np.errstate(invalid="ignore"):  # of infinities
            excess = np.where(same, -1.0, np.abs(y - x) - RTOL * np.abs(x))
        worst = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
        allowed = f"; allowed are {RTOL:g} of it and {atol:.3g}"
    else:
        same = ((a == b) | (a.isna() & b.isna())).to_numpy()
        worst, allowed = int(np.argmin(same)), ""
    if same.all():
        return []
    # as an editor counts: the names stand in line 1
    here, there = b.tolist()[worst], a.tolist()[worst]
    return [f"line {worst + 2}, column {a.name!r}: {here!r}, committed is {there!r}{allowed} "
            f"({(~same).sum()} of {len(same)} rows differ)"]


def _numeric(column: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def compare_png(committed: bytes, made: bytes) -> list[str]:
    """How two pictures differ, once decoded."""
    try:
        a, b = (np.asarray(Image.open(io.BytesIO(data)).convert("RGBA"), np.int16)
                for data in (committed, made))
    except (OSError, SyntaxError) as error:
        return [f"not a picture: {error}"]
    if a.shape != b.shape:
        return [f"{b.shape[1]} x {b.shape[0]} pixels, committed are {a.shape[1]} x {a.shape[0]}"]
    share = (np.abs(a - b).max(axis=2) > LEVELS).mean()
    return [f"{share:.2%} of the pixels differ by more than {LEVELS} levels, allowed are "
            f"{SHARE:.2%}"] if share > SHARE else []


def compare_pdf(committed: bytes, made: bytes) -> list[str]:
    """How two pages differ: their sizes, and how often each drawing operation occurs."""
    pages = [_page(data) for data in (committed, made)]
    if None in pages:
        return ["not a pdf page"]
    (size, drawn), (other_size, other_drawn) = pages
    if np.abs(np.subtract(size, other_size)).max() > PAGE:
        return [f"page {other_size}, committed is {size}"]
    return [f"{other_drawn[name]} drawing operations {name!r}, committed are {drawn[name]}"
            for name in sorted(drawn | other_drawn)
            if abs(drawn[name] - other_drawn[name]) > max(2, DRAWN * drawn[name])]


def _page(data: bytes) -> tuple[tuple[float, ...], Counter] | None:
    box = re.search(rb"/MediaBox \[([^\]]*)\]", data)
    if not data.startswith(b"%PDF") or box is None:
        return None
    drawn: Counter = Counter()
    for stream in re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL):
        try:
            content = zlib.decompress(stream)
        except zlib.error:
            continue
        # fonts and images are streams too, of bytes
        if content.isascii():
            drawn.update(word for word in content.decode().split() if word.isalpha())
    return tuple(map(float, box[1].split())), drawn


def compare_outputs(stored: list, made: list) -> list[str]:
    """How the pictures among a cell's outputs differ."""
    a, b = ([o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]
            for outputs in (stored, made))
    if len(a) != len(b):
        return [f"{len(b)} pictures, stored are {len(a)}"]
    return [f"picture {number}: {problem}" for number, (old, new) in enumerate(zip(a, b), 1)
            for problem in compare_png(base64.b64decode(old), base64.b64decode(new))]
