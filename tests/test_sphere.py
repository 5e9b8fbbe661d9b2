"""Harmonic analysis on the sphere: multiplicities, Legendre polynomials, quadratures."""

import numpy as np
import pytest
from scipy import special

from ntksgd.kernels import sphere

DIMENSIONS = range(2, 11)


def test_multiplicity_known_values():
    k = np.arange(1, 8)
    np.testing.assert_array_equal(sphere.multiplicity(2, k), np.full(7, 2))
    np.testing.assert_array_equal(sphere.multiplicity(3, k), 2 * k + 1)
    np.testing.assert_array_equal(sphere.multiplicity(4, k), (k + 1) ** 2)
    assert all(sphere.multiplicity(d, 0) == 1 and sphere.multiplicity(d, 1) == d
               for d in DIMENSIONS)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_multiplicities_count_the_polynomials(d):
    """Polynomials of degree <= K restricted to the sphere: degrees K and K-1 homogeneous."""
    total = sphere.multiplicity(d, np.arange(8)).sum()
    assert total == special.comb(7 + d - 1, d - 1) + special.comb(6 + d - 1, d - 1)


@pytest.mark.parametrize("d, degree", [(1, 2), (2, -1), (2.0, 1), (3, 2.5)])
def test_multiplicity_refuses(d, degree):
    with pytest.raises(ValueError):
        sphere.multiplicity(d, degree)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_legendre_against_jacobi(d):
    t = np.linspace(-1, 1, 41)
    ours = sphere.legendre(d, 30, t)
    for k in (0, 1, 2, 7, 30):
        jacobi = special.eval_jacobi(k, (d - 3) / 2, (d - 3) / 2, t)
        norm = special.eval_jacobi(k, (d - 3) / 2, (d - 3) / 2, 1.0)
        np.testing.assert_allclose(ours[k], jacobi / norm, atol=1e-13)


@pytest.mark.parametrize("d", DIMENSIONS)
def test_legendre_norms_are_one_over_multiplicity(d):
    t, weights = sphere.zonal_quadrature(d, 8)
    values = sphere.legendre(d, 40, t)
    gram = (values * weights) @ values.T
    expected = np.diag(1 / sphere.multiplicity(d, np.arange(41)))
    np.testing.assert_allclose(gram, expected, atol=1e-14)
    assert weights.sum() == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("halvings", [0, 12])
def test_zonal_quadrature_of_a_kink_at_zero(halvings):
    """int (t)_+ dmu_d = Gamma(d/2) / (2 sqrt(pi) Gamma((d+1)/2))."""
    for d in DIMENSIONS:
        t, weights = sphere.zonal_quadrature(d, 4, halvings=halvings)
        exact = special.gamma(d / 2) / (2 * np.sqrt(np.pi) * special.gamma((d + 1) / 2))
        assert weights @ np.maximum(t, 0) == pytest.approx(exact, rel=1e-14)


def test_halvings_resolve_a_nearly_kinked_integrand():
    """int_0^1 s/(x^2 + s^2) dx = arctan(1/s), s = 1e-4."""
    s = 1e-4
    errors = []
    for halvings in (0, 12):
        x, weights = sphere.gauss_panels(0.0, 1.0, 4, halvings=halvings)
        errors.append(abs(weights @ (s / (x * x + s * s)) - np.arctan(1 / s)))
    assert errors[1] < 1e-12 < 1e-3 < errors[0]


@pytest.mark.parametrize("d", [2, 3, 4, 5])
def test_sphere_quadrature_is_exact_to_its_degree(d):
    """Moments of a coordinate, E x^(2j) = (1/2)_j / (d/2)_j; orthogonality of harmonics."""
    points, weights = sphere.quadrature(d, 10)
    assert points.shape == (weights.size, d) and np.all(weights > 0)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-14)
    for j in range(6):
        moment = special.poch(0.5, j) / special.poch(d / 2, j)
        for axis in range(d):
            assert weights @ points[:, axis] ** (2 * j) == pytest.approx(moment, abs=1e-14)
            if j:
                assert weights @ points[:, axis] ** (2 * j - 1) == pytest.approx(0, abs=1e-14)
    mixed = points[:, 0] ** 4 * points[:, 1] ** 2 * points[:, d - 1] ** 4
    exponents = np.bincount([0] * 4 + [1] * 2 + [d - 1] * 4) / 2
    exact = np.prod(special.poch(0.5, exponents)) / special.poch(d / 2, 5)
    assert weights @ mixed == pytest.approx(exact, abs=1e-14)


def test_sphere_quadrature_is_not_exact_beyond():
    points, weights = sphere.quadrature(2, 9)
    assert abs(weights @ sphere.legendre(2, 10, points[:, 0])[10]) > 0.5


@pytest.mark.parametrize("d", [3, 4])
def test_addition_theorem_as_reproduction(d):
    """int N_k P_k(<x,y>) P_k(<y,z>) dy = P_k(<x,z>)."""
    points, weights = sphere.quadrature(d, 14)
    x, z = sphere.uniform(np.random.default_rng(0), 2, d)
    for k in (0, 3, 7):
        left = sphere.legendre(d, k, points @ x)[k] * sphere.legendre(d, k, points @ z)[k]
        value = sphere.multiplicity(d, k) * (weights @ left)
        assert value == pytest.approx(sphere.legendre(d, k, np.array(x @ z))[k], abs=1e-13)


def test_uniform_points():
    x = sphere.uniform(np.random.default_rng(1), 40_000, 5)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 1, atol=1e-14)
    np.testing.assert_allclose(x.mean(axis=0), 0, atol=4 / np.sqrt(5 * 40_000))
    np.testing.assert_allclose(x.T @ x / 40_000, np.eye(5) / 5, atol=6e-3)
    # the fourth moment tells the sphere from a normalised cube: E x_1^4 = 3 / (d (d + 2))
    assert np.mean(x[:, 0] ** 4) == pytest.approx(3 / 35, abs=4e-3)


@pytest.mark.parametrize("call", [
    lambda: sphere.uniform(np.random.default_rng(0), 0, 3),
    lambda: sphere.uniform(np.random.default_rng(0), 3, 1),
    lambda: sphere.quadrature(1, 4), lambda: sphere.quadrature(3, -1),
    lambda: sphere.zonal_quadrature(3, 5), lambda: sphere.legendre(1, 3, 0.0),
])
def test_bad_input(call):
    with pytest.raises(ValueError):
        call()
