"""The linearised network over widths, the worst target of the ball, the response by degree."""

from dataclasses import replace

import numpy as np
import pytest

from ntksgd.problems.problem import source_problem
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.finite_width import first_order
from ntksgd.seeds import child
from ntksgd.width.linearised import linearised_sweep, sweep_as_needed
from ntksgd.width.starts import risks_over_starts
from ntksgd.width.worst_target import source_ball, worst_excess

TIMES = np.array([20, 300, 4000])
WIDTHS = [8, 16, 64]


@pytest.fixture(scope="module")
def problem():
    problem = source_problem("squareplus(0.5)", 2, 0.75, 0.25, max_degree=6)
    return problem.with_(target=replace(problem.target,
                                        spectrum=problem.spectrum.without_tail()))


@pytest.fixture(scope="module")
def sweep(problem):
    return linearised_sweep(problem, WIDTHS, TIMES, 4, 9, degrees=7, workers=1)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_response_against_the_risk_of_random_powers(problem, sweep, noise):
    """sum_k F_k a_k + s^2 b is the exact risk of any target."""
    signal, variance = sweep.runs[0].limit[1:-1], sweep.runs[0].limit[-1]
    rng = np.random.default_rng(1)
    for power in rng.exponential(size=(5, 7)):
        exact = expected_risk(problem.spectrum, power, problem.schedule, TIMES, noise).risk
        np.testing.assert_allclose(power @ signal + noise * variance, exact, rtol=1e-6)


def test_sweep_is_each_width_with_its_seed(problem, sweep):
    """Width i has the i-th child of the seed; our target is the first of the targets."""
    assert list(sweep.widths) == WIDTHS
    for i, m in enumerate(WIDTHS):
        alone = risks_over_starts(problem, m, TIMES, 4, child(9, i), workers=1)
        for noise in (None, 0.0, 0.1):
            found = sweep.excess(noise).blocks[i][1][:, 0]
            expected = alone.excess(0.25 if noise is None else noise)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_widths_far_beyond_first_order_are_left_out(problem):
    """Those beyond the fourth above 4 c/tau; the others have the seeds that they had."""
    widths, log_T = [8, 16, 32, 64, 10**4], 3
    few, c = sweep_as_needed(problem, widths, log_T, 2, 9, tau=0.5)
    assert few.times[-1] == 1000 and c == pytest.approx(first_order(problem, few.times))
    assert 4 * c.max() / 0.5 < 10**4 and list(few.widths) == widths[:4]
    direct = linearised_sweep(problem, widths[:4], few.times, 2, 9)
    np.testing.assert_array_equal(few.excess().mean, direct.excess().mean)
    with pytest.raises(ValueError, match="tau"):
        sweep_as_needed(problem, widths, log_T, 2, 9, tau=0.0)


def test_the_worst_must_be_among_the_degrees_followed(problem):
    """With degree 0 alone it is the last one, and higher ones could be worse: no answer."""
    few = linearised_sweep(problem, WIDTHS, TIMES, 2, 9, degrees=1, workers=1)
    with pytest.raises(ValueError, match="degrees = 1"):
        few.worst("class")


def ball_points(count, size, rng):
    """Random points h^2 of the unit ball, many of them near its boundary and its vertices."""
    points = rng.dirichlet(np.full(size, 0.2), count)
    return points * rng.uniform(size=(count, 1)) ** 0.2


@pytest.mark.parametrize("noise", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("reading", ["class", "own"])
def test_no_point_of_the_ball_is_worse_than_the_vertex(problem, sweep, reading, noise):
    """By brute force over the ball; the largest value found comes near the vertex's."""
    excess, degree = sweep.worst(reading, noise)
    ball = source_ball(problem.spectrum, 0.75, problem.target.source_norm(0))
    h = np.vstack([ball_points(20_000, 7, np.random.default_rng(2)), np.eye(7)])
    for i, run in enumerate(sweep.runs):
        mean, limit = run.controlled.mean(axis=0), run.limit
        risk = (h * ball) @ mean[1:-1] + noise * mean[-1]
        quiet = (h * ball) @ limit[1:-1] + noise * limit[-1]
        vertex = excess.mean[i]
        brute = risk / (quiet.max(axis=0) if reading == "class" else quiet) - 1
        assert np.all(brute[:-7] <= vertex + 1e-9)
        none = mean[-1] / limit[-1] - 1 if reading == "own" and noise else -1
        np.testing.assert_allclose(np.maximum(brute.max(axis=0), none), vertex, rtol=1e-9)
        found = brute[-7:].argmax(axis=0)
        assert np.all((degree[i] == found) | (degree[i] == -1))


def test_ball_has_a_largest_target_of_the_norm(problem):
    """H^2 l_k^(2r): the problem's own norm in degree of the largest eigenvalue, less elsewhere."""
    lam = problem.spectrum.eigenvalues
    ball = source_ball(problem.spectrum, 0.75, 2.0)
    assert ball.max() == pytest.approx(4.0)
    np.testing.assert_allclose(ball / ball[0], (lam / lam[0]) ** 1.5)


def test_worst_by_hand():
    """Two degrees and f* = 0; the two readings differ, and f* = 0 can be the worst of its own."""
    signal = np.array([[[1.0], [4.0]], [[1.0], [6.0]]])
    variance, quiet = np.array([[1.0], [3.0]]), np.array([[2.0], [1.0]])
    found = worst_excess(signal, variance, quiet, np.array([1.0]), np.array([1.0, 0.5]), 0.1)
    np.testing.assert_allclose(found.samples[:, 0], [2.1 / 2.1 - 1, 3.3 / 2.1 - 1])
    assert found.degree == [1]
    own = worst_excess(signal, variance, quiet, np.array([1.0]), np.array([1.0, 0.5]), 0.1, "own")
    np.testing.assert_allclose(own.samples[:, 0], [2.1 / 0.6 - 1, 3.3 / 0.6 - 1])
    silent = worst_excess(signal / 10, variance, quiet, np.array([1.0]), np.ones(2), 0.1, "own")
    assert silent.degree == [-1]
    np.testing.assert_allclose(silent.samples[:, 0], [0, 2])
    none = worst_excess(signal / 10, variance, quiet, np.array([1.0]), np.ones(2), 0.0, "own")
    assert none.degree == [1]


def test_bad_input_is_named(problem, sweep):
    ones = np.ones
    with pytest.raises(ValueError, match="reading"):
        sweep.worst("any")
    with pytest.raises(ValueError, match="noise"):
        sweep.worst("class", -0.1)
    with pytest.raises(ValueError, match="noise"):
        sweep.excess(-0.1)
    with pytest.raises(ValueError, match="starts"):
        linearised_sweep(problem, WIDTHS, TIMES, 1, 9)
    with pytest.raises(ValueError, match="degrees"):
        linearised_sweep(problem, WIDTHS, TIMES, 2, 9, degrees=8)
    with pytest.raises(ValueError, match="m = 7"):
        linearised_sweep(problem, [7, 8, 16], TIMES, 2, 9)
    alone = replace(sweep, runs=tuple(replace(run, limit=run.limit[[0, -1]]) for run in sweep.runs))
    with pytest.raises(ValueError, match="degrees = 0"):
        alone.worst("class")
    with pytest.raises(ValueError, match="match"):
        worst_excess(ones((2, 3, 1)), ones((2, 1)), ones((2, 1)), ones(1), ones(3), 0.1)
    with pytest.raises(ValueError, match="ball"):
        worst_excess(ones((2, 3, 1)), ones((2, 1)), ones((3, 1)), ones(1), -ones(3), 0.1)
    with pytest.raises(ValueError, match="> 0"):
        worst_excess(ones((2, 3, 1)), ones((2, 1)), 0 * ones((3, 1)), ones(1), ones(3), 0.0)
    with pytest.raises(ValueError, match="r = 0"):
        source_ball(problem.spectrum, 0.0)
