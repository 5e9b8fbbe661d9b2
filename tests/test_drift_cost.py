"""What drift adds to the width law: its orders in 1/m, their fit, the even start."""

import numpy as np
import pytest

from ntksgd.compare.learners import even, linearised_path, network_path, start, unpaired
from ntksgd.compare.paths import paths
from ntksgd.models.two_layer import Parameters
from ntksgd.problems.problem import source_problem
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.stats import intervals
from ntksgd.stats.leading_amplitude import leading_samples
from ntksgd.width.drift_cost import DriftCost, drift_cost, orders_of

WIDTHS = np.array([64.0, 128.0, 256.0, 512.0])


def change_of_function(origin, copies, T=150):
    """g_T - l_T of a width-8 start, each neuron repeated: the same K_0, every change halved."""
    problem = source_problem("squareplus(0.5)", 2, 0.5, 0.25, max_degree=16)
    points, samples = problem.grid().points, problem.samples(T, 2)

    def repeated(problem, m, rng):
        return Parameters(*(np.repeat(part, m // 8, axis=0) for part in origin(problem, 8, rng)))

    run = {"times": [T], "points": points, "start": repeated}
    if origin is unpaired:  # g_0 is not 0: learn f* from zero labels' complement
        return np.array([network_path(problem, samples, 8 * j, 5, **run).values[0] for j in copies])
    return np.array([network_path(problem, samples, 8 * j, 5, **run).values[0]
                     - linearised_path(problem, samples, 8 * j, 5, **run).values[0]
                     for j in copies])


def test_a_smooth_network_has_integer_orders_only():
    """j (g - l) = D_1 + D_2/j + ...: differences at j = 64, 256, 1024 fall by 4, not by 2."""
    copies = np.array([64, 256, 1024])
    scaled = copies[:, None] * change_of_function(start, copies)
    fall = np.linalg.norm(np.diff(scaled, axis=0), axis=1)
    assert np.linalg.norm(scaled[-1]) > 10 * fall[0] > 0
    assert fall[0] / fall[1] == pytest.approx(4, rel=0.05)


def test_without_pairs_half_orders_appear():
    """The same differences for independent signs: g - l is of order j^(-1/2)."""
    copies = np.array([64, 256, 1024])
    values = change_of_function(unpaired, copies)
    fall = np.linalg.norm(np.diff(values, axis=0), axis=1)  # l is the same for every j
    assert fall[0] / fall[1] == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("orders", [(1.0, 2.0), (1.0, 0.5), (0.75, 1.0, 1.5)])
def test_leading_samples_are_exact_on_the_law(orders):
    amplitudes = np.array([[3.0, -40.0, 7.0], [-2.0, 5.0, 1.0]])[:, : len(orders)]
    samples = amplitudes @ WIDTHS ** -np.array(orders)[:, None]
    np.testing.assert_allclose(leading_samples(WIDTHS, samples, orders), amplitudes[:, 0])
    wide = leading_samples(WIDTHS, np.stack([samples, 2 * samples], axis=-1), orders)
    np.testing.assert_allclose(wide, amplitudes[:, :1] * [1, 2])


def test_intervals_cover_the_leading_amplitude():
    """A/m + B m^(-3/2), noise common to the widths and skewed; with the orders (1, 2) they miss."""
    rng, replicates, trials = np.random.default_rng(0), 16, 2000
    shape = (replicates, WIDTHS.size, trials)
    noise = (rng.exponential(size=(replicates, 1, trials)) - 1) * 4 + rng.standard_normal(shape)
    samples = (5 - 60 * WIDTHS[:, None] ** -0.5 + noise) / WIDTHS[:, None]
    covered = [np.mean(intervals.of(lambda mean: mean, leading_samples(WIDTHS, samples, orders))
                       .contains(5.0)) for orders in ((1, 1.5), (1, 2))]
    assert 0.92 < covered[0] < 0.97
    assert covered[1] < 0.8


@pytest.mark.parametrize("change", [{"orders": (1, 1)}, {"orders": ()},
                                    {"widths": WIDTHS[:3]}, {"widths": np.full(4, 8.0)},
                                    {"orders": (1, 2, 3, 4, 5)}, {"samples": np.ones(4)}])
def test_bad_fits_are_refused(change):
    given = {"widths": WIDTHS, "samples": np.ones((3, 4)), "orders": (1, 2)} | change
    with pytest.raises(ValueError):
        leading_samples(**given)


def test_orders_of_activations():
    """A jump of sigma' costs the integer orders."""
    smooth, kinked = (source_problem(name, 2, 0.5, max_degree=8).activation
                      for name in ("squareplus", "relu"))
    assert orders_of(smooth) == (1, 2) and orders_of(kinked) == (1, 1.5)


@pytest.fixture(scope="module")
def measured():
    problem = source_problem("squareplus(0.5)", 2, 0.5, 0.25, max_degree=16)
    return problem, drift_cost(problem, [32, 64, 128], 1000, 6, 4, points=9)


def test_samples_are_those_of_the_paths(measured):
    problem, found = measured
    run = paths(problem, ["network", "linearised"], [32, 64, 128], found.times, 6, 4, start=even)
    risk = kernel_risk(problem, found.times)
    np.testing.assert_array_equal(found.samples, (run.network - run.linearised) / risk)
    np.testing.assert_array_equal(found.fluctuation, first_order(problem, found.times))
    assert found.orders == (1, 2)
    value = found.at_width().value
    np.testing.assert_allclose(value, found.samples.mean(axis=0) * found.widths[:, None])


def test_scaled_labels_have_the_drift_of_a_narrower_network(measured):
    """N neurons on labels kappa y: each neuron N/m times is the width-m network itself."""
    problem, _ = measured
    N, m = 128, 32

    def repeated(problem, width, rng):
        return Parameters(*(np.repeat(part, width // m, axis=0) for part in even(problem, m, rng)))

    many = drift_cost(problem, [m, N], 200, 2, 4, points=3, neurons=N, start=repeated)
    one = drift_cost(problem, [m], 200, 2, 4, points=3)
    np.testing.assert_allclose(many.samples[:, 0], one.samples[:, 0], rtol=1e-8)
    plain = drift_cost(problem, [N], 200, 2, 4, points=3, start=repeated)
    np.testing.assert_allclose(many.samples[:, 1], plain.samples[:, 0], rtol=1e-8)


def test_shares_and_exponents_by_hand(measured):
    """c_drift/(c + c_drift), and the slope of c + c_drift, from the means."""
    _, found = measured
    mean, c = found.limits.mean(axis=0), found.fluctuation
    np.testing.assert_allclose(found.coefficient().value, mean)
    np.testing.assert_allclose(found.share().value, mean / (c + mean))
    expected = np.polyfit(np.log(found.times), np.log(c + mean), 1)[0]
    assert found.exponent().value == pytest.approx(expected)


def test_averages_over_half_decades():
    """Four times a half decade; the last belongs to the last part."""
    times = np.rint(np.geomspace(100, 10_000, 17))
    samples = np.broadcast_to(times / 64, (2, 1, 17)) * np.array([1.0, 3.0])[:, None, None]
    part = DriftCost(times, np.array([64.0]), samples, times, (1.0,)).averaged()
    groups = np.split(times, [4, 8, 12])
    np.testing.assert_allclose(part.fluctuation, [g.mean() for g in groups])
    np.testing.assert_allclose(part.times, [np.exp(np.log(g).mean()) for g in groups])
    np.testing.assert_allclose(part.limits, np.outer([1, 3], part.fluctuation))


def test_another_loss_is_refused():
    from ntksgd.problems.labels import huber
    problem = source_problem("squareplus", 2, 0.5, max_degree=8, labels=huber(0.5, 3))
    with pytest.raises(ValueError, match="loss"):
        drift_cost(problem, [32, 64], 100, 2, 0)
