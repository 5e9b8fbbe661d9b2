"""The compiled training loops against the readable reference, and what a trajectory promises."""

import numpy as np
import pytest
from scipy import special

from ntksgd.kernels.sphere import uniform
from ntksgd.models import compiled_activations
from ntksgd.models.activations import Activation, activation, relu
from ntksgd.models.two_layer import initialise, tangent_features
from ntksgd.problems.samples import Samples
from ntksgd.sgd.loops.training import training_loop
from ntksgd.sgd.network import Diverged, train, train_linearised
from reference_network_sgd import flat, linearised_sgd, network_sgd

T = 1000
NO_POINTS = np.zeros((0, 2))
# compiles for a scalar; and does not (it needs an array)
SINE = Activation("sine", np.sin, np.cos)
ARRAY_ONLY = Activation("atan", np.arctan, lambda u: np.reciprocal(1 + np.einsum("...,...", u, u)))


def problem(m, d, seed=1):
    rng = np.random.default_rng(seed)
    x = uniform(rng, T, d)
    y = x[:, 0] + 0.3 * rng.standard_normal(T)
    return initialise(m, d, rng), Samples(x, y), 0.3 * np.arange(1, T + 1) ** -0.4


@pytest.mark.parametrize("name", ["squareplus(0.3)", "relu", "tanh", "erf", SINE])
@pytest.mark.parametrize("d", [2, 4, 12])
@pytest.mark.parametrize("linearised", [False, True])
@pytest.mark.parametrize("weight_decay", [0.0, 0.05])
def test_compiled_agrees_with_reference_after_1000_steps(name, d, linearised, weight_decay):
    # d = 12: the blocked loops; 300 neurons: more than one block, and not a whole number of vectors
    act, (params, samples, step_sizes) = activation(name), problem(18 if d == 2 else 300, d)
    options = {"gamma": 0.7, "weight_decay": weight_decay}
    learner, reference = ((train_linearised, linearised_sgd) if linearised
                          else (train, network_sgd))
    run = learner(params, samples, step_sizes, act, times=[T], points=samples.x[:7], **options)
    expected = reference(params, *samples[:2], step_sizes, act, **options)
    expected = flat(params) + expected if linearised else flat(expected)
    np.testing.assert_allclose(flat(run.parameters), expected, rtol=0, atol=1e-12)
    W = expected - flat(params)
    assert run.drift[0] == pytest.approx(np.linalg.norm(W), rel=1e-11)
    if linearised:
        values = tangent_features(params, samples.x[:7], act, 0.7) @ W
        np.testing.assert_allclose(run.values[0], values, rtol=0, atol=1e-12)


@pytest.mark.parametrize("loss", ["square", "logistic", "huber"])
def test_every_loss_enters_through_its_residual(loss):
    act, (params, (x, y, _), step_sizes) = activation("relu"), problem(18, 2)
    samples = Samples(x, np.sign(y)) if loss == "logistic" else Samples(x, 3 * y)
    run = train(params, samples, step_sizes, act, times=[T], points=NO_POINTS, loss=loss)
    expected = network_sgd(params, *samples[:2], step_sizes, act, loss=loss)
    np.testing.assert_allclose(flat(run.parameters), flat(expected), rtol=0, atol=1e-12)


def test_recording_on_the_way_changes_nothing():
    params, samples, step_sizes = problem(18, 2)
    seen = []
    options = {"points": samples.x[:3], "weight_decay": 0.1}
    often = train(params, samples, step_sizes, "relu", times=[0, 1, 10, 777, T], **options,
                  observe=lambda t, now: seen.append((t, now)))
    once = train(params, samples, step_sizes, "relu", times=[T], **options)
    np.testing.assert_array_equal(flat(often.parameters), flat(once.parameters))
    np.testing.assert_array_equal(often.values[-1], once.values[0])
    assert often.drift[0] == 0
    np.testing.assert_allclose(often.values[0], 0, atol=1e-15)
    assert [t for t, _ in seen] == [0, 1, 10, 777, T]
    np.testing.assert_array_equal(flat(seen[0][1]), flat(params))


@pytest.mark.parametrize("linearised", [False, True])
def test_stopping_in_the_middle_of_two_steps_changes_the_rounding_only(linearised):
    params, samples, step_sizes = problem(18, 2)
    learner = train_linearised if linearised else train
    often, once = (learner(params, samples, step_sizes, "relu", times=times, points=NO_POINTS)
                   for times in ([1, 4, 5, 8, T - 1, T], [T]))
    np.testing.assert_allclose(flat(often.parameters), flat(once.parameters), rtol=0, atol=1e-13)


@pytest.mark.parametrize("linearised", [False, True])
def test_divergence_is_named_and_never_a_nan(linearised):
    params, samples, _ = problem(18, 2)
    options = {"times": [1, 5, T], "points": samples.x[:3]}
    step_sizes, learner = np.full(T, 50.0), train_linearised if linearised else train
    with pytest.raises(Diverged, match="diverged after .* steps; largest eta = 50"):
        learner(params, samples, step_sizes, "relu", **options)
    run = learner(params, samples, step_sizes, "relu", on_divergence="flag", **options)
    assert 0 < run.diverged_at < T
    assert not np.isnan(run.values).any()
    assert np.all(np.isinf(run.values[-1]))
    assert [np.isinf(v) for v in run.drift] == [False, run.diverged_at < 5, True]


@pytest.mark.parametrize("linearised", [False, True])
@pytest.mark.parametrize("first", [0, 1])
def test_parameters_after_divergence_are_those_before_the_step_that_failed(linearised, first):
    params, (x, y, _), _ = problem(18, 2)
    learner, reference = ((train_linearised, linearised_sgd) if linearised
                          else (train, network_sgd))
    samples, step_sizes = Samples(x[first:], y[first:]), np.full(T, 50.0)
    run = learner(params, samples, step_sizes, "relu", times=[T - 1], points=NO_POINTS,
                  on_divergence="flag")
    done = run.diverged_at
    expected = reference(params, samples.x[:done], samples.y[:done], step_sizes, relu())
    expected = flat(params) + expected if linearised else flat(expected)
    np.testing.assert_allclose(flat(run.parameters), expected, rtol=1e-9)


def test_an_impostor_of_a_built_in_name_is_trained_as_what_it_is():
    fake = Activation("tanh", np.arctan, lambda u: 1 / (1 + u * u))
    params, samples, step_sizes = problem(18, 2)
    run = train(params, samples, step_sizes, fake, times=[T], points=NO_POINTS)
    expected = network_sgd(params, *samples[:2], step_sizes, fake)
    np.testing.assert_allclose(flat(run.parameters), flat(expected), rtol=0, atol=1e-12)


@pytest.mark.parametrize(("name", "value", "derivative"), [
    ("tanh", np.tanh, lambda u: 1 / np.cosh(u) ** 2),
    ("erf", special.erf, lambda u: 2 / np.sqrt(np.pi) * np.exp(-u * u)),
])
def test_polynomial_activations_are_accurate_to_the_last_digits(name, value, derivative):
    fast = {"tanh": compiled_activations.tanh_pair, "erf": compiled_activations.erf_pair}[name]
    u = np.concatenate([np.geomspace(1e-12, 5.9, 4001), np.linspace(0.5, 1.5, 2001)])
    u = np.concatenate([u, -u])
    got = np.array([fast(v, 0.0) for v in u])
    np.testing.assert_allclose(got[:, 0], value(u), rtol=2e-15, atol=0)
    # 1 - tanh^2 has the absolute error of 1, exp(-u^2) a relative one
    digits = {"rtol": 0, "atol": 1e-15} if name == "tanh" else {"rtol": 3e-15, "atol": 0}
    np.testing.assert_allclose(got[:, 1], derivative(u), **digits)
    for far in (19.5, 25.5, 40.0, 1e300):
        assert (fast(far, 0.0)[0], fast(-far, 0.0)[0]) == (1.0, -1.0)
        assert 0 <= fast(far, 0.0)[1] < 1e-15
    assert fast(0.0, 0.0)[0] == 0.0


@pytest.mark.parametrize(("change", "message"), [
    ({"times": [5, 5]}, "times"),
    ({"times": [T + 1]}, "samples: .* N >= 1001"),
    ({"step_sizes": np.full(T, np.nan)}, "step_sizes"),
    ({"step_sizes": np.full(3, 0.1)}, "step_sizes: 3 of them"),
    ({"weight_decay": 4.0}, "weight_decay = 4.0: must be below 1/max"),
    ({"weight_decay": -1.0}, "weight_decay"),
    ({"gamma": -1.0}, "gamma"),
    ({"activation": ARRAY_ONLY}, "activation = atan: numba cannot compile it"),
    ({"loss": "hinge"}, "loss = 'hinge'"),
    ({"points": np.zeros((3, 5))}, "points"),
    ({"samples": Samples(np.zeros((T, 3)), np.zeros(T))}, "samples"),
    ({"on_divergence": "ignore"}, "on_divergence"),
])
def test_bad_input_is_named_before_training(change, message):
    params, samples, step_sizes = problem(18, 2)
    arguments = {"samples": samples, "step_sizes": step_sizes, "activation": relu(), "times": [T],
                 "points": NO_POINTS} | change
    with pytest.raises(ValueError, match=message):
        train(params, **arguments)


def test_built_in_loops_are_shared_by_every_scale():
    small, large = (training_loop(activation(f"squareplus({s})"), 2, False) for s in (0.1, 2))
    assert small is large
