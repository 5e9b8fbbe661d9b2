"""Boundary checks name the parameter and its value."""

import numpy as np
import pytest

from ntksgd import check


@pytest.mark.parametrize("value", [0, -1.0, np.nan, np.inf, "1", None, True])
def test_positive_refuses(value):
    with pytest.raises(ValueError, match="eta = "):
        check.positive("eta", value)


@pytest.mark.parametrize("value", [1, 2.5, np.float32(3), np.int64(4)])
def test_positive_accepts(value):
    assert check.positive("eta", value) == float(value)


def test_number_open_and_closed_ends():
    assert check.number("p", 0.0, 0, 1) == 0.0
    assert check.number("p", 1, 0, 1) == 1.0
    with pytest.raises(ValueError, match=r"p = 0.0: must be a finite number in \(0, 1\]"):
        check.number("p", 0.0, 0, 1, open_low=True)
    with pytest.raises(ValueError, match=r"p = 1"):
        check.number("p", 1, 0, 1, open_high=True)


@pytest.mark.parametrize("m", [0, 1, 3, -2, 2.0, "4", np.nan, True])
def test_width_is_even_and_at_least_2(m):
    with pytest.raises(ValueError, match="^m = "):
        check.width(m)


@pytest.mark.parametrize("d", [1, 0, -3, 2.0, None, np.bool_(True)])
def test_dimension_is_at_least_2(d):
    with pytest.raises(ValueError, match="^d = "):
        check.dimension(d)


def test_integers_accepted():
    assert check.width(2) == 2 and check.dimension(np.int64(10)) == 10
    assert check.integer("n", 5, 1, 5) == 5


@pytest.mark.parametrize(("options", "allowed"), [
    ({}, "an integer"), ({"low": 1}, "an integer >= 1"), ({"high": 5}, "an integer <= 5"),
    ({"low": 1, "high": 5}, "an integer >= 1 and <= 5"), ({"even": True}, "an even integer"),
    ({"low": 2, "high": 8, "even": True}, "an even integer >= 2 and <= 8"),
])
def test_the_integers_allowed_are_said(options, allowed):
    with pytest.raises(ValueError) as error:
        check.integer("n", 6.5, **options)
    assert str(error.value) == f"n = 6.5: must be {allowed}"


@pytest.mark.parametrize("value", [0, 6])
def test_an_integer_out_of_range_is_refused(value):
    with pytest.raises(ValueError, match=f"n = {value}: must be an integer >= 1 and <= 5"):
        check.integer("n", value, 1, 5)


def test_finite_array_names_the_bad_entry():
    np.testing.assert_array_equal(check.finite_array("y", [1, 2]), [1.0, 2.0])
    with pytest.raises(ValueError, match=r"y\[1, 0\] = .*nan.*finite"):
        check.finite_array("y", [[1.0, 2.0], [np.nan, 0.0]])
    with pytest.raises(ValueError, match=r"y\[2\] = .*-1.0.*>= 0"):
        check.finite_array("y", [1.0, 0.0, -1.0], non_negative=True)
    with pytest.raises(ValueError, match="shape"):
        check.finite_array("y", [1.0], ndim=2)


def test_one_of():
    assert check.one_of("order", "a", ("a", "b")) == "a"
    with pytest.raises(ValueError, match="order = 'c': must be one of 'a', 'b'"):
        check.one_of("order", "c", ("a", "b"))


@pytest.mark.parametrize("values", [[], 3, [[1, 2]], [1.0, 2.0], [2, 1], [3, 3], [0, 1], [-1],
                                    [True], np.array([5, 3], dtype=np.uint64), ["1"], [1, None]])
def test_times_are_increasing_integers(values):
    with pytest.raises(ValueError, match="times = .*: must be increasing integers >= 1"):
        check.times("times", values)


def test_times_accepted():
    np.testing.assert_array_equal(check.times("times", (1, 5)), [1, 5])
    assert check.times("times", np.array([2, 9], dtype=np.uint8)).dtype == np.int64
    np.testing.assert_array_equal(check.times("times", range(3), low=0), [0, 1, 2])


def test_unit_vectors():
    x = np.array([[1.0, 0.0], [0.6, 0.8]])
    np.testing.assert_array_equal(check.unit_vectors("x", x), x)
    assert check.unit_vectors("x", x[None]).shape == (1, 2, 2)
    with pytest.raises(ValueError, match=r"x\[1\]: is 0.0001 off the unit sphere"):
        check.unit_vectors("x", x * [[1.0], [1.0001]])
    with pytest.raises(ValueError, match="off the unit sphere"):
        check.unit_vectors("x", 3.0)
