"""Exponents of widths: against hand values, brute force, and exact first order far out."""

from dataclasses import replace

import numpy as np
import pytest

from ntksgd.compare.width_exponents import far_curve, leverage_columns, network
from ntksgd.kernels.decay import squareplus_coupling, squareplus_law
from ntksgd.kernels.neuron_moments import degree_coupling, degree_energies
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.problem import source_problem
from ntksgd.report.width_tables import far_table
from ntksgd.risk import even_leverage, leading_order
from ntksgd.risk import predicted_widths as widths
from ntksgd.risk.finite_width import first_order


def test_values_computed_by_hand():
    """One value of each exponent, and their order at r = 1/2."""
    assert [widths.sufficient_width(r) for r in (0.5, 1.0)] == pytest.approx([7 / 2, 8 / 3])
    assert [widths.capacity_free_width(r) for r in (0.5, 1.0)] == pytest.approx([1 / 2, 1 / 3])
    assert [widths.linearised_width(0.25, b) for b in (2.0, np.inf)] == pytest.approx([1 / 3, 0])
    assert widths.random_features_width(0.5, 2.0, 1.0) == pytest.approx(1 / 2)  # sqrt(n)
    assert widths.leverage_exponent() == pytest.approx(2 - 4 ** (1 / 3))
    assert widths.uneven_width(0.5) == pytest.approx((2 - 4 ** (1 / 3)) / 2)
    assert widths.uneven_width(0.75) == pytest.approx((1.5 - (7 / 8) ** (1 / 3)) / 2.5)
    assert widths.uneven_width(1.0) == pytest.approx(1 / 3)


@pytest.mark.parametrize("r", [0.5, 0.6, 0.75])
def test_even_leverage_is_the_count_of_random_features(r):
    """Where the risk is S^(-2r), not the memory of early noise."""
    assert widths.linearised_width(r, 2.0) == pytest.approx(
        widths.random_features_width(r, 2.0, 0.5))


@pytest.mark.parametrize("p", [0.4, 2 / 3, 0.9, 1.0])
@pytest.mark.parametrize("r", [0.1, 0.5, 0.61, 0.75, 1.0])
def test_uneven_width_is_the_largest_power_of_S(r, p):
    """Over all pairs of degrees, on a grid of x and y: the table of notebook 07, section 4."""
    x, y = np.meshgrid(np.linspace(0, 3, 601), np.linspace(0, 3, 601), indexing="ij")
    difference = np.where(x >= 1, np.where(y >= 1, 2, 1 + y), np.where(y >= 1, 2 * x, -np.inf))
    power = difference - 2 * r * x - (x ** (1 / p) + y ** (1 / p)) ** p
    assert widths.uneven_width(r, p) * (2 * r + 1) == pytest.approx(power.max() + 2 * r, abs=1e-4)


def test_bounded_weights_have_even_leverage():
    """p = 1: no exponent of leverage, and the width of an infinite capacity."""
    assert widths.leverage_exponent(1.0) == 0
    for r in (0.25, 0.5, 0.8):
        assert widths.uneven_width(r, 1.0) == pytest.approx(widths.linearised_width(r, np.inf))


@pytest.mark.parametrize("call", [
    lambda: widths.linearised_width(1.2, 2.0), lambda: widths.linearised_width(0.5, 0.9),
    lambda: widths.uneven_width(0.0), lambda: widths.uneven_width(0.5, 1.5),
    lambda: widths.random_features_width(0.4, 2.0, 1.0),
    lambda: widths.random_features_width(0.5, 2.0, 0.3), lambda: widths.sufficient_width(-1),
    lambda: leading_order.log_excess(0.5, 2, 0.5, 1.0)])
def test_out_of_range_is_refused(call):
    with pytest.raises(ValueError, match="must be"):
        call()


@pytest.mark.parametrize("d", [2, 3, 4])
@pytest.mark.parametrize("parity", [0, 1])
def test_coupling_law_of_squareplus(d, parity):
    """q_jk over its law tends to 1, on the diagonal and off it; parities do not mix."""
    even = np.array([60, 96, 132, 192])
    k, q_all = even + parity, degree_coupling("squareplus(0.5)", d, 200)
    for j in (k, even // 3 + parity):
        q = q_all[j, k]
        law, argument = squareplus_coupling(0.5, d, k, j)
        ratio = q / (law * np.exp(-1.5 * argument ** (2 / 3)))
        limit = np.polyfit(k ** (-2 / 3), ratio, 3)[-1]  # through all four, powers of k^(-2/3)
        assert limit == pytest.approx(1, abs=0.003)
        assert np.all(np.abs(ratio - 1) < 0.5)
    assert q_all[150, 151] < 1e-12 * q_all[150, 150]
    assert squareplus_coupling(0.5, d, 150, 151)[0] == 0


def test_leverage_follows_from_both_laws():
    """E[energy^2] = N_k q_kk (d - 1) for even k, with both laws: within 15 % at k = 200."""
    _, density, energies = degree_energies("squareplus(0.5)", 3, 200)
    ratio = (density @ energies**2 / (density @ energies) ** 2)[200]
    law, q = squareplus_coupling(0.5, 3, 200, 200)
    expected = law * np.exp(-1.5 * q ** (2 / 3)) * 2 / (401 * squareplus_law(0.5, 3, 200) ** 2)
    assert ratio == pytest.approx(expected, rel=0.15)


def test_divided_difference_in_logarithms():
    """Closed form against the definition, where that does not cancel, and its three limits."""
    S, k, j = 7.0, np.array([0.3, 0.02, 0.5, 0.1]), np.array([0.05, 0.4, 0.5, 0.1 + 1e-6])
    p = np.exp(-2 * S * k)
    gap = np.where(np.abs(k - j) > 1e-3, j - k, np.inf)
    direct = np.where(np.isinf(gap), 2 * S**2 * p,
                      (np.exp(-2 * S * j) - p + 2 * S * (j - k) * p) / gap**2)
    found = np.exp(leading_order.log_divided_difference(np.log(k), np.log(j), np.log(S)))
    np.testing.assert_allclose(found, direct, rtol=1e-4)
    far = leading_order.log_divided_difference(np.array([-1.0, -500]), np.array([-500, -1.0]), 300)
    np.testing.assert_allclose(far, [2, np.log(2) + 300 + 1], rtol=1e-12)


@pytest.mark.parametrize(("d", "r"), [(2, 0.25), (2, 0.5), (2, 0.75), (3, 0.5), (3, 0.9)])
def test_leading_terms_reach_the_derived_exponent(d, r):
    """At S = 1e600: the largest of a and 2r - 1 is wrong by 0.04 at r = 3/4, and would fail."""
    found = leading_order.exponent(0.5, d, r, np.log(10) * 600)[0]
    assert found == pytest.approx(widths.uneven_width(r) * (2 * r + 1), abs=0.004)


def without_tail(problem):
    """The same problem without the trace beyond its degrees, which is below rounding."""
    target = replace(problem.target, spectrum=problem.spectrum.without_tail())
    return problem.with_(target=target)


@pytest.mark.parametrize(("r", "tolerance"), [(0.5, 0.006), (0.75, 0.01)])
def test_exact_first_order_is_its_leading_terms_far_out(r, tolerance):
    """Squareplus, S = 1e12..1e14, T up to 1e35: nothing fitted."""
    problem = without_tail(source_problem("squareplus(0.5)", 2, r, max_degree=140))
    S = 10.0 ** np.array([12, 14])
    c = first_order(problem, np.round(S ** (2 * r + 1)))
    found = np.diff(np.log(c))[0] / np.diff(np.log(S))[0]
    expected = leading_order.exponent(0.5, 2, r, np.log(S).mean())[0]
    assert found == pytest.approx(expected, abs=tolerance)


@pytest.mark.parametrize(("beta", "r", "tolerance"), [
    (2.0, 0.25, 0.01), (2.0, 0.75, 0.01), (2.0, 1.0, 0.005), (1.5, 0.25, 0.01)])
def test_even_leverage_reaches_the_derived_exponent(beta, r, tolerance):
    """c(T) at S = 1e6 and 1e8, no degree cut off."""
    S = 10.0 ** np.array([6, 8])
    c = even_leverage.first_order(beta, r, np.round(S ** (2 * r + 1)))
    found = np.diff(np.log10(c))[0] / 2
    assert found == pytest.approx(widths.linearised_width(r, beta) * (2 * r + 1), abs=tolerance)


def test_leak_is_the_leading_part_of_the_excess():
    """At r = 1/2 the RKHS norm converges slowly: the leak has the exponent of c, not the limit."""
    problem = source_problem("relu", 2, 0.5, max_degree=512)
    S = 10.0 ** np.array([2.5, 3.5])
    c = first_order(problem, np.round(S**2))
    found = np.diff(np.log10(c))[0]
    leak = even_leverage.leak(problem.spectrum, problem.target.power, S)
    assert found == pytest.approx(np.diff(np.log10(leak))[0] + 1, abs=0.06)
    assert found > 0.5 + 0.1


def test_energies_of_relu_are_even():
    """E[energy_k energy_l] <= 2 E energy_k E energy_l for all pairs."""
    _, density, energies = degree_energies("relu", 3, 64)
    mean = density @ energies
    ratio = (energies.T * density) @ energies / np.outer(mean, mean)
    assert ratio.max() < 2


def test_spectrum_without_its_tail():
    """The trace becomes the sum, nothing else changes."""
    spectrum = mercer_spectrum("relu", 2, 16)
    cut = spectrum.without_tail()
    assert cut.tail == 0 < spectrum.tail
    np.testing.assert_array_equal(cut.eigenvalues, spectrum.eigenvalues)


@pytest.mark.parametrize(("name", "d", "r", "top"), [("squareplus", 2, 1.0, 9.0),
                                                      ("relu", 3, 0.75, 3.5)])
def test_far_curve(name, d, r, top):
    """Times, limit in S and bracket in T of one curve; its tables hold what it says."""
    curve = far_curve(name, d, r, top)
    assert curve.T[-1] == pytest.approx(10 ** (top * (2 * r + 1)), rel=1e-9)
    np.testing.assert_allclose(curve.c, first_order(network(name, d, r), curve.T), rtol=1e-12)
    assert curve.bracket.contains(curve.limit / (2 * r + 1))
    table = far_table([curve])
    assert set(table["kind"]) == {"first order", "model"}
    assert table["derived"].eq(curve.limit).all()
    if name == "squareplus":  # settled from the first point on which all later ones are near
        late = np.abs(curve.model[curve.line >= curve.settles] - curve.limit)
        assert np.all(late <= 0.01) and curve.settles < np.inf


def test_leverage_columns():
    """ReLU's leverage is even, squareplus's exponent is 2 - 2^(2/3) once powers of k are out."""
    assert leverage_columns("relu", 3, 64)["measured"][-1] == pytest.approx(0, abs=1e-3)
    table = leverage_columns("squareplus", 4, 200)
    assert table["measured"][-1] == pytest.approx(widths.leverage_exponent(), abs=0.003)
    np.testing.assert_allclose(table["ratio"][-4:], table["law"][-4:], rtol=0.2)
