"""SGD in the Mercer basis of the circle against SGD written with the kernel itself."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.samples import Samples
from ntksgd.sgd.kernel import kernel_sgd
from ntksgd.sgd.spectral import spectral_sgd
from reference_network_sgd import residual

SPECTRUM = mercer_spectrum("squareplus(0.5)", 2, 40)


def by_kernel(x, y, step_sizes, points, beta, batch, weight_decay=0.0, loss="square"):
    """f_t as coefficients on K(x_s, .), straight from the definition."""
    gram, at_points = (SPECTRUM.kernel(np.clip(p @ x.T, -1, 1)) for p in (x, points))
    now, before = np.zeros(len(y)), np.zeros(len(y))
    for t, eta in enumerate(step_sizes):
        new = (1 - eta * weight_decay) * now + beta * (now - before)
        chosen = np.arange(t * batch, (t + 1) * batch)
        new[chosen] -= eta / batch * residual(loss, gram[chosen] @ now, y[chosen])
        now, before = new, now
    return at_points @ now


def problem(T, batch, loss="square"):
    """Samples, step sizes and points; labels +-2, or +-1 where the loss asks for them."""
    rng = np.random.default_rng(0)
    x = sphere.uniform(rng, T * batch, 2)
    y = np.sign(x[:, 0] + 0.3 * rng.standard_normal(len(x))) * (1 if loss == "logistic" else 2)
    return Samples(x, y), 0.5 * np.arange(1, T + 1) ** -0.5, sphere.uniform(rng, 7, 2)


@pytest.mark.parametrize(("beta", "batch", "weight_decay", "loss"), [
    (0.0, 1, 0.0, "square"), (0.6, 1, 0.0, "square"), (0.5, 3, 0.0, "square"),
    (0.0, 4, 0.0, "square"), (0.0, 1, 0.3, "huber"), (0.6, 2, 0.3, "logistic"),
])
def test_agrees_with_kernel_expansion(beta, batch, weight_decay, loss):
    T = 80
    samples, step_sizes, points = problem(T, batch, loss)
    got = spectral_sgd(SPECTRUM, samples, step_sizes, times=[0, 1, T], points=points,
                       momentum=beta, batch=batch, weight_decay=weight_decay, loss=loss)
    expected = by_kernel(*samples[:2], step_sizes, points, beta, batch, weight_decay, loss)
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(got[2], expected, atol=1e-11)
    first = samples.x[:batch], samples.y[:batch]
    first = by_kernel(*first, step_sizes[:1], points, beta, batch, weight_decay, loss)
    np.testing.assert_allclose(got[1], first, atol=1e-12)
    np.testing.assert_array_equal(got[0], 0.0)


def test_momentum_and_batch_leave_their_trace():
    # a wrong branch would give plain SGD: the options change the path far beyond rounding
    samples, step_sizes, points = problem(40, 2)
    options = {"times": [40], "points": points}
    plain, heavy, batches = (spectral_sgd(SPECTRUM, samples, step_sizes, **options, **change)
                             for change in ({}, {"momentum": 0.5}, {"batch": 2}))
    assert np.abs(heavy - plain).max() > 0.1 and np.abs(batches - plain).max() > 0.1


def test_is_kernel_sgd_with_the_truncated_kernel():
    (x, y, _), step_sizes, points = problem(200, 1)
    got = spectral_sgd(SPECTRUM, Samples(x, y), step_sizes, times=[3, 200], points=points,
                       weight_decay=0.1)
    path = kernel_sgd(SPECTRUM.kernel, x[None], y[None], step_sizes, points, [3, 200], 0.1)
    np.testing.assert_allclose(got, path.last[0], rtol=0, atol=1e-10)


@pytest.mark.parametrize(("name", "value", "message"), [
    ("samples", lambda x: Samples(x[:5], np.ones(6)), "samples"),
    ("samples", lambda x: Samples(2 * x, np.ones(6)), r"samples.x\[.*: is 1 off the unit sphere"),
    ("samples", lambda x: Samples(x[:, :1], np.ones(6)), "samples"),
    ("samples", lambda x: Samples(x, np.full(6, np.nan)), r"samples.y\[0\] = .*nan"),
    ("points", lambda x: x / 2, "points"),
    ("points", lambda x: x[None], "points: shape"),
    ("times", lambda x: [3, 2], "times"),
    ("times", lambda x: [-1, 3], "times"),
    ("times", lambda x: [1.5, 2], "times"),
    ("times", lambda x: [7], "N >= 7"),
    ("step_sizes", lambda x: -np.ones(6), "step_sizes"),
    ("step_sizes", lambda x: np.ones(5), "step_sizes: 5 of them, must be at least 6"),
    ("momentum", lambda x: 1.0, "momentum = 1.0"),
    ("batch", lambda x: 2, "batch = 2"),
    ("batch", lambda x: 0, "batch = 0"),
    ("weight_decay", lambda x: 1.0, "weight_decay = 1.0: must be below"),
    ("loss", lambda x: "hinge", "loss = 'hinge'"),
])
def test_bad_input_is_refused(name, value, message):
    x = sphere.uniform(np.random.default_rng(1), 6, 2)
    good = {"samples": Samples(x, np.ones(6)), "step_sizes": np.ones(6), "times": [6], "points": x}
    spectral_sgd(SPECTRUM, **good)
    with pytest.raises(ValueError, match=message):
        spectral_sgd(SPECTRUM, **good | {name: value(x)})


def test_is_written_for_the_circle():
    x = sphere.uniform(np.random.default_rng(1), 6, 3)
    with pytest.raises(ValueError, match="circle"):
        spectral_sgd(mercer_spectrum("erf", 3, 5), Samples(x, np.ones(6)), np.ones(6), times=[6],
                     points=x)


def test_harmonics_are_kept_for_their_points_and_degrees_alone():
    """Calls share them: others' points, a longer spectrum, fewer points must not meet the old."""
    samples, step_sizes, points = problem(20, 1)
    longer = mercer_spectrum("squareplus(0.5)", 2, 41)
    first = [spectral_sgd(spectrum, samples, step_sizes, times=[20], points=at)[0]
             for spectrum in (SPECTRUM, longer) for at in (points, points[::-1], points[:3])]
    np.testing.assert_allclose(first[1], first[0][::-1], rtol=1e-12)
    np.testing.assert_allclose(first[2], first[0][:3], rtol=1e-12)
    assert not np.array_equal(first[0], first[3])
    again = spectral_sgd(SPECTRUM, samples, step_sizes, times=[20], points=points)[0]
    np.testing.assert_array_equal(again, first[0])
