"""The deterministic equivalent of ridge regression against sampled ridge regressions."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.target import source_target
from ntksgd.risk.ridge import best_ridge, ridge_equivalent


def sampled_ridge(kernel, x, y, probes, mu):
    """Ridge regression fitted on x (n, d), y (n,), evaluated at ``probes`` (q, d)."""
    gram = kernel(np.clip(x @ x.T, -1, 1))
    c = np.linalg.solve(gram + len(y) * mu * np.eye(len(y)), y)
    return kernel(np.clip(probes @ x.T, -1, 1)) @ c


@pytest.mark.parametrize(("activation", "d"), [("relu", 2), ("squareplus(0.5)", 3)])
def test_equivalent_is_the_mean_risk_of_sampled_regressions(activation, d):
    n, noise, replicas = 150, 0.3, 120
    spectrum = mercer_spectrum(activation, d, 200)
    kernel, target = tangent_kernel(activation), source_target(spectrum, 0.5)
    mu, risk = best_ridge(spectrum, target, n, noise)
    rng, risks = np.random.default_rng(11), []
    for _ in range(replicas):
        x, probes = sphere.uniform(rng, n, d), sphere.uniform(rng, 200, d)
        y = target(x) + np.sqrt(noise) * rng.standard_normal(n)
        risks.append(np.mean((sampled_ridge(kernel, x, y, probes, mu) - target(probes)) ** 2))
    error = np.std(risks) / np.sqrt(replicas)
    assert error < 0.06 * risk
    assert abs(np.mean(risks) - risk) < 4 * error


def test_best_is_least_over_regularisations():
    spectrum = mercer_spectrum("relu", 2, 2000)
    target = source_target(spectrum, 0.75)
    for n in (100, 10**5):
        mu, risk = best_ridge(spectrum, target, n, 0.1)
        grid = ridge_equivalent(spectrum, target, n, np.geomspace(1e-8, 1, 400), 0.1)
        assert risk <= np.nanmin(grid[1]) * (1 + 1e-9)
        assert 0 < mu < spectrum.trace


def test_bad_input_is_named():
    spectrum = mercer_spectrum("relu", 2, 20)
    with pytest.raises(ValueError, match="noise = -1"):
        best_ridge(spectrum, source_target(spectrum, 0.5), 10, -1.0)
