"""The two-layer network: initialisation, gradient, tangent features, tangent kernel."""

import numpy as np
import pytest
from scipy import stats

from ntksgd.kernels import sphere
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import (
    Parameters,
    empirical_ntk,
    forward,
    initialise,
    initialise_evenly,
    tangent_features,
)

NAMES = ["relu", "erf", "tanh", "squareplus(0.5)"]


def random_parameters(m, d, seed):
    rng = np.random.default_rng(seed)
    return Parameters(rng.normal(size=m), rng.normal(size=(m, d)), rng.normal(size=m))


def test_forward_is_the_formula():
    a, b, c = params = random_parameters(6, 3, 0)
    x = sphere.uniform(np.random.default_rng(1), 4, 3)
    expected = [sum(a[i] * np.tanh(b[i] @ xj + 0.7 * c[i]) for i in range(6)) / np.sqrt(6)
                for xj in x]
    np.testing.assert_allclose(forward(params, x, activation("tanh"), 0.7), expected)


@pytest.mark.parametrize("name", NAMES)
def test_symmetric_initialisation(name):
    params = initialise(64, 3, np.random.default_rng(0))
    assert params.a.shape == (64,) and params.b.shape == (64, 3) and not params.c.any()
    np.testing.assert_array_equal(params.b[:32], params.b[32:])
    np.testing.assert_array_equal(params.a, np.repeat([1.0, -1.0], 32))
    x = sphere.uniform(np.random.default_rng(1), 5, 3)
    np.testing.assert_allclose(forward(params, x, activation(name)), 0, atol=1e-14)


def test_initial_weights_are_standard_normal():
    b = initialise(40_000, 2, np.random.default_rng(3)).b[:20_000]
    np.testing.assert_allclose(b.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(b.T @ b / len(b), np.eye(2), atol=0.04)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gamma", [0.0, 1.0, 0.6])
def test_tangent_features_are_the_gradient(name, gamma):
    """Central differences in each of the m (d + 2) parameters."""
    m, d, h, act = 6, 3, 1e-6, activation(name)
    params = random_parameters(m, d, 4)
    x = sphere.uniform(np.random.default_rng(5), 3, d)
    flat = np.concatenate([params.a, params.b.ravel(), params.c])

    def value(theta):
        a, b, c = np.split(theta, [m, m + m * d])
        return forward(Parameters(a, b.reshape(m, d), c), x, act, gamma)

    steps = h * np.eye(flat.size)
    numeric = np.stack([(value(flat + e) - value(flat - e)) / (2 * h) for e in steps], axis=1)
    features = tangent_features(params, x, act, gamma)
    assert features.shape == (3, m * (d + 2))
    np.testing.assert_allclose(features, numeric, atol=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_tangent_kernel_is_the_gram_matrix_of_the_features(name):
    act, params = activation(name), random_parameters(10, 4, 6)
    x = sphere.uniform(np.random.default_rng(7), 5, 4)
    y = sphere.uniform(np.random.default_rng(8), 3, 4)
    left, right = (tangent_features(params, z, act, 0.8) for z in (x, y))
    np.testing.assert_allclose(empirical_ntk(params, x, y, act, 0.8), left @ right.T, atol=1e-13)
    np.testing.assert_allclose(empirical_ntk(params, x, x, act, 0.8), left @ left.T, atol=1e-13)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gamma", [0.0, 1.0])
def test_mean_tangent_kernel_is_the_infinite_width_kernel(name, gamma):
    """E K_m = K for every width: 8000 networks of width 2, within 5 standard errors."""
    act, rng, n = activation(name), np.random.default_rng(9), 8_000
    x = sphere.uniform(np.random.default_rng(10), 6, 3)
    total = np.array([empirical_ntk(initialise(2, 3, rng), x, x, act, gamma) for _ in range(n)])
    gap = np.abs(total.mean(axis=0) - tangent_kernel(name, gamma).gram(x))
    assert np.all(gap < 5 * total.std(axis=0) / np.sqrt(n))
    assert np.all(total.std(axis=0) / np.sqrt(n) < 0.04)


@pytest.mark.parametrize("m, d, name", [(3, 2, "m"), (0, 2, "m"), (2.0, 2, "m"), (4, 1, "d")])
def test_bad_input(m, d, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        initialise(m, d, np.random.default_rng(0))


def circle_gram_error(params, n=64):
    """K_m - K on n equally spaced points of the circle, between harmonics (n, n), squareplus."""
    act, phi = activation("squareplus(0.5)"), 2 * np.pi * np.arange(n) / n
    x = np.stack([np.cos(phi), np.sin(phi)], axis=1)
    error = empirical_ntk(params, x, x, act) - tangent_kernel(act)(x @ x.T)
    return np.fft.ifft(np.fft.fft(error, axis=0), axis=1) / n


def test_even_start_keeps_the_law_of_a_neuron():
    """|b|^2/2 is exponential and the direction uniform, over starts; the pairs are symmetric."""
    first = []
    for i in range(1500):
        params = initialise_evenly(64, np.random.default_rng(i), angles=4)
        first.append(params.b[np.random.default_rng([i, 1]).integers(32)])  # one picked at random
        if i == 0:
            np.testing.assert_array_equal(params.b[:32], params.b[32:])
            np.testing.assert_array_equal(params.a, np.repeat([1.0, -1.0], 32))
    first = np.array(first)
    assert stats.kstest(np.sum(first**2, axis=1) / 2, "expon").pvalue > 0.01
    assert stats.kstest(np.arctan2(*first.T) / (2 * np.pi) + 0.5, "uniform").pvalue > 0.01


def test_even_start_does_not_couple_harmonics():
    """k + l < 16 are not coupled, at any draw, as independent pairs are; the mean kernel is K."""
    errors = np.array([circle_gram_error(initialise_evenly(128, np.random.default_rng(i)))
                       for i in range(300)])
    k = np.arange(8)
    apart = np.abs(errors[:, k[:, None], k])[:, k[:, None] != k]
    assert apart.max() < 1e-12
    mean, spread = errors.mean(axis=0), errors.std(axis=0)
    assert np.all(np.abs(mean)[k, k] < 4 * spread[k, k] / np.sqrt(300))
    independent = circle_gram_error(initialise(128, 2, np.random.default_rng(0)))
    assert np.abs(independent[k[:, None], k])[k[:, None] != k].max() > 1e-3


@pytest.mark.parametrize("m, angles", [(63, 4), (64, 5), (64, 0), (16, 16)])
def test_bad_even_starts_are_refused(m, angles):
    with pytest.raises(ValueError, match="m =|angles ="):
        initialise_evenly(m, np.random.default_rng(0), angles)
