"""The start's numbers, and the width that the theorem asks for."""

import dataclasses
import itertools

import numpy as np
import pytest

from ntksgd.compare.fluctuation import fluctuation_coefficient
from ntksgd.compare.learners import start
from ntksgd.compare.network_bound import event_bound
from ntksgd.compare.start_numbers import largest_gradient, start_numbers, steps_of
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.models.smoothness import neuron_constants
from ntksgd.models.two_layer import empirical_ntk
from ntksgd.problems.labels import huber
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk import predicted_widths
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.width import theorem
from ntksgd.width.probable_start import covering, probable_start

PROBLEM = source_problem("squareplus(0.5)", 2, 0.75, 0.25, 0.5, 32)
QUIET = source_problem("squareplus(0.5)", 2, 0.75, 0.0, 0.5, 32)
SHARE, STEPS = 0.02, steps_of(PROBLEM, 100)


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


@pytest.fixture(scope="module")
def at():
    return theorem.horizon(PROBLEM, 1000)


def test_horizon_is_what_the_bound_needs(at):
    assert at == (steps_of(PROBLEM, 1000), kernel_risk(PROBLEM, [1000])[0],
                  fluctuation_coefficient(PROBLEM, [1000])[0])


def test_least_width_is_where_the_guarantee_is_met(at):
    tau, level = 0.5, 3.0
    for options in ({}, {"labels": 3.0}):
        m = theorem.least_width(PROBLEM, at, tau, **options)
        assert theorem.guarantee(PROBLEM, at, m, **options).excess == pytest.approx(tau, rel=0.01)
    m, delta = theorem.least_width(PROBLEM, at, tau, level=level), tau * at.risk / (40 * level**2)
    clipped = theorem.guarantee(PROBLEM, at, m, level=level, delta=delta)
    assert clipped.excess == pytest.approx(tau, rel=0.01)
    assert clipped.lost == pytest.approx(tau * at.risk / 10)
    parts = [theorem.least_width(PROBLEM, at, tau, part) for part in ("drift", "fluctuation")]
    whole = theorem.least_width(PROBLEM, at, tau)
    assert max(parts) < whole < np.sqrt(parts).sum() ** 2
    assert whole < m  # the event is rarer


def test_least_width_is_rounded_up(at):
    # the guarantee holds at the width itself, and fails just below
    for tau, options in itertools.product((0.1, 0.5), ({}, {"labels": 3.0})):
        for T in (1, 30):
            end = theorem.horizon(PROBLEM, T)
            m = theorem.least_width(PROBLEM, end, tau, **options)
            assert theorem.guarantee(PROBLEM, end, m, **options).excess <= tau
            assert theorem.guarantee(PROBLEM, end, 0.995 * m, **options).excess > tau
    level, tau = 3.0, 0.5
    m, delta = theorem.least_width(PROBLEM, at, tau, level=level), tau * at.risk / (40 * level**2)
    assert theorem.guarantee(PROBLEM, at, m, level=level, delta=delta).excess <= tau


def test_with_nothing_to_learn_and_no_noise_nothing_is_lost():
    silent = QUIET.with_(target=dataclasses.replace(QUIET.target, power=0 * QUIET.target.power))
    end = theorem.horizon(silent, 100)
    assert end.risk == end.coefficient == 0
    m = theorem.least_width(silent, end, 0.5)
    found = theorem.guarantee(silent, end, m)
    assert found[:3] == (0, 0, 0)
    assert theorem.guarantee(silent, end, m / 1.01).fluctuation == np.inf  # not sure to be in G_0


def test_without_noise_the_guarantee_is_finite_and_met():
    end = theorem.horizon(QUIET, 100)
    m = theorem.least_width(QUIET, end, 0.5)
    assert theorem.guarantee(QUIET, end, m).excess <= 0.5
    assert theorem.guarantee(QUIET, end, 0.995 * m).excess > 0.5


@pytest.mark.parametrize("r", [0.5, 0.75, 1.0])
def test_the_risk_of_kernel_sgd_needs_no_rate(r):
    """Energy in H bounds sum eta R; the noise alone keeps R_T above a multiple of eta_T."""
    problem, T = source_problem("squareplus(0.5)", 2, r, 0.25, 0.5, 32), 400
    eta, lam = problem.schedule.step_sizes(T), problem.spectrum.eigenvalues
    risk = kernel_risk(problem, np.arange(1, T + 1), tail=False)
    before = np.append(problem.target.power.sum(), risk[:-1])
    paid = np.cumsum(eta * before)
    held = problem.target.source_norm(0.5) ** 2 + problem.spectrum.trace * 0.25 * np.cumsum(eta**2)
    assert np.all(paid <= held)
    assert paid[-1] > 0.1 * held[-1]
    later = np.cumprod(np.vstack([np.ones_like(lam), 1 - np.outer(eta[:0:-1], lam)]), axis=0)[::-1]
    alone = 0.25 * eta**2 @ later**2 @ (problem.spectrum.multiplicities * lam**2)
    assert 0.1 * risk[-1] < alone <= risk[-1]
    total = np.cumsum(eta[::-1])[::-1] - eta  # S_T - S_u
    near = total <= 1
    assert eta[near].sum() >= min(1, eta[0])
    share = eta[0] * problem.spectrum.trace
    floor = np.exp(-2 * lam[0] * total[near] / (1 - share))
    assert np.all(later[near, 0] ** 2 >= floor * (1 - 1e-12))
    assert alone >= 0.25 * eta[-1] * min(1, eta[0]) * lam[0]**2 * np.exp(-2 * lam[0] / (1 - share))


@pytest.mark.parametrize("name", ["squareplus(0.5)", "tanh", "erf"])
def test_largest_gradient_is_attained_at_an_end_of_its_grid(name):
    problem = source_problem(name, 2, 0.75, 0.25, 0.5, 8)
    for norm in (0.7, 3.0, 10.0):
        u = np.concatenate([np.random.default_rng(0).uniform(-norm, norm, 20000), [-norm, 0, norm]])
        size = problem.activation.value(u) ** 2 + 2 * problem.activation.derivative(u) ** 2
        assert largest_gradient(problem, norm) ** 2 == pytest.approx(size.max(), rel=1e-12)
        assert size.max() == size[-3:].max()


def test_clipping_bounds_what_an_event_leaves_out():
    # E (clip(g) - f)^2 <= E[(g - f)^2; G] + 4 F^2 P(not G), whatever g is off G
    rng, F = np.random.default_rng(0), 1.3
    f = rng.uniform(-F, F, 10**5)
    g, inside = f + rng.standard_normal(f.size), rng.random(f.size) < 0.9
    g[~inside] = rng.standard_cauchy(np.sum(~inside)) * 1e6
    clipped, lost = np.clip(g, -F, F), 4 * F**2 * np.mean(~inside)
    assert np.all(np.abs(clipped - f) <= np.minimum(np.abs(g - f), 2 * F) + 1e-12)
    assert np.mean((clipped - f) ** 2) <= np.mean((g - f) ** 2 * inside) + lost
    assert (np.clip(-np.inf, -F, F) - F) ** 2 == 4 * F**2


def test_exponents_of_the_theorem():
    values = [[of(r) for r in (0.5, 0.75, 1.0)] for of in (
        predicted_widths.theorem_width, predicted_widths.theorem_linearised_width)]
    np.testing.assert_allclose(values, [[0.75, 0.7, 2 / 3], [0.5, 0.6, 2 / 3]])
    for r in (0.49, 1.01):
        with pytest.raises(ValueError, match="r = "):
            predicted_widths.theorem_width(r)


def test_widths_of_the_theorem_grow_as_slowly_as_it_says():
    # logarithms add to the drift's exponent, the kernel's risk is not yet asymptotic
    ends = [theorem.horizon(PROBLEM, T) for T in (10**5, 10**7)]

    def of_every_path(r):
        """m ~ S^(5/2 + r): S^(5/2)/m against S^(-r)."""
        return (2.5 + r) / (2 * r + 1)

    tiers = {predicted_widths.theorem_width: {}, of_every_path: {"labels": 3.0}}
    for exponent, options in tiers.items():
        m = [theorem.least_width(PROBLEM, at, 0.5, "drift", **options) for at in ends]
        local = np.log(m[1] / m[0]) / np.log(100)
        assert local == pytest.approx(exponent(0.75), abs=0.2), exponent


def test_what_the_theorem_does_not_cover_is_refused(at):
    for change in ({"labels": huber(0.5, 3.0)}, {"weight_decay": 0.1}):
        with pytest.raises(ValueError, match="the bound is for"):
            theorem.horizon(PROBLEM.with_(**change), 100)
    assert theorem.guarantee(PROBLEM, at, 100.0).excess == np.inf
    for name in ("delta", "delta_start"):
        with pytest.raises(ValueError, match=f"{name} = 0"):
            theorem.guarantee(PROBLEM, at, 1e9, **{name: 0.0})


def test_fluctuation_asks_for_a_start_in_its_set(at):
    # bounded labels close with eta_1 K_0(x, x) < 2, the fluctuation's G_0 asks for 1
    m = 1e5
    while PROBLEM.schedule.largest * probable_start(PROBLEM, m, SHARE, 1.0).kernel**2 <= 1:
        m /= 1.5
    found = theorem.guarantee(PROBLEM, at, m, delta_start=7 * SHARE, labels=3.0)
    assert found.fluctuation == np.inf


def test_guarantee_shares_the_probabilities(at):
    m = 1e8
    found = theorem.guarantee(PROBLEM, at, m, delta_start=0.14, delta=0.05, level=2.0)
    begin = probable_start(PROBLEM, m, 0.02, at.steps.sum)
    scale = fluctuation_coefficient(PROBLEM, [1000])[0]
    bound = event_bound(begin, neuron_constants(PROBLEM.activation), at.steps, 0.25, 0.5,
                        np.log(5 / 0.05))
    assert found == pytest.approx((np.sqrt(at.risk), np.sqrt(scale / (0.02 * m)), bound.gap, 0.8))
    excess = ((found.kernel + found.fluctuation + found.drift) ** 2 + 0.8) / at.risk - 1
    assert found.excess == pytest.approx(excess)
