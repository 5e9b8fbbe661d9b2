"""Heavy-ball SGD in the Fourier basis against SGD written with the kernel itself."""

import numpy as np
import pytest

from ntksgd.kernels import sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.samples import Samples
from ntksgd.sgd.spectral import spectral_sgd

SPECTRUM = mercer_spectrum("squareplus(0.5)", 2, 40)


def by_kernel(x, y, step_sizes, points, beta, batch):
    """f_t as coefficients on K(x_s, .), straight from the definition."""
    gram, at_points = (SPECTRUM.kernel(np.clip(p @ x.T, -1, 1)) for p in (x, points))
    now, before = np.zeros(len(y)), np.zeros(len(y))
    for t, eta in enumerate(step_sizes):
        new = now + beta * (now - before)
        chosen = np.arange(t * batch, (t + 1) * batch)
        new[chosen] -= eta / batch * (gram[chosen] @ now - y[chosen])
        now, before = new, now
    return at_points @ now


@pytest.mark.parametrize(("beta", "batch"), [(0.0, 1), (0.6, 1), (0.5, 3)])
def test_agrees_with_kernel_expansion(beta, batch):
    rng, T = np.random.default_rng(0), 80
    x = sphere.uniform(rng, T * batch, 2)
    y = 2.0 * np.sign(x[:, 0] + 0.3 * rng.standard_normal(len(x)))
    step_sizes, points = 0.5 * np.arange(1, T + 1) ** -0.5, sphere.uniform(rng, 7, 2)
    got = spectral_sgd(SPECTRUM, Samples(x, y), step_sizes, times=[1, T], points=points,
                       momentum=beta, batch=batch)
    expected = by_kernel(x, y, step_sizes, points, beta, batch)
    assert np.abs(expected).max() > 0.5
    np.testing.assert_allclose(got[1], expected, atol=1e-11)
    first = by_kernel(x[:batch], y[:batch], step_sizes[:1], points, beta, batch)
    np.testing.assert_allclose(got[0], first, atol=1e-12)


def test_bad_input_is_refused():
    x = sphere.uniform(np.random.default_rng(1), 6, 2)
    good = {"samples": Samples(x, np.ones(6)), "step_sizes": np.ones(6), "times": [6], "points": x}
    for name, value in (("samples", Samples(x[:5], np.ones(6))), ("times", [3, 2]),
                        ("momentum", 1.0), ("batch", 2), ("step_sizes", -np.ones(6)),
                        ("samples.x", Samples(2 * x, np.ones(6))), ("points", x[:, :1]),
                        ("samples.y", Samples(x, np.full(6, np.nan))), ("times", [-1, 3]),
                        ("weight_decay = 1.0", 1.0)):
        with pytest.raises(ValueError, match=name):
            spectral_sgd(SPECTRUM, **{**good, name.split(" ")[0].split(".")[0]: value})
    with pytest.raises(ValueError, match="circle"):
        spectral_sgd(mercer_spectrum("erf", 3, 5), **good)
