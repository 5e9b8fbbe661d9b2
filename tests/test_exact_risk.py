"""The exact risk against enumeration, against sampling, against its own direct recursion."""

from dataclasses import replace

import numpy as np
import pytest

from moments_by_enumeration import enumerate_risks, fourier_degrees
from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import decays, schedules
from ntksgd.problems.target import source_target
from ntksgd.risk import collocation
from ntksgd.risk.clustering import cluster
from ntksgd.risk.collocation import moments_on, observe
from ntksgd.risk.exact import expected_risk, truncation_gap
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.moments import initial, step
from ntksgd.risk.radau import DEGREE, LANES, Block
from ntksgd.risk.single_steps import take_steps
from ntksgd.risk.stability import fixed_point_gain, largest_stable_step
from ntksgd.sgd.kernel import kernel_sgd

CASES = [
    # n, T, batch, weight decay, schedule
    (5, 4, 1, 0.0, schedules.polynomial(0.4, 0.5)),
    (4, 4, 1, 0.7, schedules.polynomial(0.5, 0.3)),
    (5, 2, 2, 0.0, schedules.constant(0.6)),
    (4, 2, 2, 0.4, decays.linear_to_zero(0.6, 2)),
    (3, 5, 1, 0.2, schedules.polynomial(0.5, 0.6)),
    (2, 2, 3, 0.3, schedules.constant(0.7)),
]


@pytest.mark.parametrize(("n", "T", "batch", "weight_decay", "schedule"), CASES)
def test_recursion_is_the_mean_over_all_sample_paths(n, T, batch, weight_decay, schedule):
    """Every term of the recursion: DESIGN's formulas for C, M and the averages' L, B, A."""
    rng = np.random.default_rng(n + T)
    degrees = fourier_degrees(n)
    lam = np.sort(rng.uniform(0.05, 0.6, len(degrees)))[::-1]
    target = rng.standard_normal(n)
    N = np.array([len(phi) for phi in degrees], dtype=float)
    F = np.array([np.sum((phi @ target / n) ** 2) for phi in degrees])
    noise = 0.8
    risk, rkhs, uniform, tail = enumerate_risks(
        lam, target, schedule.step_sizes(T), noise, weight_decay, batch)
    spectrum = Spectrum(2, lam, N, float(lam @ N))
    for average, mean in (("uniform", uniform), ("tail", tail)):
        for method in ("direct", "collocation"):
            exact = expected_risk(spectrum, F, schedule, T, noise, weight_decay, batch, average,
                                  method)
            np.testing.assert_allclose(
                [exact.risk[0], exact.rkhs[0], exact.averaged[0]], [risk, rkhs, mean], rtol=1e-12)


@pytest.fixture(scope="module")
def circle():
    spectrum = mercer_spectrum("relu", 2, 600)
    return spectrum, source_target(spectrum, 0.5)


SCHEDULES = [
    schedules.polynomial(0.6, 0.5),
    schedules.polynomial(0.3, 0.75),
    schedules.constant(1.2),
    decays.linear_to_zero(0.6, 6000),
    decays.power_to_zero(0.6, 6001, 0.5),
    decays.power_to_zero(0.9, 6001, 2.6),
    decays.geometric(0.9, 6001, 1e-4),
    decays.warmup_stable_decay(0.6, 6001, 0.0, 0.2),
    decays.warmup_stable_decay(0.9, 6003, 0.217, 0.3, 1.5),
]


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s.name)
@pytest.mark.parametrize(("weight_decay", "batch"), [(0.0, 1), (0.01, 3)])
@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_collocation_equals_direct_recursion(circle, schedule, weight_decay, batch, noise):
    times = np.unique(np.append(np.round(np.geomspace(1, 6000, 25)), [1302, 4201, 4202, 4802]))
    options = {"noise": noise, "weight_decay": weight_decay, "batch": batch, "average": "uniform"}
    fast = expected_risk(*circle, schedule, times, **options)
    slow = expected_risk(*circle, schedule, times, **options, method="direct")
    for name in ("signal", "variance", "rkhs", "averaged"):
        np.testing.assert_allclose(getattr(fast, name), getattr(slow, name), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("schedule", SCHEDULES[4:], ids=lambda s: s.name)
def test_collocation_at_the_horizon_equals_direct_recursion(circle, schedule):
    """At the last step itself, alone and with the tail average, which starts on an odd step."""
    T = schedule.horizon
    fast, slow = (expected_risk(*circle, schedule, T, 0.3, average="tail", method=method)
                  for method in ("collocation", "direct"))
    for name in ("signal", "variance", "averaged"):
        np.testing.assert_allclose(getattr(fast, name), getattr(slow, name), rtol=1e-9)


def test_breaks_that_are_known_save_blocks(circle, monkeypatch):
    """Halving would find a kink by itself, to the same risk, at the price of refused blocks."""
    modes, T = cluster(sphere_modes(circle[0], [circle[1]])), 10**7
    schedule, counts, risks = decays.warmup_stable_decay(0.6, T, 0.1, 0.2), [0, 0], []
    for i, known in enumerate((schedule, replace(schedule, breaks=()))):
        def counted(*args, i=i):
            counts[i] += 1
            return moments_on(*args)
        monkeypatch.setattr(collocation, "moments_on", counted)
        risks.append(observe(modes, known, [T])[0, 0])
    assert counts[0] < 0.7 * counts[1]
    np.testing.assert_allclose(*risks, rtol=1e-8)


def test_block_solves_recursions_whose_solution_is_a_polynomial():
    """y = t^3 + k solves y(t+1) - y(t) = -q y + g for any decay q, with g to match."""
    block, k = Block(200.0, 64.0), np.arange(3.0)
    t, q = block.times[:, None], np.array([0.0, 1e-3, 0.5]) / block.times[1:, None]
    y = t**3 + k
    forcing = (t[1:] + 1) ** 3 - t[1:] ** 3 + q * y[1:]
    np.testing.assert_allclose(block.solve(q, y[0], forcing), y[1:], rtol=1e-11)
    np.testing.assert_allclose(block.accumulate(y[0], forcing - q * y[1:]), y[1:], rtol=1e-11)
    np.testing.assert_allclose(block.advanced(y), (t[1:] + 1) ** 3 + k, rtol=1e-11)
    for time in (213.0, 264.0):
        np.testing.assert_allclose(block.at(time, y), time**3 + k, rtol=1e-11)
    assert block.unresolved(y[None], 0.0) < 1e-13 < block.unresolved(np.abs(t - 230)[None], 0.0)


@pytest.mark.parametrize("start, length", [(16., 17.), (32., 40.), (128., 128.),
                                           (1e12, 130.), (1e23, 1e23)])
def test_matrices_of_a_block_need_no_pivots(start, length):
    """Without pivots: as good as with them from 100 steps on, well below TOLERANCE for shorter."""
    block, one = Block(start, length), np.eye(DEGREE)
    for theta in (0.0, 0.9):
        lam = np.append(np.geomspace(1.0, 1e-16, 2 * LANES), 0.0)
        decay = block.times[1:, None] ** -theta * lam
        matrices = block.difference[:, 1:] + decay.T[:, :, None] * one
        found = np.moveaxis(block.inverses(decay), 2, 0)
        pivoted = np.linalg.inv(matrices)
        missed, usual = (np.abs(x @ matrices - one).max() for x in (found, pivoted))
        assert missed < (3 * usual if length > 100 else collocation.TOLERANCE / 100)
        apart = DEGREE * (missed + usual) * np.abs(pivoted).max()
        np.testing.assert_allclose(found, pivoted, rtol=0, atol=apart)


def test_tail_average_equals_direct_recursion(circle):
    times = [2, 3, 500, 3001]
    fast, slow = (expected_risk(*circle, schedules.polynomial(0.6, 0.4), times, 0.2, 0.01,
                                average="tail", method=m).averaged
                  for m in ("collocation", "direct"))
    np.testing.assert_allclose(fast, slow, rtol=1e-9)


SAMPLED = [("relu", 2, 0.0), ("squareplus(0.5)", 3, 0.0), ("erf", 5, 0.0),
           ("relu", 5, 0.1), ("tanh", 2, 0.1), ("squareplus(0.5)", 5, 0.02)]


@pytest.mark.parametrize(("activation", "d", "weight_decay"), SAMPLED)
def test_sampled_sgd_agrees_within_its_standard_error(activation, d, weight_decay):
    """Last and averaged iterate of 300 sampled paths, the risk at fresh points of each path."""
    replicas, T, q, noise = 300, 200, 60, 0.2
    rng = np.random.default_rng(np.random.SeedSequence(7, spawn_key=(d,)))
    kernel = tangent_kernel(activation)
    spectrum = mercer_spectrum(activation, d, 60)
    target = source_target(spectrum, 0.75)
    x = sphere.uniform(rng, replicas * (T + q), d).reshape(replicas, T + q, d)
    clean = target(x)
    y = clean[:, :T] + np.sqrt(noise) * rng.standard_normal((replicas, T))
    schedule, marks = schedules.polynomial(0.7 / kernel.trace, 0.4), [20, T]
    paths = kernel_sgd(kernel, x[:, :T], y, schedule.step_sizes(T), x[:, T:], marks, weight_decay)
    exact = expected_risk(spectrum, target, schedule, marks, noise, weight_decay, average="uniform")
    for sampled, expected in ((paths.last, exact.risk), (paths.averaged, exact.averaged)):
        risks = np.mean((sampled - clean[:, None, T:]) ** 2, axis=2)
        mean, error = risks.mean(0), risks.std(0, ddof=1) / np.sqrt(replicas)
        assert np.all(error < 0.06 * expected)
        assert np.all(np.abs(mean - expected) < 4 * error), (mean - expected) / error


def test_several_targets_at_once_are_each_alone(circle):
    spectrum, _ = circle
    targets = [source_target(spectrum, r) for r in (0.25, 1.0)]
    schedule, times = schedules.polynomial(0.6, 0.5), [3, 400, 10**6]
    modes = cluster(sphere_modes(spectrum, targets, 1e-4, 2))
    together = observe(modes, schedule, times, "uniform")
    for i, target in enumerate(targets):
        alone = expected_risk(spectrum, target, schedule, times, 0.1, 1e-4, 2, "uniform")
        np.testing.assert_allclose(together[:, :3, [i, -1]] @ [1.0, 0.1],
                                   np.stack([alone.risk, alone.rkhs, alone.averaged], 1), rtol=1e-9)


def test_initial_risk_is_the_norm_of_the_target(circle):
    spectrum, target = circle
    at_zero = expected_risk(spectrum, target, schedules.constant(0.1), [0, 1])
    np.testing.assert_allclose(at_zero.risk[0], target.power.sum(), rtol=1e-14)
    np.testing.assert_allclose(at_zero.rkhs[0], target.source_norm(0.5) ** 2, rtol=1e-10)


@pytest.mark.parametrize("eta", [0.2, 0.8, 1.2])
def test_fixed_point_of_a_constant_step(eta):
    """R = (s^2 eta kappa(1)/2) / (1 - eta kappa(1)/2)."""
    lam = 0.8 ** np.arange(25)
    counts = np.where(np.arange(25) > 0, 2.0, 1.0)
    spectrum = Spectrum(2, lam / (lam @ counts), counts, 1.0)
    risk = expected_risk(spectrum, lam, schedules.constant(eta), 10**7, 0.5).risk[0]
    np.testing.assert_allclose(risk, 0.25 * eta / (1 - eta / 2), rtol=1e-9)


def test_rkhs_identity_holds_with_the_lumped_tail(circle):
    """G <- G - 2 eta R + eta^2 kappa(1) (R + s^2), the lump alone never decaying."""
    spectrum, target = circle
    e = expected_risk(spectrum, target, schedules.constant(0.5), np.arange(400), 0.3)
    decaying = (1 - e.tail_share) * e.risk
    growth = -2 * 0.5 * decaying + 0.25 * spectrum.trace * (e.risk + 0.3)
    np.testing.assert_allclose(np.diff(e.rkhs), growth[:-1], atol=1e-13)


def test_truncation_gap_contains_the_longer_spectrum():
    long, short = (mercer_spectrum("relu", 2, K) for K in (3000, 60))
    target = source_target(short, 0.5)
    power = np.zeros(3001)
    power[:61] = target.power
    run = (schedules.polynomial(0.6, 0.3), [10, 1000, 20000])
    truth = expected_risk(long, power, *run, noise=0.5).risk
    low = expected_risk(short, target, *run, noise=0.5, tail=False).risk
    high = expected_risk(short, target, *run, noise=0.5).risk
    assert np.all((low < truth) & (truth < high))
    gap = truncation_gap(short, target, *run, noise=0.5)
    np.testing.assert_allclose(gap, high / low - 1)
    assert np.all(gap < [1e-6, 1e-4, 1e-3])


def test_a_spectrum_too_short_for_the_horizon_is_refused(circle):
    with pytest.raises(ValueError, match="ends at degree 600, too early for T = 1e\\+11"):
        expected_risk(*circle, schedules.constant(0.3), [10, 10**11], 1.0)
    expected_risk(*circle, schedules.constant(0.3), [10, 10**11], 1.0, tail=False)


def test_clustering_keeps_sums_and_smooth_functions(circle):
    full = sphere_modes(circle[0], [circle[1]], tail=False)
    few = cluster(full)
    assert len(few.eigenvalues) < len(full.eigenvalues) / 3
    for S in (0.0, 30.0, 1e3, 1e5):
        for name in ("power", "weights"):
            sums = [np.sum(getattr(m, name) * np.exp(-2 * S * m.eigenvalues)) for m in (full, few)]
            np.testing.assert_allclose(*sums, rtol=1e-9)


def test_largest_stable_step_is_where_second_moments_stop_growing(circle):
    spectrum, _ = circle
    np.testing.assert_allclose(largest_stable_step(spectrum), 2 / spectrum.trace, rtol=1e-9)
    lam = np.array([0.5, 0.2, 0.1])
    small = Spectrum(2, lam, np.array([1.0, 2.0, 2.0]), 1.1)
    one = np.eye(3)
    for beta, batch, decay in ((0, 1, 0), (0, 1, 0.2), (0, 5, 0), (0.5, 1, 0), (0.6, 3, 0.1)):
        options = {"momentum": beta, "batch": batch, "weight_decay": decay}
        edge = largest_stable_step(small, **options)
        for factor, grows in ((0.99, False), (1.01, True)):
            eta = factor * edge
            mean = 1 + beta - eta * (lam + decay)
            square = np.diag(mean**2 - (eta * lam) ** 2 / batch)
            square += eta**2 / batch * (lam**2 * small.multiplicities)[:, None]
            # of (C, X, B) as in `momentum`
            growth = np.block([[square, np.diag(-2 * beta * mean), beta**2 * one],
                               [np.diag(mean), -beta * one, 0 * one], [one, 0 * one, 0 * one]])
            assert (np.abs(np.linalg.eigvals(growth)).max() > 1) is np.bool_(grows)
            assert (fixed_point_gain(small, eta, **options) >= 1) == grows


@pytest.mark.parametrize(("options", "message"), [
    ({"schedule": schedules.polynomial(1.5, 0.5)}, "largest stable step is 1.33333"),
    ({"noise": -0.1}, "noise = -0.1"),
    ({"weight_decay": 2.0}, "weight_decay = 2.0: must be below 1/eta = 2"),
    ({"weight_decay": -1.0}, "weight_decay = -1.0"),
    ({"times": 0}, "T >= 1"),
    ({"times": [10.5]}, "whole numbers"),
    ({"times": [-3, 5]}, "times"),
    ({"batch": 0}, "batch = 0"),
    ({"average": "mean"}, "average = 'mean'"),
    ({"method": "fast"}, "method = 'fast'"),
    ({"target": np.full(601, np.nan)}, "power"),
    ({"target": np.ones(3)}, "power: 3 degrees"),
    ({"schedule": decays.linear_to_zero(0.5, 100), "times": 200}, "beyond the horizon 100"),
])
def test_bad_input_is_named(circle, options, message):
    arguments = {"spectrum": circle[0], "target": circle[1], "times": 10,
                 "schedule": schedules.polynomial(0.5, 0.5)} | options
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        expected_risk(**arguments)


def test_what_is_no_spectrum_is_refused(circle):
    class Broken:
        eigenvalues, multiplicities = np.array([1.0, np.nan]), np.ones(2)
        trace = tail = 0.0

    with pytest.raises(ValueError, match=r"spectrum = .*must be of type Spectrum"):
        expected_risk(Broken, np.ones(2), schedules.constant(0.1), 5)


@pytest.mark.parametrize(("weight_decay", "batch"), [(0.0, 1), (0.03, 3)])
def test_compiled_steps_are_the_steps_of_the_recursion(circle, weight_decay, batch):
    modes = sphere_modes(circle[0], [circle[1], source_target(circle[0], 1.0)], weight_decay, batch)
    etas = schedules.polynomial(0.6, 0.3).step_sizes(40)
    state = slow = initial(modes, average=True)
    for eta in etas:
        slow = step(modes, slow, eta)
    fast = take_steps(modes, take_steps(modes, state, etas[:13]), etas[13:])
    assert fast.t == 40 and state.t == 0 and np.all(state.C[-1] == 0)  # the first one is kept
    np.testing.assert_allclose(fast.observables(modes), slow.observables(modes), rtol=1e-11)
    if weight_decay:
        np.testing.assert_allclose(fast.M, slow.M, rtol=1e-11)
        np.testing.assert_allclose(fast.L, slow.L, rtol=1e-11)
