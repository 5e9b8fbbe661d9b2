"""Claim A for the worst target: power per degree, the source ball, Bernstein's bound, leverage."""

import numpy as np
import pandas as pd
import pytest

from ntksgd.compare.approximation import Resolution, measured, problem
from ntksgd.kernels import neuron_tails, sphere
from ntksgd.kernels.harmonics import harmonics
from ntksgd.kernels.neuron_moments import degree_energies, hilbert_schmidt_constant
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import activation
from ntksgd.report import approximation_tables as tables
from ntksgd.risk import worst_target
from ntksgd.risk.approximation import source_constant
from reference_approximation import neuron_matrix, projector, ridge_residual

SMALL = Resolution(band=8, grid=60, reach=28)


@pytest.fixture(scope="module")
def drawn():
    setting = problem("erf", 2, [0.5, 1.0], resolution=SMALL)
    return measured([setting], [("claim", 0.5), ("claim", 1.0)], [8, 64], replicates=40, seed=3)


@pytest.mark.parametrize(("d", "degree"), [(2, 12), (3, 12)])
def test_harmonics_are_orthonormal_and_span_their_degree(d, degree):
    grid = sphere.quadrature(d, 2 * degree)
    vectors, degrees = harmonics(grid, degree)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(degrees.size), atol=1e-12)
    for k in (0, 1, 5, degree):
        mine = vectors[:, degrees == k]
        np.testing.assert_allclose(mine @ mine.T, projector(d, k, *grid), atol=1e-12)


def test_error_is_linear_in_the_power_per_degree_for_targets_that_are_not_zonal():
    """Averaged over the rotations and reflections of the grid, E^2 is a number on each degree."""
    points, weights = sphere.quadrature(2, 60)
    basis, degrees = harmonics((points, weights), 8)
    rng, act, lam = np.random.default_rng(0), activation("relu"), 0.1
    neurons = rng.standard_normal((5, 2))
    square = np.zeros((len(points), len(points)))
    for cos, sin in points:
        for flip in (1, -1):
            turn = np.array([[cos, -sin], [sin, cos]]) @ np.diag([1, flip])
            matrix = sum(neuron_matrix(act, turn @ b, points, weights) for b in neurons) / 5
            error = ridge_residual(matrix, np.eye(len(points)), lam)
            square += error @ error / (2 * len(points))
    level = np.array([np.trace(projector(2, k, points, weights) @ square) for k in range(9)])
    level /= sphere.multiplicity(2, np.arange(9))
    target = rng.standard_normal(degrees.size)
    power = np.bincount(degrees, target**2)
    assert target @ basis.T @ square @ basis @ target == pytest.approx(power @ level, rel=1e-10)


def test_harmonic_errors_and_operator_norm_are_their_definitions(drawn):
    """A zonal target agrees in the mean; the norm is at least the error of every h of norm 1."""
    for curve in drawn:
        target = curve.problem.targets[curve.r]
        gap = curve.squared_error - curve.squared_harmonic @ target.power
        assert np.all(np.abs(gap.mean(axis=0)) < 4 * gap.std(axis=0) / np.sqrt(40))
        own = curve.squared_error / target.source_norm(curve.r) ** 2
        single = curve.worst_mean_square(curve.squared_harmonic)
        assert np.all(own <= curve.squared_uniform) and np.all(single <= curve.squared_uniform)
        eigenvalues = target.spectrum.eigenvalues
        many = np.sum(target.spectrum.multiplicities * eigenvalues ** (2 * curve.r)
                      * curve.squared_harmonic, axis=-1)  # the Hilbert-Schmidt norm
        assert np.all(curve.squared_uniform <= many)


def test_every_draw_obeys_the_deterministic_bound(drawn):
    for curve in drawn:
        bound = worst_target.uniform_bound(curve.r, curve.ridge, np.sqrt(curve.squared_deviation))
        assert np.all(np.sqrt(curve.squared_uniform) <= bound)
        mean = np.mean(curve.squared_deviation, axis=0) * curve.widths / 2
        spread = np.std(curve.squared_deviation, axis=0) * curve.widths / 2 / np.sqrt(40)
        assert np.all(np.abs(mean - curve.problem.constant) < 4 * spread)


@pytest.mark.parametrize("r", [0.25, 0.5, 0.75, 1.0])
def test_worst_bias_is_of_order_lambda_to_the_r(r):
    eigenvalues = mercer_spectrum("relu", 2, 400).eigenvalues
    lam = np.logspace(-4, -1, 40)
    worst = worst_target.worst_bias(eigenvalues, r, lam)
    direct = [max(x * e**r / (e + x) for e in eigenvalues) for x in lam]
    np.testing.assert_allclose(worst, direct)
    assert np.all(worst <= source_constant(r) * lam**r)
    assert np.all(worst >= 0.8 * source_constant(r) * lam**r)


@pytest.mark.parametrize(("name", "d"), [("relu", 2), ("squareplus(0.5)", 2), ("tanh", 3)])
def test_bernsteins_moment_condition_holds_with_the_scale(name, d):
    tails = neuron_tails.deviation(name, d)
    assert tails.spread**2 == pytest.approx(hilbert_schmidt_constant(name, d), rel=1e-7)
    orders = range(3, 81)
    assert tails.needed_scale(orders).max() <= tails.scale
    second = tails.density * tails.norm**2
    assert second @ np.exp(tails.norm / tails.scale) == pytest.approx(3 * second.sum())
    too_small = 0.9 * tails.needed_scale([3])[0]  # p = 3 needs H >= E Y^3 / (3 S^2)
    assert tails.moment(3) > 3 * tails.moment(2) * too_small


def test_deviation_norm_is_that_of_the_operator():
    points, weights = sphere.quadrature(2, 80)
    spectrum, tails = mercer_spectrum("tanh", 2, 30), neuron_tails.deviation("tanh", 2)
    limit = sum(e * projector(2, k, points, weights) for k, e in enumerate(spectrum.eigenvalues))
    for rho in (0.7, 1.9):
        matrix = neuron_matrix(activation("tanh"), np.array([rho, 0.0]), points, weights)
        assert np.interp(rho, tails.rho, tails.norm) == pytest.approx(
            np.linalg.norm(matrix - limit), rel=2e-3)


def test_probable_deviation_solves_bernsteins_inequality():
    m, spread, scale, failure = 64, 1.1, 1.6, 0.1
    bound = worst_target.probable_deviation(m, spread, scale, failure)
    x = bound * m / 2
    tail = 2 * np.exp(-x**2 / (2 * (m / 2 * spread**2 + x * scale)))
    assert tail == pytest.approx(failure)
    t = np.log(2 / failure)
    assert bound <= 2 * spread * np.sqrt(t / m) + 4 * scale * t / m


@pytest.mark.parametrize("r", [0.5, 0.75, 1.0])
def test_claimed_constant_bounds_every_width(r):
    constant = worst_target.claimed_constant(r, 1.1, 1.6, 0.05)
    m = 2.0 ** np.arange(1, 40)
    lam = m ** (-1 / (2 * r + 1))
    deviation = worst_target.probable_deviation(m, 1.1, 1.6, 0.05)
    scaled = m ** (r / (2 * r + 1)) * worst_target.uniform_bound(r, lam, deviation)
    assert np.all(scaled <= constant)


@pytest.mark.parametrize("name", ["relu", "squareplus(0.5)"])
def test_energies_and_leverage_of_one_neuron(name):
    rho, density, energies = degree_energies(name, 2, 40)
    spectrum = mercer_spectrum(name, 2, 40)
    mean = spectrum.multiplicities * spectrum.eigenvalues
    np.testing.assert_allclose(density @ energies, mean, rtol=1e-8)
    one = neuron_tails.leverage(energies, spectrum.eigenvalues, 1e-3)
    assert density @ one == pytest.approx(tables.effective_dimension(spectrum, 1e-3))
    half = neuron_tails.energy_quantile(rho, density, energies[:, 20])
    beyond = (density * energies[:, 20])[rho > half].sum() / mean[20]
    assert beyond == pytest.approx(0.5, abs=0.03)
    # uneven for the smooth activation only
    ratio = np.interp(4.0, rho, one) / np.interp(1.0, rho, one)
    assert ratio > 3 if name != "relu" else ratio < 2


def test_departure_is_where_the_error_leaves_the_bias():
    setting = problem("erf", 2, [0.5], resolution=SMALL)
    lam = np.logspace(-4, 0, 9)
    table = {"m": 8, "lam": lam, "bias": lam, "error": np.where(lam < 2e-3, 2 * lam, lam)}
    (row,) = tables.departures(setting, pd.DataFrame(table)).itertuples(index=False)
    assert row[3] == pytest.approx(1e-3) and row[4] == pytest.approx(
        tables.effective_dimension(setting.spectrum, 1e-3) / 4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: worst_target.probable_deviation(1, 1.0, 1.0, 0.1), "m = 1"),
        (lambda: worst_target.probable_deviation(8, 1.0, 1.0, 0.0), "failure"),
        (lambda: worst_target.probable_deviation(8, -1.0, 1.0, 0.1), "spread"),
        (lambda: worst_target.claimed_constant(0.4, 1.0, 1.0, 0.1), "r = 0.4|0.4"),
        (lambda: worst_target.worst_bias(np.ones(2), 1.5, 0.1), "r = 1.5"),
        (lambda: neuron_tails.leverage(np.ones((2, 2)), np.ones(2), 0.0), "lam"),
        (lambda: harmonics((np.ones((1, 1)), np.ones(1)), 2), "d"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
