"""The infinite-width tangent kernel against slow references, identities and limits."""

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebval
from scipy import special

from ntksgd.kernels import sphere
from ntksgd.kernels.chebyshev_sum import chebyshev_sum
from ntksgd.kernels.two_layer import TangentKernel, tangent_kernel
from ntksgd.models.activations import Activation, activation, relu, squareplus
from reference_kernel import adaptive_pair, gauss_hermite_pair

NAMES = ["relu", "erf", "tanh", "squareplus(1)", "squareplus(0.3)"]
T = np.linspace(-1, 1, 201)


@pytest.mark.parametrize("terms", [1, 2, 3, 84, 85])
def test_chebyshev_sum_is_that_of_numpy(terms):
    c, x = np.random.default_rng(terms).normal(size=terms), np.linspace(-1, 1, 260).reshape(2, -1).T
    np.testing.assert_allclose(chebyshev_sum(x, c), chebval(x, c), rtol=0, atol=1e-12)
    assert chebyshev_sum(0.3, c) == pytest.approx(chebval(0.3, c), abs=1e-12)
    assert chebyshev_sum(np.empty((0, 3)), c).shape == (0, 3)


@pytest.mark.parametrize("name", ["erf", "tanh", "squareplus(2)"])
@pytest.mark.parametrize("t", [-0.9, -0.3, 0.0, 0.5, 0.99])
def test_smooth_kernels_against_gauss_hermite(name, t):
    reference = gauss_hermite_pair(activation(name), t)
    tolerance = 1e-10 if name != "squareplus(2)" else 1e-9  # the rule's own error, s = 2
    np.testing.assert_allclose(tangent_kernel(name).parts(t), reference, atol=tolerance)


@pytest.mark.parametrize("name, t", [("relu", 0.4), ("squareplus(0.5)", 0.4), ("tanh", 0.8),
                                     ("squareplus(0.5)", -0.7)])
def test_kernels_against_adaptive_quadrature(name, t):
    reference = adaptive_pair(activation(name), t)
    np.testing.assert_allclose(tangent_kernel(name).parts(t), reference, atol=1e-10)


def test_closed_form_of_erf_through_the_series():
    """erf under another name takes the numerical route: 1e-10 is met with room."""
    mine = Activation("mine", lambda u: special.erf(u), activation("erf").derivative)
    numerical = TangentKernel(mine)
    for ours, exact in zip(numerical.parts(T), tangent_kernel("erf").parts(T), strict=True):
        np.testing.assert_allclose(ours, exact, atol=1e-13)


def test_closed_form_of_relu_through_the_angle_series():
    """Leaky ReLU, sigma(u) = (u)_+ - a (-u)_+, has kernels that combine those of ReLU."""
    a = 0.1
    leaky = Activation("leaky", lambda u: np.where(u > 0, u, a * u),
                       lambda u: np.where(u > 0, 1.0, a), kinks=(0.0,))
    ours, (k1, k0) = tangent_kernel(leaky).parts(T), tangent_kernel("relu").parts(T)
    mirror1, mirror0 = tangent_kernel("relu").parts(-T)
    np.testing.assert_allclose(ours[0], (1 + a * a) * k1 - 2 * a * mirror1, atol=1e-12)
    np.testing.assert_allclose(ours[1], (1 + a * a) * k0 + 2 * a * mirror0, atol=1e-12)


def test_a_name_does_not_choose_the_closed_form():
    scaled = Activation("erf", lambda u: special.erf(u / np.sqrt(2)),
                        lambda u: np.sqrt(2 / np.pi) * np.exp(-u * u / 2))
    # erf(u / sqrt 2): arcsine kernel of the halved covariance, (2/pi) arcsin(t / 2)
    np.testing.assert_allclose(tangent_kernel(scaled).parts(T)[0], 2 / np.pi * np.arcsin(T / 2),
                               atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_identity(name):
    """d/dt E[sigma sigma'] = E[dsigma dsigma'] (Gaussian integration by parts, Price 1958)."""
    kernel, t, h = tangent_kernel(name), np.linspace(-0.9, 0.9, 19), 1e-4
    values = [kernel.parts(t + j * h)[0] for j in (-2, -1, 1, 2)]
    difference = (values[0] - 8 * values[1] + 8 * values[2] - values[3]) / (12 * h)
    np.testing.assert_allclose(difference, kernel.parts(t)[1], atol=1e-9)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("gamma", [0.0, 1.0, 0.5])
def test_symmetric_positive_with_the_trace_on_its_diagonal(name, gamma):
    kernel = tangent_kernel(name, gamma)
    for d in (2, 3, 6):
        x = sphere.uniform(np.random.default_rng(d), 40, d)
        gram = kernel.gram(x)
        np.testing.assert_allclose(gram, gram.T, atol=1e-14)
        # <x, x> is rounded to 1e-16, which the square root of ReLU at t = 1 turns into 1e-8
        accuracy = 1e-7 if name == "relu" else 1e-12
        np.testing.assert_allclose(np.diag(gram), kernel.trace, atol=accuracy)
        assert np.linalg.eigvalsh(gram)[0] > -1e-12
        np.testing.assert_array_equal(kernel.gram(x, x[:3]), gram[:, :3])
    assert kernel(1.0) == pytest.approx(kernel.trace, abs=1e-12)


def test_trace_values():
    assert tangent_kernel("relu", 1.0).trace == pytest.approx(1.5, abs=1e-13)
    assert tangent_kernel("relu", 0.0).trace == pytest.approx(1.0, abs=1e-13)
    exact = 2 / np.pi * np.arcsin(2 / 3) + 2 * 4 / np.pi / np.sqrt(5)
    assert tangent_kernel("erf").trace == pytest.approx(exact, abs=1e-13)


def test_squareplus_tends_to_relu_on_the_diagonal():
    """E sigma^2 = 1/2 + s^2/4; E dsigma^2 = 1/2 - E[s^2/(u^2+s^2)]/4, erfcx(s/sqrt 2) inside."""
    for s in (0.4, 0.1, 1e-2, 1e-3):
        trace = tangent_kernel(squareplus(s)).trace
        slope = 0.5 - s * np.sqrt(np.pi / 2) * special.erfcx(s / np.sqrt(2)) / 4
        assert trace == pytest.approx(0.5 + s * s / 4 + 2 * slope, abs=1e-12)


def test_squareplus_tends_to_relu_at_the_derived_rates():
    """sup |kappa_0 - relu's| ~ s sqrt(pi/2)/4 at t = 1; sup |kappa_1 - relu's| ~ s^2 log(1/s)/2pi.

    The second at t = 0, where kappa_1 = (E sigma)^2 and E sigma = 1/sqrt(2 pi)
    + s^2 log(1/s) / (2 sqrt(2 pi)) + O(s^2): the gap over s^2 grows by log 2 / 2pi a halving.
    """
    scales, gaps = np.array([0.4, 0.2, 0.1]), []
    limit = tangent_kernel("relu").parts(T)
    for s in scales:
        parts = tangent_kernel(squareplus(s)).parts(T)
        gaps.append([np.abs(p - q).max() for p, q in zip(parts, limit, strict=True)])
    first, zeroth = np.array(gaps).T
    exact = scales * np.sqrt(np.pi / 2) * special.erfcx(scales / np.sqrt(2)) / 4
    np.testing.assert_allclose(zeroth, exact, rtol=1e-9)
    growth = np.diff(first / scales**2) / np.log(2) * 2 * np.pi
    assert 0.75 < growth[0] < growth[1] < 1


@pytest.mark.parametrize("gamma", [-1.0, np.nan, None])
def test_gamma_is_checked(gamma):
    with pytest.raises(ValueError, match="gamma = "):
        tangent_kernel("relu", gamma)


def test_kinks_elsewhere_are_refused():
    shifted = Activation("shifted", lambda u: np.maximum(u - 1, 0), lambda u: 1.0 * (u > 1), (1.0,))
    with pytest.raises(ValueError, match="kinks"):
        tangent_kernel(shifted)


def test_relu_kernel_keeps_its_digits_next_to_the_diagonal():
    """kappa_0 = 1/2 - angle/(2 pi), angle = 1e-6: t = cos(angle), 1 - t = 5e-13."""
    one_minus_t = 2 * np.sin(0.5e-6) ** 2
    angle = (0.5 - tangent_kernel(relu()).parts(1 - one_minus_t)[1]) * 2 * np.pi
    # 1 - t itself is rounded to 1.1e-16, a relative 1e-4 in angle
    assert angle == pytest.approx(1e-6, rel=2e-4)
