"""Funk-Hecke coefficients: closed forms against quadrature, and relative accuracy of small ones."""

import numpy as np
import pytest
from scipy import integrate, special

from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import (
    MANY,
    coefficients_of_many,
    mean_square_coefficients,
    neuron_coefficients,
    relu_coefficients,
)
from ntksgd.models.activations import Activation, activation, relu


@pytest.mark.parametrize("d", range(2, 11))
def test_relu_coefficients_against_quadrature(d):
    t, weights = sphere.zonal_quadrature(d, 8)
    polynomials = sphere.legendre(d, 25, t) * weights
    ramp, step = relu_coefficients(d, 25)
    np.testing.assert_allclose(ramp, polynomials @ np.maximum(t, 0), atol=1e-15)
    np.testing.assert_allclose(step, polynomials @ (t > 0), atol=1e-15)


@pytest.mark.parametrize("d", [2, 3, 5, 10])
def test_funk_hecke_formula_on_the_sphere(d):
    """int sigma(<w, x>) Y(x) dx = c_k Y(w), for the harmonic Y(x) = P_k(<x, p>), |w| = 1."""
    act, k = activation("tanh"), 3
    p, w = sphere.uniform(np.random.default_rng(2), 2, d)
    if d <= 3:
        points, weights = sphere.quadrature(d, 60)
        left = weights @ (act.value(points @ w) * sphere.legendre(d, k, points @ p)[k])
        tolerance = 1e-10
    else:
        points = sphere.uniform(np.random.default_rng(3), 400_000, d)
        samples = act.value(points @ w) * sphere.legendre(d, k, points @ p)[k]
        left, tolerance = samples.mean(), 5 * samples.std() / np.sqrt(samples.size)
    t, measure = sphere.zonal_quadrature(d, 8)
    coefficient = measure @ (act.value(t) * sphere.legendre(d, k, t)[k])
    assert left == pytest.approx(coefficient * sphere.legendre(d, k, w @ p)[k], abs=tolerance)


@pytest.mark.parametrize(("name", "d"), [("squareplus(0.5)", 2), ("squareplus(0.001)", 3),
                                         ("tanh", 2), ("erf", 5), ("relu", 3)])
def test_many_neurons_have_the_coefficients_of_each(name, d):
    """Also near 0, between two panels and beyond the last; their number of panels suffices."""
    rho = np.linalg.norm(np.random.default_rng(4).standard_normal((MANY, d)), axis=1)
    rho[:3] = 1e-6, (np.sqrt(d) + sphere.NORM_TAIL) / 8, 7.5
    for values in (rho, np.append(rho, 40.0)):
        many = coefficients_of_many(activation(name), d, 30, values, 16)
        each = neuron_coefficients(activation(name), d, 30, values, 64)
        for ours, exact in zip(many, each, strict=True):
            np.testing.assert_allclose(ours, exact, rtol=0, atol=5e-14)


@pytest.mark.parametrize("d", [2, 3, 7])
def test_mean_squares_by_adaptive_quadrature(d):
    act = activation("squareplus(0.5)")
    u, v = mean_square_coefficients(act, d, 6)

    def coefficient(f, k, rho):
        def integrand(phi):
            legendre = sphere.legendre(d, k, np.cos(phi))[k]
            return f(rho * np.cos(phi)) * legendre * np.sin(phi) ** (d - 2)
        total = integrate.quad(integrand, 0, np.pi, epsabs=1e-12)[0]
        return total / special.beta(0.5, (d - 1) / 2)

    def density(rho):
        return rho ** (d - 1) * np.exp(-rho**2 / 2) / (2 ** (d / 2 - 1) * special.gamma(d / 2))

    for ours, f, k in ((u, act.value, 0), (u, act.value, 4), (v, act.derivative, 3)):
        exact = integrate.quad(lambda rho, f=f, k=k: coefficient(f, k, rho) ** 2 * density(rho),
                               0, 14, epsabs=1e-10)[0]
        assert ours[k] == pytest.approx(exact, abs=1e-10)


def test_quadrature_route_agrees_with_the_relu_closed_form():
    """A copy of ReLU that the library does not recognise goes through the quadrature."""
    copy = Activation("copy", lambda u: u * (u > 0), lambda u: 1.0 * (u > 0), kinks=(0.0,))
    for d in (2, 3, 6):
        quadrature = mean_square_coefficients(copy, d, 40)
        for ours, exact in zip(quadrature, mean_square_coefficients(relu(), d, 40), strict=True):
            np.testing.assert_allclose(ours, exact, rtol=1e-9, atol=1e-30)


def test_an_activation_called_relu_is_not_taken_for_it():
    scaled = Activation("relu", lambda u: 2 * np.maximum(u, 0), lambda u: 2.0 * (u > 0), (0.0,))
    for ours, single in zip(mean_square_coefficients(scaled, 3, 5),
                            mean_square_coefficients(relu(), 3, 5), strict=True):
        np.testing.assert_allclose(ours, 4 * single, atol=1e-14)


def test_relative_accuracy_far_below_machine_epsilon():
    """sigma(u) = cos(u): c_k(rho) = J_k(rho) on the circle, and E J_k(rho)^2 = exp(-1) I_k(1)."""
    cosine = Activation("cos", np.cos, lambda u: -np.sin(u))
    u, v = mean_square_coefficients(cosine, 2, 24)
    k = np.arange(25)
    exact = np.exp(-1) * special.iv(k, 1.0)
    parity = k % 2 == 0  # cos(rho cos phi) has even degrees only, sin the odd ones
    small = exact > 1e-27
    np.testing.assert_allclose(u[parity & small], exact[parity & small], rtol=1e-4)
    np.testing.assert_allclose(v[~parity & small], exact[~parity & small], rtol=1e-4)
    assert exact[small].min() < 1e-26
    assert np.all(u[~parity] < 1e-30) and np.all(v[parity] < 1e-30)


def test_kink_away_from_zero_is_refused_at_a_tight_tolerance():
    shifted = Activation("shifted", lambda u: np.maximum(u - 0.7, 0), lambda u: 1.0 * (u > 0.7),
                         kinks=(0.7,))
    with pytest.raises(ValueError, match="tolerance = 1e-12.*shifted"):
        mean_square_coefficients(shifted, 2, 8)
