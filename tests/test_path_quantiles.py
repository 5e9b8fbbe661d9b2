"""The law of single runs of kernel SGD: losses, weighted chi squares, the Gaussian bound."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from ntksgd.compare import path_quantiles
from ntksgd.compare.error_law import gaussian_loss, limiting_spread
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.samples import Samples
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk
from ntksgd.sgd.error_paths import path_losses
from ntksgd.sgd.spectral import spectral_sgd
from ntksgd.stats.weighted_chi_square import WeightedChiSquare, largest_factor, norm_bound


@pytest.fixture(scope="module")
def problem():
    spectrum = mercer_spectrum("relu", 2, 16)
    return source_target(spectrum, 0.5), schedules.source_polynomial(1 / spectrum.trace, 0.5)


def test_losses_of_a_path_are_those_of_spectral_sgd(problem):
    target, schedule = problem
    seed = np.random.SeedSequence(4)
    (losses,) = path_losses(target, schedule, [20, 50], 1, 0.25, seed)
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, 50)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    y = target(x) + 0.5 * rng.standard_normal(50)
    phi = 2 * np.pi * np.arange(64) / 64
    points = np.stack([np.cos(phi), np.sin(phi)], axis=1)
    f = spectral_sgd(target.spectrum, Samples(x, y), schedule, times=[20, 50], points=points)
    np.testing.assert_allclose(losses, ((f - target(points)) ** 2).mean(1), rtol=1e-10)


def test_mean_loss_is_the_expected_risk(problem):
    target, schedule = problem
    losses = path_losses(target, schedule, [10, 60], 4000, 1.0, np.random.SeedSequence(7))
    exact = expected_risk(target.spectrum, target, schedule, [10, 60], 1.0, tail=False).risk
    z = (losses.mean(0) - exact) / (losses.std(0) / np.sqrt(4000))
    assert np.all(np.abs(z) < 4)


@pytest.mark.parametrize(("change", "name"), [
    ({"paths": 0}, "paths"), ({"noise": -1.0}, "noise"), ({"times": [0, 5]}, "times")])
def test_path_losses_refuses(problem, change, name):
    options = {"times": [10], "paths": 250, "noise": 1.0, "seed": 0} | change
    with pytest.raises(ValueError, match=name):
        path_losses(*problem, **options)


def test_path_losses_needs_the_circle():
    target = source_target(mercer_spectrum("relu", 3, 8), 0.5)
    with pytest.raises(ValueError, match=r"target\.d = 3"):
        path_losses(target, schedules.constant(0.1), [10], 250, 1.0, 0)


def test_weighted_chi_square_against_scipy_and_sampling():
    one = WeightedChiSquare([2.0, 2.0], [5, 4], [0.0, 3.0])  # 2 chi^2_9 of noncentrality 3/2
    deltas = np.array([0.5, 0.1, 0.01, 1e-4])
    np.testing.assert_allclose(one.quantile(deltas), 2 * stats.ncx2.isf(deltas, 9, 1.5), rtol=1e-7)
    v, m2 = np.array([1.0, 0.3, 0.02]), np.array([0.5, 0.0, 2.0])
    law = WeightedChiSquare(v, [2, 4, 6], m2)
    rng, total = np.random.default_rng(0), 0.0
    for h, variance, square in zip([2, 4, 6], v, m2, strict=True):
        g = np.sqrt(variance) * rng.standard_normal((200_000, h))
        g[:, 0] += np.sqrt(square)
        total = total + (g**2).sum(1)
    np.testing.assert_allclose([total.mean(), total.std()], [law.mean, law.sd], rtol=0.01)
    for delta in (0.3, 0.02):
        share = np.mean(total > law.quantile(delta))
        assert abs(share - delta) < 4 * np.sqrt(delta / 200_000)


def test_every_gaussian_vector_obeys_the_bound():
    """One coordinate without mean comes near it; one with a mean stays below too."""
    deltas = np.array([0.5, 0.1, 1e-2, 1e-3])
    bound = np.array([norm_bound(delta) for delta in deltas])
    one = stats.chi2.isf(deltas, 1)
    assert np.all(one < bound)
    assert one[-1] > 0.6 * bound[-1]
    shifted = stats.ncx2.isf(deltas, 1, 1.0) / 2
    assert np.all(shifted < bound)
    np.testing.assert_allclose(np.sqrt(bound) * np.exp((1 - bound) / 2), deltas, rtol=1e-10)
    ratios = [norm_bound(d) / np.log(2 / d) for d in np.geomspace(0.999, 1e-12, 400)]
    np.testing.assert_allclose(max(ratios), largest_factor(), rtol=1e-4)


@pytest.mark.parametrize("arguments", [
    ([1.0, 0.0], [5, 5], [0, 0]), ([1.0], [5, 5], [0, 0]), ([1.0], [2], [0.0])])
def test_weighted_chi_square_refuses(arguments):
    with pytest.raises(ValueError, match="variances|counts"):
        WeightedChiSquare(*arguments)


def test_the_gaussian_law_has_the_exact_mean_and_the_limit_of_its_spread(problem):
    target, schedule = problem
    laws = gaussian_loss(target, schedule, [30, 300], 1.0)
    exact = expected_risk(target.spectrum, target, schedule, [30, 300], 1.0, tail=False).risk
    np.testing.assert_allclose([law.mean for law in laws], exact, rtol=1e-10)
    # a constant step and no target to speak of: noise in balance, up to the order of the step
    spectrum, eta = target.spectrum, 0.02 / target.spectrum.trace
    (law,) = gaussian_loss(target, schedules.constant(eta), [60_000], 1e4)
    share = spectrum.trace / (spectrum.eigenvalues @ spectrum.multiplicities)
    assert law.sd / law.mean == pytest.approx(limiting_spread(spectrum) * share, rel=0.03)


def test_tables_hold_the_sampled_runs_against_theory():
    found = path_quantiles.sampled_losses([("relu", 0.5)], [([50, 200], 2000)], 32, 1.0, 3,
                                          workers=1)
    spreads = pd.DataFrame(path_quantiles.spread_table(found))
    assert list(spreads["T"]) == [50, 200]
    assert np.all(np.abs(spreads.z) < 4)
    np.testing.assert_allclose(spreads.spread, spreads.law, rtol=0.1)
    assert np.all((spreads.moved > 0) & (spreads.moved < 0.01))
    table = pd.DataFrame(path_quantiles.quantile_table(found, [0.5, 0.1, 0.01, 1e-3]))
    assert table.delta.min() == 0.01  # 2,000 paths do not bound the quantile at 0.001 from above
    assert np.all((table.low <= table["quantile"]) & (table["quantile"] <= table.high))
    np.testing.assert_allclose(table["quantile"], table.law, rtol=0.15)


def test_runs_come_in_whole_chunks():
    with pytest.raises(ValueError, match="paths = 300"):
        path_quantiles.sampled_losses([("relu", 0.5)], [([10], 300)], 8, 1.0, 0)


def test_power_of_the_tail_is_found_on_a_known_law():
    """Quantiles log(2/delta)^p exactly: X = log(2/U)^p, U uniform."""
    u, deltas = np.random.default_rng(1).uniform(size=20_000), np.geomspace(0.1, 1e-2, 8)
    for p in (0.5, 1.0, 2.0):
        assert path_quantiles.tail_power(np.log(2 / u) ** p, deltas).contains(p)
    law = WeightedChiSquare([1.0], [8], [0.0])
    sampled = path_quantiles.tail_power(stats.chi2.rvs(8, size=40_000, random_state=2), deltas)
    exact = np.polyfit(np.log(np.log(2 / deltas)), np.log(law.quantile(deltas)), 1)[0]
    assert sampled.contains(exact)
