"""Sections 6 to 8 of the network's theorem: fluctuation, start, the width that suffices."""

import numpy as np
import pytest
from scipy import optimize

from ntksgd.compare.learners import start
from ntksgd.compare.mean_fluctuation import (
    dissipated,
    fluctuation_bounds,
    growth,
    neuron_variances,
    sums,
)
from ntksgd.compare.network_bound import event_bound
from ntksgd.compare.paths import paths
from ntksgd.compare.start_numbers import start_numbers, steps_of
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.models.smoothness import neuron_constants
from ntksgd.models.two_layer import empirical_ntk
from ntksgd.problems.labels import huber
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.width import theorem
from ntksgd.width.probable_start import covering, probable_start

PROBLEM = source_problem("squareplus(0.5)", 2, 0.75, 0.25, 0.5, 32)
SHARE, STEPS = 0.02, steps_of(PROBLEM, 100)


def largest_tau(params, x, w):
    gram = empirical_ntk(params, x, x, PROBLEM.activation, PROBLEM.gamma)
    return (np.square(gram) @ w).max()


def test_mean_fluctuation_bounds_the_sampled_distance():
    m, times = 64, [2, 300]
    run = paths(PROBLEM, ["linearised", "kernel"], [m], times, 60, 7)
    points = PROBLEM.grid()
    tau = max(largest_tau(start(PROBLEM, m, parameter_rng(s)), points.points, points.weights)
              for s in range(60))
    bounds = np.array([fluctuation_bounds(PROBLEM, sums(PROBLEM, T), tau) for T in times]).T
    ratio = np.sqrt(run.linearised_kernel[:, 0].mean(axis=0)) / (bounds / np.sqrt(m))
    assert np.all(ratio <= 1)
    assert ratio[0, 0] > 1 / 3  # by Groenwall, two steps: a third of the bound is violated
    assert ratio[1, 0] > 1 / 8


@pytest.mark.parametrize("degree", [0, 1, 4])
def test_kernel_noise_damps_a_harmonic_by_its_variance(degree):
    # 6.5: E||(L_0 - L) Y||^2 = (2/m) V_k, and V_k is of the order of lambda_k
    m, count = 16, 400
    x, w, _ = PROBLEM.grid(128)
    angle = np.arctan2(x[:, 1], x[:, 0])
    Y = np.cos(degree * angle) * (np.sqrt(2) if degree else 1.0)
    limit, square = PROBLEM.kernel.gram(x), []
    for seed in range(count):
        gram = empirical_ntk(start(PROBLEM, m, parameter_rng(seed)), x, x, PROBLEM.activation)
        square.append(w @ ((gram - limit) @ (w * Y)) ** 2)
    exact = 2 / m * neuron_variances(PROBLEM)[1][degree]
    error = np.std(square) / np.sqrt(count)
    assert np.mean(square) == pytest.approx(exact, abs=4 * error)
    assert error < 0.2 * exact


def test_noise_enters_the_unrolled_difference_as_it_says():
    # 6.6 (a): Pi0 - Pi telescopes; (b): the mean over x of ||A K(x, .)||^2 is ||A L||_HS^2
    x, w, _ = PROBLEM.grid(64)
    root = np.sqrt(w)
    whiten = lambda gram: root[:, None] * gram * root  # noqa: E731  an operator on L^2
    L = whiten(PROBLEM.kernel.gram(x))
    L0 = whiten(empirical_ntk(start(PROBLEM, 8, parameter_rng(0)), x, x, PROBLEM.activation))
    eta, eye = PROBLEM.schedule.step_sizes(12), np.eye(len(x))
    product = lambda A, first, last: np.linalg.multi_dot(  # noqa: E731
        [eye, *(eye - eta[s] * A for s in range(last - 1, first - 1, -1)), eye])
    telescope = sum(-eta[u] * product(L0, u + 1, 12) @ (L0 - L) @ product(L, 0, u)
                    for u in range(12))
    difference = product(L0, 0, 12) - product(L, 0, 12)
    np.testing.assert_allclose(telescope, difference, atol=1e-13)
    rows = difference @ (root[:, None] * PROBLEM.kernel.gram(x))  # A K(x_j, .), one a column
    assert w @ np.sum(rows**2, axis=0) == pytest.approx(np.sum((difference @ L) ** 2))


def test_dissipated_sums():
    # sum_u eta_u B(S_(u-1)) <= eta_1 B(0) + int B, computed from above
    weights, values, steps = np.array([2.0, 1.0]), np.array([0.5, 0.01]), steps_of(PROBLEM, 400)
    eta = PROBLEM.schedule.step_sizes(400)
    before = np.append(0, np.cumsum(eta)[:-1])
    B = np.sqrt(np.exp(-2 * np.outer(before, values)) @ weights)
    found = dissipated(weights, values, steps)
    assert eta @ B <= found
    fine = np.linspace(0, steps.sum, 200001)
    integral = np.sqrt(np.exp(-2 * np.outer(fine, values)) @ weights).mean() * steps.sum
    assert found == pytest.approx(steps.first * np.sqrt(3) + integral, rel=0.02)


def test_recursion_of_the_unrolled_bound_is_sharp():
    # 6.6: z_t = A + (t sum eta^2 z^2)^(1/2) ends at c(t Q) A as the steps become small
    eta2 = PROBLEM.schedule.step_sizes(2000) ** 2
    for tau in (1e-6, 0.05, 0.6, 3.0):
        for split in (1, 1000):
            energy, z = 0.0, 1.0
            for step in np.repeat(eta2 / split, split)[:20 * split]:
                energy += tau * step * z**2
                z = 1 + np.sqrt(energy)
            bound = growth(tau * eta2[:20].sum())
            assert (0.6 if split == 1 else 0.99) * bound < z <= bound


def test_one_step_of_the_fluctuation_is_exact():
    # T = 1, f_0 = 0: E||l_1 - f_1||^2 = eta^2 (2 C / m)(||f*||^2 + s^2), the last term of the bound
    m, count = 32, 400
    run = paths(PROBLEM, ["linearised", "kernel"], [m], [1], count, 8)
    values = run.linearised_kernel[:, 0, 0]
    C = hilbert_schmidt_constant(PROBLEM.activation, 2)
    exact = PROBLEM.schedule.largest**2 * 2 * C / m * (PROBLEM.target.power.sum() + 0.25)
    assert abs(values.mean() - exact) < 4 * values.std() / np.sqrt(count)
    assert values.std() / np.sqrt(count) < 0.2 * exact


@pytest.mark.parametrize("T", [2, 7, 500])
def test_sums_over_steps_bound_the_direct_sums_closely(T):
    total = sums(PROBLEM, T)
    eta = PROBLEM.schedule.step_sizes(T)
    risk = kernel_risk(PROBLEM, np.arange(1, T + 1))
    before = np.append(PROBLEM.target.power.sum(), risk[:-1])
    direct = [risk[-1], eta @ np.sqrt(before), eta**2 @ np.sqrt(before), eta**2 @ (before + 0.25)]
    found = [total.risk, total.roots, total.square_roots, total.squares]
    ratio = np.array(found) / direct
    assert np.all((1 - 1e-9 <= ratio) & (ratio < 1.05))


def test_probable_start_holds_as_often_as_it_says():
    # 7: the ridge regression's W* is at least as good as the proof's, at its penalty
    m, count, points = 20000, 10, PROBLEM.grid(256)
    bound = probable_start(PROBLEM, m, SHARE, STEPS.sum)
    assert np.isfinite(bound.kernel)
    for seed in range(count):
        numbers = start_numbers(PROBLEM, start(PROBLEM, m, parameter_rng(seed)), points,
                                STEPS)
        assert numbers.kernel <= bound.kernel  # in every start: the bounds are far from sharp
        assert numbers.operator <= bound.operator
        assert numbers.neuron <= bound.neuron
        penalty = 1 / (4 * STEPS.sum)
        objective = [n.residual**2 + penalty * n.weights**2 for n in (numbers, bound)]
        assert objective[0] <= objective[1]
    assert bound.kernel**2 > PROBLEM.spectrum.trace
    assert bound.neuron < 3 * numbers.neuron


def test_the_representation_of_the_start_has_the_norm_and_the_residual_it_says():
    # 7.3: W* itself, m^(-1/2) int psi_b p, drawn
    m, points = 4096, PROBLEM.grid(256)
    bound = probable_start(PROBLEM, m, SHARE, STEPS.sum)
    x, w = points.points, points.weights
    eigenvalues, degrees = PROBLEM.spectrum.eigenvalues, np.arange(33)
    dual = PROBLEM.target.coefficients / (eigenvalues + min(m**-0.5, 1 / (4 * STEPS.sum)))
    p = np.cos(np.arctan2(x[:, 1], x[:, 0])[:, None] * degrees) @ dual
    for seed in range(5):
        params = start(PROBLEM, m, parameter_rng(seed))
        gram = empirical_ntk(params, x, x, PROBLEM.activation)
        zeta = points.target - gram @ (w * p)  # <phi_0(x), W*>, W* = int phi_0 p: nothing is cut
        assert np.sqrt((w * p) @ gram @ (w * p)) <= bound.weights
        assert np.sqrt(points.mean_square(zeta)) <= bound.residual
        assert np.abs(zeta).max() <= bound.residual_sup


def test_covering_of_the_sphere():
    h, rng = 0.3, np.random.default_rng(0)
    n = int(covering(2, h))
    assert 2 * np.sin(np.pi / (2 * n)) <= h < 2 * np.sin(np.pi / (n - 1))  # n points of the circle
    x, chosen = rng.standard_normal((20000, 3)), 0
    x /= np.linalg.norm(x, axis=1)[:, None]
    while len(x):  # points h apart, as many as fit: such a net
        x, chosen = x[np.linalg.norm(x - x[0], axis=1) > h], chosen + 1
    assert 0.1 * covering(3, h) < chosen <= covering(3, h)


def test_least_width_is_where_the_guarantee_is_met():
    T, tau = 1000, 0.5
    total = sums(PROBLEM, T)
    for options in ({}, {"labels": 3.0}):
        m = theorem.least_width(PROBLEM, T, tau, **options)
        excess = theorem.guarantee(PROBLEM, total, m, **options).excess
        assert excess == pytest.approx(tau, rel=0.01)
    parts = [theorem.least_width(PROBLEM, T, tau, part) for part in ("drift", "fluctuation")]
    whole = theorem.least_width(PROBLEM, T, tau)
    assert max(parts) < whole < np.sqrt(parts).sum() ** 2


def test_exponents():
    found = theorem.exponents([0.5, 0.75, 1.0])
    assert found["paper"] == pytest.approx([3.5, 3, 8 / 3])
    assert found["path"] == pytest.approx([1.5, 1.3, 7 / 6])
    assert found["mean"] == pytest.approx([1, 0.8, 2 / 3])
    assert found["event"] == pytest.approx([0.75, 0.7, 2 / 3])
    assert np.all(found["linearised"] <= found["event"] + 1e-12)
    assert np.all(found["path"] < found["paper"] / 2)


def test_widths_of_the_theorem_grow_as_slowly_as_it_says():
    # logarithms add to the drift's exponent, the kernel's risk is not yet asymptotic
    tiers = {"event": {"part": "drift"}, "path": {"part": "drift", "labels": 3.0}}
    for name, options in tiers.items():
        m = [theorem.least_width(PROBLEM, T, 0.5, **options) for T in (10**5, 10**7)]
        local = np.log(m[1] / m[0]) / np.log(100)
        assert local == pytest.approx(theorem.exponents(0.75)[name], abs=0.2), name


def test_what_the_theorem_does_not_cover_is_refused():
    for change in ({"labels": huber(0.5, 3.0)}, {"weight_decay": 0.1}):
        with pytest.raises(ValueError, match="the theorem is for square, 0"):
            sums(PROBLEM.with_(**change), 100)
    total = sums(PROBLEM, 100)
    assert theorem.guarantee(PROBLEM, total, 100.0).excess == np.inf
    for name in ("delta", "delta_start"):
        with pytest.raises(ValueError, match=f"{name} = 0"):
            theorem.guarantee(PROBLEM, total, 1e9, **{name: 0.0})


def test_fluctuation_bounds_are_the_formulas_of_the_proof():
    # Theorems 3 and 3', step by step; the library's sums are upper ones
    T, tau, s2 = 200, 0.7, 0.25
    eta = PROBLEM.schedule.step_sizes(T)
    R = np.append(PROBLEM.target.power.sum(), kernel_risk(PROBLEM, np.arange(1, T)))
    C, V = neuron_variances(PROBLEM)
    Q, chance = np.sum(eta**2), np.sqrt(eta**2 @ (R + s2))
    groenwall = np.sqrt(2) * np.exp(tau * Q / 2) * (
        eta @ ((np.sqrt(V.max()) + eta * np.sqrt(tau * C)) * np.sqrt(R)) + np.sqrt(C) * chance)
    values, counts = PROBLEM.spectrum.eigenvalues, PROBLEM.spectrum.multiplicities
    s = np.linspace(0, eta.sum(), 100001)
    decay = np.exp(-2 * np.outer(s, values))
    a, b = (eta[0] * np.sqrt(weights.sum())
            + np.sqrt(decay @ weights).mean() * eta.sum()
            for weights in (counts * values**2 * V, PROBLEM.target.power * V))
    X = tau * Q
    c = optimize.brentq(lambda c: 2 * (np.log(c) + 1 / c - 1) - X, 1.0, 100.0)
    unrolled = np.sqrt(2) * c * (b + (np.sqrt(C) + a) * chance)
    ratio = np.array(fluctuation_bounds(PROBLEM, sums(PROBLEM, T), tau)) / [groenwall, unrolled]
    assert np.all((ratio >= 1 - 1e-6) & (ratio < 1.03))


def test_guarantee_shares_the_probabilities():
    total, m = sums(PROBLEM, 200), 1e8
    found = theorem.guarantee(PROBLEM, total, m, delta_start=0.14, delta=0.05)
    begin = probable_start(PROBLEM, m, 0.02, total.steps.sum)
    scale = min(fluctuation_bounds(PROBLEM, total, (begin.kernel * begin.operator) ** 2))
    bound = event_bound(begin, neuron_constants(PROBLEM.activation), total.steps, 0.25, 0.5,
                        np.log(5 / 0.05))
    assert found == pytest.approx((np.sqrt(total.risk), scale / np.sqrt(0.02 * m), bound.gap))
    excess = (found.kernel + found.fluctuation + found.drift) ** 2 / total.risk - 1
    assert found.excess == pytest.approx(excess)


def test_probable_start_is_the_formula_of_the_proof():
    m, S = 3e6, 40.0
    found = probable_start(PROBLEM, m, SHARE, S)
    rng = np.random.default_rng(0)
    u, rho = rng.standard_normal(400000), np.linalg.norm(rng.standard_normal((400000, 2)), axis=1)
    act, lam = PROBLEM.activation, PROBLEM.spectrum.eigenvalues
    k = act.value(u) ** 2 + 2 * act.derivative(u) ** 2
    lip = 2 * rho * (0.25 + rho) + 4 * rho  # s1 = s2 = 1, q^2 = 2
    margin = (found.kernel**2 - PROBLEM.spectrum.trace) / 2
    net = np.pi * 2 * lip.mean() / margin + 1
    assert net * 2 * k.var() / (m * margin**2) == pytest.approx(SHARE, rel=0.02)
    C = hilbert_schmidt_constant(act, 2)
    assert found.operator**2 == pytest.approx(lam.max() + np.sqrt(2 * C / (m * SHARE)))
    widest = np.sqrt(2) + np.sqrt(2 * np.log(m / (2 * SHARE)))
    assert found.neuron**2 == pytest.approx(
        act.value(np.array([widest]))[0] ** 2 + 2 * act.derivative(np.array([widest]))[0] ** 2)
    power, penalty = PROBLEM.target.power, min(m**-0.5, 1 / (4 * S))
    norm = np.sqrt(np.sum(power / lam))
    cut = np.sqrt((0.25 + np.sqrt(2) + 2 * np.sqrt(np.log(m))) ** 2 + 2)
    dual = np.sqrt(np.sum(power / (lam + penalty) ** 2))
    weights = np.sqrt(norm**2 + cut * dual * norm * np.sqrt(2 / (m * SHARE)))
    fourth = np.mean(((0.25 + rho) ** 2 + 2) ** 2)
    residual = (np.sqrt(np.sum(power * (penalty / (lam + penalty)) ** 2))
                + norm * (fourth**0.25 / np.sqrt(m) + cut * np.sqrt(2 / (m * SHARE))))
    assert found.weights == pytest.approx(weights)
    assert found.residual == pytest.approx(residual, rel=1e-3)
    assert found.residual_sup >= np.abs(PROBLEM.grid().target).max() + found.kernel * weights - 1e-9
