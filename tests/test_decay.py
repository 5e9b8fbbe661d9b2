"""Decay laws: limits, extrapolation, refusals; distance of squareplus to ReLU."""

import numpy as np
import pytest
from scipy import integrate

from ntksgd.kernels import decay
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel


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
        assert decay.extrapolate(k, local, 1)[0] == pytest.approx(-d, abs=1e-3)
        assert decay.extrapolate(k, ratio, 1)[0] == pytest.approx(1, abs=1e-3)


def test_squareplus_exponents():
    q, ratio, power = decay.squareplus_octaves(0.5, 3)
    assert decay.extrapolate(q[1:], power, 4 / 3)[0] == pytest.approx(2 / 3, abs=5e-4)
    assert decay.extrapolate(q, ratio, 2 / 3)[0] == pytest.approx(1, abs=0.02)


def test_extrapolation_is_exact_for_one_correction_and_its_interval_covers_two():
    x = 2.0 ** np.arange(3, 8)
    limit, low, high = decay.extrapolate(x, 3 + 5 / x, 1)
    assert limit == pytest.approx(3, abs=1e-12) and high - low < 1e-12
    limit, low, high = decay.extrapolate(x, 3 + 5 / x - 7 / x**2, 1)
    assert low < 3 < high and abs(limit - 3) < 0.01
    # extrapolated values 1, 2, 2: the last change is 0, the one before is not forgotten
    assert decay.extrapolate([1, 2, 3, 4], [0, 0.5, 1, 1.25], 1) == pytest.approx((2, 1, 3))


@pytest.mark.parametrize("x, values", [
    ([1, 2, 3], [1, 2, 3]), ([1, 2, 2, 3], [1] * 4), ([0, 1, 2, 3], [1] * 4),
    ([1, 2, 3, 4], [1] * 3), ([1, 2, 3, np.nan], [1] * 4),
])
def test_extrapolation_refuses(x, values):
    with pytest.raises(ValueError, match="^x"):
        decay.extrapolate(x, values, 1)


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
