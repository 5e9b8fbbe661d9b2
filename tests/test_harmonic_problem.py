"""A single harmonic as the target: every learner takes it, and risks are linear in the powers."""

from dataclasses import replace

import numpy as np
import pytest

from ntksgd.compare.paths import paths
from ntksgd.problems.problem import source_problem
from ntksgd.problems.target import harmonic_target
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.kernel_risk import kernel_risk

TIMES = np.array([10, 100, 1000])


@pytest.fixture(scope="module")
def problem():
    """Squareplus, r = 3/4, few degrees."""
    return source_problem("squareplus(0.5)", 2, 0.75, 0.25, max_degree=8)


def on_harmonic(problem, degree, radius):
    """The problem with a single harmonic as its target."""
    return problem.with_(target=harmonic_target(problem.spectrum, degree, 0.75, radius))


def test_risks_are_sums_over_harmonics(problem):
    """R and c R, the orders 1 and 1/m of E R_m^lin, are linear in (F_k) up to what noise alone has.

    In c the risk before each step is interpolated in log R, which is not linear: to 1e-4.
    """
    target = problem.target
    nothing = problem.with_(target=replace(target, power=0 * target.power))
    parts = [on_harmonic(problem, k, np.sqrt(power) / target.spectrum.eigenvalues[k] ** 0.75)
             for k, power in enumerate(target.power)]

    def second(p):
        return first_order(p, TIMES) * kernel_risk(p, TIMES)

    for risk, rtol in ((lambda p: kernel_risk(p, TIMES), 1e-9), (second, 1e-4)):
        alone = risk(nothing)
        total = alone + sum(risk(part) - alone for part in parts)
        np.testing.assert_allclose(risk(problem), total, rtol=rtol)


@pytest.mark.parametrize("degree", [0, 2])
def test_learners_on_a_harmonic(problem, degree):
    """Kernel SGD has its exact risk; network and linearised network stay near it when wide."""
    alone = on_harmonic(problem, degree, problem.target.source_norm(0.75))
    run = paths(alone, ["network", "linearised", "kernel"], [1024], TIMES, 48, 1)
    exact = kernel_risk(alone, TIMES, tail=False)
    error = run.kernel.std(axis=0, ddof=1) / np.sqrt(48)
    assert np.all(np.abs(run.kernel.mean(axis=0) - exact) < 4 * error)
    for learner in (run.network, run.linearised):
        assert np.all(np.abs(learner[:, 0].mean(axis=0) / run.kernel.mean(axis=0) - 1) < 0.15)
    assert np.all(run.network_linearised < 1e-2 * alone.target.power.sum())
