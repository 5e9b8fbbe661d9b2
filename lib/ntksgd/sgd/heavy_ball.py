"""One path of kernel SGD on the circle with momentum and mini-batches, in the Mercer basis.

    f_(t+1) = f_t - (eta_t/b) sum_(i <= b) (f_t(x_i) - y_i) K(x_i, .) + beta (f_t - f_(t-1)).
On the circle K(x, x') = sum_k lambda_k N_k cos k(phi - phi'), so on the basis 1, sqrt(2) cos k phi,
sqrt(2) sin k phi the coefficients of K(x_i, .) are lambda_k times the basis at x_i. The kernel is
the spectrum's, cut at its last degree; the expected risk is `momentum.heavy_ball_risk`.
"""

import joblib
import numpy as np
from numba import njit

from ntksgd import check
from ntksgd.problems.grid import grid
from ntksgd.problems.samples import draw_samples
from ntksgd.stats.sweep import map_tasks

OPTIONS = {"fastmath": {"reassoc", "contract"}, "error_model": "numpy", "nogil": True}


def heavy_ball_sgd(spectrum, samples, rates, *, steps, points, beta=0.0, batch=1):
    """Values f_t at the points along one path of heavy-ball mini-batch SGD in the RKHS.

    Parameters
    ----------
    spectrum : Spectrum
        On the circle.
    samples : Samples
        x (T b, 2), y (T b,), of which each step uses the next b = `batch`.
    rates : Schedule or array
        eta_t for t = 1, 2, ...
    steps : sequence of int, shape (n,)
        Increasing numbers of steps >= 1 after which to look.
    points : array, shape (p, 2)
    beta : float
        Momentum in [0, 1).
    batch : int

    Returns
    -------
    ndarray, shape (n, p)

    Raises
    ------
    ValueError
        Off the circle, or for inputs that do not fit each other.
    """
    if spectrum.d != 2:
        raise ValueError(f"d = {spectrum.d}: written for the circle, d = 2")
    beta, batch = momentum(beta), check.integer("batch", batch, 1)
    steps, points = ascending("steps", steps), check.finite_array("points", points, 2)
    T = int(steps[-1])
    rates = rates.steps(T) if hasattr(rates, "steps") else rates
    rates = check.finite_array("rates", rates, 1, non_negative=True)
    if samples.x.shape != (samples.y.size, 2) or samples.y.size < T * batch or rates.size < T:
        raise ValueError(f"samples x {samples.x.shape}, y {samples.y.shape}, rates {rates.shape}: "
                         f"must serve {T} steps on the circle, batch = {batch}")
    return _run(spectrum.eigenvalues, samples.x, samples.y, rates, steps, points, beta, batch)


def heavy_ball_paths(target, schedule, beta, steps, noise, replicates, seed, batch=1):
    """Squared errors ||f_t - f*||^2 of independent paths, shape (replicates, len(steps))."""
    points = grid(target)

    def path(index, child):
        samples = draw_samples(target, int(steps[-1]) * batch, noise, child)
        return points.risk(heavy_ball_sgd(target.spectrum, samples, schedule, steps=steps,
                                          points=points.points, beta=beta, batch=batch))

    with joblib.parallel_config(prefer="threads"):
        return np.array(map_tasks(path, range(replicates), seed))


def momentum(beta):
    """Return beta if it is a momentum, in [0, 1)."""
    return check.number("beta", beta, 0.0, 1.0, open_high=True)


def ascending(name, steps):
    """Return `steps` as an array if they are increasing integers >= 1."""
    steps = np.asarray(steps)
    bad = steps.ndim != 1 or steps.dtype.kind not in "iu" or not steps.size
    if bad or steps[0] < 1 or np.any(np.diff(steps) <= 0):
        raise ValueError(f"{name} = {steps}: must be increasing integers >= 1")
    return steps


@njit(**OPTIONS)
def _fill(x, basis):
    """The basis at the unit vector x, degree by degree through a rotation by its angle."""
    basis[0, 0], basis[1, 0] = 1.0, 0.0
    p, q = np.sqrt(2.0), 0.0
    for k in range(1, basis.shape[1]):
        p, q = p * x[0] - q * x[1], p * x[1] + q * x[0]
        basis[0, k], basis[1, k] = p, q


@njit(**OPTIONS)
def _product(u, v):
    total = 0.0
    for j in range(2):
        for k in range(u.shape[1]):
            total += u[j, k] * v[j, k]
    return total


@njit(cache=True, **OPTIONS)
def _run(eigenvalues, x, y, rates, steps, points, beta, batch):
    size = eigenvalues.size
    out = np.empty((steps.size, len(points)))
    f, before, gradient = np.zeros((2, size)), np.zeros((2, size)), np.empty((2, size))
    basis, seen = np.empty((2, size)), 0
    for t in range(steps[-1]):
        gradient[:] = 0.0
        for i in range(t * batch, (t + 1) * batch):
            _fill(x[i], basis)
            push = rates[t] / batch * (_product(f, basis) - y[i])
            for j in range(2):
                for k in range(size):
                    gradient[j, k] += push * basis[j, k]
        for j in range(2):
            for k in range(size):
                new = f[j, k] + beta * (f[j, k] - before[j, k])
                before[j, k] = f[j, k]
                f[j, k] = new - eigenvalues[k] * gradient[j, k]
        if t + 1 == steps[seen]:
            for p in range(len(points)):
                _fill(points[p], basis)
                out[seen, p] = _product(f, basis)
            seen += 1
    return out
