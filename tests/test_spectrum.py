"""Mercer spectrum: trace identity, reconstruction, decay laws, positivity and its failure."""

import numpy as np
import pytest
from scipy import special

from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import Activation

SMOOTH = ["erf", "tanh", "squareplus(1)"]


@pytest.mark.parametrize("name", [*SMOOTH, "relu"])
@pytest.mark.parametrize("d", [2, 3, 4, 7, 10])
def test_eigenvalues_by_quadrature_of_the_kernel(name, d):
    """lambda_k = int kappa P_k dmu_d, the Funk-Hecke formula of the kernel itself."""
    for gamma in (0.0, 1.0):
        t, weights = sphere.zonal_quadrature(d, 16)
        expected = (sphere.legendre(d, 20, t) * weights) @ tangent_kernel(name, gamma)(t)
        spectrum = mercer_spectrum(name, d, 20, gamma)
        np.testing.assert_allclose(spectrum.eigenvalues, expected, atol=1e-13)


@pytest.mark.parametrize("name", SMOOTH)
@pytest.mark.parametrize("d", [2, 3, 10])
def test_trace_identity_and_reconstruction(name, d):
    spectrum, t = mercer_spectrum(name, d, 90), np.linspace(-1, 1, 101)
    assert abs(spectrum.tail) < 1e-12
    np.testing.assert_allclose(spectrum.kernel(t), tangent_kernel(name)(t), atol=1e-12)


def test_trace_tail_of_relu_follows_its_decay():
    """lambda_k N_k ~ A k^-d 2 k^(d-2)/(d-2)!: the tail times K tends to 2 A/(d-2)!."""
    for d in (2, 3, 5):
        tails = [mercer_spectrum("relu", d, K).tail * K for K in (1000, 2000, 4000)]
        constant = 2 * relu_constant(d) / special.factorial(d - 2)
        np.testing.assert_allclose(tails[-1], constant, rtol=4e-3)
        assert abs(tails[-1] - constant) < abs(tails[0] - constant)


def relu_constant(d):
    return 2 ** (d - 2) * special.gamma(d / 2) ** 2 / np.pi**2


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("gamma", [1.0, 0.5])
def test_relu_decay_constant(d, gamma):
    """lambda_k k^d tends to A at even and to gamma^2 A at odd degrees, with error O(1/k)."""
    spectrum = mercer_spectrum("relu", d, 2000, gamma)
    scaled = spectrum.eigenvalues[-2:] * np.array([1999, 2000.0]) ** d
    expected = relu_constant(d) * np.array([gamma**2, 1.0])
    np.testing.assert_allclose(scaled, expected, rtol=2 * d * d / 2000)


@pytest.mark.parametrize("d", [2, 3, 5])
@pytest.mark.parametrize("s", [1.0, 0.25])
def test_squareplus_decay_law_with_its_constant(d, s):
    """lambda_k ~ A k^-(d-1) (2ks)^((d-2)/3) exp(-3/2 (2ks)^(2/3)), k -> k + (d-2)/2 within."""
    k = np.array([20, 40, 80]) / s - 1
    spectrum = mercer_spectrum(f"squareplus({s})", d, int(k[-1]) + 1)
    q = 2 * s * (k + (d - 2) / 2)
    constant = special.gamma(d / 2) * 2 ** ((d - 2) / 2) * s / (2 * np.pi)
    constant *= np.sqrt(2 * np.pi / 3) * np.exp(s * s / 6)
    law = constant * k ** (1.0 - d) * q ** ((d - 2) / 3) * np.exp(-1.5 * q ** (2 / 3))
    ratio = spectrum.eigenvalues[k.astype(int)] / law
    # over more than ten decades of eigenvalues; the correction, of order q^(-2/3), extrapolated
    np.testing.assert_allclose(ratio, 1, atol=2 * d * q[0] ** (-2 / 3))
    weight = q ** (2 / 3)
    limit = (ratio[2] * weight[2] - ratio[1] * weight[1]) / (weight[2] - weight[1])
    assert limit == pytest.approx(1, abs=0.06)


def test_erf_eigenvalues_fall_by_the_square_of_the_golden_ratio():
    """kappa is singular at t = 3/2, on the ellipse of radius 3/2 + sqrt(5)/2 = golden ratio^2."""
    values = mercer_spectrum("erf", 2, 44).eigenvalues[20::2]
    rate = np.log(values[:-1] / values[1:]) / 2
    golden = np.log((3 + np.sqrt(5)) / 2)
    assert abs(rate[-1] - golden) < 0.02 and abs(rate[-1] - golden) < abs(rate[0] - golden)


@pytest.mark.parametrize("name", [*SMOOTH, "relu", "squareplus(0.2)"])
@pytest.mark.parametrize("d", [2, 3, 10])
def test_every_degree_is_positive_with_a_bias(name, d):
    assert np.all(mercer_spectrum(name, d, 20, gamma=1.0).eigenvalues > 0)


@pytest.mark.parametrize("name, parity", [("relu", 1), ("squareplus(0.5)", 1), ("tanh", 0),
                                          ("erf", 0)])
@pytest.mark.parametrize("d", [2, 3, 5])
def test_without_a_bias_one_parity_vanishes(name, parity, d):
    """gamma = 0: odd degrees >= 3 vanish for the ReLU family, even ones for odd activations."""
    values = mercer_spectrum(name, d, 20, gamma=0.0).eigenvalues
    k = np.arange(21)
    dead = (k % 2 == parity) & ((k >= 3) | (parity == 0))
    assert np.all(values[dead] < 1e-30) and np.all(values[~dead] > 1e-14)


def test_without_a_bias_antipodal_points_have_a_singular_gram_matrix():
    """Weights odd under x -> -x with zero mean sum_i c_i x_i are in the null space."""
    angles = np.arange(6) * np.pi / 3
    hexagon = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    alternating = (-1.0) ** np.arange(6)
    for gamma, singular in ((0.0, True), (1.0, False)):
        gram = tangent_kernel("relu", gamma).gram(hexagon)
        null = alternating @ gram @ alternating
        # 1 + <x, -x> is rounded to 1e-16, which the square root at t = -1 turns into 1e-8
        assert (abs(null) < 1e-7) == singular
        assert (np.linalg.eigvalsh(gram)[0] < 1e-7) == singular


def test_wrong_trace_shows_in_the_tail():
    spectrum = mercer_spectrum("erf", 3, 60)
    wrong = Spectrum(3, spectrum.eigenvalues * 0.999, spectrum.multiplicities, spectrum.trace)
    assert wrong.tail > 1e-4
    with pytest.raises(ValueError, match="trace"):
        Spectrum(3, spectrum.eigenvalues * 1.001, spectrum.multiplicities, spectrum.trace)


def test_custom_activation():
    softplus = Activation("softplus", lambda u: np.logaddexp(0, u), special.expit)
    spectrum, t = mercer_spectrum(softplus, 3, 40), np.linspace(-1, 1, 21)
    assert spectrum.tail == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(spectrum.kernel(t), tangent_kernel(softplus)(t), atol=1e-12)


def test_truncate():
    spectrum = mercer_spectrum("tanh", 2, 60)
    short = spectrum.truncate(1e-8)
    assert 0 < short.max_degree < 60 and short.eigenvalues[-1] >= 1e-8 * short.eigenvalues.max()
    assert spectrum.eigenvalues[short.max_degree + 1] < 1e-8 * spectrum.eigenvalues.max()
    assert short.tail > spectrum.tail and short.trace == spectrum.trace


@pytest.mark.parametrize("arguments, name", [
    (("relu", 1, 10), "d"), (("relu", 2.0, 10), "d"), (("relu", 2, 0), "max_degree"),
    (("relu", 2, 10, -1.0), "gamma"), (("relu", 2, 10, np.nan), "gamma"),
    (("step", 2, 10), "activation"),
])
def test_bad_input(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        mercer_spectrum(*arguments)


@pytest.mark.parametrize("values", [[1.0, -0.1], [1.0, np.nan]])
def test_spectrum_refuses(values):
    with pytest.raises(ValueError, match="eigenvalues"):
        Spectrum(2, np.array(values), np.array([1.0, 2.0]), 1.0)
