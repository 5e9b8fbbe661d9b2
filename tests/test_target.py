"""Targets of regularity r: norms by quadrature, source condition, refusals."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.target import harmonic_target, source_target


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("r", [0.5, 1.0])
def test_norms_by_quadrature(d, r):
    spectrum = mercer_spectrum("relu", d, 40)
    target = source_target(spectrum, r, norm=1.7)
    t, weights = sphere.zonal_quadrature(d, 16)
    values = target.profile(t)
    assert weights @ values**2 == pytest.approx(1.7**2, rel=1e-12)
    assert target.source_norm(0) == pytest.approx(1.7, rel=1e-12)
    # power in a degree: N_k (int f P_k dmu)^2, from which the RKHS norm sum_k F_k / lambda_k
    moments = (sphere.legendre(d, 40, t) * weights) @ values
    power = spectrum.multiplicities * moments**2
    np.testing.assert_allclose(power, target.power, atol=1e-13)
    rkhs = np.sqrt(np.sum(power / spectrum.eigenvalues))
    assert target.source_norm(0.5) == pytest.approx(rkhs, rel=1e-7)


def test_rkhs_norm_is_the_norm_of_a_kernel_expansion():
    """f = sum_i c_i K(x_i, .) with x_i on the axis has ||f||_H^2 = c^T K c."""
    spectrum = mercer_spectrum("squareplus(1)", 3, 60)
    target = source_target(spectrum, 1.0)
    points, c = np.array([1.0, -1.0]), np.array([0.7, -0.2])
    series = spectrum.eigenvalues * (c @ sphere.legendre(3, 60, points).T)
    power = spectrum.multiplicities * series**2
    expansion = type(target)(spectrum, 0.5, power, np.sign(series))
    gram = spectrum.kernel(np.outer(points, points))
    assert expansion.source_norm(0.5) ** 2 == pytest.approx(c @ gram @ c, rel=1e-12)


def test_profile_on_the_sphere_and_on_the_circle():
    target = source_target(mercer_spectrum("relu", 3, 20), 0.75)
    x = sphere.uniform(np.random.default_rng(0), 9, 3)
    np.testing.assert_allclose(target(x), target.profile(x[:, 0]))
    circle = source_target(mercer_spectrum("relu", 2, 20), 0.75)
    phi, k = np.linspace(0, 6, 11), np.arange(21)
    weights = np.sqrt(circle.power * np.where(k, 2, 1))
    np.testing.assert_allclose(circle.profile(np.cos(phi)), np.cos(np.outer(phi, k)) @ weights)


def test_regularity_is_sharp():
    """||L^-r f*|| stays bounded in the number of degrees; at r + 0.1 it grows as a power."""
    degrees, norms = [500, 1000, 2000, 4000], []
    spectrum = mercer_spectrum("relu", 2, 4000)
    whole = source_target(spectrum, 0.75)
    for K in degrees:
        part = type(whole)(spectrum, 0.75, np.where(np.arange(4001) <= K, whole.power, 0),
                           whole.signs)
        norms.append([part.source_norm(0.75) ** 2, part.source_norm(0.85) ** 2])
    h = (np.arange(1, 4002.0)) ** -1.05
    np.testing.assert_allclose(norms[-1][0] / norms[0][0], h.sum() / h[:501].sum(), rtol=1e-9)
    # sum k^(-1.05 + 2 * 0.1 * 2) over an octave grows with exponent 0.35
    octaves = np.diff([n[1] for n in norms])
    np.testing.assert_allclose(np.diff(np.log(octaves)) / np.log(2), 0.35, atol=2e-3)


def test_degrees_outside_the_range_get_no_power():
    spectrum = mercer_spectrum("relu", 3, 11, gamma=0.0)
    target = source_target(spectrum, 0.5)
    assert np.all(target.power[3::2] == 0) and np.all(target.power[2::2] > 0)
    assert np.isfinite(target.source_norm(0.5))


def test_signs():
    spectrum = mercer_spectrum("relu", 3, 10)
    signs = (-1.0) ** np.arange(11)
    flipped, plain = source_target(spectrum, 0.5, signs=signs), source_target(spectrum, 0.5)
    np.testing.assert_allclose(flipped.profile(0.3), plain.profile(-0.3))
    np.testing.assert_array_equal(flipped.power, plain.power)


@pytest.mark.parametrize("change", [{"r": 0.0}, {"r": -1}, {"r": np.nan}, {"excess": 0},
                                    {"norm": 0}, {"norm": np.inf}])
def test_bad_numbers(change):
    with pytest.raises(ValueError, match=f"^{next(iter(change))} = "):
        source_target(mercer_spectrum("relu", 2, 5), **{"r": 0.5} | change)


@pytest.mark.parametrize("signs", [[1, 1], [1, 2, 1], [1, np.nan, 1]])
def test_bad_signs(signs):
    with pytest.raises(ValueError, match="^signs"):
        source_target(mercer_spectrum("relu", 2, 2), 0.5, signs=signs)


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("degree", [0, 1, 4])
def test_harmonic_on_the_boundary_of_the_ball(d, degree):
    """||h|| = radius, all power in one degree, and the values of N_k^(1/2) P_k on the sphere."""
    spectrum = mercer_spectrum("relu", d, 12)
    target = harmonic_target(spectrum, degree, 0.75, 2.5)
    assert target.source_norm(0.75) == pytest.approx(2.5, rel=1e-12)
    size = spectrum.eigenvalues[degree] ** 0.75 * 2.5
    assert target.source_norm(0) == pytest.approx(size, rel=1e-12)
    t, weights = sphere.zonal_quadrature(d, 16)
    values = target.profile(t)
    assert weights @ values**2 == pytest.approx(size**2, rel=1e-12)
    moments = (sphere.legendre(d, 12, t) * weights) @ values
    assert np.all(np.abs(np.delete(moments, degree)) < 1e-13 * size)


@pytest.mark.parametrize("degree, r, radius", [(-1, 1, 1), (13, 1, 1), (2.5, 1, 1), (2, 0, 1),
                                               (2, 1, -1), (2, 1, np.nan)])
def test_bad_harmonics_are_refused(degree, r, radius):
    with pytest.raises(ValueError, match="degree|r =|radius"):
        harmonic_target(mercer_spectrum("relu", 2, 12), degree, r, radius)


def test_a_degree_without_eigenvalue_is_refused():
    spectrum = mercer_spectrum("relu", 2, 12, gamma=0.0)
    with pytest.raises(ValueError, match="eigenvalue is 0"):
        harmonic_target(spectrum, 3, 0.5)
