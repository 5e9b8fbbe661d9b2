"""The kernel regime of a sample: flows, first order, estimator, verdict, and its record."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ntksgd.kernels.empirical import empirical_spectrum
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import empirical_ntk, forward, initialise, tangent_features
from ntksgd.problems.shipped import table
from ntksgd.problems.tables import population
from ntksgd.report import regime_tables
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.per_mode import per_mode_risk
from ntksgd.sgd import mean_flow
from ntksgd.sgd.mean_flow import Step, advance, flow_steps, linear_flow, network_flow
from ntksgd.stats.binomial import share
from ntksgd.stats.intervals import Interval
from ntksgd.width import predicted_excess as prediction
from ntksgd.width.factor_of_two import Comparison
from ntksgd.width.needed import needed_width
from ntksgd.width.regime import kernel_regime
from ntksgd.width.sample_problem import data_problem
from ntksgd.width.verdict import TESTED, Calibration, verdict

SAMPLE = population(*table("wine"))
CSV = Path(__file__).parents[1] / "figures" / "13_your_data-score.csv"


@pytest.fixture(scope="module")
def known():
    problem, spectrum, _ = data_problem(SAMPLE, "squareplus(0.5)", 300, 0)
    return problem, spectrum


# --- the mean flow ------------------------------------------------------------------------------
def euler(params, x, y, act, tau, steps):
    """The slow reference: g - f* at tau by many short steps, with the gradient of `two_layer`."""
    a, b, c = params
    for _ in range(steps):
        u = x @ b.T + c
        pull = (forward((a, b, c), x, act) - y)[:, None] / (len(y) * np.sqrt(a.size))
        grad_a = (pull * act.value(u)).sum(axis=0)
        grad_u = pull * act.derivative(u) * a
        a, b, c = (part - tau / steps * grad for part, grad in
                   ((a, grad_a), (b, grad_u.T @ x), (c, grad_u.sum(axis=0))))
    return forward((a, b, c), x, act) - y


@pytest.mark.parametrize("spec", ["relu", "squareplus(0.5)"])
def test_network_flow_is_the_gradient_flow(spec, monkeypatch):
    """And its ratio to the linearised network by the same steps: that is what is used."""
    act, x, y = activation(spec), SAMPLE.x[:40], SAMPLE.y[:40]
    params = initialise(16, SAMPLE.d, np.random.default_rng(0))
    values, vectors = np.linalg.eigh(empirical_ntk(params, x, x, act) / 40)
    slow = np.mean(euler(params, x, y, act, 40.0, 8000)**2)
    power, errors = (vectors.T @ y)**2 / 40, []
    drift = slow / (np.exp(-80 * values) @ power)
    for part in (1, 1 / 4, 1 / 16):
        monkeypatch.setattr(mean_flow, "GROWTH", 0.2 * part)
        monkeypatch.setattr(mean_flow, "FIRST", 0.1 * part)
        steps = flow_steps([5.0, 40.0], values[-1])
        got = np.mean(network_flow(params, x, y, act, steps)[-1]**2)
        errors.append(got / (linear_flow(values, steps)[-1]**2 @ power) / drift - 1)
    assert abs(drift - 1) > 0.1 and abs(errors[0]) < 0.03
    assert abs(errors[2]) < abs(errors[1]) < abs(errors[0]) and abs(errors[2]) < 3e-3


def test_linear_flow_is_the_network_flow_of_a_very_wide_network():
    """Drift falls like 1/m; at m = 2^14 both agree, at m = 16 they do not."""
    act, x, y, gaps = activation("squareplus(0.5)"), SAMPLE.x[:30], SAMPLE.y[:30], []
    for m in (16, 2**14):
        params = initialise(m, SAMPLE.d, np.random.default_rng(1))
        values, vectors = np.linalg.eigh(empirical_ntk(params, x, x, act) / 30)
        steps = flow_steps([20.0], values[-1])
        lazy = -vectors @ (linear_flow(values, steps)[0] * (vectors.T @ y))
        gaps.append(np.abs(network_flow(params, x, y, act, steps)[0] - lazy).max())
    assert gaps[0] > 0.02 and gaps[1] < 1e-3


def test_linear_flow_approximates_the_exponential_and_is_stable():
    values, efforts = np.geomspace(1e-4, 0.6, 50), np.array([3.0, 30.0, 300.0])
    steps = flow_steps(efforts, 0.6)
    np.testing.assert_allclose([sum(s.h for s in part) for part in steps],
                               np.diff(efforts, prepend=0), rtol=1e-12)
    got = linear_flow(values, steps)
    assert np.abs(got - np.exp(-np.outer(efforts, values))).max() < 0.03
    assert np.abs(linear_flow(1.5 * values, steps)).max() <= 1  # room for a kernel that grows


def test_one_stage_is_eulers_step_and_stages_keep_the_first_order():
    for stages in (1, 2, 5):
        gaps = []
        for h in (1e-2, 5e-3):
            gaps.append(abs(advance(1.0, lambda f: -f, Step(h, stages)) - np.exp(-h)))
        assert 3.5 < gaps[0] / gaps[1] < 4.5  # local error of second order
    assert advance(1.0, lambda f: -f, Step(0.1, 1)) == pytest.approx(0.9)


def test_a_flow_with_steps_too_long_is_refused():
    params = initialise(4, SAMPLE.d, np.random.default_rng(0))
    with pytest.raises(ArithmeticError, match="rises"), np.errstate(all="ignore"):
        network_flow(params, SAMPLE.x, SAMPLE.y, activation("squareplus(0.5)"),
                     flow_steps([5000.0], 1e-3))


def test_the_compiled_recursion_is_that_of_exact_risk(known):
    problem, spectrum = known
    times = np.array([1, 2, 30, 300])
    got = per_mode_risk(spectrum.eigenvalues, spectrum.power, problem.schedule, times)
    expected = expected_risk(spectrum, spectrum.power, problem.schedule, times, method="direct")
    np.testing.assert_allclose(got, expected.risk, rtol=1e-12)
    noisy = per_mode_risk(spectrum.eigenvalues, spectrum.power, problem.schedule, times, noise=0.3)
    np.testing.assert_allclose(noisy, expected.signal + 0.3 * expected.variance, rtol=1e-12)


@pytest.mark.parametrize("spec", ["relu", "squareplus(0.5)"])
def test_compiled_gradients_of_the_flow_are_those_of_numpy(spec):
    rng = np.random.default_rng(4)
    act, u, a, y = activation(spec), *map(rng.normal, (0, 0, 0), (1, 1, 1), ((7, 5), 5, 7))
    terms = u.copy(), u.copy()
    compiled = mean_flow._gradients(act)(terms[0], a, y, 2.0)
    plain = mean_flow._by_numpy(act, terms[1], a, y, 2.0)
    for got, expected in zip((*compiled, terms[0]), (*plain, terms[1]), strict=True):
        np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_the_spectrum_of_a_narrow_start_comes_from_its_features(known):
    """The same risk as from the n x n matrix; wrong without what no feature sees."""
    problem, _ = known
    start, x, y = initialise(8, problem.d, np.random.default_rng(6)), SAMPLE.x, SAMPLE.y
    features = tangent_features(start, x, problem.activation)
    assert features.shape[1] < SAMPLE.n
    times, (values, power) = np.array([10, 300]), prediction.spectrum_of(None, y, features)
    matrix = empirical_ntk(start, x, x, problem.activation)
    full = per_mode_risk(*prediction.spectrum_of(matrix, y), problem.schedule, times)
    few = per_mode_risk(values, power, problem.schedule, times)
    np.testing.assert_allclose(few, full, rtol=1e-9)
    blind = per_mode_risk(values[1:], power[1:], problem.schedule, times)
    assert np.all(blind < 0.9 * full)


def test_the_slope_of_the_mean_risk_is_that_of_finite_differences(known):
    """B' = sum_ij slope_ij (K_0 - K)_ij, for the kernel of a drawn start."""
    problem, spectrum = known
    bound = prediction.limit(problem, spectrum, np.array([20, 300]))
    start = initialise(64, problem.d, np.random.default_rng(5))
    change = empirical_ntk(start, SAMPLE.x, SAMPLE.x, problem.activation) - problem.gram
    up, down = (empirical_spectrum(SAMPLE, problem.kernel, problem.gram + h * change)
                .bias(bound.effort) for h in (1e-4, -1e-4))
    np.testing.assert_allclose(np.tensordot(bound.slope, change, 2), (up - down) / 2e-4, rtol=1e-5)


# --- first order, control variate, excess -------------------------------------------------------
def test_divided_differences():
    values, effort = np.array([0.5, 0.5, 0.3, 1e-3, 0.0]), np.array([0.7, 40.0])
    got = prediction.divided_differences(values, effort)
    for k, tau in enumerate(effort):
        for i, a in enumerate(values):
            for j, b in enumerate(values):
                expected = (-2 * tau * np.exp(-2 * tau * a) if a == b else
                            (np.exp(-2 * tau * a) - np.exp(-2 * tau * b)) / (a - b))
                assert got[k, i, j] == pytest.approx(expected, rel=1e-9)


def test_control_leaves_the_mean_unbiased_and_lowers_the_variance():
    rng = np.random.default_rng(3)
    control = rng.normal(size=(6, 4000))
    samples = 0.3 + 0.8 * control + 0.1 * rng.normal(size=control.shape)
    means = prediction.controlled(samples, control).mean(axis=0)
    error = means.std() / np.sqrt(means.size)
    assert abs(means.mean() - 0.3) < 4 * error < 0.01
    assert means.std() < 0.5 * samples.mean(axis=0).std()


def test_excess_of_the_linearised_network_falls_like_one_over_the_width(known):
    problem, spectrum = known
    times = np.array([100, 300])
    wide = [prediction.predicted_excess(problem, spectrum, times, m, 24, 5) for m in (256, 1024)]
    a, b = (m.widths[0] * m.linearised[:, 0, -1] for m in wide)
    error = np.hypot(a.std(ddof=1), b.std(ddof=1)) / np.sqrt(24)
    assert a.mean() > 5 * a.std(ddof=1) / np.sqrt(24)
    assert abs(a.mean() - b.mean()) < 3.5 * error


def test_starts_are_nested_and_joined_in_order_of_the_width(known):
    problem, spectrum = known
    times = np.array([100, 300])
    small, large = (prediction.predicted_excess(problem, spectrum, times, m, 3, 5) for m in (8, 32))
    both = large.joined(small)
    np.testing.assert_array_equal(both.widths, [8, 32])
    np.testing.assert_array_equal(both.network[:, 0], small.network[:, 0])
    narrow, wide = (initialise(m, 3, np.random.default_rng(1)).b for m in (8, 32))
    np.testing.assert_array_equal(narrow[:4], wide[:4])


def power_law(amplitude, spread=1e-3):
    widths, rng = np.array([16.0, 32, 64, 128]), np.random.default_rng(0)
    excess = amplitude / widths + spread * rng.normal(size=(5, 4))
    return prediction.Predicted(np.array([10]), widths, excess[..., None], excess[..., None])


@pytest.mark.parametrize(("amplitude", "side"), [(5.0, 0), (80.0, 1), (0.4, -1)])
def test_needed_width_of_a_power_law(amplitude, side):
    needed = needed_width(power_law(amplitude), 0.1)
    assert needed.side == side
    if side >= 0:
        assert needed.width.value == pytest.approx(10 * amplitude, rel=0.05)
        assert needed.width.low < 10 * amplitude < needed.width.high
    else:
        assert needed.width.value == 16 and str(needed).startswith("at most 16")


# --- verdict and record -------------------------------------------------------------------------
@pytest.mark.parametrize(("hits", "trials"), [(0, 12), (12, 12), (20, 24), (1, 3)])
def test_share_is_clopper_and_pearson(hits, trials):
    got = share(hits, trials)
    expected = stats.binomtest(hits, trials).proportion_ci(0.95, method="exact")
    np.testing.assert_allclose([got.low, got.high], [expected.low, expected.high], atol=1e-10)
    with pytest.raises(ValueError, match="hits"):
        share(trials + 1, trials)


def test_verdict_needs_the_margin_and_the_interval():
    record = Calibration(10, 1, 2)
    for m, interval, answer in [(200, (100, 80, 150), "yes"), (198, (100, 80, 150), "cannot tell"),
                                (200, (100, 80, 250), "cannot tell"), (50, (100, 60, 150), "no"),
                                (50, (100, 40, 150), "cannot tell"), (52, (100, 60, 150),
                                                                      "cannot tell")]:
        assert verdict(m, Interval(*interval), record).answer == answer
    assert verdict(200, Interval(100, 80, 150), record).sure.value == pytest.approx(0.9)
    assert verdict(50, Interval(100, 60, 150), record).sure.value == pytest.approx(0.8)
    assert verdict(100, Interval(100, 60, 150), record).sure is None


@pytest.mark.parametrize(("predicted", "measured", "side", "above", "below"), [
    (100, 190, 0, False, False), (100, 210, 0, True, False), (100, 49, 0, False, True),
    (20, 8, -1, False, True), (16, 8, -1, False, False), (4, 8, -1, False, False),
    (200, 512, 1, True, False), (256, 512, 1, False, False), (4000, 512, 1, False, False)])
def test_a_bound_counts_as_far_as_it_tells(predicted, measured, side, above, below):
    pair = Comparison(predicted, 0, np.inf, measured, 0, np.inf, side)
    assert (pair.above, pair.below, pair.hit) == (above, below, not (above or below))


def test_the_record_is_what_notebook_13_found():
    score = pd.read_csv(CSV)
    part = score[score["target"] == "regime"]
    assert TESTED == Calibration(part["data"].nunique(), *(
        part.loc[part[side], "data"].nunique() for side in ("above", "below")))


def test_tables_of_the_score():
    def pair(predicted, measured, side=0):
        return Comparison(predicted, 0.5 * predicted, 2 * predicted, measured, 0.9 * measured,
                          1.1 * measured, side)

    score = regime_tables.score_table({
        ("a", "relu"): {"network": pair(10, 30), "linearised": pair(20, 21),
                        "regime": pair(20, 30)},
        ("a", "tanh"): {"network": pair(10, 12), "linearised": pair(50, 55),
                        "regime": pair(50, 80, 1)}})
    shown = regime_tables.pair_table(score)
    assert shown.loc[("relu", "a"), "network"] == "10 / 30 !"
    assert shown.loc[("tanh", "a"), "regime"] == "50 / more than 80"
    by_target = dict(list(score.groupby("target")))
    cases, sets = regime_tables.shares(by_target["network"])
    assert (cases.value, sets.value) == (0.5, 0.0)  # both activations must be right
    assert regime_tables.by_linearised(score, "network") == 1  # 30 by 20, not 12 by 50
    best = regime_tables.share_table(score).set_index("width of")["best constant"]
    assert dict(best) == {"linearised": 2, "network": 2, "regime": 2}
    rows = regime_tables.board(score, {("a", "relu"): 3, ("a", "tanh"): 3}, 1000, 0.1)
    assert [row.kind for row in rows] == ["finding"] * 3 + ["prediction"]  # no row for a bound
    assert rows[-1].measured == 1.5 and rows[-1].interval == pytest.approx((1.35, 1.65))


# --- the whole ----------------------------------------------------------------------------------
def test_kernel_regime_of_a_small_table():
    X, y, scale = table("iris")
    found = kernel_regime(X, y, 200, 512, "squareplus", scale=scale, starts=3, name="iris")
    again = kernel_regime(X, y, 200, 512, "squareplus", scale=scale, starts=3, name="iris")
    assert repr(found) == repr(again)
    assert found.verdict.answer == "yes" and "iris: 150 points in 4 dimensions" in repr(found)
    assert np.all(np.diff(found.risk) < 0)
    assert found.r.low <= found.r.value <= found.r.high
    spectrum = empirical_spectrum(found.population, found.problem.kernel)
    ceiling = np.sum(spectrum.power / spectrum.eigenvalues)
    assert 0 < found.norm < ceiling


def test_more_rows_than_points_are_subsampled_twice():
    X, y, scale = table("friedman 1")
    found = kernel_regime(X, y, 100, None, scale=scale, points=60, starts=3)
    assert (found.population.n, found.rows, found.other.population.n) == (60, 300, 60)
    assert "60 of 300 points" in repr(found) and "another subsample" in repr(found)
    assert not np.array_equal(found.population.y, found.other.population.y)


@pytest.mark.parametrize(("options", "message"), [
    ({"steps": 99}, "steps = 99"), ({"steps": 1e3}, "steps = 1000.0"), ({"width": 7}, "width = 7"),
    ({"tau": 0}, "tau = 0"), ({"points": 10}, "points = 10"), ({"starts": 2}, "starts = 2"),
    ({"activation": "gelu"}, "activation = 'gelu'"), ({"steps": 10**7}, "steps = 10000000"),
    ({"seed": -1}, "seed = -1")])
def test_a_number_out_of_range_is_refused(options, message):
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 6)), rng.normal(size=20)
    with pytest.raises(ValueError, match=message):
        kernel_regime(X, y, **options)
