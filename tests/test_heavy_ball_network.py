"""Networks trained with momentum and mini-batches, against the reference; limits of both."""

import numpy as np
import pytest

from ntksgd.compare.paths import paths
from ntksgd.kernels.sphere import uniform
from ntksgd.models.activations import Activation, activation
from ntksgd.models.two_layer import forward, initialise
from ntksgd.problems.problem import source_problem
from ntksgd.problems.samples import Samples
from ntksgd.sgd.network import Diverged, train
from reference_network_sgd import flat, heavy_ball_sgd

T = 300
SINE = Activation("sine", np.sin, np.cos)


def case(m, d, batch, seed=1):
    rng = np.random.default_rng(seed)
    x = uniform(rng, T * batch, d)
    y = x[:, 0] + 0.3 * rng.standard_normal(T * batch)
    return initialise(m, d, rng), Samples(x, y), 0.1 * np.arange(1, T + 1) ** -0.4


@pytest.mark.parametrize("name", ["squareplus(0.3)", "relu", SINE])
@pytest.mark.parametrize(("d", "beta", "batch"), [(2, 0.8, 1), (2, 0.0, 5), (4, 0.5, 3)])
@pytest.mark.parametrize("loss", ["square", "huber"])
def test_compiled_agrees_with_reference(name, d, beta, batch, loss):
    act, (params, samples, etas) = activation(name), case(18, d, batch)
    options = {"gamma": 0.7, "weight_decay": 0.05, "loss": loss, "momentum": beta, "batch": batch}
    run = train(params, samples, etas, act, times=[7, 10, T], points=samples.x[:5], **options)
    expected = heavy_ball_sgd(params, *samples[:2], etas, act, **options)
    np.testing.assert_allclose(flat(run.parameters), flat(expected), rtol=0, atol=1e-11)
    np.testing.assert_allclose(run.values[-1], forward(expected, samples.x[:5], act, 0.7),
                               atol=1e-11)
    seven = heavy_ball_sgd(params, *(part[:7 * batch] for part in samples[:2]), etas[:7], act,
                           **options)
    np.testing.assert_allclose(run.values[0], forward(seven, samples.x[:5], act, 0.7), atol=1e-11)


def test_without_momentum_and_with_batches_of_one_it_is_the_plain_loop():
    # a momentum too small to count takes the other loop
    params, samples, etas = case(18, 2, 1)
    one, other = (train(params, samples, etas, "relu", times=[T], points=samples.x[:3], momentum=b)
                  for b in (0.0, 1e-300))
    np.testing.assert_allclose(flat(one.parameters), flat(other.parameters), rtol=0, atol=1e-12)


def test_divergence_is_named():
    params, samples, _ = case(18, 2, 2)
    options = {"times": [1, T], "points": samples.x[:3], "momentum": 0.5, "batch": 2}
    with pytest.raises(Diverged, match="diverged after"):
        train(params, samples, np.full(T, 1e9), "squareplus(0.3)", **options)
    run = train(params, samples, np.full(T, 1e9), "squareplus(0.3)", on_divergence="flag",
                **options)
    assert 0 < run.diverged_at < T
    assert np.all(np.isinf(run.values[-1]))


@pytest.mark.parametrize("changes", [{"momentum": 0.8}, {"batch": 4}])
def test_wide_networks_follow_their_kernel_with_momentum_and_batches(changes):
    problem = source_problem("relu", step=0.2, max_degree=24).with_(**changes)
    run = paths(problem, ["network", "kernel"], [8, 512], [200], 12, 3)
    narrow, wide = run.network_kernel.mean(axis=0)[:, 0]
    assert wide < 0.06 * narrow  # 1/m would give 0.016
    assert wide < 0.1 * run.kernel.mean()


def test_bad_input_is_refused():
    params, samples, etas = case(18, 2, 1)
    for bad in ({"momentum": 1.0}, {"batch": 0}, {"batch": 2}):
        with pytest.raises(ValueError, match="momentum|batch"):
            train(params, samples, etas, "relu", times=[T], points=samples.x[:1], **bad)
