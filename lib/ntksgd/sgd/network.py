"""One-pass SGD on the network, or on its linearisation, with the function recorded on the way.

    Theta_t = Theta_(t-1) - eta_t l'(g(x_t), y_t) grad g(x_t) - eta_t lambda (Theta_(t-1) - Theta_0)

for the losses of `losses`; for the square loss l' = g - y. Time is counted in steps: the value
after t steps has seen t samples. The loops are in `network_step` and `linearised_step`.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.models.activations import activation as named_activation
from ntksgd.models.losses import loss_code
from ntksgd.models.two_layer import Parameters
from ntksgd.sgd.loops.compiled_loops import loops

CACHE_LINE = 8  # float64 entries


class Diverged(ArithmeticError):
    """A prediction grew beyond all bounds; the message names the step."""


@dataclass(frozen=True)
class Trajectory:
    """What was recorded after each of `steps` steps.

    Attributes
    ----------
    steps : ndarray of int, shape (C,)
    values : ndarray, shape (C, n)
        g_t at the points; infinite from the step of divergence on.
    drift : ndarray, shape (C,)
        ||Theta_t - Theta_0||, all parameters together; infinite after divergence.
    observed : list
        What `observe` returned, up to divergence.
    parameters : Parameters
        At the end; of the linearised network, Theta_0 + W.
    diverged_at : int or None
        Steps done before the prediction that was not finite or exceeded 1e8 in size.
    """

    steps: np.ndarray
    values: np.ndarray
    drift: np.ndarray
    observed: list
    parameters: Parameters
    diverged_at: int | None


def train(params, samples, rates, activation, *, steps, points, gamma=1.0, weight_decay=0.0,
          loss="square", linearised=False, observe=None, on_divergence="raise"):
    """Train on the samples, one each step, from the given parameters.

    Parameters
    ----------
    params : Parameters
        Theta_0, left as it is.
    samples : Samples
        At least max(steps) of them.
    rates : Schedule or array
        eta_t for t = 1, 2, ...
    activation : str or Activation
    steps : sequence of int
        Increasing; 0 is the start.
    points : array, shape (n, d)
        Where the function is recorded; n may be 0.
    gamma, weight_decay : float
        At least 0; weight_decay below 1/max(eta).
    loss : "square", "logistic" or "huber"
    linearised : bool
        Train l(x) = <grad g(x; Theta_0), Theta - Theta_0> instead of g.
    observe : callable, optional
        ``observe(t, params)`` is called after each of `steps`, its results are kept.
    on_divergence : "raise" or "flag"
        Raise `Diverged`, or record infinity and set `diverged_at`.

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        For shapes that do not fit, steps out of order or beyond the samples, a rate that is not
        finite and >= 0, negative gamma or weight_decay, weight_decay >= 1/max(eta), unknown loss.
    Diverged
        See `on_divergence`.
    """
    activation, code = named_activation(activation), loss_code(loss)
    x, y, rates, steps, points = _checked(params, samples, rates, steps, points)
    gamma = check.number("gamma", gamma, 0.0)
    weight_decay = check.number("weight_decay", weight_decay, 0.0)
    if rates.size and weight_decay * rates.max() >= 1:
        raise ValueError(f"weight_decay = {weight_decay}: must be below 1/max(eta) = "
                         f"{1 / rates.max():.4g}")
    check.one_of("on_divergence", on_divergence, ("raise", "flag"))
    m, d = params.b.shape
    start = _rows(params)
    theta = np.zeros_like(start) if linearised else start.copy()
    run, evaluate = loops(activation, d, linearised)
    scale = 0.0 if activation.scale is None else activation.scale
    values = np.full((steps.size, len(points)), np.inf)
    drift = np.full(steps.size, np.inf)
    observed, done = [], 0
    for k, t in enumerate(steps):
        count = run(theta, start, m, x[done:t], y[done:t], rates[done:t], gamma,
                    scale, weight_decay, code)
        if count < t - done:
            done += count
            break
        done = int(t)
        evaluate(theta, start, m, points, gamma, scale, values[k])
        drift[k] = np.linalg.norm(theta if linearised else theta - start)
        if not (np.all(np.isfinite(values[k])) and np.isfinite(drift[k])):
            values[k], drift[k] = np.inf, np.inf
            break
        if observe is not None:
            observed.append(observe(done, _parameters(theta + start if linearised else theta, m)))
    diverged_at = None if np.isfinite(drift[-1]) else done
    if diverged_at is not None and on_divergence == "raise":
        raise Diverged(f"SGD on the {'linearised ' * linearised}network (m = {m}, {activation}) "
                       f"diverged after {diverged_at} steps; largest eta = {rates.max():.4g}")
    end = _parameters(theta + start if linearised else theta, m)
    return Trajectory(steps, values, drift, observed, end, diverged_at)


def _checked(params, samples, rates, steps, points):
    """x, y, rates, steps, points as contiguous arrays that fit one another, or ValueError."""
    m, d = params.b.shape
    if params.a.shape != (m,) or params.c.shape != (m,):
        raise ValueError(f"params: shapes {params.a.shape}, {params.b.shape}, {params.c.shape}, "
                         "must be (m,), (m, d), (m,)")
    steps = np.asarray(steps)
    if (steps.ndim != 1 or not steps.size or steps.dtype.kind not in "iu" or steps[0] < 0
            or np.any(np.diff(steps) <= 0)):
        raise ValueError(f"steps = {steps!r}: must be increasing integers >= 0")
    T = int(steps[-1])
    x, y = check.finite_array("samples.x", samples.x), check.finite_array("samples.y", samples.y)
    if y.ndim != 1 or x.shape != (y.size, d) or y.size < T:
        raise ValueError(f"samples: x {x.shape}, y {y.shape}, must be (T, {d}), (T,), T >= {T}")
    rates = rates.steps(T) if hasattr(rates, "steps") and T > 0 else rates
    rates = check.finite_array("rates", rates, 1, non_negative=True)[:T] if T else np.zeros(0)
    if rates.size < T:
        raise ValueError(f"rates: {rates.size} step sizes, must be at least {T}")
    points = check.finite_array("points", points, 2)
    if points.shape[1] != d:
        raise ValueError(f"points: shape {points.shape}, must be (n, {d})")
    return (*(np.ascontiguousarray(array) for array in (x, y, rates)), steps,
            np.ascontiguousarray(points))


def _rows(params):
    """Rows a, c, b_1 ... b_d; padded, as rows a power of two apart share their cache lines."""
    m, d = params.b.shape
    length = -(-m // CACHE_LINE) * CACHE_LINE + CACHE_LINE
    rows = np.zeros((d + 2, length))
    rows[0, :m], rows[1, :m], rows[2:, :m] = params.a, params.c, params.b.T
    return rows


def _parameters(rows, m):
    return Parameters(rows[0, :m].copy(), rows[2:, :m].T.copy(), rows[1, :m].copy())
