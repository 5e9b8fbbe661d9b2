"""Claim A: bounds, expansion in 1/m, sampled errors, and the choice of the ridge."""

import numpy as np
import pytest
from scipy import optimize, stats

from ntksgd.compare.approximation import Resolution, measured, predicted, problem
from ntksgd.compare.approximation_draws import half_network, nested_kernels, sample_errors
from ntksgd.compare.ridge_paths import ridge_paths, sample_ridge_path
from ntksgd.kernels import neuron_moments as fluctuation
from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import empirical_ntk, initialise, tangent_features
from ntksgd.problems.target import source_target
from ntksgd.risk import approximation as approx
from reference_approximation import coupling as slow_coupling
from reference_approximation import neuron_matrix, ridge_residual

SMALL = Resolution(band=8, grid=60, reach=28)


@pytest.fixture(scope="module")
def circle():
    return problem("erf", 2, [0.5, 1.0], resolution=SMALL)


def vector_form(matrix, weights):
    return np.sqrt(np.outer(weights, weights)) * matrix


# --- second moments of one neuron ------------------------------------------------------------


@pytest.mark.parametrize(("name", "d", "degree"), [("erf", 2, 60), ("squareplus(6)", 3, 16)])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_coupling_is_its_definition(name, d, degree, gamma):
    grid = sphere.quadrature(d, degree)
    slow, square = slow_coupling(activation(name), d, 5, grid, gamma)
    fast = fluctuation.degree_coupling(name, d, 5, gamma)
    np.testing.assert_allclose(fast, slow, rtol=2e-6, atol=1e-9)
    kernel = vector_form(tangent_kernel(name, gamma).gram(grid[0]), grid[1])
    constant = fluctuation.hilbert_schmidt_constant(name, d, gamma)
    assert constant == pytest.approx(square - np.sum(kernel**2), rel=1e-6)


@pytest.mark.parametrize("d", [2, 3, 6])
def test_coupling_and_constant_agree(d):
    spectrum = mercer_spectrum("tanh", d, 60 if d < 6 else 40)
    q = fluctuation.degree_coupling("tanh", d, spectrum.max_degree)
    total = np.sum(q * spectrum.multiplicities)
    squares = spectrum.eigenvalues**2 @ spectrum.multiplicities
    assert total - squares == pytest.approx(
        fluctuation.hilbert_schmidt_constant("tanh", d), rel=1e-6)
    np.testing.assert_allclose(q * spectrum.multiplicities, (q * spectrum.multiplicities).T,
                               rtol=1e-12)


def test_relu_constant_is_approached_by_the_coupling_from_below():
    gaps = []
    for degree in (16, 64):
        spectrum = mercer_spectrum("relu", 2, degree)
        total = np.sum(fluctuation.degree_coupling("relu", 2, degree) * spectrum.multiplicities)
        gaps.append(fluctuation.hilbert_schmidt_constant("relu", 2)
                    - total + spectrum.eigenvalues**2 @ spectrum.multiplicities)
    # jumps of sigma' leave a power 1/K beyond degree K, and twice that in the square
    assert 0 < gaps[1] < gaps[0] / 3


# --- bias and bounds -------------------------------------------------------------------------


def test_bias_solves_the_ridge_problem_of_the_limit_kernel(circle):
    points, weights = sphere.quadrature(2, 80)
    matrix = vector_form(tangent_kernel("erf").gram(points), weights)
    for target in circle.targets.values():
        values = np.sqrt(weights) * target(points)
        for lam in (1.0, 1e-2, 1e-4):
            error = np.linalg.norm(ridge_residual(matrix, values, lam))
            assert error == pytest.approx(approx.bias(target, lam), rel=1e-8)


@pytest.mark.parametrize("r", [0.2, 0.5, 0.75, 1.0])
def test_source_constant_is_the_supremum(r):
    u = np.logspace(-6, 12, 200001)
    assert np.max(u**r / (1 + u)) == pytest.approx(approx.source_constant(r), rel=1e-6)


@pytest.mark.parametrize("r", [0.5, 0.75, 1.0])
def test_claim_a_bound_has_the_stated_constant_and_exponent(r):
    target = source_target(mercer_spectrum("relu", 2, 300), r)
    m, constant = 2.0 ** np.arange(1, 41), 1.3
    limits = approx.bound(target, m, approx.claimed_ridge(m, r), constant)
    scale = approx.source_constant(r) * target.source_norm(r)
    np.testing.assert_allclose(limits.bias, scale * m ** (-r / (2 * r + 1)))
    assert np.all(limits.total <= scale * (1 + np.sqrt(2 * constant)) * m ** (-r / (2 * r + 1))
                  * (1 + 1e-12))
    assert np.all(approx.bias(target, approx.claimed_ridge(m, r)) <= limits.bias)


def test_below_one_half_the_elementary_bound_loses_the_rate():
    target = source_target(mercer_spectrum("relu", 2, 300), 0.25)
    m = 10.0 ** np.array([2, 6, 12])
    limits = approx.bound(target, m, approx.claimed_ridge(m, 0.25), 1.0)
    assert np.all(np.diff(limits.fluctuation / limits.bias) > 0)


def test_rank_floor_solves_its_linear_programme():
    target = source_target(mercer_spectrum("relu", 3, 12), 0.6)
    counts = target.spectrum.multiplicities
    for rank in (0, 1, 7, 50, 168, 169):
        best = optimize.linprog(-target.power, A_ub=[counts], b_ub=[rank], bounds=(0, 1))
        expected = max(target.power.sum() + best.fun, 0)
        assert approx.rank_floor(target, rank) ** 2 == pytest.approx(expected, abs=1e-12)


# --- expansion in 1/m ------------------------------------------------------------------------


def test_expansion_is_the_mean_over_neurons_of_its_definition(circle):
    """Every b replaced by a product rule in its norm and angle: no sampling."""
    points, weights = sphere.quadrature(2, 60)
    limit = vector_form(tangent_kernel("erf").gram(points), weights)
    target, lam, m = circle.targets[0.5], 0.03, 1000.0
    resolvent = np.linalg.inv(limit + lam * np.eye(len(points)))
    values = np.sqrt(weights) * target(points)
    error = lam * resolvent @ values
    rho, density = sphere.gauss_panels(0.0, 12.0, 3)
    density = density * stats.chi.pdf(rho, 2)
    angles = 2 * np.pi * np.arange(60) / 60
    fluctuated = second = 0.0
    for radius, mass in zip(rho, density / angles.size, strict=True):
        for angle in angles:
            b = radius * np.array([np.cos(angle), np.sin(angle)])
            deviation = neuron_matrix(activation("erf"), b, points, weights) - limit
            moved = lam * resolvent @ deviation @ resolvent @ values
            fluctuated += mass * moved @ moved
            second += mass * 2 * error @ resolvent @ deviation @ moved
    expanded = approx.expansion(target, circle.spectrum, circle.coupling, m, lam)
    assert expanded.fluctuation**2 == pytest.approx(2 / m * fluctuated, rel=1e-6)
    excess = expanded.error**2 - approx.bias(target, lam) ** 2
    assert excess == pytest.approx(2 / m * (fluctuated + second), rel=1e-6)


def test_measured_fluctuation_is_its_first_order_and_error_is_between_its_bounds(circle):
    curves = measured([circle], [("claim", 0.5), ("fixed", 1.0)], [64, 1024, 2048],
                      replicates=200, seed=3)
    assert [(c.r, c.rule) for c in curves] == [(0.5, "claim"), (1.0, "fixed")]
    for curve in curves:
        assert curve.squared_error.shape == curve.squared_fluctuation.shape == (200, 3)
        (error, fluctuation), (over, spread) = np.transpose([
            (squares.mean(axis=0), 2 * squares.std(axis=0) / np.sqrt(200))
            for squares in (curve.squared_error, curve.squared_fluctuation)], (1, 0, 2))
        gap = np.abs(fluctuation - curve.expansion.fluctuation**2)
        assert np.all(gap[1:] < 2 * spread[1:])
        assert np.all(spread[1:] < 0.32 * fluctuation[1:])
        assert np.all(error + over < curve.bound.total**2)
        assert np.all(error + over > curve.bias**2)
        assert np.all(fluctuation + spread < curve.bound.fluctuation**2)


# --- sampled errors --------------------------------------------------------------------------


def test_nested_kernels_are_those_of_the_symmetric_network():
    grid = sphere.quadrature(3, 6)
    act = activation("relu")
    *_, (last) = nested_kernels("relu", [4, 10, 32], grid, np.random.default_rng(1))
    params = initialise(32, 3, np.random.default_rng(1))
    whole = empirical_ntk(params, grid[0], grid[0], act)
    np.testing.assert_allclose(last, vector_form(whole, grid[1]), atol=1e-14)


def test_half_network_has_the_kernel_of_the_whole():
    points = sphere.quadrature(2, 9)[0]
    half = half_network(12, 2, np.random.default_rng(2))
    whole = initialise(12, 2, np.random.default_rng(2))
    features = tangent_features(half, points, activation("tanh"))
    assert features.shape == (10, 6 * 4)
    np.testing.assert_allclose(features @ features.T,
                               empirical_ntk(whole, points, points, activation("tanh")))


def test_sampled_error_and_fluctuation_follow_their_identities(circle):
    target, lam, m = circle.targets[1.0], 0.05, 16
    seed = np.random.SeedSequence(4)
    drawn = sample_errors(("erf", [m], [(target, [lam])], 60), seed)
    square, moved = drawn.error[0, 0], drawn.fluctuation[0, 0]
    grid = sphere.quadrature(2, 60)
    (matrix,) = nested_kernels("erf", [m], grid, np.random.default_rng(seed))
    limit = vector_form(tangent_kernel("erf").gram(grid[0]), grid[1])
    eye, values = np.eye(len(matrix)), np.sqrt(grid[1]) * target(grid[0])
    inner = (matrix - limit) @ np.linalg.solve(limit + lam * eye, values)
    fluctuated = lam * np.linalg.solve(matrix + lam * eye, inner)
    assert moved == pytest.approx(fluctuated @ fluctuated, rel=1e-7)
    error = lam * np.linalg.solve(matrix + lam * eye, values)
    assert square == pytest.approx(error @ error, rel=1e-10)


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_ridge_path_is_monotone_and_ends_at_the_distance_from_the_features(name):
    target = source_target(mercer_spectrum(name, 2, 8), 0.5)
    ridges, seed, m = np.logspace(-8, 0, 9), np.random.SeedSequence(5), 8
    path = sample_ridge_path((name, m, [target], ridges, 60), seed)[0]
    grid = sphere.quadrature(2, 60)
    (matrix,) = nested_kernels(name, [m], grid, np.random.default_rng(seed))
    values = np.sqrt(grid[1]) * target(grid[0])
    for square, lam in zip(path[3:], ridges[3:], strict=False):
        direct = ridge_residual(matrix, values, lam)
        assert square == pytest.approx(direct @ direct, rel=1e-6)
    neurons = half_network(m, 2, np.random.default_rng(seed))
    features = np.sqrt(grid[1])[:, None] * tangent_features(neurons, grid[0], activation(name))
    fit = features @ np.linalg.lstsq(features, values, rcond=1e-13)[0]
    assert path[-1] == pytest.approx(np.sum((values - fit) ** 2), rel=1e-6, abs=1e-20)
    assert path[-1] <= path[0] and np.all(np.diff(path[:-1]) > 0)


def test_feature_rank_is_the_rank_of_the_kernel():
    points, weights = sphere.quadrature(3, 20)
    for name in ("relu", "erf"):
        chosen = problem(name, 3, [0.5], resolution=Resolution(4, 20, 4))
        (matrix,) = nested_kernels(name, [16], (points, weights), np.random.default_rng(6))
        assert np.linalg.matrix_rank(matrix, tol=1e-12) == chosen.feature_rank(16)


def test_no_ridge_beats_the_rank_floor(circle):
    paths = ridge_paths([circle], [2, 4], np.logspace(-6, 0, 4), replicates=40, seed=7)
    assert [(p.r, p.m) for p in paths] == [(0.5, 2), (0.5, 4), (1.0, 2), (1.0, 4)]
    for path in paths:
        squares = path.squared_error
        assert squares.shape == (40, 5) and path.ridge[-1] == 0
        spread = 2 * squares.std(axis=0) / np.sqrt(40)
        assert np.all(squares.mean(axis=0) + spread > path.floor**2) and path.floor > 0
        # draws of a problem are shared by its targets, not by its widths
        item = ("erf", path.m, [circle.targets[path.r]], path.ridge[:-1], 60)
        seed = np.random.SeedSequence(7, spawn_key=({2: 0, 4: 40}[path.m],))
        np.testing.assert_allclose(squares[0], sample_ridge_path(item, seed)[0])


def test_grid_refinement_changes_relu_more_than_a_smooth_activation(circle):
    changes = []
    for chosen in (circle, problem("relu", 2, [0.5], resolution=SMALL)):
        coarse, fine = (measured([chosen], [("claim", 0.5)], [16, 64], replicates=2, seed=8,
                                 grid=grid)[0].squared_error for grid in (60, 120))
        changes.append(np.abs(np.sqrt(coarse / fine) - 1).max())
    assert changes[0] < 1e-6 < changes[1] < 0.05


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: approx.bias(s.targets[0.5], 0.0), "lam = 0"),
        (lambda s: approx.bias(s.targets[0.5], np.nan), "lam"),
        (lambda s: approx.claimed_ridge(1, 0.5), "m = 1"),
        (lambda s: approx.claimed_ridge(8, 0.0), "r = 0"),
        (lambda s: approx.source_constant(1.2), "r = 1.2"),
        (lambda s: approx.bound(s.targets[0.5], 8, 0.1, -1.0), "constant = -1"),
        (lambda s: approx.rank_floor(s.targets[0.5], -1), "rank = -1"),
        (lambda s: approx.expansion(s.targets[0.5], s.spectrum, np.eye(3), 8, 0.1), "coupling"),
        (lambda s: approx.expansion(s.targets[0.5], mercer_spectrum("relu", 2, 28),
                                    s.coupling, 8, 0.1), "spectrum"),
        (lambda s: predicted(s, 0.5, "none", [8]), "rule = 'none'"),
        (lambda s: problem("erf", 4, [0.5]), "d = 4"),
        (lambda s: problem("erf", 2, [-1.0]), "r = -1"),
        (lambda s: measured([s], [("claim", 0.5)], [7], replicates=2, seed=0), "m = 7"),
        (lambda s: measured([s], [("claim", 0.5)], [8], replicates=1, seed=0), "replicates = 1"),
        (lambda s: list(nested_kernels("relu", [8, 4], sphere.quadrature(2, 6),
                                       np.random.default_rng(0))), "must increase"),
        (lambda s: fluctuation.degree_coupling("erf", 1, 4), "d = 1"),
        (lambda s: fluctuation.hilbert_schmidt_constant("erf", 2, gamma=-1.0), "gamma = -1"),
    ],
)
def test_bad_input_is_named(circle, call, message):
    with pytest.raises(ValueError, match=message):
        call(circle)
