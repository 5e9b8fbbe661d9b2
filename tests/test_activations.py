"""Activations: derivatives, limits, parsing, refusals."""

import pickle

import cloudpickle
import numpy as np
import pytest
from scipy import special

from ntksgd.models.activations import Activation, activation, erf, relu, squareplus, tanh

U = np.linspace(-4.03, 4.01, 101)


@pytest.mark.parametrize("act", [relu(), erf(), tanh(), squareplus(1.0), squareplus(0.1)], ids=str)
def test_derivative_by_richardson_differences(act):
    h = 1e-3
    central = [(act.value(U + s) - act.value(U - s)) / (2 * s) for s in (h, h / 2)]
    np.testing.assert_allclose(act.derivative(U), (4 * central[1] - central[0]) / 3, atol=3e-9)


def test_values():
    u = np.array([-1.0, 0.0, 2.0])
    np.testing.assert_allclose(squareplus(0.5).value(u),
                               [(-1 + np.sqrt(1.25)) / 2, 0.25, (2 + np.sqrt(4.25)) / 2])
    np.testing.assert_array_equal(relu().value(u), [0, 0, 2])
    np.testing.assert_array_equal(relu().derivative(u), [0, 0, 1])
    np.testing.assert_allclose(erf().value(u), special.erf(u))


def test_squareplus_minus_relu_is_at_most_half_s_and_attained_at_0():
    for s in (1.0, 0.1, 1e-3):
        gap = squareplus(s).value(U) - relu().value(U)
        assert np.all(gap > 0) and gap.max() <= s / 2
        assert squareplus(s).value(np.zeros(1))[0] == s / 2


@pytest.mark.parametrize("s", 10.0 ** np.arange(-8, 4))
def test_squareplus_of_any_scale_passes_its_own_check(s):
    assert squareplus(s).scale == s


@pytest.mark.parametrize("act", [relu(), tanh(), squareplus(0.5)], ids=str)
def test_odd_part_of_the_relu_family_is_linear(act):
    """sigma(u) - sigma(-u) = u for ReLU and squareplus (so gamma = 0 loses odd degrees)."""
    odd = act.value(U) - act.value(-U)
    linear = np.allclose(odd, U, atol=1e-14)
    assert linear == (act.name != "tanh")


def test_parsing():
    assert activation("squareplus").scale == 0.5
    assert activation("squareplus(0.1)").scale == 0.1
    assert activation(" squareplus(1e-2) ").scale == 0.01
    assert activation("squareplus(0.3)") is activation("squareplus(0.3)")
    for name in ("relu", "erf", "tanh"):
        assert activation(name).name == name == str(activation(name))
    assert activation(relu()) == relu()


@pytest.mark.parametrize("spec", ["gelu", "squareplus(0)", "squareplus(-1)", "squareplus(nan)",
                                  "squareplus(x)", "relu(1)", "", None, 3, "squareplus("])
def test_parsing_refuses(spec):
    with pytest.raises(ValueError, match="activation = "):
        activation(spec)


@pytest.mark.parametrize("scale", [0, -1, np.nan, "0.5", None])
def test_squareplus_refuses(scale):
    with pytest.raises(ValueError, match="scale = "):
        squareplus(scale)


def test_custom_activation():
    softplus = Activation("softplus", lambda u: np.logaddexp(0, u), special.expit)
    assert softplus.kinks == () and activation(softplus) is softplus


@pytest.mark.parametrize("value, derivative, message", [
    (np.sin, lambda u: np.cos(1.001 * u), "finite differences"),
    (np.sin, lambda u: -np.cos(u), "finite differences"),
    (np.sin, lambda u: 1.0, "same shape"),
    (lambda u: np.sum(u), np.cos, "same shape"),
    (lambda u: np.where(u > 0, np.nan, u), np.ones_like, "finite array"),
])
def test_wrong_derivative_is_refused(value, derivative, message):
    with pytest.raises(ValueError, match=message), np.errstate(all="ignore"):
        Activation("mine", value, derivative)


def test_activations_survive_pickling():
    assert pickle.loads(pickle.dumps(relu())) == relu()
    copy = cloudpickle.loads(cloudpickle.dumps(squareplus(0.2)))
    np.testing.assert_array_equal(copy.value(U), squareplus(0.2).value(U))
