"""Forecasts from half A, what is measured on half B, and the score."""

from dataclasses import replace

import numpy as np
import pytest

from ntksgd.compare import halves as halving
from ntksgd.compare.forecast import forecast
from ntksgd.compare.held_out import one_pass, split
from ntksgd.compare.paths import paths
from ntksgd.compare.regularity import matched_regularity
from ntksgd.compare.trial import scores, trial
from ntksgd.kernels.sphere import uniform
from ntksgd.problems.data import Population
from ntksgd.report import data_tables as tables
from ntksgd.report import data_widths
from ntksgd.risk.empirical import empirical_risk
from ntksgd.seeds import child
from ntksgd.stats.intervals import Interval
from ntksgd.stats.slopes import curve_slope
from ntksgd.width.excess import Excess
from ntksgd.width.on_data import (
    drift_excess,
    forecast_excess,
    groups,
    linearised_samples,
    measured_excess,
    widths_to_train,
)
from ntksgd.width.requirement import width_law

TIMES = 30, 200, 1500


def cloud(n, noise, seed=0):
    """A linear function with noise on points of S^3: mean square about 1."""
    rng = np.random.default_rng(seed)
    x = uniform(rng, n, 4)
    return Population("cloud", x, 2 * np.sqrt(1 - noise) * x[:, 0]
                      + np.sqrt(noise) * rng.standard_normal(n))


@pytest.fixture(scope="module")
def diabetes():
    return halving.forecasts("diabetes", "squareplus(0.5)", TIMES, 4, 3)


@pytest.fixture(scope="module")
def tried(diabetes):
    return trial(diabetes, 64, 5)


def test_a_forecast_is_made_of_its_sample_alone():
    sample = split("diabetes", 221, np.random.default_rng(1))[0]
    f = forecast(sample, "relu", *TIMES)
    s = f.source
    assert (f.times[0], f.times[-1]) == (30, 1500) and f.T_fit in f.times
    direct = empirical_risk(s.spectrum, sample.y, s.problem.schedule, f.times, method="mode")
    np.testing.assert_allclose(f.curve, direct, rtol=1e-12)
    r = matched_regularity(s.spectrum, 0.5 / 1.5, 30, 200).value
    assert s.rate == pytest.approx(-2 * r / (2 * r + 1))
    early = f.times <= 200
    np.testing.assert_allclose(f.power_law[early], f.curve[early], rtol=1e-12)
    assert curve_slope(f.times[f.late], f.power_law[f.late]).value == pytest.approx(s.rate)
    assert np.abs(f.coarse / f.curve - 1).max() > 0.1  # half of the points resolve less


def test_noise_of_the_labels_is_found_and_the_test_error_is_foretold():
    """Labels of noise alone: the error on new points is above 1, the training risk is not."""
    made = [forecast(cloud(200, 1.0, seed), "relu", *TIMES) for seed in range(6)]
    error = np.mean([one_pass(f.source.problem, cloud(2000, 1.0, 50 + seed), f.once, 8, seed)[0]
                     for seed, f in enumerate(made)], axis=0)[-1]
    assert np.mean([f.floor for f in made]) == pytest.approx(1, rel=0.15)
    assert np.mean([f.test[-1] for f in made]) == pytest.approx(error, rel=0.1)
    assert np.mean([f.plain[-1] for f in made]) < 0.9 * error  # so that the check can fail


def test_a_signal_that_is_learnt_is_not_taken_for_noise():
    found = [forecast(cloud(200, 0.3, seed), "squareplus(0.5)", *TIMES).floor for seed in range(6)]
    assert np.mean(found) == pytest.approx(0.3, rel=0.15)


def test_halves_are_disjoint_and_normalised_by_the_first():
    first, second = halving.forecasts("breast cancer", "relu", TIMES, 2, 3, workers=1)
    sample = first.forecast.source.population
    assert (sample.n, first.other.n) == (284, 285)
    joined = np.concatenate([sample.x, first.other.x])
    assert len(np.unique(joined.round(12), axis=0)) == 569
    assert first.forecast.source.r != second.forecast.source.r
    photo = split("photograph", 768, np.random.default_rng(0))
    assert len(np.unique(np.concatenate([p.x for p in photo]), axis=0)) == 1536
    with pytest.raises(ValueError, match="name = 'iris'"):
        halving.forecasts("iris", "relu", TIMES, 2, 3)


def test_measured_on_the_other_half(diabetes, tried):
    f, m = tried.first, tried.measured
    assert m.kernel.shape == m.network.shape == m.expected.shape == (4, f.times.size)
    assert m.test_kernel.shape == m.test_network.shape == (4, f.once.size)
    other = f.source.at(diabetes[0].other)
    np.testing.assert_allclose(m.expected[0], other.risk(f.times), rtol=1e-12)
    assert np.abs(m.expected[0] / f.curve - 1).max() > 1e-3  # not the forecast once more
    run = paths(other.problem, ["network", "kernel"], [64], f.times, 1, child(child(5, 0), 1))
    np.testing.assert_array_equal(m.kernel[0], run.kernel[0])
    np.testing.assert_array_equal(m.network[0], run.network[0, 0])


def test_scores_of_a_forecast_of_known_error(tried):
    """Measured risk = forecast T^0.2 / 2, exactly."""
    f = tried.first
    false = tried.foretold("curve") * (f.times / f.times[-1]) ** 0.2 / 2
    wrong = replace(tried, measured=replace(tried.measured, kernel=false))
    assert wrong.ratio("curve", "kernel").value == pytest.approx(2)
    assert wrong.gap("curve", "kernel").value == pytest.approx(0.2)
    assert tried.ratio("curve", "kernel").contains(1)
    assert not wrong.ratio("curve", "kernel").contains(1)
    miss = wrong.miss("curve", "kernel")
    assert (miss.value, miss.low, miss.high) == pytest.approx((2, 2, 2))
    assert wrong.gap_miss("curve", "kernel").value == pytest.approx(0.2)


def test_a_forecast_that_knows_nothing_of_its_split_has_means_without_error_and_misses(tried):
    """The measurements of the splits, handed round by one: the same means."""
    measured = np.roll(tried.foretold("curve"), 1, axis=0)
    useless = replace(tried, measured=replace(tried.measured, kernel=measured))
    assert useless.ratio("curve", "kernel").value == pytest.approx(1)
    assert useless.gap("curve", "kernel").value == pytest.approx(0, abs=1e-12)
    late, curves = tried.first.late, tried.foretold("curve")
    logs = [np.log(curve[-1]) - np.log(curves[k - 1, -1]) for k, curve in enumerate(curves)]
    miss = useless.miss("curve", "kernel")
    assert miss.value == pytest.approx(np.exp(np.sqrt(np.mean(np.square(logs)))))
    assert 1 < miss.low < miss.value < miss.high
    slopes = np.array([curve_slope(tried.first.times[late], curve[late]).value for curve in curves])
    assert useless.gap_miss("curve", "kernel").value == pytest.approx(
        np.sqrt(np.mean((slopes - np.roll(slopes, 1)) ** 2)))


def test_tables_hold_what_is_foretold_and_measured(tried):
    trials = {("diabetes", "squareplus(0.5)"): tried}
    risks, tests = (tables.risk_table(trials, test=which) for which in (False, True))
    f, m = tried.first, tried.measured
    for table, series, values in ((risks, "one number", tried.foretold("power_law")),
                                  (risks, "network", m.network), (tests, "forecast",
                                  tried.foretold("test")), (tests, "kernel SGD", m.test_kernel)):
        rows = table[table["series"] == series]
        np.testing.assert_allclose(rows["mean"], values.mean(0), rtol=1e-12)
    tails, fits = tables.tail_tables({case: t.first for case, t in trials.items()})
    np.testing.assert_allclose(tails["tail"].max(), f.source.spectrum.power.sum())
    assert fits["x"].min() == pytest.approx(f.source.window(200, 1500)[0])
    pair = {"spectrum / kernel": ("curve", "kernel")}
    scored = {how: scores(trials, how, pair) for how in ("ratio", "gap", "miss")}
    assert scored["miss"]["diabetes", "squareplus(0.5)"] == {
        "spectrum / kernel": tried.miss("curve", "kernel")}
    assert tables.holds(scored["ratio"], "spectrum / kernel") == "1 of 1"
    assert tables.holds({0: {"a": Interval(2, 1.5, 3)}, 1: {"a": Interval(2, 0.5, 3)}}, "a") == (
        "1 of 2")
    some = {(k, act): {"a": Interval(k, k, k)} for k, act in ((2, "relu"), (5, "relu"), (9, "x"))}
    assert tables.ends(some, "a") == "2.00 to 9.00"
    assert tables.ends(some, "a", "relu") == "2.00 to 5.00"
    foretold, measured = (dict.fromkeys(trials, law_of(level)) for level in (100, 150))
    rows = tables.board(trials, scored, foretold, measured, [-1], 0.1)
    assert [row.theory for row in rows] == [1, 0, None, pytest.approx(100, rel=0.01)]
    assert rows[-1].measured == pytest.approx(150, rel=0.01)
    assert [row.kind for row in rows] == ["prediction", "prediction", "finding", "prediction"]


def test_forecast_table_ends_the_resolution_at_the_first_disagreement(diabetes):
    """And its range of r is that of the other halves."""
    f = diabetes[0].forecast
    for agrees, shown in (([1, 1, 0, 1], f"{f.times[1]}"), ([0, 1, 1, 1], f"< {f.times[0]}"),
                          ([1, 1, 1, 1], f"{f.times[-1]}")):
        factors = np.where(np.resize(agrees + [1] * f.times.size, f.times.size), 1.0, 1.2)
        halves = [replace(diabetes[0], forecast=replace(f, coarse=f.curve * factors)),
                  *diabetes[1:]]
        [row] = tables.forecast_table({("diabetes", "relu"): halves}).to_dict("records")
        assert row["resolved to T"] == shown
    rs = [half.forecast.source.r for half in diabetes[1:]]
    assert row["of other halves"] == f"{min(rs):.3f} to {max(rs):.3f}"


def test_forecast_of_the_width_against_trained_linearised_networks(diabetes):
    """A smooth network follows its linearisation at short times."""
    here, times = diabetes[0].forecast.source, np.array([20, 60, 2000])
    lazy = forecast_excess(here, [8, 32, 128], times, 12, 1)
    full, moved = measured_excess(here, [([8, 32], 20), ([128], 4)], times, 2)
    error = np.sqrt(lazy.error**2 + full.error**2)
    assert np.all(np.abs(lazy.mean - full.mean)[:, 0] < 4 * error[:, 0])
    assert lazy.mean[0, 1] > 5 * lazy.error[0, 1] and lazy.mean[0, 1] > 5 * lazy.mean[2, 1]
    assert set(moved) == {8, 32, 128}
    assert moved[128] == pytest.approx(here.reached_norm([2000])[0], rel=0.25)


def test_drift_is_the_excess_over_the_linearised_network_at_the_same_points(diabetes):
    here, times = diabetes[0].forecast.source, np.array([20, 60])
    lazy = linearised_samples(here, [8, 32, 128], times, 3, 1)
    excess = forecast_excess(here, [8, 32, 128], times, 3, 1)
    np.testing.assert_allclose(lazy.mean(axis=1), excess.mean, rtol=1e-12)
    assert drift_excess(excess, 32, lazy[1]).value == pytest.approx(0, abs=1e-12)
    found = drift_excess(excess, 32, lazy[1] - [[0.1], [0.2], [0.3]])
    assert found.value == pytest.approx(0.2) and found.low < 0.2 < found.high
    with pytest.raises(ValueError, match="m = 64"):
        drift_excess(excess, 64, lazy[1])


def law_of(level, widths=(8, 32, 128, 512), spread=0.01):
    """A WidthLaw whose m* at tau = 0.1 is `level`, samples within `spread` of it."""
    m, wobble = np.array(widths, dtype=float), 1 + spread * np.array([-1, 1])
    samples = 0.1 * (level / m)[None, :, None] * wobble[:, None, None] * np.ones((1, 1, 2))
    return width_law(Excess(np.array([10, 20]), ((m, samples),)), 0.1)


@pytest.mark.parametrize(("foretold", "measured", "verdict"), [
    (100, 120, "inside"), (100, 300, "outside"), (300, 100, "outside"), (100, 210, "open"),
    (300, 5000, "open"), (100, 5000, "outside"), (10, 1, "open"), (200, 1, "outside")])
def test_verdict_on_a_width(foretold, measured, verdict):
    """Censored ones (the last four) are judged by their bound: 512, or 8."""
    assert data_widths.within(law_of(measured), law_of(foretold), -1) == verdict


def test_verdict_on_a_width_knows_the_interval_of_the_forecast():
    sharp, vague = law_of(100), law_of(100, spread=0.05)
    assert vague.low[-1] < 100 / 1.5 and vague.high[-1] > 150
    far, near = law_of(300), law_of(120)
    assert [data_widths.within(far, law, -1) for law in (sharp, vague)] == ["outside", "open"]
    assert [data_widths.within(near, law, -1) for law in (sharp, vague)] == ["inside", "open"]


def test_cases_beyond_their_forecast_are_counted_by_both_intervals():
    foretold = {("a", "relu"): law_of(100), ("b", "relu"): law_of(100), ("a", "tanh"): law_of(100)}
    measured = {("a", "relu"): law_of(300), ("b", "relu"): law_of(150), ("a", "tanh"): law_of(30)}
    assert data_widths.beyond(foretold, measured, (0, -1), "relu") == (0, 1, 2)
    assert data_widths.beyond(foretold, measured, (0, -1), "tanh") == (1, 0, 1)
    vague = {case: law_of(100, spread=0.2) for case in foretold}
    assert data_widths.beyond(vague, measured, (0, -1), "relu") == (0, 0, 2)


def test_widths_are_trained_in_two_groups():
    assert groups([8, 1024, 2048], [4, 3]) == [([8, 1024], 4), ([2048], 3)]
    assert groups([8, 32], [4, 3]) == [([8, 32], 4)]


def test_widths_to_train_reach_beyond_the_forecast():
    widths = [8, 32, 128, 512, 2048, 8192]
    assert widths_to_train(law_of(10), widths) == widths[:4]
    assert widths_to_train(law_of(200), widths) == widths[:5]
    assert widths_to_train(law_of(5000), widths[:5]) == widths[:5]
