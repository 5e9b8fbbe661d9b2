"""One-pass SGD on the network, or on its linearisation, with the function recorded on the way.

    Theta_t = Theta_(t-1) - eta_t l'(g(x_t), y_t) grad g(x_t) - eta_t lambda (Theta_(t-1) - Theta_0)

for the losses of `losses`; for the square loss l' = g - y. Time is counted in steps: the value
after t steps has seen t samples, or t b with batches of b (and momentum: `loops.heavy_ball`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ntksgd import check
from ntksgd.models.activations import Activation
from ntksgd.models.two_layer import Parameters
from ntksgd.problems.samples import Samples
from ntksgd.problems.schedules import Schedule
from ntksgd.sgd.inputs import checked
from ntksgd.sgd.learner import HeavyBallNetwork, LinearisedNetwork, Network


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


def train(params: Parameters, samples: Samples, step_sizes: Schedule | ArrayLike,
          activation: str | Activation, *, times: ArrayLike, points: ArrayLike,
          gamma: float = 1.0, weight_decay: float = 0.0, loss: str = "square",
          observe: Callable | None = None, on_divergence: str = "raise", momentum: float = 0.0,
          batch: int = 1) -> Trajectory:
    """Train on the samples, `batch` of them each step, from the given parameters.

    Parameters
    ----------
    params : Parameters
        Theta_0, left as it is.
    samples : Samples
        At least batch max(times) of them.
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
    momentum : float
        beta of the heavy ball, in [0, 1).
    batch : int
        Samples a step.

    Returns
    -------
    Trajectory

    Raises
    ------
    ValueError
        For inputs that do not fit each other or an option out of range.
    Diverged
        See `on_divergence`.
    """
    check.one_of("on_divergence", on_divergence, ("raise", "flag"))
    arguments = params, activation, gamma, weight_decay, loss
    plain = momentum == 0 and batch == 1
    learner = Network(*arguments) if plain else HeavyBallNetwork(*arguments, momentum, batch)
    return _trajectory(learner, samples, step_sizes, times, points, observe, on_divergence)


def train_linearised(params: Parameters, samples: Samples, step_sizes: Schedule | ArrayLike,
                     activation: str | Activation, *, times: ArrayLike, points: ArrayLike,
                     gamma: float = 1.0, weight_decay: float = 0.0, loss: str = "square",
                     observe: Callable | None = None, on_divergence: str = "raise") -> Trajectory:
    """Train l(x) = <grad g(x; Theta_0), W> from W = 0; arguments and results as in `train`.

    The drift is ||W||, and the parameters, also those observed, are Theta_0 + W.
    """
    check.one_of("on_divergence", on_divergence, ("raise", "flag"))
    learner = LinearisedNetwork(params, activation, gamma, weight_decay, loss)
    return _trajectory(learner, samples, step_sizes, times, points, observe, on_divergence)


def _trajectory(learner, samples, step_sizes, times, points, observe, on_divergence):
    """What the learner records on the way; it is trained in place."""
    x, y, step_sizes, times, points = checked(samples, step_sizes, times, points, learner.d,
                                              batch=learner.batch,
                                              weight_decay=learner.weight_decay)
    b = learner.batch
    values, drift = np.full((times.size, len(points)), np.inf), np.full(times.size, np.inf)
    observed, done, now = [], 0, learner
    for k, t in enumerate(times.tolist()):
        # the loops pair their steps: an odd one is looked at on a copy, so that no time that is
        # recorded changes the rounding of what follows
        paired = t - t % 2
        done += learner.advance(x[b * done : b * paired], y[b * done : b * paired],
                                step_sizes[done:paired])[0]
        if done < paired:
            now = learner
            break
        now = learner.copy() if t > paired else learner
        rest = slice(b * paired, b * t)
        if now.advance(x[rest], y[rest], step_sizes[paired:t])[0] < t - paired:
            break
        g, distance = now.values(points), now.drift()
        if not (np.all(np.isfinite(g)) and np.isfinite(distance)):
            done = t
            break
        values[k], drift[k] = g, distance
        if observe is not None:
            observed.append(observe(t, now.parameters()))
    diverged_at = None if np.isfinite(drift[-1]) else done
    if diverged_at is not None and on_divergence == "raise":
        raise Diverged(f"SGD on the {learner.name} (m = {learner.m}, {learner.activation}) "
                       f"diverged after {diverged_at} steps; "
                       f"largest eta = {step_sizes.max():.4g}")
    return Trajectory(times, values, drift, observed, now.parameters(), diverged_at)
