"""Slopes and their intervals: exact power laws, coverage by simulation, refusals."""

import numpy as np
import pytest

from ntksgd.stats.rates import bootstrap_slope, local_exponents, slope

X = 2.0 ** np.arange(3, 11)


def test_exact_power_law():
    fit = slope(X, 3 * X**-0.7)
    assert fit.value == pytest.approx(-0.7, abs=1e-12)
    assert fit.high - fit.low < 1e-10 and (fit.x_min, fit.x_max) == (8, 1024)
    np.testing.assert_allclose(fit(X), 3 * X**-0.7)
    assert str(fit) == "-0.700 [-0.700, -0.700]"


def test_slope_is_scipy_s_regression():
    from scipy import stats
    y = X**-0.5 * np.exp(np.random.default_rng(0).normal(0, 0.1, X.size))
    fit, other = slope(X, y, confidence=0.9), stats.linregress(np.log(X), np.log(y))
    half = stats.t.ppf(0.95, X.size - 2) * other.stderr
    np.testing.assert_allclose([fit.value, fit.low, fit.high, fit.intercept],
                               [other.slope, other.slope - half, other.slope + half,
                                other.intercept])


def test_student_interval_covers_at_its_level():
    """90 % nominal over 2000 curves: within 3.5 binomial standard errors (0.0235)."""
    rng = np.random.default_rng(1)
    noise = np.exp(rng.normal(0, 0.2, (2000, X.size)))
    fits = [slope(X, X**-0.4 * row, confidence=0.9) for row in noise]
    coverage = np.mean([fit.low <= -0.4 <= fit.high for fit in fits])
    assert abs(coverage - 0.9) < 0.0235


@pytest.mark.parametrize("paired", [True, False])
def test_bootstrap_interval_covers_at_about_its_level(paired):
    """Paired: rows share a factor, which must not widen the interval of the slope."""
    rng = np.random.default_rng(2)
    hits, widths = [], []
    for seed in range(300):
        common = rng.gamma(4, 0.25, (40, 1)) if paired else 1.0
        samples = X**-1.0 * common * rng.gamma(4, 0.25, (40, X.size))
        fit = bootstrap_slope(X, samples, seed, confidence=0.9, resamples=300, paired=paired)
        hits.append(fit.low <= -1.0 <= fit.high)
        widths.append(fit.high - fit.low)
    # percentile intervals of 40 replicates run a little short; 0.9 -+ 3.5 standard errors of 300
    assert 0.83 < np.mean(hits) < 0.96
    # width of an ideal interval: 2 z sd(log mean) / sqrt(sum of centred squares of log x)
    log_x = np.log(X) - np.log(X).mean()
    spread = 0.5 * np.sqrt(1.25) if paired else 0.5
    ideal = 2 * 1.645 * spread / np.sqrt(40) / np.sqrt(log_x @ log_x)
    assert np.mean(widths) == pytest.approx(ideal, rel=0.1)


def test_pairing_matters_when_rows_share_noise():
    rng = np.random.default_rng(3)
    samples = X**-1.0 * rng.gamma(2, 0.5, (50, 1)) * (1 + 0.01 * rng.normal(size=(50, X.size)))
    paired = bootstrap_slope(X, samples, 0)
    loose = bootstrap_slope(X, samples, 0, paired=False)
    assert loose.high - loose.low > 5 * (paired.high - paired.low)


def test_bootstrap_is_a_function_of_its_seed():
    samples = np.random.default_rng(4).gamma(2, 1, (20, X.size))
    assert bootstrap_slope(X, samples, 7) == bootstrap_slope(X, samples, 7)
    assert bootstrap_slope(X, samples, 7) != bootstrap_slope(X, samples, 8)


def test_local_exponents():
    y = X**-0.5 + 100 * X**-2.0
    exact = (-0.5 * X**-0.5 - 200 * X**-2.0) / y
    np.testing.assert_allclose(local_exponents(X, y)[1:-1], exact[1:-1], atol=0.06)
    np.testing.assert_allclose(local_exponents(X, np.stack([X, X**-2])),
                               np.stack([np.ones(8), np.full(8, -2.0)]))


@pytest.mark.parametrize("x, y", [
    ([1, 2], [1, 2]), ([1, 2, 3], [1, 2]), ([1, 2, 3], [1, 0, 2]), ([1, 2, 0], [1, 1, 2]),
    ([1, 2, 3], [1, np.nan, 2]), ([1, 2, np.inf], [1, 1, 2]),
])
def test_slope_refuses(x, y):
    with pytest.raises(ValueError, match="^[xy]"):
        slope(x, y)


@pytest.mark.parametrize("confidence", [0, 1, 2, np.nan])
def test_confidence_is_checked(confidence):
    with pytest.raises(ValueError, match="confidence = "):
        slope(X, X, confidence)
    with pytest.raises(ValueError, match="confidence = "):
        bootstrap_slope(X, np.ones((3, 8)), 0, confidence)


def test_bootstrap_needs_two_replicates():
    with pytest.raises(ValueError, match="replicates = 1"):
        bootstrap_slope(X, np.ones((1, 8)), 0)
