"""The limit kernel of deeper networks: recursion, limiting cases, spectrum."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.deep import deep_kernel, normalised, relu_circle_tail
from ntksgd.kernels.spectrum import mercer_spectrum, quadrature_spectrum
from ntksgd.stats.slopes import curve_slope

T = np.linspace(-1, 1, 41)
ACTIVATIONS = ("relu", "erf", "squareplus(0.5)", "tanh")


@pytest.mark.parametrize("spec", ACTIVATIONS)
def test_normalised_activation_has_second_moment_one(spec):
    phi, second_moment = normalised(spec)
    nodes, weights = sphere.gauss_panels(-12, 12, 40)
    gauss = weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    assert gauss @ phi.value(nodes) ** 2 == pytest.approx(1, abs=1e-12)
    assert normalised("relu")[1] == pytest.approx(1 / 2, abs=1e-15)
    assert second_moment == pytest.approx(phi_second_moment(spec), rel=1e-12)


def phi_second_moment(spec):
    from ntksgd.models.activations import activation

    nodes, weights = sphere.gauss_panels(-12, 12, 40)
    gauss = weights * np.exp(-(nodes**2) / 2) / np.sqrt(2 * np.pi)
    return gauss @ activation(spec).value(nodes) ** 2


@pytest.mark.parametrize("gamma", [0.0, 1.0])
@pytest.mark.parametrize("spec", ACTIVATIONS)
def test_one_hidden_layer_is_the_two_layer_kernel(spec, gamma):
    kernel = deep_kernel(spec, 1, gamma)
    np.testing.assert_allclose(kernel(T) * normalised(spec)[1], kernel.shallow(T), rtol=1e-12)


def test_relu_two_hidden_layers_in_closed_form():
    """S_1 and K_2 written out with the arc-cosine kernels of Cho & Saul."""
    def arc(t):
        angle = np.arccos(np.clip(t, -1, 1))
        return (np.sin(angle) + (np.pi - angle) * np.cos(angle)) / np.pi, 1 - angle / np.pi

    s1, p1 = arc(T)
    s2, p2 = arc(s1)
    kernel = deep_kernel("relu", 2, 0.5)
    expected = s2 + p2 * (s1 + 0.25 + p1 * (T + 0.25))
    np.testing.assert_allclose(kernel(T), expected, atol=1e-7)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_trace_of_relu_kernel_is_depth_plus_one(depth):
    """kappa_0(1) = 1 for the normalised ReLU, so K_L(1) = 1 + L (1 + gamma^2)."""
    assert deep_kernel("relu", depth, 0.0).trace == pytest.approx(depth + 1, abs=1e-12)
    assert deep_kernel("relu", depth, 1.0).trace == pytest.approx(2 * depth + 1, abs=1e-12)


@pytest.mark.parametrize("d", [2, 5])
@pytest.mark.parametrize("spec", ["relu", "squareplus(0.5)"])
def test_spectrum_of_one_hidden_layer_agrees_with_funk_hecke(spec, d):
    exact = mercer_spectrum(spec, d, 60)
    quadrature = quadrature_spectrum(deep_kernel(spec, 1), d, 60)
    np.testing.assert_allclose(quadrature.eigenvalues * normalised(spec)[1], exact.eigenvalues,
                               atol=2e-13)


def test_mercer_sum_returns_the_kernel_at_every_depth():
    kernel = deep_kernel("erf", 3)
    spectrum = quadrature_spectrum(kernel, 3, 80)
    np.testing.assert_allclose(spectrum.kernel(T), kernel(T), atol=1e-9)
    assert spectrum.tail == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("depth", [2, 4])
def test_relu_eigenvalues_decay_alike_at_every_depth(depth):
    """Bietti & Bach (2021): k^(-d) whatever the depth. Asymptotic on 250 < k < 1000: 1 %."""
    values = quadrature_spectrum(deep_kernel("relu", depth), 2, 1000).eigenvalues
    k = np.arange(250, 1000)
    assert curve_slope(k, values[k]).value == pytest.approx(-2, abs=0.02)


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_relu_tail_has_the_constant_of_the_singularity(depth):
    """The relative gap falls with k: the next term is of higher order."""
    values = quadrature_spectrum(deep_kernel("relu", depth), 2, 1000).eigenvalues
    k = np.array([100, 1000])
    gap = np.abs(values[k] / relu_circle_tail(depth, k) - 1)
    assert gap[1] < 1e-3
    assert gap[1] < gap[0] / 5


def test_bad_input_is_refused():
    for depth in (0, 1.5):
        with pytest.raises(ValueError, match="depth"):
            deep_kernel("relu", depth)
    with pytest.raises(ValueError, match="tolerance"):
        quadrature_spectrum(deep_kernel("relu", 2), 2, 20, tolerance=1e-30)
