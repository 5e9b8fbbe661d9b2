"""Decay laws: limits, extrapolated; derivatives of the squareplus kernel."""

import numpy as np
import pytest
from scipy import integrate, special

from ntksgd.kernels import decay
from ntksgd.kernels.funk_hecke import mean_square_coefficients
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.stats.numerical import extrapolate


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_relu_law(d, gamma):
    spectrum = mercer_spectrum("relu", d, 2000, gamma)
    k = np.array([1999, 2000])
    np.testing.assert_allclose(spectrum.eigenvalues[k], decay.relu_law(d, k, gamma),
                               rtol=d * d / 2000)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_squareplus_law_tends_to_the_eigenvalues(d, gamma):
    k = np.array([39, 40, 159, 160])
    values = mercer_spectrum("squareplus(0.5)", d, 160, gamma).eigenvalues[k]
    gap = np.abs(values / decay.squareplus_law(0.5, d, k, gamma) - 1)
    # the correction is of order q^(-2/3), q = 2 s k
    assert np.all(gap < 2.5 * k ** (-2 / 3)) and np.all(gap[2:] < gap[:2] / 2)


@pytest.mark.parametrize("d", [2, 3, 5])
def test_relu_exponents(d):
    for parity in (0, 1):
        k, local, ratio = decay.relu_octaves(d, 1024, parity)
        assert extrapolate(k, local, 1).value == pytest.approx(-d, abs=1e-3)
        assert extrapolate(k, ratio, 1).value == pytest.approx(1, abs=1e-3)


def test_squareplus_exponents():
    q, ratio, power = decay.squareplus_octaves(0.5, 3)
    assert extrapolate(q[1:], power, 4 / 3).value == pytest.approx(2 / 3, abs=5e-4)
    assert extrapolate(q, ratio, 2 / 3).value == pytest.approx(1, abs=0.02)


def test_derivatives_of_the_squareplus_kernel_at_one():
    """E sigma^(n)(z)^2 by hand, n = 2, 3; the n-th derivative of sum_k u_k N_k T_k(t) at t = 1."""
    s, k = 0.8, np.arange(201.0)
    by_hand = (lambda r, u: s**2 / 2 / r**3, lambda r, u: -3 * s**2 * u / 2 / r**5)
    at_one = (k**2 * (k**2 - 1) / 3, k**2 * (k**2 - 1) * (k**2 - 4) / 15)  # of T_k
    series = mean_square_coefficients(activation(f"squareplus({s})"), 2, 200)[0]
    for n, value in enumerate(decay.squareplus_derivatives(s, [2, 3])[0], 2):
        value *= special.factorial(n) ** 2 / s ** (2 * n)
        moment = integrate.quad(lambda u, f=by_hand[n - 2]: f(np.hypot(u, s), u) ** 2
                                * np.exp(-u * u / 2) / np.sqrt(2 * np.pi), -12, 12)[0]
        assert value == pytest.approx(moment, rel=1e-8)
        assert value == pytest.approx(2 * series @ at_one[n - 2], rel=1e-6)


@pytest.mark.parametrize("s", [1.0, 0.25])
def test_derivatives_of_the_squareplus_kernel_grow_as_derived(s):
    n = np.array([8, 16, 32, 64, 128])
    exact, law = decay.squareplus_derivatives(s, n)
    limit = extrapolate(n, exact / law, 1)
    assert limit.contains(1) and limit.high - limit.low < 0.02


def test_parity_pairs():
    k = decay.parity_pairs(100, 10)
    assert k[0] == 2 and k[-1] <= 100 and np.sum(k % 2 == 0) - np.sum(k % 2) in (0, 1)


def test_gram_matrix_of_a_hexagon_is_singular_without_a_bias():
    angles = np.arange(6) * np.pi / 3
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for gamma in (0.0, 0.3, 1.0):
        smallest = np.linalg.eigvalsh(tangent_kernel("relu", gamma).gram(corners))[0]
        assert smallest == pytest.approx(gamma**2 / 6, abs=1e-7)
