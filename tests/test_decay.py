"""Decay laws: limits, extrapolation, refusals; the tables of notebook 01."""

import numpy as np
import pytest
from scipy import integrate

from ntksgd.kernels import decay
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.report import kernel_tables as mercer_study


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
    for _, exponent, ratio in mercer_study.relu_exponents(d, 1024):
        assert exponent[0] == pytest.approx(-d, abs=1e-3) and ratio[0] == pytest.approx(1, abs=1e-3)


def test_squareplus_exponents():
    power, ratio = mercer_study.squareplus_exponents(0.5, 3)
    assert power[0] == pytest.approx(2 / 3, abs=5e-4) and ratio[0] == pytest.approx(1, abs=0.02)


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
        assert mercer_study.relu_limit_law(s)[1] == pytest.approx(mean**2 - 0.5 / np.pi, rel=1e-7)
    table = mercer_study.relu_limit([1.0, 0.5])
    for part in ("kappa_0", "kappa_1"):
        np.testing.assert_allclose(table[part], table[part + "_theory"], rtol=1e-9)


def test_hexagon():
    table = mercer_study.hexagon_table("relu", [0.0, 0.3, 1.0])
    np.testing.assert_allclose(table["smallest"], table["gamma"] ** 2 / 6, atol=1e-7)
    np.testing.assert_allclose(table["theory"], table["gamma"] ** 2 / 6)


def test_rkhs_norms_of_triangle_and_square_wave():
    """Their powers by quadrature; the square wave's sum grows like K, the triangle's converges."""
    phi = (np.arange(2**14) + 0.5) * 2 * np.pi / 2**14
    values = mercer_spectrum("relu", 2, 99).eigenvalues
    table = mercer_study.rkhs_norms("relu", [99])
    for name, wave in (("triangle wave", np.abs(phi - np.pi) - np.pi / 2),
                       ("square wave", np.sign(np.cos(phi)))):
        power = 2 * np.array([np.mean(wave * np.cos(k * phi)) ** 2 for k in range(1, 100)])
        assert table[name][0] == pytest.approx(np.sum(power / values[1:]), rel=1e-3)
    growth = mercer_study.rkhs_norms("relu", [500, 1000])
    assert growth["square wave"][1] / growth["square wave"][0] == pytest.approx(2, abs=0.02)
    assert growth["triangle wave"][1] / growth["triangle wave"][0] == pytest.approx(1, abs=1e-3)


def test_log_degrees_keep_both_parities():
    k = mercer_study.log_degrees(1, 400)
    assert k[0] >= 1 and k[-1] <= 400 and np.all(np.diff(k) > 0)
    assert set(k[k % 2 == 0][:-1] + 1) <= set(k)
