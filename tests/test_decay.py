"""Decay laws: limits, extrapolated; distance of squareplus to ReLU."""

import numpy as np
import pytest
from scipy import integrate

from ntksgd.kernels import decay
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.stats.numerical import extrapolate


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_relu_law_and_tail(d, gamma):
    spectrum = mercer_spectrum("relu", d, 2000, gamma)
    k = np.array([1999, 2000])
    np.testing.assert_allclose(spectrum.eigenvalues[k], decay.relu_law(d, k, gamma),
                               rtol=d * d / 2000)
    assert spectrum.tail == pytest.approx(decay.relu_tail(d, 2000, gamma), rel=d * d / 2000)


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


def test_distance_of_squareplus_to_relu():
    """E sigma by adaptive quadrature; the maxima over t lie where the law says."""
    for s in (1.0, 0.2):
        mean = integrate.quad(lambda u, s=s: (u + np.sqrt(u * u + s * s)) / 2
                              * np.exp(-u * u / 2) / np.sqrt(2 * np.pi), -12, 12)[0]
        assert decay.squareplus_to_relu(s)[0] == pytest.approx(mean**2 - 0.5 / np.pi, rel=1e-7)
    t, limit = np.linspace(-1, 1, 201), tangent_kernel("relu")
    for s in (1.0, 0.5):
        gaps = np.subtract(tangent_kernel(f"squareplus({s!r})").parts(t), limit.parts(t))
        np.testing.assert_allclose(np.abs(gaps).max(axis=1), decay.squareplus_to_relu(s), rtol=1e-9)


def test_gram_matrix_of_a_hexagon_is_singular_without_a_bias():
    angles = np.arange(6) * np.pi / 3
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for gamma in (0.0, 0.3, 1.0):
        smallest = np.linalg.eigvalsh(tangent_kernel("relu", gamma).gram(corners))[0]
        assert smallest == pytest.approx(gamma**2 / 6, abs=1e-7)
