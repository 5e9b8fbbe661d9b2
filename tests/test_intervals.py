"""The rule for intervals: Student's and Welch's cases, simulated coverage, what covers less."""

import numpy as np
import pytest
from scipy import stats

from ntksgd.stats.coverage import KINDS, coverage
from ntksgd.stats.intervals import Interval, of
from ntksgd.stats.quantiles import of_samples, quantile

TRIALS = 20_000
MARGIN = 2 * np.sqrt(0.92 * 0.08 / TRIALS)  # two Monte Carlo standard errors: 0.0038


def identity(mean):
    return mean


def generator(seed=0):
    return np.random.default_rng(seed)


def mean_and_error(samples):
    return samples.mean(axis=0), samples.std(axis=0, ddof=1) / np.sqrt(len(samples))


@pytest.mark.parametrize("n", [2, 3, 8, 50])
@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_mean_has_student_s_interval(n, confidence):
    sample = generator().exponential(size=n)
    interval = of(identity, sample, confidence=confidence)
    expected = stats.ttest_1samp(sample, 0).confidence_interval(confidence)
    np.testing.assert_allclose([interval.low, interval.high], expected, rtol=1e-10, atol=1e-13)
    assert interval.value == pytest.approx(sample.mean(), rel=1e-14)


def test_difference_of_two_means_has_welch_s_interval():
    rng = generator(1)
    a, b = rng.normal(1, 2, 9), rng.normal(0, 0.5, 23)
    interval = of(lambda x, y: x - y, a, b)
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    np.testing.assert_allclose([interval.low, interval.high], expected, rtol=1e-10)


def test_pairing_is_a_block():
    """The paired difference is Student's on the differences: what the rows share cancels."""
    rng = generator(2)
    common = rng.normal(0, 10, 12)
    pairs = np.stack([common + rng.normal(0, 1, 12), common + rng.normal(0, 1, 12)], axis=1)
    paired = of(lambda mean: mean[:, 0] - mean[:, 1], pairs)
    expected = stats.ttest_rel(*pairs.T).confidence_interval(0.95)
    np.testing.assert_allclose([paired.low, paired.high], expected, rtol=1e-10)
    assert paired.half < of(lambda a, b: a - b, *pairs.T).half / 3


def test_log_by_hand():
    """n = 2: the deleted values are the samples, so v = log(b/a)^2 / 4 with 1 degree of freedom."""
    interval = of(identity, [1.0, 4.0], transform="log")
    half = stats.t.ppf(0.975, 1) * np.log(4) / 2
    np.testing.assert_allclose([interval.value, interval.low, interval.high],
                               [2.5, 2.5 * np.exp(-half), 2.5 * np.exp(half)])


def test_log_commutes_with_powers():
    """The root mean square: its interval is the root of that of the mean square."""
    squares = generator(3).exponential(size=(10, 3))
    mean, root = (of(s, squares, transform="log") for s in (identity, np.sqrt))
    for name in ("value", "low", "high"):
        np.testing.assert_allclose(getattr(root, name)**2, getattr(mean, name), rtol=1e-12)


def test_arrays_are_intervals_entry_by_entry():
    sample = generator(4).normal(size=(7, 2, 3))
    whole = of(identity, sample)
    assert whole.half.shape == (2, 3)
    one = of(identity, sample[:, 1, 2])
    for name in ("value", "low", "high", "half"):
        np.testing.assert_allclose(getattr(whole[1, 2], name), getattr(one, name), rtol=1e-12)
    np.testing.assert_array_equal(whole.contains(whole.value), True)


def test_scale_and_order_do_not_matter():
    sample = generator(5).exponential(size=9)
    for transform in (None, "log"):
        one = of(identity, sample, transform=transform)
        tiny = of(identity, 1e-100 * sample[::-1], transform=transform)
        assert tiny.high / tiny.value == pytest.approx(one.high / one.value, rel=1e-10)


def test_no_spread_no_width():
    interval = of(lambda a, b: a / b, np.full(4, 3.0), np.full(6, 2.0))
    assert (interval.low, interval.high) == (1.5, 1.5) and isinstance(interval.low, float)


def test_undetermined_is_the_whole_line():
    """Without the entry 5 the mean is negative: its log says nothing about the ends."""
    interval = of(identity, [-1.0, -1.0, 5.0], transform="log")
    assert (interval.value, interval.low, interval.high) == (1.0, 0.0, np.inf)
    with np.errstate(invalid="ignore"):
        signed = of(np.sqrt, [-1.0, -1.0, 5.0])
    assert (signed.low, signed.high) == (-np.inf, np.inf)


def test_str():
    assert str(Interval(-1.002, -1.03, -0.97)) == "-1.002 [-1.030, -0.970]"
    assert str(Interval(*np.ones((3, 2)))).splitlines() == ["1.000 [1.000, 1.000]"] * 2


@pytest.mark.parametrize("call, message", [
    (lambda: of(identity), "blocks: none given"),
    (lambda: of(identity, [1.0]), "replicates = 1: must be an integer >= 2"),
    (lambda: of(identity, 1.0), "replicates = 0"),
    (lambda: of(identity, [1.0, np.nan]), r"blocks\[1\] = "),
    (lambda: of(identity, [1.0, 2.0], confidence=1.0), "confidence = 1.0"),
    (lambda: of(identity, [1.0, 2.0], transform="logit"), "transform = 'logit'"),
    (lambda: of(identity, [-1.0, 0.0], transform="log"), "statistic = -0.5: must be finite and >"),
    (lambda: of(lambda mean: mean * np.nan, [1.0, 2.0]), "statistic = nan: must be finite"),
    (lambda: of(np.sum, [1.0, 2.0]), "vectorised"),
    (lambda: of_samples(np.mean, np.ones(9)), "replicates = 9: must be an integer >= 10"),
    (lambda: of_samples(np.mean, np.ones(9), groups=1), "groups = 1"),
    (lambda: coverage("median", 8), "kind = 'median'"),
    (lambda: coverage("mean", 1), "replicates = 1"),
    (lambda: coverage("slope", 8, points=2), "points = 2"),
    (lambda: quantile([1.0], 0.5), "samples"),
    (lambda: quantile([1.0, np.nan], 0.5), "samples"),
    (lambda: quantile([1.0, 2.0], [0.5, 1.0]), "every level must be in"),
])
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("replicates", [8, 12, 24])
@pytest.mark.parametrize("kind, points, independent", [
    ("mean", 4, False), ("ratio", 4, False), ("slope", 4, False), ("slope", 4, True),
    ("slope", 9, False), ("slope", 9, True), ("crossing", 4, False), ("crossing", 4, True),
    ("crossing", 9, False)])
def test_nominal_95_covers_94_symmetric_92_skewed(replicates, kind, points, independent):
    """Above what is required by two Monte Carlo errors, yet no wider than needed (0.965)."""
    shares = coverage(kind, replicates, points, independent, trials=TRIALS, seed=7)
    assert 0.94 + MARGIN < shares.symmetric < 0.965
    assert 0.92 + MARGIN < shares.skewed < 0.965


def test_coverage_reads_and_repeats():
    one = coverage("slope", 8)
    assert one == coverage("slope", 8) and one != coverage("slope", 8, seed=1)
    assert one.error == pytest.approx(0.00345, abs=1e-5) and KINDS[2] == one.kind
    assert str(one) == (f"simulated coverage of 95 % intervals at 8 replicates: "
                        f"{one.symmetric:.3f} (symmetric), {one.skewed:.3f} (skewed)")


def test_coverage_at_another_confidence():
    assert coverage("mean", 8, confidence=0.8, trials=TRIALS).symmetric == pytest.approx(0.8,
                                                                                        abs=0.01)


@pytest.mark.parametrize("rule, symmetric, skewed", [
    ("bootstrap percentiles", 0.90, 0.85), ("1.96 sigma", 0.92, 0.87), ("no log", 0.96, 0.91)])
def test_rules_that_fail_at_8_replicates(rule, symmetric, skewed):
    """The check can fail: the mean of 8 under rules used before, and Student's without the log."""
    rng = generator(6)
    draws = rng.multinomial(8, np.full(8, 1 / 8), size=400) / 8
    for samples, most in ((1 + 0.3 * rng.standard_normal((8, 5000)), symmetric),
                          (rng.exponential(size=(8, 5000)), skewed)):
        mean, error = mean_and_error(samples)
        if rule == "bootstrap percentiles":
            low, high = np.percentile(draws @ samples, [2.5, 97.5], axis=0)
        elif rule == "no log":
            interval = of(identity, samples)
            low, high = interval.low, interval.high
        else:
            low, high = mean - 1.96 * error, mean + 1.96 * error
        assert np.mean((low <= 1) & (1 <= high)) < most


def test_heavy_tails_fall_short_as_documented():
    """One log-normal mean with sigma = 1, n = 8: about 0.89, not 0.92."""
    samples = np.exp(generator(7).standard_normal((8, TRIALS)) - 0.5)
    assert 0.88 < of(identity, samples, transform="log").contains(1.0).mean() < 0.91


P = 1 - np.geomspace(0.5, 0.02, 10)


def power(samples):
    """Slope of the log quantiles at 1 - delta in log log(2/delta)."""
    x = np.log(np.log(2 / (1 - P)))
    weights = (x - x.mean()) / np.sum((x - x.mean()) ** 2)
    return np.tensordot(weights, np.log(np.quantile(samples, P, axis=0, method="higher")), axes=1)


@pytest.mark.parametrize("law, least", [(stats.norm(5), 0.94), (stats.expon(), 0.92),
                                        (stats.lognorm(0.3), 0.92)])
def test_coverage_of_slopes_of_quantiles(law, least):
    """300 initialisations as in notebook 05; Monte Carlo error 0.0035, two of them allowed."""
    samples = law.rvs((300, 4000), random_state=generator(8))
    x = np.log(np.log(2 / (1 - P)))
    true = np.polyfit(x, np.log(law.ppf(P)), 1)[0]
    assert least - 0.007 <= of_samples(power, samples).contains(true).mean() < 0.965


def test_of_samples_of_a_mean_is_the_rule_on_group_means():
    sample = generator(9).normal(size=40)
    interval = of_samples(np.mean, sample, groups=8)
    expected = of(identity, sample.reshape(5, 8).mean(axis=0))
    np.testing.assert_allclose([interval.value, interval.low, interval.high],
                               [expected.value, expected.low, expected.high], rtol=1e-10)


@pytest.mark.parametrize("n", [40, 300])
def test_quantile_covers_whatever_the_law(n):
    """Never below the nominal level but for three Monte Carlo errors (0.013 at 2,500 trials)."""
    samples, p = generator(10).exponential(size=(2500, n)), np.array([0.5, 0.9, 0.98])
    hits = [quantile(row, p).contains(-np.log(1 - p)) for row in samples]
    assert np.all(np.mean(hits, axis=0) > 0.95 - 0.013)


def test_quantile_by_hand():
    """Median of 6: P(X_(1) <= median < X_(6)) = 1 - 2/64 = 0.969; of 5 it would be 0.9375."""
    six, five = quantile(np.arange(6.0), 0.5), quantile(np.arange(5.0), 0.5)
    assert (six.value, six.low, six.high) == (3.0, 0.0, 5.0)
    assert (five.low, five.high) == (-np.inf, np.inf) and isinstance(five.low, float)
    assert quantile([1.0, 2.0, np.inf], 0.5).high == np.inf
