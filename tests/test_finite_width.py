"""First-order theory of the linearised network: variance of K_m, divided differences, c(T)."""

import math

import numpy as np
import pytest

from ntksgd.compare.paths import paths
from ntksgd.kernels import sphere
from ntksgd.kernels.neuron_moments import kernel_variance
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import empirical_ntk, initialise
from ntksgd.problems.problem import source_problem
from ntksgd.problems.schedules import polynomial
from ntksgd.risk.finite_width import (
    excess_coefficient,
    first_order,
    risk_before_step,
)
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.spectral_functions import divided_differences, spectral_functions
from ntksgd.width.excess import controlled_excess


@pytest.mark.parametrize("name, d, order, draws", [
    ("relu", 2, 80, 1500), ("squareplus(0.5)", 2, 32, 1500), ("erf", 3, 14, 600)])
def test_kernel_variance_against_random_networks(name, d, order, draws):
    """E||P_l (L_m - L) Y_k||^2 = (2/m) V_kl, by sampled networks of width 8."""
    degree, m = 3, 8
    spectrum, expected = mercer_spectrum(name, d, degree), kernel_variance(name, d, degree)
    x, w = sphere.quadrature(d, order)
    polynomials = sphere.legendre(d, degree, np.clip(x @ x.T, -1, 1))
    projections = (spectrum.multiplicities[:, None, None] * polynomials * w[:, None])
    projections = projections.transpose(1, 0, 2).reshape(len(x), -1)
    harmonics = np.sqrt(spectrum.multiplicities)[:, None] * sphere.legendre(d, degree, x[:, 0])
    rng, total = np.random.default_rng(7), np.zeros((degree + 1, degree + 1))
    for _ in range(draws):
        kernel = empirical_ntk(initialise(m, d, rng), x, x, activation(name))
        image = harmonics * w @ kernel - spectrum.eigenvalues[:, None] * harmonics
        total += (image @ projections).reshape(degree + 1, degree + 1, -1) ** 2 @ w
    measured = total / draws * m / 2
    mixes = expected > 1e-12 * expected.max()
    np.testing.assert_allclose(measured[mixes], expected[mixes], rtol=0.2)
    # degrees of opposite parity above 1 do not mix: what is left is the quadrature of a kink
    assert np.all(measured[~mixes] < 1e-3 * expected.max())


def test_kernel_variance_is_symmetric_in_the_harmonics():
    """N_k V_kl counts each pair of harmonics once: symmetric, and >= 0."""
    V = kernel_variance("squareplus(0.5)", 4, 8)
    pairs = V * sphere.multiplicity(4, np.arange(9))[:, None]
    np.testing.assert_allclose(pairs, pairs.T, atol=1e-12 * pairs.max())
    assert np.all(pairs > -1e-12 * pairs.max())


def test_blocks_of_steps_against_single_steps():
    """p - 1, g and their derivatives by blocks agree with the recursion step by step."""
    lam, schedule, noise = np.array([1.2, 0.05, 1e-3, 1e-6]), polynomial(0.8, 0.6), 0.3
    h, T, times = 1e-6 * lam, 20_000, [500, 3000, 20_000]
    x = np.stack([lam + 1e-30j, lam + h + 1e-30j, lam - h + 1e-30j])
    p, g, at = np.zeros_like(x), np.zeros_like(x), {}
    for t in range(1, T + 1):
        eta = float(schedule(t))
        keep = 1 - 2 * eta * x  # negative at first for the largest
        p, g = p * keep - 2 * eta * x, g * keep + eta**2 * (noise + 1 / t) * x**2
        at[t] = np.stack([[f[0].real, f[0].imag / 1e-30, (f[1] - f[2]).imag / 1e-30 / (2 * h)]
                          for f in (p, g)])
    found = spectral_functions(lam, schedule, noise, times, lambda t: 1 / t)
    for i, t in enumerate(times):
        exact = at[t] * lam ** np.arange(3)[:, None]  # l^j f^(j), of one scale for each l
        gap = np.abs(found[:, :, i] * lam ** np.arange(3)[:, None] - exact)
        assert np.all(gap <= 4e-3 * np.abs(exact) + 1e-4 * np.abs(exact).max(1, keepdims=True))


def test_divided_differences_of_known_functions():
    """exp(-x), apart, close and equal; the second derivative is never lost to rounding."""
    x = np.array([1.0, 1.0 + 1e-9, 1.0 + 9e-4, 1.0 + 2e-3, 3.0])
    found = divided_differences(x, np.stack([np.exp(-x), -np.exp(-x), np.exp(-x)]))
    gap = x - x[:, None]
    terms = sum((-gap) ** n / math.factorial(n + 2) for n in range(25))
    np.testing.assert_allclose(found, np.exp(-x)[:, None] * terms, rtol=1e-6)


def test_second_order_expansion_of_a_random_matrix():
    """tr-like sums of f[k, l, k] against E f(L + E) for small random symmetric E, two degrees."""
    problem = source_problem("squareplus(0.5)", 2, 0.75, 0.3, max_degree=2)
    spectrum, target, T = problem.spectrum, problem.target, 12
    lam, counts = spectrum.eigenvalues, spectrum.multiplicities.astype(int)
    full, degree = np.repeat(lam, counts), np.repeat(np.arange(3), counts)
    power = np.repeat(target.power / counts, counts)
    variance = np.outer(lam, lam) * counts  # sum_q Var E_(kp,lq), equal shares
    rng, size, draws = np.random.default_rng(3), 0.02, 2500
    steps, level = problem.schedule(np.arange(1.0, T + 1)), lambda t: 0.1 + 0 * np.asarray(t)

    def risk(matrix):
        values, basis = np.linalg.eigh(matrix)
        p, g = np.ones(values.size), np.zeros(values.size)
        for eta in steps:
            p = p * (1 - 2 * eta * values)
            g = g * (1 - 2 * eta * values) + eta**2 * 0.4 * values**2
        return np.sum((basis**2 @ p) * power) + g.sum()

    at_rest, root = risk(np.diag(full)), np.sqrt(variance / counts)[np.ix_(degree, degree)]
    gains = np.empty(draws)
    for i in range(draws):
        e = np.triu(rng.standard_normal(root.shape))
        e = size * root * (e + np.triu(e, 1).T)
        # + and - E together: the first order cancels sample by sample
        gains[i] = (risk(np.diag(full) + e) + risk(np.diag(full) - e)) / 2 - at_rest
    expected = excess_coefficient(
        spectrum, target, variance, problem.schedule, 0.3, [T], level)[0] / 2
    error = gains.std() / np.sqrt(draws) / size**2
    assert abs(gains.mean() / size**2 - expected) < 4 * error + 0.01 * abs(expected)
    assert 4 * error < 0.1 * abs(expected)  # the comparison can fail


def test_first_order_predicts_the_linearised_network():
    """m (E R_lin / R - 1) -> c(T), nothing fitted: ReLU, r = 1, m = 512."""
    problem = source_problem("relu", 2, 1.0, max_degree=96)
    run = paths(problem, ["linearised", "kernel"], [512], [2000], 96, 11)
    mean, exact = (kernel_risk(problem, [2000], tail=tail) for tail in (False, True))
    samples = controlled_excess(run.linearised, run.kernel, mean, exact)
    excess, error = samples.mean(), samples.std(ddof=1) / np.sqrt(96)
    predicted = first_order(problem, [2000])[0] / 512
    assert abs(excess - predicted) < 3 * error + 0.1 * predicted
    assert 3 * error < 0.8 * predicted  # so that no excess at all would be refused


@pytest.mark.parametrize(("name", "r", "noise"), [
    ("squareplus(0.5)", 1.0, 0.25), ("relu", 0.5, 0.25), ("squareplus(0.5)", 1.0, 0.01)])
def test_bias_and_variance_functions_give_the_exact_risk(name, r, noise):
    """sum_k F_k p(lambda_k) + N_k g(lambda_k) = R(T): step t carries the error *before* it."""
    problem = source_problem(name, 2, r, noise, max_degree=64)
    spectrum, T = problem.spectrum, 3000
    p, g = spectral_functions(spectrum.eigenvalues, problem.schedule, noise, [T],
                              risk_before_step(problem, T))[:, 0, 0]
    total = problem.target.power @ (1 + p) + spectrum.multiplicities @ g
    assert total == pytest.approx(kernel_risk(problem, [T], tail=False)[0], rel=2e-3)


def test_bad_input_is_refused():
    """Noise, shapes and unstable steps are named."""
    problem = source_problem("erf", 2, 0.5, max_degree=8)
    spectrum, target, V = problem.spectrum, problem.target, kernel_variance("erf", 2, 8)
    args = ([100], lambda t: 0 * t)
    with pytest.raises(ValueError, match="noise"):
        excess_coefficient(spectrum, target, V, problem.schedule, -1.0, *args)
    with pytest.raises(ValueError, match="variance"):
        excess_coefficient(spectrum, target, V[:-1], problem.schedule, 0.1, *args)
    with pytest.raises(ValueError, match="schedule"):
        excess_coefficient(spectrum, target, V, lambda t: 100 + 0 * t, 0.1, *args)
