"""The explorer's numerics in a browser against the library: a grid of settings, c(T), degrees."""

from functools import cache

import numpy as np
import pytest

from book.explorer_truth import (
    DEGREES,
    TOLERANCE,
    load,
    problem_of,
    risks,
    spectrum_of,
)
from ntksgd.problems.problem import source_problem
from ntksgd.problems.target import source_target
from ntksgd.report import explorer
from ntksgd.report.explorer.degrees import weighted_degrees
from ntksgd.risk.finite_width import first_order

RUN = """({kernel, cases}) => {
  const { modesOf, sourceTarget, polynomial, expectedRisk } = explorer.numerics;
  const modes = modesOf(kernel);
  return cases.map(({ r, eta, theta, T, noise, decay, average }) => {
    const run = expectedRisk(modes, sourceTarget(modes, r), polynomial(eta, theta), T,
      { noise, decay, average });
    return (average ? run.averaged : run.risk).at(-1);
  });
}"""
WIDTH = """({kernel, cases}) => {
  const n = explorer.numerics, modes = n.modesOf(kernel), width = n.widthModes(kernel);
  return cases.map(({ r, eta, theta, T, noise }) => {
    const schedule = n.polynomial(eta, theta), F = n.sourceTarget(modes, r);
    const run = n.expectedRisk(modes, F, schedule, T, { noise });
    return n.firstOrder(width, n.singleDegrees(width, modes, F, r), schedule, run, noise);
  });
}"""


@pytest.fixture(scope="module")
def browser(chromium):
    return chromium


@pytest.fixture
def numerics(browser):
    """`load`, into pages of one context."""
    context = browser.new_context(offline=True)
    yield lambda *change: load(context, *change)
    context.close()


#: Degrees of both sides on the grid: it is the same truncated kernel there.
SHORT = {2: 20_000, 3: 6_000, 5: 1_500, 10: 300}


def grid(count, seed, kernels):
    """States of the controls at random, ends of their ranges included, `count` for each kernel."""
    rng = np.random.default_rng(seed)
    for activation, d in kernels:
        yield activation, d, [{
            "activation": activation, "d": str(d), "r": float(rng.choice([0.1, 0.25, 0.5, 1, 2])),
            "noise": float(rng.choice([-2.0, -0.6, 0.0])), "T": float(rng.choice([2, 4, 6, 8, 12])),
            "step": float(rng.choice([0.05, 0.5, 1.0, 1.1])), "paper": bool(rng.random() < 0.4),
            "theta": float(rng.choice([0.0, 0.3, 0.7, 0.95])),
            "steps": str(rng.choice(["decaying", "decaying", "tied"])),
            "decay": str(rng.choice(["off", "off", "fixed", "sum"])),
            "lambda": float(rng.uniform(-8, -1)), "iterate": str(rng.choice(["last", "average"]))}
            for _ in range(count)]


def case_of(state, K):
    """A setting as the numerics take it."""
    _, _, schedule, T, noise, decay = problem_of(state, K)
    eta, end = float(schedule(1)), float(schedule(4))
    return {"r": state["r"], "eta": eta, "theta": np.log(eta / end) / np.log(4), "T": T,
            "noise": noise, "decay": decay, "average": state["iterate"] == "average"}


ALL = tuple((activation, d) for activation in explorer.ACTIVATIONS for d in explorer.DIMENSIONS)


def test_shipped_degrees_stand_for_all():
    """Sums over the kernel and over targets, at every scale of the eigenvalues."""
    for activation, d in ALL:
        K = min(SHORT[d], DEGREES[activation][d])
        few, every = weighted_degrees(activation, d, max_degree=K), spectrum_of(activation, d, K)
        for r in (0.1, 0.5, 2.0):
            found = few.weights * few.eigenvalues ** (2 * r) * (few.k + 1.0) ** -1.05
            true = source_target(every, r).power
            for S in 10.0 ** np.arange(0, 13, 2):
                one = found @ np.exp(-2 * few.eigenvalues * S) / found.sum()
                two = true @ np.exp(-2 * every.eigenvalues * S)
                assert one == pytest.approx(two, rel=2e-4, abs=1e-16), (activation, d, r, S)


def test_relu_goes_on_as_a_power_law():
    """The continued eigenvalues and their number, against the library's where it has them."""
    for d, K in ((2, 200_000), (3, 50_000)):
        few, every = weighted_degrees("relu", d), spectrum_of("relu", d, K)
        beyond = (few.k > 4096) & (few.k < K)
        true = np.interp(np.log(few.k[beyond]), np.log(np.arange(1, K + 1)),
                         np.log(every.eigenvalues[1:]))
        assert beyond.sum() > 20
        np.testing.assert_allclose(np.log(few.eigenvalues[beyond]), true, atol=1e-5)
        kept = few.weights[few.k < K + 0.5].sum()
        whole = weighted_degrees("relu", d, max_degree=K).weights.sum()
        assert whole == pytest.approx(K + 1, rel=1e-6) and kept == pytest.approx(K, rel=0.5)


@cache
def judged(count, seed, kernels):
    """Of each kernel of `grid`: what the numerics take, and the risks by the library."""
    found = []
    for activation, d, states in grid(count, seed, kernels):
        K = min(SHORT[d], DEGREES[activation][d])
        given = {"kernel": explorer.kernel(activation, d, max_degree=K),
                 "cases": [case_of(s, K) for s in states]}
        found.append((given, states, [risks(s, None, K, tail=False)[0] for s in states]))
    return found


def errors(evaluate, count, seed, kernels=ALL):
    """Relative errors of the numerics on `grid`, against the library with every degree."""
    return [(abs(a / b - 1), state) for given, states, true in judged(count, seed, kernels)
            for a, b, state in zip(evaluate(RUN, given), true, states, strict=True)]


def test_numerics_agree_with_the_library_on_a_grid(numerics):
    found = errors(numerics(), 8, 2407)
    assert len(found) == 8 * len(ALL)
    worst = max(found, key=lambda pair: pair[0])
    assert worst[0] < TOLERANCE, worst


BROKEN = [
    ("(1 - kept - x * kept) / (x * x)", "(1 - kept) / x"),
    ("risk[j] = (known + gain * next * noise)", "risk[j] = (known + gain * next * risk[j - 1])"),
    ("2 * (1 - drag) * eta * lambda[k]", "2 * eta * lambda[k] * (1 - drag) ** 40"),
    ("count *= (k + j) / j", "count *= (k + j) / (j + 1)"),
    ("(1 + EXCESS) * Math.log1p", "Math.log1p"),
    ("(last + all) + all - last) / 2", "(last + all) + all - last) / 3"),
    ("+ (m[k] - fixed[k]) * (1 - p[k]) * psi", "+ (m[k] - fixed[k]) * (1 - p[k]) * phi0"),
    ("integral(b + 0.5) - integral(a + 0.5)", "integral(b) - integral(a)"),
]


@pytest.mark.parametrize("old, new", BROKEN)
def test_a_broken_formula_is_seen(numerics, old, new):
    found = errors(numerics(old, new), 12, 1, (("squareplus(0.5)", 5),))
    assert max(error for error, _ in found) > TOLERANCE


@cache
def judged_widths():
    """As `judged`, of c(T)."""
    found = []
    for activation, d, K in (("relu", 2, 300), ("squareplus(0.5)", 2, 90), ("tanh", 3, 42)):
        kernel = explorer.kernel(activation, d, True, K)
        for r, noise in ((0.5, 0.25), (1.5, 0.01)):
            problem, times = source_problem(activation, d, r, noise, 1.0, K), [10, 1000, 10**6]
            cases = [{"r": r, "eta": float(problem.schedule(1)), "theta": 2 * r / (2 * r + 1),
                      "T": T, "noise": noise} for T in times]
            found.append(({"kernel": kernel, "cases": cases}, first_order(problem, times)))
    return found


def width_errors(evaluate):
    return np.concatenate([np.abs(evaluate(WIDTH, given) / true - 1)
                           for given, true in judged_widths()])


def test_first_order_agrees_with_the_library(numerics):
    assert max(width_errors(numerics())) < 3e-3


@pytest.mark.parametrize("old, new", [
    ("bend / 3 + ", "bend / 2 + "),
    ("moved = (second + seen)", "moved = second"),
    ("second += 2 * turned", "second += turned"),
    ("first = (-c * kept) / left", "first = -c * kept"),
])
def test_a_broken_first_order_is_seen(numerics, old, new):
    assert max(width_errors(numerics(old, new))) > 3e-3
