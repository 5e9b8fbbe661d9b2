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
from ntksgd.sgd.inputs import checked
from ntksgd.sgd.loops.compiled_loops import linearised_loop, network_loop

CACHE_LINE = 8  # float64 entries


class Diverged(ArithmeticError):
    """A prediction grew beyond all bounds; the message names the step."""


@dataclass(frozen=True)
class Trajectory:
    """What was recorded after each of `times` steps.

    Attributes
    ----------
    times : ndarray of int, shape (C,)
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

    times: np.ndarray
    values: np.ndarray
    drift: np.ndarray
    observed: list
    parameters: Parameters
    diverged_at: int | None


def train(params, samples, step_sizes, activation, *, times, points, gamma=1.0, weight_decay=0.0,
          loss="square", observe=None, on_divergence="raise"):
    """Train on the samples, one each step, from the given parameters.

    Parameters
    ----------
    params : Parameters
        Theta_0, left as it is.
    samples : Samples
        At least max(times) of them.
    step_sizes : Schedule or array
        eta_t for t = 1, 2, ...
    activation : str or Activation
    times : sequence of int
        Increasing numbers of steps; 0 is the start.
    points : array, shape (n, d)
        Where the function is recorded; n may be 0.
    gamma, weight_decay : float
        At least 0; weight_decay below 1/max(eta).
    loss : "square", "logistic" or "huber"
    observe : callable, optional
        ``observe(t, params)`` is called after each of `times`, its results are kept.
    on_divergence : "raise" or "flag"
        Raise `Diverged`, or record infinity and set `diverged_at`.

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        For shapes that do not fit, times out of order or beyond the samples, a step size that
        is not finite and >= 0, negative gamma or weight_decay, weight_decay >= 1/max(eta), unknown
        loss.
    Diverged
        See `on_divergence`.
    """
    learner = _Learner(params, activation, gamma, weight_decay, loss)
    inputs = checked(samples, step_sizes, times, points, learner.d, weight_decay=weight_decay)
    return _trajectory(learner, inputs, observe, on_divergence)


def train_linearised(params, samples, step_sizes, activation, *, times, points, gamma=1.0,
                     weight_decay=0.0, loss="square", observe=None, on_divergence="raise"):
    """Train l(x) = <grad g(x; Theta_0), W> from W = 0; arguments and results as in `train`.

    The drift is ||W||, and the parameters, also those observed, are Theta_0 + W.
    """
    learner = _LinearisedLearner(params, activation, gamma, weight_decay, loss)
    inputs = checked(samples, step_sizes, times, points, learner.d, weight_decay=weight_decay)
    return _trajectory(learner, inputs, observe, on_divergence)


class _Learner:
    """The network while it is trained: rows Theta, measured from Theta_0."""

    name, loop = "network", staticmethod(network_loop)

    def __init__(self, params, activation, gamma, weight_decay, loss):
        self.activation, self.loss = named_activation(activation), loss_code(loss)
        self.m, self.d = params.b.shape
        if params.a.shape != (self.m,) or params.c.shape != (self.m,):
            raise ValueError(f"params: shapes {params.a.shape}, {params.b.shape}, "
                             f"{params.c.shape}, must be (m,), (m, d), (m,)")
        self.gamma, self.weight_decay = check.number("gamma", gamma, 0.0), float(weight_decay)
        self.scale = 0.0 if self.activation.scale is None else self.activation.scale
        self.run = self.loop(self.activation, self.d)
        self.start = _rows(params)
        self.rows = self.start.copy()

    def advance(self, x, y, step_sizes):
        """Take len(y) steps, fewer at divergence: their number, and the prediction before each."""
        g = np.full(y.size, np.inf)
        done = self.run(self.rows, self.start, self.m, x, y, step_sizes, self.gamma, self.scale,
                        self.weight_decay, self.loss, g)
        return done, g

    def values(self, points):
        """The function at the points: what is predicted there in steps of size 0."""
        nothing = np.zeros(len(points))
        done, g = self.advance(points, nothing, nothing)
        return np.where(done == g.size, g, np.inf)

    def drift(self):
        return np.linalg.norm(self.rows - self.start)

    def parameters(self):
        return _parameters(self.rows, self.m)


class _LinearisedLearner(_Learner):
    """The linearised network while it is trained: rows W."""

    name, loop = "linearised network", staticmethod(linearised_loop)

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.rows[:] = 0.0

    def drift(self):
        return np.linalg.norm(self.rows)

    def parameters(self):
        return _parameters(self.start + self.rows, self.m)


def _trajectory(learner, inputs, observe, on_divergence):
    """Run the learner from one of the times to the next and record it there."""
    check.one_of("on_divergence", on_divergence, ("raise", "flag"))
    x, y, step_sizes, times, points = inputs
    values, drift = np.full((times.size, len(points)), np.inf), np.full(times.size, np.inf)
    observed, done, diverged_at = [], 0, None
    for k, t in enumerate(times.tolist()):
        done += learner.advance(x[done:t], y[done:t], step_sizes[done:t])[0]
        now = learner.values(points), learner.drift()
        if done < t or not (np.all(np.isfinite(now[0])) and np.isfinite(now[1])):
            diverged_at = done
            break
        values[k], drift[k] = now
        if observe is not None:
            observed.append(observe(t, learner.parameters()))
    if diverged_at is not None and on_divergence == "raise":
        raise Diverged(f"SGD on the {learner.name} (m = {learner.m}, {learner.activation}) "
                       f"diverged after {diverged_at} steps; "
                       f"largest eta = {step_sizes.max():.4g}")
    return Trajectory(times, values, drift, observed, learner.parameters(), diverged_at)


def _rows(params):
    """Rows a, c, b_1 ... b_d; padded, as rows a power of two apart share their cache lines."""
    m, d = params.b.shape
    length = -(-m // CACHE_LINE) * CACHE_LINE + CACHE_LINE
    rows = np.zeros((d + 2, length))
    rows[0, :m], rows[1, :m], rows[2:, :m] = params.a, params.c, params.b.T
    return rows


def _parameters(rows, m):
    return Parameters(rows[0, :m].copy(), rows[2:, :m].T.copy(), rows[1, :m].copy())
