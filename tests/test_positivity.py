"""Which degrees are seen: the rule against computed eigenvalues, its proof against its parts."""

import numpy as np
import pytest
from scipy import special

from ntksgd.kernels import sphere
from ntksgd.kernels.positivity import positive_degrees, power_moments
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import Activation, activation


def polynomial(*coefficients):
    value = np.polynomial.Polynomial(coefficients)
    return Activation("polynomial", value, value.deriv())


INF = np.inf
CASES = {
    "relu": ("relu", INF, 1), "squareplus": ("squareplus(0.5)", INF, 1),
    "erf": ("erf", -INF, INF), "tanh": ("tanh", -INF, INF),
    "softplus": (Activation("softplus", lambda u: np.logaddexp(0, u), special.expit), INF, 1),
    "cos": (Activation("cos", np.cos, lambda u: -np.sin(u)), INF, -INF),
    "u^2 + sin": (Activation("mixed", lambda u: u * u + np.sin(u), lambda u: 2 * u + np.cos(u)),
                  2, INF),
    "1": (polynomial(1.0), 0, -INF), "u": (polynomial(0, 1.0), -INF, 1),
    "u^3 + u": (polynomial(0, 1, 0, 1.0), -INF, 3), "u^4 + u": (polynomial(0, 1, 0, 0, 1.0), 4, 1),
    "u^5 + u^2": (polynomial(0, 0, 1, 0, 0, 1.0), 2, 5),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("d", [2, 3, 10])
@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0])
def test_the_rule_says_which_eigenvalues_vanish(case, d, gamma):
    spec, even, odd = CASES[case]
    values = mercer_spectrum(spec, d, 12, gamma).eigenvalues
    # zeros come out below 1e-31, the others above 1e-17, of the largest
    found = values > 1e-26 * values.max()
    np.testing.assert_array_equal(found, positive_degrees(even, odd, 12, gamma))


def test_all_positive_with_a_bias_unless_a_polynomial():
    for even, odd in ((INF, 1), (-INF, INF), (INF, INF), (2, INF)):
        assert positive_degrees(even, odd, 50, 0.1).all()
    assert not positive_degrees(-INF, 49, 50, 0.1).all()
    assert positive_degrees(INF, INF, 50, 0.0).all()
    assert not positive_degrees(INF, 1, 50, 0.0).all()


@pytest.mark.parametrize("d", [2, 3, 7])
def test_power_moments(d):
    """By quadrature; positive exactly where n - k is even and >= 0."""
    t, weights = sphere.zonal_quadrature(d, 8)
    polynomials = sphere.legendre(d, 9, t) * weights
    moments = power_moments(d, 12, 9)
    expected = np.array([polynomials @ t**n for n in range(13)])
    np.testing.assert_allclose(moments, expected, atol=1e-15)
    n, k = np.indices(moments.shape)
    np.testing.assert_array_equal(moments > 0, (n >= k) & ((n - k) % 2 == 0))
    assert power_moments(d, 2, 9).shape == (3, 10)


def taylor(name, count):
    """Taylor coefficients a_0, a_1, ... of sigma' at 0."""
    j, a = np.arange(count // 2), np.zeros(count)
    if name == "squareplus(0.5)":  # sigma' = 1/2 + u (u^2 + s^2)^(-1/2) / 2
        a[0], a[1::2] = 0.5, special.binom(-0.5, j) * 2.0 ** (2 * j + 1) / 2
    elif name == "erf":
        a[::2] = 2 / np.sqrt(np.pi) * (-1.0) ** j / special.factorial(j)
    else:  # tanh' = 1 - tanh^2, power by power
        value = np.zeros(count + 1)
        for n in range(count):
            a[n] = (n == 0) - value[: n + 1] @ value[n::-1]
            value[n + 1] = a[n] / (n + 1)
    return a


@pytest.mark.parametrize("name, parity", [("squareplus(0.5)", 1), ("erf", 0), ("tanh", 0)])
@pytest.mark.parametrize("d", [2, 3, 10])
def test_coefficients_of_short_weights_are_the_taylor_series(name, parity, d):
    """c'_k(rho) = sum_n a_n m_nk rho^n, whose first term a_k m_kk rho^k does not vanish."""
    a, top = taylor(name, 60), 8
    assert np.all(a[parity::2] != 0) and np.all(a[parity + 2 :: 2] * a[parity:-2:2] < 0)
    t, weights = sphere.zonal_quadrature(d, 8)
    polynomials, rho = sphere.legendre(d, top, t) * weights, np.array([0.05, 0.2])
    coefficients = activation(name).derivative(np.outer(rho, t)) @ polynomials.T
    moments = power_moments(d, 59, top)
    series = (a * rho[:, None] ** np.arange(60)) @ moments
    np.testing.assert_allclose(coefficients, series, rtol=1e-9, atol=1e-15)
    for k in range(parity, 6, 2):
        assert coefficients[0, k] == pytest.approx(a[k] * moments[k, k] * 0.05**k, rel=0.02)


@pytest.mark.parametrize("arguments, name", [
    ((3, 1, 5), "even"), ((2, 2, 5), "odd"), ((-2, 1, 5), "even"), ((np.nan, 1, 5), "even"),
    ((2, 1, -1), "max_degree"), ((2, 1, 5, -1.0), "gamma"),
])
def test_bad_input(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        positive_degrees(*arguments)
