"""Networks with several outputs and their learners, against the readable reference."""

import numpy as np
import pytest

import reference_classes as reference
from ntksgd.kernels.sphere import uniform
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models import many_outputs
from ntksgd.models.activations import activation
from ntksgd.models.class_losses import curvature, targets
from ntksgd.sgd.classes.kernel import kernel_sgd
from ntksgd.sgd.classes.networks import train, train_linearised
from ntksgd.sgd.empirical import empirical_sgd
from ntksgd.sgd.network import Diverged

N, D, C, T = 40, 5, 3, 150
LOSSES = ("square", "logistic")


def problem(m=18, seed=1):
    rng = np.random.default_rng(seed)
    x, labels = uniform(rng, N, D), rng.integers(0, C, N)
    order = np.concatenate([rng.permutation(N) for _ in range(4)])[:T]
    return (many_outputs.initialise(m, D, C, rng), many_outputs.extended(x, 0.7), labels, order,
            0.4 * np.arange(1, T + 1) ** -0.2)


def test_the_start_is_zero_and_paired_with_signs_of_their_own_for_each_class():
    params, z, *_ = problem(2000)
    assert np.abs(many_outputs.forward(params, z, activation("relu"))).max() < 1e-13
    assert set(np.unique(params.a)) == {-1.0, 1.0} and np.all(params.b[:, -1] == 0)
    cross = params.a @ params.a.T / 2000
    assert np.abs(cross - np.eye(C)).max() < 5 / np.sqrt(1000)
    first = many_outputs.half(params)
    np.testing.assert_array_equal(first.b, params.b[:1000])
    with pytest.raises(ValueError, match="second half"):
        many_outputs.half(params._replace(a=np.abs(params.a)))


@pytest.mark.parametrize("name", ["relu", "squareplus(0.4)"])
def test_tangent_blocks_are_products_of_gradients(name):
    act, (params, z, *_) = activation(name), problem()
    params = many_outputs.Parameters(params.a * 1.3 + 0.2, params.b + 0.1)
    gradients = [reference.gradient(*params, at, act) for at in z[:6]]
    blocks = np.array([[many_outputs.tangent_block(params, z[:6], z[:6], act, k, l)
                        for l in range(C)] for k in range(C)])
    for k, l, i, j in np.ndindex(blocks.shape):
        expected = sum(np.vdot(p, q) for p, q in zip(gradients[i][k], gradients[j][l], strict=True))
        assert blocks[k, l, i, j] == pytest.approx(expected, abs=1e-12)
    np.testing.assert_allclose(many_outputs.mean_kernel(params, z[:6], act),
                               np.mean([blocks[k, k] for k in range(C)], axis=0), atol=1e-12)
    np.testing.assert_allclose(many_outputs.mean_kernel(params, z[:6], act, 2),
                               np.mean([blocks[k, k] for k in range(C)], axis=0)[:, :2], atol=1e-12)


def test_gradients_are_those_of_the_outputs():
    act, (params, z, *_) = activation("squareplus(0.4)"), problem()
    rng = np.random.default_rng(3)
    da, db = rng.normal(size=params.a.shape), rng.normal(size=params.b.shape)
    up, down = (many_outputs.forward(
        many_outputs.Parameters(params.a + h * da, params.b + h * db), z[:1], act)[0]
        for h in (1e-5, -1e-5))
    slopes = [np.vdot(p, da) + np.vdot(q, db)
              for p, q in reference.gradient(*params, z[0], act)]
    np.testing.assert_allclose((up - down) / 2e-5, slopes, rtol=1e-7)


def test_the_limit_of_the_kernel_is_that_of_one_output_times_the_identity():
    m, act = 40_000, activation("relu")
    rng = np.random.default_rng(5)
    x = uniform(rng, 8, D)
    params, z = many_outputs.initialise(m, D, C, rng), many_outputs.extended(x)
    limit = tangent_kernel(act).gram(x)
    for k, l in np.ndindex(C, C):
        block = many_outputs.tangent_block(params, z, z, act, k, l)
        assert np.abs(block - limit * (k == l)).max() < 0.05  # about 5 standard errors
    wrong = params._replace(a=np.abs(params.a))  # one sign for all classes: they would be coupled
    assert np.abs(many_outputs.tangent_block(wrong, z, z, act, 0, 1)).max() > 0.5


@pytest.mark.parametrize("loss", LOSSES)
def test_residual_is_the_gradient_of_the_loss_and_curvature_its_largest_eigenvalue(loss):
    rng, h = np.random.default_rng(0), 1e-5
    for g in (rng.normal(size=C), np.zeros(2), np.array([0.0, 0.0, -50.0])):
        unit = np.eye(g.size)
        slope = [(reference.loss_value(loss, g + h * v, 1) - reference.loss_value(
            loss, g - h * v, 1)) / (2 * h) for v in unit]
        np.testing.assert_allclose(reference.residual(loss, g, 1), slope, atol=1e-9)
        hessian = np.array([reference.residual(loss, g + h * v, 1) - reference.residual(
            loss, g - h * v, 1) for v in unit]) / (2 * h)
        largest = np.linalg.eigvalsh(hessian)[-1]
        assert largest <= curvature(loss) + 1e-8
    assert largest == pytest.approx(curvature(loss), abs=1e-8)  # attained by two equal classes
    np.testing.assert_allclose(targets([1], C, loss)[0], -reference.residual(loss, np.zeros(C), 1)
                               + (0 if loss == "square" else 1 / C))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("name", ["relu", "squareplus(0.4)"])
def test_network_agrees_with_reference(loss, name):
    params, z, labels, order, steps = problem()
    act, seen = activation(name), []
    run = train(params, z, labels, order, steps, act, times=[0, 7, T], points=z[:5], loss=loss,
                observe=lambda t, now: seen.append((t, now.b.copy())) or t)
    a, b = reference.network_sgd(params, z, labels, order, steps, act, loss)
    np.testing.assert_allclose(run.parameters.a, a, atol=1e-12)
    np.testing.assert_allclose(run.parameters.b, b, atol=1e-12)
    expected = [reference.values(a, b, at, act) for at in z[:5]]
    np.testing.assert_allclose(run.values[-1], expected, atol=1e-12)
    assert np.abs(run.values[0]).max() < 1e-14 and run.size[0] == 0
    moved = np.sum((a - params.a) ** 2) + np.sum((b - params.b) ** 2)
    assert run.size[-1] == pytest.approx(moved, rel=1e-11)
    assert run.observed == [0, 7, T]
    np.testing.assert_allclose(seen[1][1], reference.network_sgd(
        params, z, labels, order[:7], steps, act, loss)[1], atol=1e-13)


@pytest.mark.parametrize("loss", LOSSES)
def test_half_the_linearised_network_agrees_with_all_of_it(loss):
    params, z, labels, order, steps = problem()
    act = activation("relu")
    run = train_linearised(params, z, labels, order, steps, act, times=[T], points=z[:5], loss=loss)
    expected, moved = reference.linearised_sgd(params, z, labels, order, steps, act, loss, z[:5])
    np.testing.assert_allclose(run.values[0], expected, atol=1e-12)
    assert run.size[0] == pytest.approx(moved, rel=1e-11)


@pytest.mark.parametrize("loss", LOSSES)
def test_kernel_sgd_agrees_with_reference(loss):
    _, z, labels, order, steps = problem()
    matrix, n = tangent_kernel("relu").gram(z[:, :-1]), 30
    order = order % n
    run = kernel_sgd(matrix, labels[:n], C, order, steps, times=[9, T], shown=slice(n, None),
                     loss=loss)
    c = reference.kernel_sgd(matrix, labels[:n], C, order, steps, loss)
    np.testing.assert_allclose(run.values[-1], matrix[n:, :n] @ c, atol=1e-12)
    assert run.size[-1] == pytest.approx(np.trace(c.T @ matrix[:n, :n] @ c), rel=1e-11)


def test_with_two_classes_and_square_loss_kernel_sgd_is_that_of_one_output():
    _, z, labels, order, steps = problem()
    matrix, two = tangent_kernel("relu").gram(z[:, :-1]), labels % 2
    run = kernel_sgd(matrix, two, 2, order, steps, times=[T], shown=slice(None))
    one = empirical_sgd(matrix, steps, order, (two - 0.5)[order], [T])[0]
    np.testing.assert_allclose(run.values[0], np.stack([-one, one], axis=1), atol=1e-12)


def test_a_wide_network_does_what_kernel_sgd_does():
    _, z, labels, order, steps = problem()
    params = many_outputs.initialise(20_000, D, C, np.random.default_rng(2))
    z[:, -1] = 1.0
    matrix = tangent_kernel("squareplus(0.5)").gram(z[:, :-1])
    for loss in LOSSES:
        options = {"times": [60], "loss": loss}
        f = kernel_sgd(matrix, labels, C, order, steps, shown=slice(5), **options)
        for learner in (train, train_linearised):
            g = learner(params, z, labels, order, steps, "squareplus(0.5)", points=z[:5], **options)
            assert np.abs(g.values - f.values).max() < 0.05 * np.abs(f.values).max()
            assert g.size[0] == pytest.approx(f.size[0], rel=0.05)


def test_the_layout_of_the_inputs_in_memory_changes_nothing():
    params, z, labels, order, steps = problem()
    options = {"times": [T], "points": z[:5]}
    plain, turned = (train(params, points, labels, order, steps, "relu", **options).values
                     for points in (z, np.asfortranarray(z)))
    np.testing.assert_array_equal(plain, turned)
    assert many_outputs.extended(np.asfortranarray(z[:, :-1])).flags.c_contiguous


def test_divergence_is_named():
    params, z, labels, order, _ = problem()
    with pytest.raises(Diverged, match="SGD on the network diverged after .* steps"):
        train(params, z, labels, order, np.full(T, 90.0), "relu", times=[T], points=z[:1])


@pytest.mark.parametrize(("change", "message"), [
    ({"labels": np.full(N, C)}, r"labels: must be integers in \[0, 2\]"),
    ({"labels": np.zeros(N)}, "labels"),
    ({"z": np.zeros((N, 3))}, "z: shape"),
    ({"order": np.full(T, N)}, "order"),
    ({"order": np.zeros(3, int)}, "order: must be at least 150"),
    ({"step_sizes": np.zeros(3)}, "step_sizes: 3"),
    ({"step_sizes": np.full(T, -1.0)}, "step_sizes"),
    ({"times": [3, 3]}, "times"),
    ({"loss": "hinge"}, "loss = 'hinge'"),
])
def test_bad_input_is_named(change, message):
    params, z, labels, order, steps = problem()
    arguments = {"z": z, "labels": labels, "order": order, "step_sizes": steps, "times": [T],
                 "loss": "square"} | change
    for learner in (train, train_linearised):
        with pytest.raises(ValueError, match=message):
            learner(params, activation="relu", points=z[:1], **arguments)
    if "z" not in change:
        del arguments["z"]
        with pytest.raises(ValueError, match=message):
            kernel_sgd(np.eye(N), classes=C, shown=slice(None), **arguments)
