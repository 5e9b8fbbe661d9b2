"""Data sets and splits, ridge regression, the kernel's change, and the outcomes of a task."""

import numpy as np
import pytest

from ntksgd.compare.class_cases import Case, blocks, cases
from ntksgd.compare.class_task import Task
from ntksgd.compare.classification import error, outcomes
from ntksgd.compare.kernel_change import alignment, relative_change
from ntksgd.compare.kernel_ridge import RIDGES, ridge_regression
from ntksgd.problems import classes
from ntksgd.report import class_rows
from ntksgd.report.class_tables import (
    best_networks,
    case_table,
    error_table,
    feature_table,
    mean,
    steps_table,
    width_table,
)
from ntksgd.stats.ordering import correlation, ordered_pairs

SHAPES = {"digits": (1797, 64, 10), "pairs of digits": (1797, 128, 2),
          "breast cancer": (569, 30, 2)}
TASK = Task("breast cancer", 60, (15, 60, 120), (4, 8), ridge_width=8)


def test_every_data_set_is_covered_and_named_in_the_docstring():
    assert set(SHAPES) == set(classes.SOURCES)
    for name, (n, d, count) in SHAPES.items():
        row = next(line for line in classes.load.__doc__.splitlines()
                   if line.strip().startswith(f"{name}  "))
        assert row.replace(name, "").split()[:2] == [str(n), str(d)]
        features, labels, _ = classes.load(name)
        assert features.shape == (n, d) and set(labels) == set(range(count))


def test_pairs_of_digits():
    images, digits, _ = classes.load("digits")
    pairs, odd, _ = classes.load("pairs of digits")
    np.testing.assert_array_equal(pairs[:, :64], images)
    rows = {image.tobytes(): digit for image, digit in zip(images, digits, strict=True)}
    right = [rows[np.ascontiguousarray(half).tobytes()] for half in pairs[:, 64:]]
    np.testing.assert_array_equal((digits + right) % 2, odd)
    np.testing.assert_array_equal(np.unique(pairs[:, 64:], axis=0), np.unique(images, axis=0))


@pytest.mark.parametrize("name", SHAPES)
def test_a_split_learns_its_scaling_from_the_training_part(name):
    n, d, count = SHAPES[name]
    split = classes.split(name, 200, np.random.default_rng(4))
    assert (len(split.x), len(split.test_x), split.classes) == (200, n - 200, count)
    features, labels, scale = classes.load(name)
    order = np.random.default_rng(4).permutation(n)
    np.testing.assert_array_equal(np.concatenate([split.labels, split.test_labels]), labels[order])
    train = features[order[:200]]
    keep = train.std(axis=0) > 0
    row = (features[order[-1]] - train.mean(axis=0))[keep]
    row = row / train.std(axis=0)[keep] if scale else row
    np.testing.assert_allclose(split.test_x[-1], row / np.linalg.norm(row), atol=1e-12)


def test_a_split_must_leave_test_points():
    with pytest.raises(ValueError, match="train_size = 569"):
        classes.split("breast cancer", 569, np.random.default_rng(0))
    with pytest.raises(ValueError, match="name = 'iris'"):
        classes.split("iris", 10, np.random.default_rng(0))


def test_ridge_is_the_one_of_least_leave_one_out_error():
    rng = np.random.default_rng(0)
    features, y = rng.normal(size=(25, 9)), rng.normal(size=(25, 3))
    matrix = features @ features.T
    errors = []
    for ridge in RIDGES * np.trace(matrix):
        residual = np.empty_like(y)
        for i in range(25):
            rest = np.arange(25) != i
            inner = matrix[np.ix_(rest, rest)] + ridge * np.eye(24)
            residual[i] = y[i] - matrix[i, rest] @ np.linalg.solve(inner, y[rest])
        errors.append(np.mean(residual**2))
        kept = np.eye(25) - np.linalg.solve(matrix + ridge * np.eye(25), matrix)  # I - H
        if ridge > 1e-5 * np.trace(matrix):  # below, I - H is rounding where K is singular
            formula = kept @ y / np.diag(kept)[:, None]
            np.testing.assert_allclose(formula, residual, rtol=1e-6)
    found = ridge_regression(matrix, y)
    best = int(np.argmin(errors))
    assert 0 < best and found.ridge == pytest.approx(RIDGES[best] * np.trace(matrix), rel=1e-12)
    expected = np.linalg.solve(matrix + found.ridge * np.eye(25), y)
    np.testing.assert_allclose(found.coefficients, expected, rtol=1e-7)
    with pytest.raises(ValueError, match="shapes"):
        ridge_regression(matrix, y[:5])
    with pytest.raises(ValueError, match="zero"):
        ridge_regression(np.zeros((3, 3)), np.ones((3, 1)))


def test_alignment_is_one_for_the_labels_and_knows_no_scale_nor_shift():
    labels = np.array([0, 0, 1, 2, 1, 0])
    ideal = np.equal.outer(labels, labels).astype(float)
    assert alignment(3 * ideal + 2, labels) == pytest.approx(1)
    rng = np.random.default_rng(0)
    factor = rng.normal(size=(6, 6))
    centre = np.eye(6) - 1 / 6
    k, y = centre @ factor @ factor.T @ centre, centre @ ideal @ centre
    expected = np.sum(k * y) / np.sqrt(np.sum(k**2) * np.sum(y**2))
    assert alignment(factor @ factor.T + 5, labels) == pytest.approx(expected)
    assert relative_change(ideal, 1.5 * ideal) == pytest.approx(0.5)


def test_outcomes_do_not_depend_on_workers_and_share_split_and_start():
    one = outcomes(TASK, 3, seed=1, workers=1)
    for a, b in zip(one, outcomes(TASK, 3, seed=1, workers=2), strict=True):
        np.testing.assert_array_equal(a, b)
    shapes = {"network": (3, 2, 2, 3), "linearised": (3, 2, 2, 3), "kernel": (3, 2, 3),
              "ridge": (3, 2), "norm": (3, 2, 3), "moved": (3, 2, 2, 3), "change": (3, 2, 2, 2),
              "alignment": (3, 2, 2, 3), "feature_ridge": (3, 3)}
    assert {name: getattr(one, name).shape for name in shapes} == shapes
    np.testing.assert_array_equal(one.alignment[:, 0, :, 0], one.alignment[:, 1, :, 0])
    slow = outcomes(Task(TASK.name, 60, TASK.times, TASK.widths, load=0.01), 3, seed=1)
    np.testing.assert_array_equal(slow.alignment[..., 0], one.alignment[..., 0])
    assert np.all(slow.change < one.change) and slow.ridge.shape == (3, 0)
    assert np.all(slow.norm < one.norm)


def test_learning_beats_guessing_on_the_easy_set():
    found = outcomes(Task("breast cancer", 200, (200, 400), (64,), ridge_width=64), 2, seed=3)
    for errors in (found.network, found.linearised, found.kernel, found.ridge,
                   found.feature_ridge):
        assert 0 < errors.mean() < 10
    assert error(np.array([[[1.0, 0.0], [0.0, 1.0]]]), np.array([0, 0])) == pytest.approx([50.0])


@pytest.mark.parametrize(("change", "message"), [
    ({"times": (15, 120)}, "must contain train_size = 60"), ({"load": 2.0}, "load"),
    ({"widths": (3,)}, "m = 3"), ({"losses": ("hinge",)}, "losses = 'hinge'"),
    ({"ridge_width": 6}, "ridge_width = 6"),
])
def test_bad_tasks_are_named(change, message):
    arguments = {"name": "digits", "train_size": 60, "times": (15, 60), "widths": (4, 8)} | change
    with pytest.raises(ValueError, match=message):
        Task(**arguments)


def test_cases_and_tables_hold_the_numbers_of_the_outcome():
    found = outcomes(TASK, 3, seed=1)
    studied = cases(TASK, found)
    assert len(studied) == 2 * 2 * 2
    last = studied[-1]
    assert (last.loss, last.m, last.passes, last.T) == ("logistic", 8, "several passes", 120)
    assert last.diagnostic == pytest.approx(found.norm[:, 1, -1].mean() / 8)
    np.testing.assert_allclose(last.own, (found.linearised - found.network)[:, 1, 1, -1])
    np.testing.assert_allclose(last.limit, found.kernel[:, 1, -1] - found.network[:, 1, 1, -1])
    order, (block,) = blocks(studied, "own")
    assert order == list(range(8)) and block.shape == (3, 8)
    np.testing.assert_array_equal(block[:, -1], last.own)
    third = mean(np.array([0.3, 0.1, -0.2, -0.2]))  # rounding leaves -1e-17 of it
    assert third.value == 0 and not np.signbit(third.value) and third.low < 0 < third.high
    studies = {"breast cancer": (TASK, found)}
    table = steps_table(studies, 8)
    row = table[(table["learner"] == "network") & (table["loss"] == "square")].iloc[-1]
    assert row["mean"] == pytest.approx(found.network[:, 0, 1, -1].mean())
    assert len(width_table(studies)) == 2 * 2 * 4 * 2 and len(case_table(studied)) == 8
    assert list(feature_table(studies)["mean"]) == pytest.approx(
        [found.ridge[:, -1].mean(), *found.feature_ridge.mean(axis=0)])
    errors = error_table(studies)
    assert list(errors["T"]) == [60, 120] * 2 and errors["kernel ridge"].nunique() == 1
    value = np.mean(found.network[:, 1, -1, -1])
    assert errors["network 8"].iloc[-1].startswith(f"{value:.1f} [")
    [sentence] = best_networks(studies)
    assert f"{found.network[:, :, :, -1].mean(axis=0).min():.1f} [" in sentence
    gains = class_rows.gain_rows(studies)
    assert gains[-1].measured == pytest.approx(found.ridge[:, -1].mean())


def test_orderings_are_those_of_each_data_set_and_of_all():
    rng, found = np.random.default_rng(5), []
    for name in ("a", "b"):
        for k in range(3):  # in "a" the gain over the own kernel rises with D, in "b" it falls
            own = (k if name == "a" else -k) + 0.01 * rng.normal(size=4)
            found.append(Case(name, "square", 0.5, 8, "one pass", 10, 2.0**k, np.ones(4) + own**2,
                              np.full(4, 1.5**-k) + 0.01 * rng.normal(size=4), own, -own))
    orders = class_rows.orderings(found, case_table(found))
    assert list(orders) == [(what, of) for what in class_rows.ORDERS for of in ("a", "b", "all")]
    own, limit, growth = class_rows.ORDERS
    assert [orders[own, name][1:] for name in ("a", "b")] == [(3, 3), (3, 0)]
    assert [orders[limit, name][1:] for name in ("a", "b")] == [(3, 0), (3, 3)]
    assert [orders[growth, name][1:] for name in ("a", "b")] == [(3, 3), (3, 0)]
    assert orders[own, "a"][0].value > 0.95 > -0.95 > orders[own, "b"][0].value
    assert len(class_rows.order_rows(orders, "relu")) == 9


def test_ordering():
    rng = np.random.default_rng(0)
    x = np.array([1.0, 2.0, 3.0, 10.0, 11.0])
    first = np.array([1.0, 5.0, 3.0]) + 0.01 * rng.normal(size=(6, 3))
    second = np.array([7.0, 7.0]) + rng.normal(size=(8, 2))
    found = correlation(x, first, second)
    means = np.concatenate([first.mean(axis=0), second.mean(axis=0)])
    assert found.value == pytest.approx(np.corrcoef(x, means)[0, 1])
    assert found.low < found.value < found.high <= 1
    noisy = np.array([[0.0, 1.0, 2.0], [1.0, 1.0, 2.0], [0.0, 3.0, 1.0]])
    assert correlation(x[:3], noisy).low >= -1 and correlation(x[:3], noisy).high == 1
    # in the first block 1 < 3 < 5, of which x orders all but the pair (5, 3); all 6 across
    assert ordered_pairs(x, first, second) == (9, 8)
    assert ordered_pairs(-x, first, second) == (9, 1)
    with pytest.raises(ValueError, match="5 cases"):
        correlation(x, first)
