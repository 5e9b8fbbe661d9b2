"""Sections 3 to 5 of the network's theorem: energy, the bound on a path, the bound on an event."""

import numpy as np
import pytest
from scipy import optimize

import neuron_pairs as near
from ntksgd.compare import network_parts
from ntksgd.compare.network_bound import (
    NOT_CLOSED,
    StartNumbers,
    Steps,
    event_bound,
    path_bound,
)
from ntksgd.compare.start_numbers import largest_gradient, start_numbers, steps_of
from ntksgd.models.activations import activation
from ntksgd.models.smoothness import neuron_constants
from ntksgd.models.two_layer import initialise, tangent_features
from ntksgd.problems import schedules
from ntksgd.problems.problem import source_problem
from ntksgd.sgd.network import train, train_linearised

PROBLEM = source_problem("squareplus(0.5)", 2, 0.75, 0.04, 0.5, 24)
CONSTANTS = neuron_constants("squareplus(0.5)")


def test_energy_lemma_and_its_constant():
    # 3.1: ||A - eta (z - n) phi||^2 <= ||A||^2 + nu eta n^2, nu = 1/(2 - k)
    rng = np.random.default_rng(0)
    for k in (0.3, 1.0, 1.7):
        ratio = []
        for _ in range(4000):
            A, phi, n, eta = rng.standard_normal(3), rng.standard_normal(3), rng.normal(), 1.0
            phi *= np.sqrt(k * rng.uniform(0.9, 1) / eta) / np.linalg.norm(phi)
            e = A @ phi - n
            after = np.sum((A - eta * e * phi) ** 2)
            assert after <= A @ A - (2 - k) * eta * e**2 - 2 * eta * e * n + 1e-12
            ratio.append((after - A @ A) / (eta * n**2))
        assert 0.9 / (2 - k) < max(ratio) <= 1 / (2 - k) + 1e-12


def test_recursion_lemma_is_attained():
    # 3.2: z_T <= sum a + (sum b^2 + d^2)^(1/2)
    rng = np.random.default_rng(1)
    for only in ("a", "b", "all"):
        a, b, d = (rng.exponential(size=20) * (only in ("all", name)) for name in "abd")
        z = 0.0
        for step in zip(a, b, d, strict=True):
            z = np.sqrt((np.sqrt(z**2 + step[1] ** 2) + step[0]) ** 2 + step[2] ** 2)
        bound = a.sum() + np.sqrt(np.sum(b**2 + d**2))
        assert (0.5 if only == "all" else 1 - 1e-12) * bound <= z <= bound * (1 + 1e-12)


def test_energy_about_a_representation_is_true_of_all_numbers_and_tight():
    # 5.1 with k = eta K, in units of eta
    rng = np.random.default_rng(2)
    d, xi, nb = rng.standard_normal((3, 200000)) * 10 ** rng.uniform(-1, 1, (3, 200000))
    k = rng.uniform(0, 1, d.size)
    k[:1000], nb[:1000], d[:1000] = 1.0, xi[:1000], 0.0

    def slack(factor):
        left = -(2 - k) * d**2 + 2 * (1 - k) * (xi + nb) * d + k * (xi + nb) ** 2
        return (-d**2 + factor * nb**2 + factor * k * xi**2 + 2 * (1 - k) * d * xi) - left

    assert slack(2.0).min() > -1e-9
    assert slack(1.9).min() < 0


@pytest.mark.parametrize("law", ["signs", "Gaussian", "skewed"])
def test_vector_martingale_inequality(law):
    # 5.0: P(sup ||M_t|| >= n b sqrt(2 x)) <= 2 exp(-x); p_t depends on the past
    rng, count, T = np.random.default_rng(3), 4000, 60
    draw = {"signs": lambda: rng.choice([-1.0, 1.0], count),
            "Gaussian": lambda: rng.standard_normal(count),
            "skewed": lambda: np.where(rng.random(count) < 0.2, 1.0, -0.25)}[law]
    M, squares, largest = np.zeros((count, 3)), np.zeros(count), np.zeros(count)
    for t in range(T):
        p = np.cos(M + t)  # known before the noise
        p *= np.sqrt(1 / T) / np.linalg.norm(p, axis=1)[:, None]
        squares += np.sum(p**2, axis=1)
        M = M + draw()[:, None] * p
        largest = np.maximum(largest, np.linalg.norm(M, axis=1))
    assert np.allclose(squares, 1)
    for x in (1.0, 2.0, 3.0):
        beyond = [np.mean(largest >= f * np.sqrt(2 * x)) for f in (1.0, 0.2)]
        assert beyond[0] <= 2 * np.exp(-x) < beyond[1] + 2 * (x == 1.0)


TAIL = 2.0  # x: each event of 5.2 fails with probability at most exp(-x)


def test_noise_against_dissipation():
    # 5.2 (i): sup_t sum 2 eta d xi - eta d^2/2 <= 4 n^2 eta_1 x; sharp for small d
    rng, eta, n, d = np.random.default_rng(4), 0.4, 0.5, 0.2
    xi = n * rng.standard_normal((4000, 600))
    worst = np.cumsum(2 * eta * d * xi - eta * d**2 / 2, axis=1).max(axis=1)
    level = 4 * n**2 * eta * TAIL
    assert np.mean(worst > level) <= np.exp(-TAIL) < np.mean(worst > 0.7 * level)


def test_residual_on_the_path():
    # 5.2 (ii): sum eta zeta(x_t)^2 <= (e - 1) S ||zeta||^2 + eta_1 sup zeta^2 x: rare large values
    rng, eta, T, share = np.random.default_rng(5), 0.4, 300, 0.01
    energy = eta * rng.binomial(T, share, 4000)
    level = (np.e - 1) * eta * T * share + eta * TAIL
    assert np.mean(energy > level) <= np.exp(-TAIL) < np.mean(energy > level / 2)


def test_energy_of_the_noise():
    # 5.2 (iii): sum eta^2 xi^2 <= n^2 (sqrt Q + eta_1 sqrt(2 x))^2
    rng, n = np.random.default_rng(6), 0.5
    eta = 0.4 * np.arange(1, 201) ** -0.6
    squares = (eta**2 * (n * rng.standard_normal((4000, 200))) ** 2).sum(axis=1)
    level = n**2 * (np.sqrt(np.sum(eta**2)) + eta[0] * np.sqrt(2 * TAIL)) ** 2
    assert np.mean(squares > level) <= np.exp(-TAIL) < np.mean(squares > level / 3)


def path(m, T, seed, labels, problem=PROBLEM, eta=None):
    """Every quantity of section 4 along one path, by the slow reference."""
    rng, act = np.random.default_rng(seed), problem.activation
    begin = near.paired_start(m, 2, rng)
    V = W = (np.zeros(m), np.zeros((m, 3)))
    eta = problem.schedule.step_sizes(T) if eta is None else eta
    seen = dict.fromkeys(("V", "even", "neuron", "rho", "psi", "e", "e2", "y2", "k"), 0.0)
    for step in eta:
        angle = rng.uniform(0, 2 * np.pi)
        x = np.array([np.cos(angle), np.sin(angle)])
        y = labels(rng, x)
        now, zero = near.moved(begin, V), near.gradient(begin, x, act, 1.0)
        phi = near.gradient(now, x, act, 1.0)
        e = near.output(now, x, act, 1.0) - y
        rho = e + y - near.inner(zero, V)
        seen["psi"] = max(seen["psi"], near.norm(near.parts(near.minus(phi, zero))[0]))
        seen["rho"] = max(seen["rho"], abs(rho))
        seen["k"] = max(seen["k"], step * near.inner(phi, phi))
        for name, value in (("e", abs(e)), ("e2", e**2), ("y2", y**2)):
            seen[name] += step * value
        e_lazy = near.inner(zero, W) - y
        W, V = near.plus(W, zero, -step * e_lazy), near.plus(V, phi, -step * e)
        odd, even = near.parts(V)
        seen["V"] = max(seen["V"], near.norm(V))
        seen["even"] = max(seen["even"], near.norm(even))
        seen["neuron"] = max(seen["neuron"], near.widest(odd))
    assert near.norm(near.parts(W)[1]) < 1e-12  # the linearised network stays odd
    return begin, V, W, seen


def loudest(rng, x):
    return 0.5 * np.sign(x[0])


@pytest.mark.parametrize("m", [2048, 8192])
def test_theorem_1_bounds_every_quantity_along_a_path(m):
    T = 30
    begin, V, W, seen = path(m, T, 6, loudest)
    steps, points = steps_of(PROBLEM, T), PROBLEM.grid()
    start = start_numbers(PROBLEM, begin, points, steps)
    bound = path_bound(start, CONSTANTS, steps, np.sqrt(seen["y2"]))
    assert bound.gap < np.inf
    for name, limit in (("V", bound.distance), ("even", bound.even), ("neuron", bound.neuron),
                        ("rho", bound.rho), ("psi", bound.psi), ("e", bound.residuals)):
        assert seen[name] <= limit, name
    values = [near.output(near.moved(begin, V), x, PROBLEM.activation, 1.0)
              - near.inner(near.gradient(begin, x, PROBLEM.activation, 1.0), W)
              for x in points.points]
    assert np.sqrt(points.mean_square(np.array(values))) <= bound.gap
    assert seen["V"] > 0.3 * bound.distance  # this step loses little


def test_distance_and_residuals_are_attained():
    # 4.1 is attained by one step with k = 1, 4.2 by one short step; 2.3 times less is violated
    begin, V, _, seen = path(4096, 1, 7, loudest, eta=[0.1])
    x_kernel = seen["k"] / 0.1
    for step, constant in ((1 / x_kernel, "V"), (1e-3, "e2")):
        _, _, _, one = path(4096, 1, 7, loudest, eta=[step])
        nu = 1 / (2 - one["k"])
        if constant == "V":
            assert one["V"] == pytest.approx(np.sqrt(nu * one["y2"]), rel=1e-9)
        else:
            assert np.sqrt(one["e2"]) == pytest.approx(2 * nu * np.sqrt(one["y2"]), rel=1e-2)


def test_neuron_by_neuron_growth():
    # 4.4 for every neuron, and 1/3 of its constant is too little: residuals of one sign, one x
    m, act = 64, activation("squareplus(0.5)")
    begin = near.paired_start(m, 2, np.random.default_rng(8))
    x, V, Gamma = np.array([0.6, 0.8]), (np.zeros(m), np.zeros((m, 3))), 0.0
    for _ in range(40):
        phi = near.gradient(near.moved(begin, V), x, act, 1.0)
        V, Gamma = near.plus(V, phi, 0.05), Gamma + 0.05  # e = -1
        a, v = V
        size = np.sqrt(a**2 + np.sum(v**2, axis=1))
        psi = [largest_gradient(PROBLEM, r) for r in np.linalg.norm(begin.b, axis=1)]
        c = CONSTANTS.first
        ratio = size / (np.array(psi) / c * np.expm1(c * Gamma / np.sqrt(m)))
        assert ratio.max() <= 1
    assert ratio.max() > 1 / 3


def test_theorem_2_bounds_the_mean_square_gap_and_the_distance():
    T, m, x, count = 40, 2**17, np.log(100), 6
    steps, points = steps_of(PROBLEM, T), PROBLEM.grid()
    begin = initialise(m, 2, np.random.default_rng(9))
    start = start_numbers(PROBLEM, begin, points, steps)
    bound = event_bound(start, CONSTANTS, steps, 0.04, 0.2, x)
    assert bound.gap < np.inf
    squares = []
    for seed in range(count):
        samples = PROBLEM.samples(T, seed)
        run = {"times": [T], "points": points.points}
        g, lazy = (one(begin, samples, PROBLEM.schedule, PROBLEM.activation, **run)
                   for one in (train, train_linearised))
        assert g.drift[0] <= bound.distance
        moved = near.minus((g.parameters.a, joined(g)), (begin.a, joined(begin)))
        odd, even = near.parts(moved)
        assert near.norm(even) <= bound.even
        assert near.widest(odd) <= bound.neuron
        squares.append(points.mean_square(g.values - lazy.values)[0])
    assert np.sqrt(np.mean(squares)) <= bound.gap


def joined(run):
    params = getattr(run, "parameters", run)
    return np.concatenate([params.b, params.c[:, None]], axis=1)


def test_start_numbers_are_those_of_the_features():
    begin, points = initialise(6, 2, np.random.default_rng(10)), PROBLEM.grid()
    steps = Steps(20.0, 1.0, 0.1)
    numbers = start_numbers(PROBLEM, begin, points, steps)
    phi = tangent_features(begin, points.points, PROBLEM.activation)
    w = np.sqrt(points.weights)[:, None]
    weights = np.linalg.solve((w * phi).T @ (w * phi) + np.eye(phi.shape[1]) / 80,
                              (w * phi).T @ (w[:, 0] * points.target))
    zeta = points.target - phi @ weights
    assert numbers.weights == pytest.approx(np.linalg.norm(weights))
    assert numbers.residual == pytest.approx(np.sqrt(points.mean_square(zeta)))
    assert numbers.residual_sup == pytest.approx(np.abs(zeta).max())
    assert numbers.operator == pytest.approx(np.linalg.norm(w * phi, 2))
    assert numbers.kernel**2 == pytest.approx(np.sum(phi**2, axis=1).max())
    angle = np.linspace(0, 2 * np.pi, 4001)
    fine = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    one = [np.sqrt(6) * np.abs(tangent_features(begin, fine, PROBLEM.activation)[:, i]).max()
           for i in range(6)]
    assert max(one) < numbers.neuron <= np.hypot(max(one), np.sqrt(2))


def test_bounds_have_the_powers_of_the_theorem():
    # gap ~ S^(5/2) / m path by path and S / m on the event, once m is large
    start = StartNumbers(1.0, 1.0, 0.8, 4.0, 1.5, 0.0, 0.0)
    S, gaps = np.array([1e3, 1e5]), []
    for s in S:
        wide, steps = start._replace(m=1e4 * s**2), Steps(s, 0.5, 0.1)
        gaps.append([wide.m * path_bound(wide, CONSTANTS, steps, np.sqrt(s)).gap,
                     wide.m * event_bound(wide, CONSTANTS, steps, 0.2, 0.5, 4.0).gap])
    local = np.diff(np.log(gaps), axis=0)[0] / np.log(S[1] / S[0])
    assert local == pytest.approx([2.5, 1.0], abs=0.03)


def test_conditions_that_fail_give_no_bound():
    start, steps = StartNumbers(64, 1.0, 0.8, 4.0, 1.5, 0.1, 0.2), Steps(100.0, 1.0, 0.1)
    assert path_bound(start, CONSTANTS, steps, 10.0) == NOT_CLOSED
    assert event_bound(start, CONSTANTS, steps, 0.2, 0.5, 4.0) == NOT_CLOSED
    wide = start._replace(m=1e12)
    assert path_bound(wide, CONSTANTS, steps, 10.0).gap < np.inf
    assert event_bound(wide, CONSTANTS, steps, 0.2, 0.5, 4.0).gap < np.inf
    assert event_bound(wide, CONSTANTS, steps._replace(first=1.01), 0.2, 0.5, 4.0) == NOT_CLOSED
    assert path_bound(wide, CONSTANTS, steps._replace(first=2.01), 10.0) == NOT_CLOSED
    with pytest.raises(ValueError, match="x = 0"):
        event_bound(wide, CONSTANTS, steps, 0.2, 0.5, 0.0)


def test_steps_are_those_of_the_schedule():
    steps = steps_of(PROBLEM.with_(schedule=schedules.polynomial(0.2, 0.6)), 1000)
    eta = 0.2 * np.arange(1, 1001) ** -0.6
    assert steps == pytest.approx((eta.sum(), (eta**2).sum(), 0.2))


def test_measured_parts_are_those_of_the_slow_reference():
    rng, points = np.random.default_rng(11), PROBLEM.grid(6)
    begin = near.paired_start(12, 2, rng)
    V = rng.standard_normal(12), rng.standard_normal((12, 3))
    now, (odd, even) = near.moved(begin, V), near.parts(V)
    rho, psi = [], []
    for x in points.points:
        zero, phi = (near.gradient(p, x, PROBLEM.activation, 1.0) for p in (begin, now))
        rho.append(abs(near.output(now, x, PROBLEM.activation, 1.0) - near.inner(zero, V)))
        psi.append(near.norm(near.parts(near.minus(phi, zero))[0]))
    exact = {"even": near.norm(even), "neuron": near.widest(odd), "rho": max(rho), "psi": max(psi)}
    for name, observer in network_parts.OBSERVERS.items():
        assert observer(PROBLEM, points, begin, now) == pytest.approx(exact[name], rel=1e-12), name


def test_bound_on_an_event_is_the_formula_of_the_proof():
    # 5.2 to 5.7 in the order of the proof; B is the smallest solution of A(B) + |W*| = B
    m, kappa, l0, Psi, w, z2, zi = start = StartNumbers(1e7, 1.1, 0.8, 5.0, 1.3, 0.05, 0.9)
    S, Q, eta1 = steps = Steps(30.0, 0.7, 0.3)
    c, c3, c4, _ = CONSTANTS
    s2, n, x = 0.2, 0.6, 3.0
    found, root = event_bound(start, CONSTANTS, steps, s2, n, x), np.sqrt(m)

    def numbers(B):
        Z2 = min((np.e - 1) * S * z2**2 + eta1 * zi**2 * x, np.exp(x) * S * z2**2)
        Nb = np.sqrt(Z2) + c * np.sqrt(S) * (B**2 / 2 + B * w) / root
        Kb = (kappa + c * B / root) ** 2
        A2 = (w**2 + 2 * Nb**2 + 2 * Kb * n**2 * (np.sqrt(Q) + eta1 * np.sqrt(2 * x)) ** 2
              + 4 * n**2 * eta1 * x)
        return np.sqrt(A2), Nb

    B = optimize.brentq(lambda B: numbers(B)[0] + w - B, w, 20.0)
    A, Nb = numbers(B)
    Db = np.sqrt(2) * A + Nb
    v = c * B / root * (np.sqrt(S) * Db + n * np.sqrt(2 * Q * (x + np.log(2))))
    Y = np.sqrt(S) * Db + n * np.sqrt(2 * Q * (x + np.log(2 * m)))
    o = Psi * Y / root / (1 - c * Y / root)
    rho, psi = (c * v * B + c3 * o * B**2) / root, (c * v + c4 * o * B) / root
    gap = l0 * (np.sqrt(S) * Db * psi + np.sqrt(S * rho**2 + s2 * Q * psi**2)) + rho
    assert found == pytest.approx((B, v, o, rho, psi, np.sqrt(S) * Db, gap), rel=1e-6)


def test_bound_on_a_path_is_the_formula_of_the_proof():
    # 4.1 to 4.6; k is the least that satisfies (4b)
    m, kappa, l0, Psi = 1e6, 1.1, 0.8, 5.0
    start = StartNumbers(m, kappa, l0, Psi, 1.3, 0.05, 0.9)
    S, _, eta1 = steps = Steps(30.0, 0.7, 0.5)
    c, c3, c4, _ = CONSTANTS
    N, root = 4.0, np.sqrt(m)
    found = path_bound(start, CONSTANTS, steps, N)

    def distance(k):  # the smaller root of B = sqrt(nu) (N + c sqrt(S) B^2 / (2 sqrt m))
        nu = 1 / (2 - k)
        return np.roots([np.sqrt(nu) * c * np.sqrt(S) / (2 * root), -1, np.sqrt(nu) * N]).min()

    k = optimize.brentq(lambda k: eta1 * (kappa + c * distance(k) / root) ** 2 - k, 0.0, 1.0)
    B, nu = distance(k), 1 / (2 - k)
    G = 2 * np.sqrt(nu * S) * B
    v, o = c * G * B / root, Psi / c * (np.exp(c * G / root) - 1)
    rho, psi = (c * v * B + c3 * o * B**2) / root, (c * v + c4 * o * B) / root
    gap = l0 * (np.sqrt(nu * S) * rho + G * psi) + rho
    assert found == pytest.approx((B, v, o, rho, psi, G, gap), rel=1e-6)


def test_losses_are_told_apart():
    """A bound that is loose in one step alone has its loss there, however the others inherit it."""
    exact = dict.fromkeys(("distance", "even", "neuron", "rho", "psi", "gap"), 1.0)
    for name, passed in {"even": {"rho": 7.0, "psi": 7.0, "gap": 7.0},
                         "neuron": {"rho": 7.0, "psi": 7.0, "gap": 7.0},
                         "distance": {"even": 7.0, "rho": 49.0, "psi": 7.0, "gap": 49.0},
                         "gap": {}}.items():
        own = network_parts.own_losses(exact | {name: 7.0} | passed)
        assert own == exact | {name: 7.0}, name
