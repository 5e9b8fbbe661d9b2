"""Claim C: the estimator of m*(T, tau), on data whose law is known."""

import numpy as np
import pytest

from ntksgd.risk.predicted_widths import (
    drift_heuristic_width,
    linearised_width,
    sufficient_width,
)
from ntksgd.width.crossing import local_weights, log_crossing
from ntksgd.width.excess import Excess, controlled_excess
from ntksgd.width.requirement import width_law

TIMES = np.geomspace(100, 1e5, 10)
GROUPS = (((8, 16, 32, 64, 128), 64), ((256, 512), 40), ((1024, 2048), 12))
AMPLITUDE, ALPHA, BETA = 2.0, 1.0, 0.4


def known_law(rng, noise=1.0, amplitude=AMPLITUDE):
    """Samples around A T^beta / m^alpha: skewed spread of order the excess, plus its root.

    The second part, shared by the widths of a path and dependent along T, is the first-order
    effect of the kernel's fluctuation: mean zero, and larger than the excess for wide networks.
    """
    blocks = []
    for widths, n in GROUPS:
        widths = np.array(widths, float)
        true = amplitude * TIMES**BETA / widths[:, None] ** ALPHA
        spread = rng.gamma(2.0, 0.5, (n, widths.size, 1)) - 1
        walk = np.cumsum(rng.standard_normal((n, 1, TIMES.size)), axis=-1)
        walk /= np.sqrt(np.arange(1, TIMES.size + 1))
        blocks.append((widths, true + noise * (true * spread + 0.1 * np.sqrt(true) * walk)))
    return Excess(TIMES, tuple(blocks))


@pytest.mark.parametrize("tau", [0.05, 0.1, 0.5])
def test_crossing_is_exact_without_noise(tau):
    """A power law is recovered to the grid of exponents, censored where it leaves the widths."""
    law = width_law(known_law(np.random.default_rng(0), noise=1e-9), tau)
    true = AMPLITUDE * TIMES**BETA / tau
    inside = true <= 2048
    np.testing.assert_allclose(law.required[inside], true[inside], rtol=1e-6)
    assert np.array_equal(law.censored, np.where(inside, 0, 1))
    assert law.slope.value == pytest.approx(BETA, abs=1e-6)


@pytest.mark.parametrize("tau", [0.1, 0.5])
def test_interval_covers_the_exponent(tau):
    """95 % intervals of the exponent cover it in at least 88 of 100 studies, and not trivially.

    If the coverage were 95 %, fewer than 88 of 100 would have probability 0.2 %.
    """
    rng = np.random.default_rng(1)
    laws = [width_law(known_law(rng), tau) for _ in range(100)]
    covered = sum(law.slope.low <= BETA <= law.slope.high for law in laws)
    assert covered >= 88
    assert np.mean([law.slope.high - law.slope.low for law in laws]) < 0.15
    assert np.mean([law.slope.value for law in laws]) == pytest.approx(BETA, abs=0.01)


def test_censoring_on_either_side():
    """Where every width suffices or none does, m* is a bound and the slope has no such time."""
    little = width_law(known_law(np.random.default_rng(3), amplitude=1e-3), 0.5)
    much = width_law(known_law(np.random.default_rng(3), amplitude=1e4), 0.5)
    assert np.all(little.censored == -1) and np.all(little.required == 8)
    assert np.all(much.censored == 1) and np.all(much.required == 2048)
    assert little.slope is None and much.slope is None


def test_intervals_take_whole_paths():
    """Widths of a block and all times keep their dependence: equal columns, equal intervals.

    The interval of a mean is Student's; a difference of equal columns has no error at all.
    """
    rng = np.random.default_rng(4)
    column = rng.standard_normal((20, 1, 1))
    excess = Excess(TIMES, (((8, 16, 32), np.tile(column, (1, 3, TIMES.size))),))
    mean = excess.of(lambda means: means[:, 0, 0])
    error = column.std(ddof=1) / np.sqrt(20)
    assert mean.half == pytest.approx(2.093 * error, rel=1e-4)  # Student's t of 19 degrees, 95 %
    assert excess.of(lambda means: means[:, 0, 0] - means[:, 2, -1]).half == pytest.approx(0)


def test_widths_are_sorted_across_blocks():
    """Blocks may come in any order."""
    wide, narrow = np.full((2, 1, 10), 0.1), np.full((2, 2, 10), [[1.0], [0.5]])
    excess = Excess(TIMES, (((64,), wide), ((8, 16), narrow)))
    assert np.array_equal(excess.mean[:, 0], [1.0, 0.5, 0.1])
    assert np.array_equal(excess.of(lambda means: means[:, :, 0]).value, [1.0, 0.5, 0.1])


def test_interval_beyond_the_widths_is_open():
    """Where noise may carry m* out of the widths, that end is infinite and the time not seen."""
    excess = known_law(np.random.default_rng(6), amplitude=9.0)
    law = width_law(excess, 0.5)
    out = np.isinf(law.high)
    assert out.any() and not out.all()
    assert np.all(law.high[~out] <= 2048) and not law.seen[out].any()
    assert np.array_equal(law.low == 0, law.censored == -1)


def test_control_variate_removes_common_noise():
    """Network = kernel + constant: every sample is the constant, whatever the paths."""
    kernel = np.random.default_rng(5).gamma(3.0, 1.0, (6, 4))
    mean, exact = np.arange(1.0, 5.0), np.full(4, 2.0)
    network = np.repeat(kernel[:, None], 3, axis=1) + 1.0
    samples = controlled_excess(network, kernel, mean, exact)
    np.testing.assert_allclose(samples, np.broadcast_to((mean + 1) / 2 - 1, (6, 3, 4)), atol=1e-12)


def test_local_crossing_uses_negative_means():
    """A mean below zero pulls the fit down; it is neither dropped nor an error."""
    widths, error = 2.0 ** np.arange(3, 9), np.full(6, 0.02)
    clean = 4 / widths
    low = clean.copy()
    low[-1] = -0.01
    required = [np.exp(log_crossing(widths, mean, local_weights(mean, error, 0.05), 0.05))
                for mean in (clean, low)]
    assert required[0] == pytest.approx(80, rel=1e-6)
    assert required[1] < required[0]


def test_exponents_of_the_theory():
    """Paper, heuristic and linearised exponents at hand-computed values."""
    assert [sufficient_width(r) for r in (0.5, 0.75, 1.0)] == [3.5, 3.0, pytest.approx(8 / 3)]
    assert [drift_heuristic_width(r) for r in (0.5, 1.0)] == [1.0, pytest.approx(2 / 3)]
    assert [linearised_width(r, 2.0) for r in (0.5, 0.75, 1.0)] == pytest.approx([1/4, 2/5, 1/3])
    assert [linearised_width(r, np.inf) for r in (0.5, 1.0)] == pytest.approx([0, 1 / 3])


@pytest.mark.parametrize("blocks, name", [
    ((((8, 16), np.zeros((3, 2, 10))),), "widths"),
    ((((8, 16, 16), np.zeros((3, 3, 10))),), "widths"),
    ((((8, 16, 32), np.zeros((1, 3, 10))),), "samples"),
    ((((8, 16, 32), np.full((3, 3, 10), np.inf)),), "samples"),
])
def test_bad_samples_are_refused(blocks, name):
    """Too few widths or replicates, a repeated width, an infinite risk."""
    with pytest.raises(ValueError, match=name):
        Excess(TIMES, blocks)


def test_bad_arguments_are_refused():
    """tau, shapes and cells are checked before anything is fitted."""
    excess = known_law(np.random.default_rng(0))
    with pytest.raises(ValueError, match="tau = 0"):
        width_law(excess, 0)
    with pytest.raises(ValueError, match="shapes"):
        controlled_excess(np.ones((2, 3, 4)), np.ones((2, 5)), np.ones(4), np.ones(4))
