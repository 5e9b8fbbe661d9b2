"""The bound for losses of bounded residual: adversarial labels, heavy tails, its own formula."""

import numpy as np
import pytest

import neuron_pairs as near
from ntksgd.compare.bounded_residual import MU, bounded_residual_bound, sufficient_exponent
from ntksgd.compare.network_bound import NOT_CLOSED, StartNumbers, Steps
from ntksgd.compare.start_numbers import start_numbers, steps_of
from ntksgd.models.smoothness import neuron_constants
from ntksgd.problems import labels
from ntksgd.problems.problem import source_problem
from reference_network_sgd import residual

PROBLEM = source_problem("squareplus(0.5)", 2, 0.75, step=0.3, max_degree=24,
                         labels=labels.huber(0.5, 2.0))
LOGISTIC = source_problem("squareplus(0.5)", 2, 0.5, step=0.25, max_degree=24,
                          labels=labels.logistic, norm=2.0)
CONSTANTS, ACT = neuron_constants("squareplus(0.5)"), PROBLEM.activation
LOSSES = {"square": lambda g, y: (g - y) ** 2 / 2,
          "huber": lambda g, y: (g - y) ** 2 / 2 if abs(g - y) < 1 else abs(g - y) - 0.5,
          "logistic": lambda g, y: np.log1p(np.exp(-y * g))}


def path(m, T, seed, loss, draw, problem=PROBLEM):
    """Everything the bound is about, by the slow reference; `draw(rng, t, g, lazy)` -> x, y."""
    rng = np.random.default_rng(seed)
    begin = near.paired_start(m, 2, rng)
    V = W = (np.zeros(m), np.zeros((m, 3)))
    seen = dict.fromkeys(("distance", "even", "neuron", "rho", "psi", "residuals"), 0.0)
    energy = 0.0
    for t, step in enumerate(problem.schedule.step_sizes(T)):
        now = near.moved(begin, V)

        def g(x, now=now):
            return near.output(now, x, ACT, 1.0)

        def lazy(x, W=W):
            return near.inner(near.gradient(begin, x, ACT, 1.0), W)

        x, y = draw(rng, t, g, lazy)
        zero, phi = near.gradient(begin, x, ACT, 1.0), near.gradient(now, x, ACT, 1.0)
        seen["psi"] = max(seen["psi"], near.norm(near.parts(near.minus(phi, zero))[0]))
        seen["rho"] = max(seen["rho"], abs(g(x) - near.inner(zero, V)))
        e, e_lazy = residual(loss, g(x), y), residual(loss, lazy(x), y)
        energy += 2 * step * LOSSES[loss](0.0, y)
        seen["residuals"] += step * abs(e)
        W, V = near.plus(W, zero, -step * e_lazy), near.plus(V, phi, -step * e)
        odd, even = near.parts(V)
        for name, size in (("distance", near.norm(V)), ("even", near.norm(even)),
                           ("neuron", near.widest(odd))):
            seen[name] = max(seen[name], size)
    points = problem.grid()
    gap = [near.output(near.moved(begin, V), x, ACT, 1.0)
           - near.inner(near.gradient(begin, x, ACT, 1.0), W) for x in points.points]
    seen["gap"] = np.sqrt(points.mean_square(np.array(gap)))
    return begin, seen, np.sqrt(energy)


def circle(rng):
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


HERE = np.array([0.6, 0.8])
ADVERSARIES = {
    "one side": lambda rng, t, g, lazy: (HERE, 1e9),
    "one side, everywhere": lambda rng, t, g, lazy: (circle(rng), 1e9),
    "apart": lambda rng, t, g, lazy: (x := circle(rng), np.sign(g(x) - lazy(x)) * 1e9 or 1e9),
    "outwards": lambda rng, t, g, lazy: (x := circle(rng), np.sign(g(x)) * 1e9 or 1e9),
    "alternating": lambda rng, t, g, lazy: (HERE * (-1) ** (t // 2), 1e9 * (-1) ** t),
    "no mean": lambda rng, t, g, lazy: (circle(rng), rng.standard_cauchy()),
    "infinite variance": lambda rng, t, g, lazy: (circle(rng), rng.standard_t(2)),
}


def numbers(begin, T, problem=PROBLEM):
    steps = steps_of(problem, T)
    return start_numbers(problem, begin, problem.grid(), steps), steps


@pytest.mark.parametrize("m", [64, 2048])
@pytest.mark.parametrize("name", ADVERSARIES)
def test_no_path_violates_the_bound(name, m):
    begin, seen, N = path(m, 25, 3, "huber", ADVERSARIES[name])
    for given in (np.inf, N):
        bound = bounded_residual_bound(numbers(begin, 25)[0], CONSTANTS, steps_of(PROBLEM, 25),
                                       given)
        for key, value in seen.items():
            assert value <= getattr(bound, key) * (1 + 1e-12), (key, given)


SIGNS = {
    "drawn": lambda rng, t, g, lazy: (circle(rng), rng.choice([-1.0, 1.0])),
    "one side": lambda rng, t, g, lazy: (HERE, 1.0),
    "one side, everywhere": lambda rng, t, g, lazy: (circle(rng), 1.0),
    "apart": lambda rng, t, g, lazy: (x := circle(rng), np.sign(g(x) - lazy(x)) or 1.0),
    "outwards": lambda rng, t, g, lazy: (x := circle(rng), np.sign(g(x)) or 1.0),
    "inwards": lambda rng, t, g, lazy: (x := circle(rng), -np.sign(g(x)) or 1.0),
    "alternating": lambda rng, t, g, lazy: (HERE, (-1.0) ** t),
}


@pytest.mark.parametrize("m", [64, 2048])
@pytest.mark.parametrize("name", SIGNS)
def test_it_closes_for_the_logistic_loss_and_no_path_violates_it(name, m):
    begin, seen, N = path(m, 25, 4, "logistic", SIGNS[name], LOGISTIC)
    given, steps = numbers(begin, 25, LOGISTIC)
    assert pytest.approx(2 * np.log(2) * steps.sum) == N**2
    for size in (np.inf, N):
        bound = bounded_residual_bound(given, CONSTANTS, steps, size, MU["logistic"])
        assert bound.gap < np.inf
        for key, value in seen.items():
            assert value <= getattr(bound, key) * (1 + 1e-12), (key, size)
    if m == 2048:  # mu = 1 would not let N in
        free, known, loose = (bounded_residual_bound(given, CONSTANTS, steps, size, mu).distance
                              for size, mu in ((np.inf, 0.25), (N, 0.25), (N, 1.0)))
        assert known < free <= loose


@pytest.mark.parametrize("loss", MU)
def test_mu_is_the_lipschitz_constant_and_bounds_the_squared_residual(loss):
    g = np.linspace(-30.0, 30.0, 6001)
    for y in (-1.0, 1.0):
        e = np.array([residual(loss, one, y) for one in g])
        value = np.array([LOSSES[loss](one, y) for one in g])
        assert np.abs(e).max() <= 1
        assert 0.999 * MU[loss] < np.max(np.diff(e) / np.diff(g)) < MU[loss] * (1 + 1e-9)
        assert np.all(e**2 <= 2 * MU[loss] * value * (1 + 1e-12))
        assert np.any(e**2 > 2 * 0.7 * MU[loss] * value)  # hardly less would do


def test_distance_and_residuals_are_nearly_attained():
    # one input, one sign: half the bound on ||V|| is violated, and |l'| = 1 throughout
    begin, seen, _ = path(2**14, 25, 5, "huber", ADVERSARIES["one side"])
    bound = bounded_residual_bound(numbers(begin, 25)[0], CONSTANTS, steps_of(PROBLEM, 25))
    assert 0.5 * bound.distance < seen["distance"] <= bound.distance
    assert seen["residuals"] == pytest.approx(bound.residuals)


def test_a_residual_that_is_not_bounded_violates_it():
    # the check can fail: the square loss under the same labels leaves every bound
    begin, seen, _ = path(2048, 25, 3, "square", lambda rng, t, g, lazy: (circle(rng), 30.0))
    bound = bounded_residual_bound(numbers(begin, 25)[0], CONSTANTS, steps_of(PROBLEM, 25))
    assert all(seen[key] > getattr(bound, key) for key in ("distance", "residuals"))


def test_it_is_the_formula_of_the_proof():
    m, kappa, l0, Psi = 1e6, 1.1, 0.8, 5.0
    start, steps = StartNumbers(m, kappa, l0, Psi, 1.3, 0.05, 0.9), Steps(30.0, 7.0, 0.5)
    c, c3, c4, _ = CONSTANTS
    for N, mu, B in ((np.inf, 1.0, kappa * 1e3 / c * (np.exp(c * 0.03) - 1)),
                     (4.0, 1.0, 4 / np.sqrt(1 - c * 0.03)), (4.0, 0.3, 4 / np.sqrt(1 - c * 0.03))):
        found = bounded_residual_bound(start, CONSTANTS, steps, N, mu)
        v, o = c * 30 * B / 1e3, Psi / c * (np.exp(c * 0.03) - 1)
        rho, psi = (c * v * B + c3 * o * B**2) / 1e3, (c * v + c4 * o * B) / 1e3
        nu = 1 / (2 - mu * 0.5 * kappa**2)
        gap = l0 * (np.sqrt(mu * nu * 30) * rho + 30 * psi) + rho
        assert found == pytest.approx((B, v, o, rho, psi, 30.0, gap))


def test_powers_of_s_and_the_width_that_follows():
    start, S, gaps = StartNumbers(1.0, 1.0, 0.8, 4.0, 1.5, 0.0, 0.0), np.array([1e3, 1e5]), []
    for s in S:
        wide, steps = start._replace(m=1e6 * s**2), Steps(s, 0.5, 0.1)
        gaps.append([wide.m * bounded_residual_bound(wide, CONSTANTS, steps, N).gap
                     for N in (np.inf, np.sqrt(s))])
    powers = np.diff(np.log(gaps), axis=0)[0] / np.log(S[1] / S[0])
    assert powers == pytest.approx([3.5, 2.5], abs=0.03)
    # S = T^(1/(2r+1)), and the gap is to be T^(-r/(2r+1))
    for power, finite in zip(powers, (False, True), strict=True):
        assert sufficient_exponent(0.5, finite) == pytest.approx((power + 0.5) / 2, abs=0.02)


def test_conditions_that_fail_give_no_bound():
    start, steps = StartNumbers(64, 1.0, 0.8, 4.0, 1.5, 0.1, 0.2), Steps(1e3, 1.0, 0.1)
    assert bounded_residual_bound(start, CONSTANTS, steps) == NOT_CLOSED
    wide = start._replace(m=1e12)
    assert bounded_residual_bound(wide, CONSTANTS, steps).gap < np.inf
    assert bounded_residual_bound(wide, CONSTANTS, steps._replace(first=2.01)) == NOT_CLOSED
    small = bounded_residual_bound(wide, CONSTANTS, steps._replace(first=2.01), lipschitz=0.25)
    assert small.gap < np.inf
    with pytest.raises(ValueError, match="labels"):
        bounded_residual_bound(wide, CONSTANTS, steps, -1.0)
    with pytest.raises(ValueError, match="lipschitz"):
        bounded_residual_bound(wide, CONSTANTS, steps, 1.0, 0.0)
