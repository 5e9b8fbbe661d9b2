"""The kernel operator of a drawn start, and the harmonics in any dimension."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.drawn import DrawnOperator, drawn_operator, neuron_average
from ntksgd.kernels.harmonics import evaluate, harmonics
from ntksgd.kernels.neuron_moments import squared_norms
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import Parameters, initialise, tangent_features


@pytest.mark.parametrize(("d", "degree"), [(2, 30), (3, 12), (4, 6), (6, 3)])
def test_harmonics_are_orthonormal_and_obey_the_addition_theorem(d, degree):
    """int Y Y' = delta, and sum_j Y_kj(x) Y_kj(x') = N_k P_k(<x, x'>), also at the poles."""
    vectors, degrees = harmonics(sphere.quadrature(d, 2 * degree), degree)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(degrees.size), atol=1e-12)
    x = np.concatenate([sphere.uniform(np.random.default_rng(0), 5, d), np.eye(d), -np.eye(d)])
    values, degrees = evaluate(x, degree)
    counts = sphere.multiplicity(d, np.arange(degree + 1))
    expected = sphere.legendre(d, degree, np.clip(x @ x.T, -1, 1)) * counts[:, None, None]
    for k in range(degree + 1):
        part = values[:, degrees == k]
        assert part.shape[1] == counts[k]
        np.testing.assert_allclose(part @ part.T, expected[k], atol=1e-10 * counts[k])


@pytest.mark.parametrize(("name", "d", "degree", "fine", "tolerance"), [
    ("squareplus(0.5)", 2, 40, 2000, 1e-12), ("squareplus(0.5)", 3, 8, 120, 1e-12),
    ("erf", 4, 3, 56, 1e-9), ("relu", 2, 20, 6000, 2e-4)])
def test_operator_is_that_of_the_real_features(name, d, degree, fine, tolerance):
    """Against the features of the network itself on a fine grid (a kink costs the grid 1/n)."""
    params, gamma = initialise(12, d, np.random.default_rng(4)), 0.7
    points, weights = sphere.quadrature(d, fine)
    vectors, _ = harmonics((points, weights), degree)
    on_grid = tangent_features(params, points, activation(name), gamma).T * np.sqrt(weights)
    features = on_grid @ vectors
    operator = drawn_operator(params, name, degree, gamma)
    size = np.abs(operator.matrix).max()
    np.testing.assert_allclose(operator.matrix, features.T @ features, atol=tolerance * size)


@pytest.mark.parametrize(("name", "d", "degree"), [
    ("squareplus(0.5)", 2, 24), ("relu", 3, 5), ("erf", 4, 3)])
def test_mean_over_neurons_is_the_limit_kernel(name, d, degree):
    """E Z_b = diag(lambda_k): b = rho w by quadratures in rho and w."""
    rho, density = sphere.norm_quadrature(d, 4)
    keep = density > 1e-18
    directions, weights = sphere.quadrature(d, 2 * degree + 2)
    b = (rho[keep, None, None] * directions).reshape(-1, d)
    mean = neuron_average(b, np.outer(density[keep], weights).ravel(), name, degree)
    expected = mercer_spectrum(name, d, degree).eigenvalues
    np.testing.assert_allclose(mean.matrix, np.diag(expected[mean.degrees]), atol=1e-9)
    np.testing.assert_allclose(mean.degree_means(), expected, atol=1e-9)


def test_one_neuron_has_its_known_norm():
    """||Z_b||_HS of `neuron_moments`, which knows no harmonics."""
    b = np.array([[0.9, -1.3]])
    norm = np.sum(neuron_average(b, np.ones(1), "squareplus(0.5)", 96).matrix ** 2)
    expected = squared_norms("squareplus(0.5)", 2, np.linalg.norm(b, axis=1))[0]
    assert norm == pytest.approx(expected, rel=1e-10)


def test_pairs_and_single_neurons_are_averaged_alike():
    """A start without pairs is accepted; the average is over all its neurons."""
    b = np.random.default_rng(1).standard_normal((6, 2))
    single = drawn_operator(Parameters(np.ones(6), b, np.zeros(6)), "relu", 5)
    paired = drawn_operator(Parameters(np.repeat([1.0, -1.0], 6), np.concatenate([b, b]),
                                       np.zeros(12)), "relu", 5)
    np.testing.assert_allclose(single.matrix, paired.matrix, atol=1e-14)


def test_bad_input_is_refused():
    """Biases, outer weights, shapes and points off the sphere."""
    start = initialise(4, 2, np.random.default_rng(0))
    with pytest.raises(ValueError, match="params"):
        drawn_operator(start._replace(c=np.ones(4)), "relu", 4)
    with pytest.raises(ValueError, match="params"):
        drawn_operator(start._replace(a=2 * start.a), "relu", 4)
    with pytest.raises(ValueError, match="max_degree"):
        drawn_operator(start, "relu", 0)
    with pytest.raises(ValueError, match="gamma"):
        drawn_operator(start, "relu", 4, -1.0)
    with pytest.raises(ValueError, match="matrix"):
        DrawnOperator(2, 3, np.eye(6))
    with pytest.raises(ValueError, match="symmetric"):
        DrawnOperator(2, 1, np.triu(np.ones((3, 3))))
    with pytest.raises(ValueError, match="points"):
        evaluate(np.array([[1.0, 1.0]]), 3)
