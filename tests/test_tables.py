"""A reader's table: what is accepted, and that every fault is an error which names it."""

import numpy as np
import pytest

from ntksgd.problems import shipped
from ntksgd.problems.data import SOURCES
from ntksgd.problems.table_files import read_table
from ntksgd.problems.tables import population

RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(25, 3)), RNG.normal(size=25)


def changed(array, index, value):
    out = array.astype(object if isinstance(value, str) else float)
    out[index] = value
    return out


def test_rows_are_standardised_to_the_sphere_and_values_to_mean_square_one():
    got = population(X, Y)
    expected = (X - X.mean(axis=0)) / X.std(axis=0)
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(got.x, expected, rtol=1e-12)
    np.testing.assert_allclose([got.y.mean(), np.mean(got.y**2)], [0, 1], atol=1e-12)


def test_numbers_in_an_array_of_objects_are_numbers():
    np.testing.assert_array_equal(population(X.astype(object), Y.tolist()).x, population(X, Y).x)


def test_scale_none_takes_rows_as_directions():
    np.testing.assert_allclose(population(X, Y, None).x,
                               X / np.linalg.norm(X, axis=1, keepdims=True), rtol=1e-12)


@pytest.mark.parametrize(("x", "y", "message"), [
    (changed(X, (3, 1), np.nan), Y, "X: 1 missing values"),
    (X, changed(Y, 4, np.nan), "y: 1 missing values"),
    (changed(X, (3, 1), np.nan).astype(object), Y, "X: 1 missing values"),
    (np.where(X == X[3, 1], None, X), Y, "X: 1 missing values"),
    (X + 1j, Y, "is no number"),
    (changed(X, (3, 1), np.inf), Y, r"X\[3, 1\] = inf"),
    (X, changed(Y, 2, -np.inf), r"y\[2\] = -inf"),
    (changed(X, (0, 0), "red"), Y, "X: 'red' is no number"),
    (X, np.where(Y > 0, "cat", "dog"), "y: '(cat|dog)' is no number"),
    (X * [1, 0, 1], Y, r"X: column 1 \(from 0\) is constant"),
    (np.ones_like(X), Y, "X: column 0, 1, 2"),  # all rows equal
    (X, np.full(25, 2.0), "y = 2 in every row"),
    (X[:19], Y[:19], "rows of X = 19: must be an integer >= 20"),
    (X[:, :1], Y, "columns of X = 1: must be an integer >= 2"),
    (X, Y[:-1], "X, y: 25 rows and 24 values"),
    (X[:, 0], Y, r"X: has shape \(25,\)"),
    (X, X, r"y: has shape \(25, 3\)"),
    (np.vstack([X - X.mean(0), np.zeros(3)]), np.append(Y, 0), r"X: row 25 \(from 0\) is the mean"),
])
def test_a_table_with_a_fault_is_refused(x, y, message):
    with pytest.raises(ValueError, match=message):
        population(x, y)


CSV = "a,b,c\n" + "".join(f"{i},{i * i % 7},{-i}\n" for i in range(25))


@pytest.mark.parametrize(("name", "text", "message"), [
    ("absent.csv", None, "no such file"),
    ("t.xlsx", CSV, r"must end in \.csv or \.npz"),
    ("t.csv", "", "0 lines"),
    ("t.csv", "a,b,c\n", "1 lines, 3 columns"),
    ("t.csv", "a;b;c\n1;2;3\n", "2 lines, 1 columns"),
    ("t.csv", "1,2,3\n4,5,6\n", "the first line is 1, 2, 3"),
    ("t.csv", CSV + "\n1,2,3,4\n", "4 cells in line 28, must be 3"),
    ("t.csv", CSV + "red,2,3\n", "'red' in line 27, column 'a', must be a number"),
    ("t.csv", CSV + "1,,3\n", "'' in line 27, column 'b': a missing value"),
    ("t.csv", CSV + "1,NA,3\n", "'NA' in line 27, column 'b': a missing value"),
    ("t.csv", b"\xff\xfe\x00\x01", "cannot be read"),
    ("t.npz", "no archive", "cannot be read"),
    ("t.npz", "", "cannot be read"),
])
def test_a_file_with_a_fault_is_refused(tmp_path, name, text, message):
    path = tmp_path / name
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ValueError, match=message) as caught:
        read_table(path)
    assert name in str(caught.value)


def test_a_directory_is_no_file(tmp_path):
    (tmp_path / "d.csv").mkdir()
    with pytest.raises(ValueError, match="no such file"):
        read_table(tmp_path / "d.csv")


def test_csv_takes_the_last_column_or_the_one_named_target(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(CSV)
    x, y = read_table(path)
    np.testing.assert_array_equal(y, -np.arange(25))
    path.write_text(CSV.replace("a,b,c", "target,b,c"))
    x, y = read_table(str(path))
    np.testing.assert_array_equal(y, np.arange(25))
    assert x.shape == (25, 2)


def test_infinity_in_a_file_is_refused_with_the_table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(CSV + "1,inf,3\n")
    with pytest.raises(ValueError, match=r"X\[25, 1\] = inf"):
        population(*read_table(path))


def test_npz_holds_x_and_y(tmp_path):
    path = tmp_path / "t.npz"
    np.savez(path, X=X, y=Y)
    for got, expected in zip(read_table(path), (X, Y), strict=True):
        np.testing.assert_array_equal(got, expected)
    np.savez(path, X=X)
    with pytest.raises(ValueError, match="must hold the arrays X and y"):
        read_table(path)
    np.savez(path, X=X, y=Y.astype(object))
    with pytest.raises(ValueError, match="cannot be read as .npz"):
        read_table(path)


@pytest.mark.parametrize("name", shipped.HELD_OUT)
def test_shipped_sets_lie_on_the_sphere_and_are_not_those_it_was_made_with(name):
    assert name not in shipped.BUILT_ON and set(shipped.BUILT_ON) <= set(SOURCES)
    sample = shipped.held_out(name)
    assert 100 < sample.n < 2000
    np.testing.assert_allclose(np.linalg.norm(sample.x, axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(np.mean(sample.y**2), 1)
