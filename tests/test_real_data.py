"""Loading, normalising and splitting the data sets."""

import numpy as np
import pytest

from ntksgd.compare import held_out
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import data as real_data
from ntksgd.problems import schedules
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import draw_samples
from ntksgd.sgd.kernel import kernel_sgd

SHAPES = {
    "digits, parity": (1797, 64), "digits, zero": (1797, 64), "breast cancer": (569, 30),
    "diabetes": (442, 10), "photograph": (1536, 3),
}


def test_every_data_set_is_covered_and_named_in_the_docstring():
    assert set(SHAPES) == set(real_data.SOURCES)
    for name, (n, d) in SHAPES.items():
        row = next(line for line in real_data.load.__doc__.splitlines() if name in line)
        assert row.replace(name, "").split()[:2] == [str(n), str(d)]


@pytest.mark.parametrize("name", SHAPES)
def test_points_on_the_sphere_distinct_and_values_of_mean_square_one(name):
    population = real_data.load(name)
    assert (population.n, population.d) == SHAPES[name]
    np.testing.assert_allclose(np.linalg.norm(population.x, axis=1), 1, atol=1e-13)
    np.testing.assert_allclose(np.mean(population.y**2), 1, rtol=1e-13)
    assert len(np.unique(population.x, axis=0)) == population.n  # no value is contradicted


def test_digit_labels():
    parity, zero = real_data.load("digits, parity"), real_data.load("digits, zero")
    np.testing.assert_array_equal(parity.x, zero.x)
    assert set(parity.y) == {-1.0, 1.0} and set(zero.y) == {-1.0, 1.0}
    assert np.all(parity.y[zero.y > 0] == -1)  # zero is even
    assert 0.09 < np.mean(zero.y > 0) < 0.11


def test_to_sphere_takes_mean_and_deviation_from_the_reference():
    rng = np.random.default_rng(0)
    train, test = rng.normal(3, 2, (50, 4)), rng.normal(0, 1, (7, 4))
    row = (test[2] - train.mean(0)) / train.std(0)
    expected = row / np.linalg.norm(row)
    np.testing.assert_allclose(real_data.to_sphere(test, True, train)[2], expected, rtol=1e-14)
    row = test[2] - train.mean(0)
    expected = row / np.linalg.norm(row)
    np.testing.assert_allclose(real_data.to_sphere(test, False, train)[2], expected, rtol=1e-14)


@pytest.mark.parametrize(("scale", "offset"), [(True, 0.0), (False, 0.0), (True, 1e6)])
def test_a_row_that_is_the_mean_up_to_rounding_has_no_direction(scale, offset):
    rng = np.random.default_rng(3)
    train = rng.normal(offset, 0.1, (50, 4))
    test = np.vstack([rng.normal(offset, 0.1, (3, 4)), np.vstack([train, train]).mean(axis=0)])
    left = np.abs(test[3] - train.mean(axis=0)).max()
    assert 0 < left < 1e-15 * max(offset, 1)  # rounding, not 0
    with pytest.raises(ValueError, match=r"features: row 3 \(from 0\) is the mean"):
        real_data.to_sphere(test, scale, train)
    near = train.mean(axis=0) + 1e-8 * max(offset / 10, 1)  # a real difference counts
    np.testing.assert_allclose(real_data.to_sphere(near[None], False, train), 0.5, rtol=1e-6)


def test_a_constant_column_is_refused_where_its_deviation_is_rounding():
    rows = np.stack([np.full(30, 0.1), np.arange(30.0)], axis=1)
    assert 0 < rows.std(axis=0)[0] < 1e-15
    with pytest.raises(ValueError, match="column 0"):
        real_data.to_sphere(rows)


def test_bad_features_are_refused():
    with pytest.raises(ValueError, match=r"column 1 \(from 0\) is constant"):
        real_data.to_sphere([[1.0, 2.0], [3.0, 2.0]])
    with pytest.raises(ValueError, match=r"row 1 \(from 0\) is the mean"):
        real_data.to_sphere([[1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])
    with pytest.raises(ValueError, match=r"features\[0, 1\].*nan"):
        real_data.to_sphere([[1.0, np.nan], [3.0, 2.0]])
    with pytest.raises(ValueError, match="name = 'iris'"):
        real_data.load("iris")
    with pytest.raises(ValueError, match="name = 'photograph'"):
        real_data.raw("photograph")
    with pytest.raises(ValueError, match="off the unit sphere"):
        real_data.Population("p", np.ones((3, 2)), np.ones(3))
    with pytest.raises(ValueError, match="same n"):
        real_data.Population("p", np.eye(3), np.ones(2))


def test_samples_come_uniformly_and_with_their_own_value():
    population = real_data.load("diabetes").subset(np.arange(6))
    x, y, drawn = draw_samples(population, 6000, 1)
    which = np.argmax(x @ population.x.T, axis=1)
    np.testing.assert_array_equal(drawn, which)
    np.testing.assert_array_equal(y, population.y[which])
    np.testing.assert_allclose(np.bincount(which) / 1000, 1, atol=4 * np.sqrt(5 / 6 / 1000))


def test_split_is_disjoint_and_normalised_by_the_training_set():
    train, test = held_out.split("breast cancer", 400, np.random.default_rng(2))
    assert (train.n, test.n) == (400, 169)
    features, y, _ = real_data.raw("breast cancer")
    order = np.random.default_rng(2).permutation(len(y))
    np.testing.assert_array_equal(test.y, y[order[400:]])
    reference = features[order[:400]]
    expected = real_data.to_sphere(features[order[400:]], True, reference)
    np.testing.assert_allclose(test.x, expected, atol=1e-13)
    with pytest.raises(ValueError, match="train_size = 569"):
        held_out.split("breast cancer", 569, np.random.default_rng(2))


def test_held_out_error_is_that_of_one_pass_over_the_training_set():
    kernel, times = tangent_kernel("relu"), [5, 60]
    schedule = schedules.polynomial(0.3, 0.25)
    train, test = held_out.split("diabetes", 60, np.random.default_rng(1))
    f, g = held_out.one_pass(Problem("relu", train, schedule), test, times, 2048, 9)
    order = np.random.default_rng(9).permutation(60)
    path = kernel_sgd(kernel, train.x[order][None], train.y[order][None], schedule.step_sizes(60),
                      test.x, times)
    # two ways to compute: there the kernel is a table, accurate to 2e-12 of kappa(1)
    np.testing.assert_allclose(f, np.mean((path.last[0] - test.y) ** 2, axis=1), rtol=1e-10)
    np.testing.assert_allclose(g, f, rtol=0.03)  # a wide network follows
    assert f[1] < 1  # and both beat f = 0
    with pytest.raises(ValueError, match="times = 61"):
        held_out.one_pass(Problem("relu", train, schedule), test, [61], 8, 9)
