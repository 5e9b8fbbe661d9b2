"""The deep network: gradient, tangent kernel, limit, and the compiled SGD against numpy."""

import numpy as np
import pytest

from ntksgd.compare.concentration import deep_kernel_errors
from ntksgd.kernels import sphere
from ntksgd.kernels.deep import deep_kernel, normalised
from ntksgd.models import deep as deep_network
from ntksgd.models import two_layer as network
from ntksgd.models.activations import Activation
from ntksgd.models.deep import DeepParameters, empirical_ntk, forward, initialise
from ntksgd.problems.samples import Samples
from ntksgd.sgd.deep import train
from ntksgd.stats.slopes import slope

GAMMA = 0.7
SINE = Activation("sine", np.sin, np.cos)
ARRAY_ONLY = Activation("atan", np.arctan, lambda u: np.reciprocal(1 + np.einsum("...,...", u, u)))


def perturbed(m, d, depth, rng):
    """Parameters away from the antisymmetric start, so that nothing cancels."""
    return DeepParameters(*[part + 0.3 * rng.standard_normal(part.shape)
                            for part in initialise(m, d, depth, rng)])


def gradient(params, x, activation, gamma=1.0):
    """Gradient of g at one point x (d,), as DeepParameters."""
    u, values = deep_network._layers(params, x[None], activation, gamma)
    signals = [signal[:, 0] for signal in deep_network._signals(params, u, activation)]
    n = params.a.shape[1]
    in_w = [signal[:, :, None] * value[:, 0][:, None] / np.sqrt(n)
            for signal, value in zip(signals[1:], values[:-1], strict=True)]
    return DeepParameters(values[-1][:, 0] / np.sqrt(params.a.size), signals[0][:, :, None] * x,
                          gamma * np.array(signals), np.array(in_w).reshape(params.w.shape))


def flat(params):
    return np.concatenate([part.ravel() for part in params])


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_gradient_is_the_derivative_of_the_output(depth):
    rng = np.random.default_rng(1)
    phi, params, step = normalised("tanh")[0], perturbed(6, 3, depth, rng), 1e-6
    x = sphere.uniform(rng, 1, 3)
    direction = DeepParameters(*[rng.standard_normal(part.shape) for part in params])
    ahead, behind = (
        forward(DeepParameters(*[p + sign * step * v for p, v in zip(params, direction,
                                                                      strict=True)]),
                x, phi, GAMMA)[0]
        for sign in (1, -1))
    slope = flat(gradient(params, x[0], phi, GAMMA)) @ flat(direction)
    assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=1e-7)


def test_empirical_kernel_is_the_product_of_gradients():
    rng = np.random.default_rng(2)
    phi, params = normalised("squareplus(0.5)")[0], perturbed(8, 3, 3, rng)
    x, y = sphere.uniform(rng, 4, 3), sphere.uniform(rng, 5, 3)
    rows, columns = (np.array([flat(gradient(params, p, phi, GAMMA)) for p in points])
                     for points in (x, y))
    np.testing.assert_allclose(empirical_ntk(params, x, y, phi, GAMMA), rows @ columns.T,
                               atol=1e-13)


def test_one_hidden_layer_is_the_two_layer_network():
    rng = np.random.default_rng(3)
    deep, phi = perturbed(8, 3, 1, rng), normalised("erf")[0]
    shallow = network.Parameters(deep.a.ravel(), deep.b.reshape(8, 3), deep.c.ravel())
    x = sphere.uniform(rng, 5, 3)
    np.testing.assert_allclose(forward(deep, x, phi, GAMMA),
                               network.forward(shallow, x, phi, GAMMA), atol=1e-14)
    np.testing.assert_allclose(empirical_ntk(deep, x, x, phi, GAMMA),
                               network.empirical_ntk(shallow, x, x, phi, GAMMA), atol=1e-13)


@pytest.mark.parametrize("depth", [2, 3])
def test_finite_width_kernel_tends_to_the_recursion_like_the_root_of_m(depth):
    widths = np.array([64, 128, 256, 512])
    fit = slope(widths, deep_kernel_errors("squareplus(0.5)", depth, widths, 24, 5),
                independent=True)
    assert fit.low <= -0.5 <= fit.high
    assert fit.high - fit.low < 0.3


def test_equal_signs_do_not_converge_and_drawn_signs_do():
    drawn, equal = (deep_kernel_errors("relu", 2, [32, 512], 24, 1, equal_signs=flag).mean(axis=0)
                    for flag in (False, True))
    assert drawn[1] < 0.35 * drawn[0]
    assert equal[1] > 0.4 * equal[0]


def test_equal_output_signs_lead_to_another_limit():
    """Why a is drawn: with a = +1 in a copy and L = 2 the limit of K_m(x, x) is
    K(1) + (1 + gamma^2) (E phi'')^2 E[(phi phi')^2], the square of the signal's mean added."""
    spec, m, x = "squareplus(0.5)", 256, np.array([[1.0, 0.0]])
    phi, limit = normalised(spec)[0], deep_kernel(spec, 2).trace
    z, weights = sphere.gauss_panels(-12, 12, 40)
    gauss = weights * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    curvature = gauss @ (z * phi.derivative(z))  # E phi'' by parts
    extra = 2 * curvature**2 * (gauss @ (phi.value(z) * phi.derivative(z)) ** 2)
    assert extra > 0.1 * limit
    starts = [initialise(m, 2, 2, np.random.default_rng([8, i])) for i in range(240)]
    equal = [p._replace(a=np.repeat([[1.0], [-1.0]], m // 2, axis=1)) for p in starts]
    for params, expected in ((starts, limit), (equal, limit + extra)):
        values = np.array([empirical_ntk(p, x, x, phi)[0, 0] for p in params])
        error = values.std() / np.sqrt(len(values))
        # finite-width corrections of relative order 1/m are below the standard error
        assert abs(values.mean() - expected) < 4 * error < extra / 3


@pytest.mark.parametrize(("spec", "depth", "loss"),
                         [("relu", 1, "square"), ("squareplus(0.5)", 2, "square"),
                          ("tanh", 3, "logistic"), ("relu", 2, "huber"), (SINE, 2, "square")])
def test_compiled_sgd_agrees_with_numpy(spec, depth, loss):
    rng, T = np.random.default_rng(4), 200
    phi, grid = normalised(spec)[0], sphere.quadrature(2, 9)[0]
    params, x = initialise(10, 2, depth, rng), sphere.uniform(rng, T, 2)
    y = np.sign(rng.standard_normal(T)) * (1.5 if loss != "logistic" else 1.0)
    rates = 0.3 * np.arange(1, T + 1) ** -0.5
    got = train(params, Samples(x, y), rates, spec, times=[0, 50, T], points=grid, gamma=GAMMA,
                loss=loss)
    assert np.abs(got[0]).max() < 1e-14
    assert np.abs(got[2]).max() > 0.1
    derivative = {"square": lambda g, y: g - y, "logistic": lambda g, y: -y / (1 + np.exp(y * g)),
                  "huber": lambda g, y: np.clip(g - y, -1, 1)}[loss]
    for t in range(T):
        if t == 50:
            np.testing.assert_allclose(got[1], forward(params, grid, phi, GAMMA), atol=1e-12)
        push = rates[t] * derivative(forward(params, x[t : t + 1], phi, GAMMA)[0], y[t])
        change = gradient(params, x[t], phi, GAMMA)
        params = DeepParameters(*[p - push * v for p, v in zip(params, change, strict=True)])
    np.testing.assert_allclose(got[2], forward(params, grid, phi, GAMMA), atol=1e-12)


def test_divergence_is_reported_and_bad_input_refused():
    rng = np.random.default_rng(6)
    params, samples = initialise(4, 2, 2, rng), Samples(sphere.uniform(rng, 200, 2), np.ones(200))
    points, rates = samples.x[:3], np.full(200, 50.0)
    out = train(params, samples, rates, "erf", times=[1, 200], points=points)
    assert np.isfinite(out[0]).all()
    assert np.isinf(out[1]).all()
    with pytest.raises(ValueError, match="times"):
        train(params, samples, rates, "relu", times=[5, 3], points=points)
    with pytest.raises(ValueError, match="samples"):
        train(params, samples, rates, "relu", times=[201], points=points)
    with pytest.raises(ValueError, match="activation = atan: numba cannot compile"):
        train(params, samples, rates, ARRAY_ONLY, times=[5], points=points)
    with pytest.raises(ValueError, match="gamma = -1"):
        train(params, samples, rates, "relu", times=[5], points=points, gamma=-1.0)
    with pytest.raises(ValueError, match="m = 5"):
        initialise(5, 2, 2, rng)
