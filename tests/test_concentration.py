"""Kernel concentration: E ||K_m - K||^2 = 2 C / m, constant and slope."""

import numpy as np
import pytest

from ntksgd.compare.concentration import concentration
from ntksgd.kernels import sphere
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.stats.intervals import of
from ntksgd.stats.slopes import slope
from reference_kernel import neuron_kernel_second_moment


@pytest.mark.parametrize("name", ["erf", "tanh"])
@pytest.mark.parametrize("d, gamma", [(2, 1.0), (3, 0.0), (10, 0.7)])
def test_constant_against_gauss_hermite(name, d, gamma):
    """C = E z_b^2 - sum_k lambda_k^2 N_k with E z_b^2 by a two-dimensional Gaussian integral."""
    spectrum = mercer_spectrum(name, d, 60, gamma)
    norm = spectrum.eigenvalues**2 @ spectrum.multiplicities
    exact = neuron_kernel_second_moment(activation(name), d, gamma) - norm
    assert hilbert_schmidt_constant(name, d, gamma) == pytest.approx(exact, rel=1e-8)


@pytest.mark.parametrize("d", [2, 3, 7])
def test_relu_constant_in_closed_form(d):
    """gamma = 0, by hand: u = |b| p on the half space, moments E p^j 1{p > 0} in closed form."""
    second = 1 / (2 * d)  # E p_+^2
    fourth_radius = d * (d + 2)  # E rho^4
    cross = fourth_radius * second**2 + 2 * d * second**2  # value^2, then twice value * slope
    slope = second**2 + (0.5 - second) ** 2 / (d - 1)
    t, weights = sphere.zonal_quadrature(d, 16)
    exact = cross + slope - weights @ tangent_kernel("relu", 0.0)(t) ** 2
    assert hilbert_schmidt_constant("relu", d, 0.0) == pytest.approx(exact, rel=1e-11)


def ratio(case):
    """Measured over predicted, averaged over the widths, which are independent."""
    return of(lambda *means: np.mean(means, axis=0), *(case.errors / case.predicted).T,
              confidence=0.999)


def test_measured_constant_and_slope():
    case, = concentration([("erf", 3)], [4, 16, 64], 300, seed=5, workers=1)
    interval = ratio(case)
    assert interval.contains(1) and 2 * interval.half < 0.25
    fit = slope(case.widths, case.errors, independent=True, confidence=0.999)
    assert fit.contains(-1) and 2 * fit.half < 0.3
    means = of(lambda *means: np.stack(means, axis=-1), *case.errors.T)
    assert means.value.shape == (3,) and np.all(means.half < 0.3 * means.value)


def test_only_pairs_of_distinct_points_count():
    """Two points a network: the diagonal, if counted, would more than double the mean."""
    case, = concentration([("erf", 3)], [16], 2000, seed=3, points=2, workers=1)
    assert ratio(case).contains(1) and ratio(case).high < 1.3


def test_results_do_not_depend_on_workers():
    one, two = (concentration([("relu", 2)], [2, 4], 3, seed=1, workers=w)[0].errors
                for w in (1, 2))
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("change, name", [
    ({"widths": [3]}, "m"), ({"widths": [0]}, "m"), ({"cases": [("relu", 1)]}, "d"),
    ({"cases": [("step", 2)]}, "activation"), ({"replicates": 1}, "replicates"),
    ({"points": 1}, "points"), ({"gamma": -1}, "gamma"), ({"gamma": np.nan}, "gamma"),
])
def test_bad_input(change, name):
    good = {"cases": [("relu", 2)], "widths": [4], "replicates": 2, "seed": 0, "workers": 1}
    with pytest.raises(ValueError, match=f"^{name} = "):
        concentration(**good | change)
