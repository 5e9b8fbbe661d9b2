"""Sampled kernel SGD against the linear system it solves."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems import schedules
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.loops.kernel_table import lookup, tabulate

ACTIVATIONS = ["relu", "squareplus(0.5)", "erf", "tanh"]


def triangular_solve(kernel, x, y, step_sizes, weight_decay):
    """c from (I + diag(eta) tril(K o W, -1)) b = eta y, W the decay between two steps."""
    log = np.concatenate([[0], np.cumsum(np.log1p(-step_sizes * weight_decay))])
    decay = np.exp(log[:-1, None] - log[None, 1:])
    gram = kernel(np.clip(x @ x.T, -1, 1))
    system = np.eye(len(y)) + np.tril(step_sizes[:, None] * gram * decay, -1)
    return np.linalg.solve(system, step_sizes * y), log


@pytest.mark.parametrize("weight_decay", [0.0, 0.05])
@pytest.mark.parametrize(("activation", "d"), [*((a, 2) for a in ACTIVATIONS), ("relu", 5)])
def test_equals_the_triangular_solve(activation, d, weight_decay):
    rng, T = np.random.default_rng(3), 400
    kernel = tangent_kernel(activation)
    x = sphere.uniform(rng, 2 * T, d).reshape(2, T, d)
    x[:, 7] = x[:, 3]  # a repeated point, and an antipodal one
    x[:, 9] = -x[:, 3]
    y, probes = rng.standard_normal((2, T)), sphere.uniform(rng, 30, d)
    step_sizes = schedules.polynomial(1 / kernel.trace, 0.4).step_sizes(T)
    paths = kernel_sgd(kernel, x, y, step_sizes, probes, [1, 50, T], weight_decay)
    for i in range(2):
        b, log = triangular_solve(kernel, x[i], y[i], step_sizes, weight_decay)
        np.testing.assert_allclose(paths.coefficients[i], b * np.exp(log[-1] - log[1:]), atol=1e-10)
        # f at the probes after every step, from the b of that step on
        decay = np.tril(np.exp(log[1:, None] - log[None, 1:]))
        f = (decay * b) @ kernel(np.clip(x[i] @ probes.T, -1, 1))
        np.testing.assert_allclose(paths.last[i], f[[0, 49, T - 1]], atol=1e-10)
        means = np.cumsum(f, axis=0) / np.arange(1, T + 1)[:, None]
        np.testing.assert_allclose(paths.averaged[i], means[[0, 49, T - 1]], atol=1e-10)


def test_probes_may_differ_between_replicas():
    rng, kernel = np.random.default_rng(5), tangent_kernel("relu")
    x = sphere.uniform(rng, 80, 3).reshape(2, 40, 3)
    y, probes = rng.standard_normal((2, 40)), sphere.uniform(rng, 20, 3).reshape(2, 10, 3)
    step_sizes = np.full(40, 0.3)
    both = kernel_sgd(kernel, x, y, step_sizes, probes, [40]).last
    for i in range(2):
        one = kernel_sgd(kernel, x[i:i + 1], y[i:i + 1], step_sizes, probes[i], [40]).last
        np.testing.assert_array_equal(both[i], one[0])


def test_a_step_of_size_zero_changes_nothing():
    rng, kernel = np.random.default_rng(5), tangent_kernel("relu")
    x, y = sphere.uniform(rng, 3, 2)[None], rng.standard_normal((1, 3))
    values = kernel_sgd(kernel, x, y, [0.3, 0.0, 0.3], x[0], [1, 2, 3]).last[0]
    np.testing.assert_array_equal(values[0], values[1])
    assert np.abs(values[2] - values[1]).max() > 0.01


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_table_is_the_kernel(activation):
    kernel = tangent_kernel(activation)
    table = tabulate(kernel)
    t = np.concatenate([np.linspace(-1, 1, 999), 1 - np.geomspace(1e-12, 1, 99), [0.0]])
    values = [lookup(table, (1 - s) / 2) for s in t]
    np.testing.assert_allclose(values, kernel(t), atol=1e-11 * kernel.trace)


def test_a_rough_kernel_is_refused():
    with pytest.raises(ValueError, match="not smooth"):
        tabulate(lambda t: np.abs(np.asarray(t) - 0.3))


@pytest.mark.parametrize(("change", "message"), [
    ({"y": np.zeros((1, 4))}, "must be"),
    ({"y": np.array([[0, 0, np.nan, 0, 0.0]])}, r"y\[0, 2\] = .*nan"),
    ({"step_sizes": np.array([1, 1, -1, 1, 1.0])}, "step_sizes"),
    ({"times": [6]}, "N >= 6"),
    ({"times": [3, 2]}, "times"),
    ({"times": [0, 2]}, "times"),
    ({"probes": np.ones((2, 4, 2)) / np.sqrt(2)}, r"points: shape \(2, 4, 2\)"),
    ({"x": np.ones((1, 5, 2))}, "off the unit sphere"),
    ({"weight_decay": 2.0}, "weight_decay = 2.0"),
    ({"weight_decay": -0.1}, "weight_decay = -0.1"),
])
def test_bad_input_is_named(change, message):
    x = sphere.uniform(np.random.default_rng(0), 5, 2)[None]
    arguments = {"kernel": tangent_kernel("relu"), "x": x, "y": np.zeros((1, 5)),
                 "step_sizes": np.full(5, 0.5), "probes": x[0], "times": [5]} | change
    with pytest.raises(ValueError, match=message):
        kernel_sgd(**arguments)
