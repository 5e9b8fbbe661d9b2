"""SGD on the network with C outputs (`models.many_outputs`), and on its linearisation."""

import numpy as np

from ntksgd.models import many_outputs
from ntksgd.models.activations import activation as named_activation
from ntksgd.models.class_losses import CODES, targets
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.sgd.classes import loops
from ntksgd.sgd.classes.run import Run, checked_order, recorded
from ntksgd.sgd.loops.training import compiled_loop


def train(params, z, labels, order, step_sizes, activation, *, times, points, loss="square",
          observe=None):
    """Train all parameters of the network by SGD.

    Parameters
    ----------
    params : many_outputs.Parameters
        The start, left as it is.
    z : array, shape (n, d + 1)
        Training points as `many_outputs.extended` gives them.
    labels : array of int, shape (n,)
    order : array of int, shape (T,)
        Index of the point seen at each step.
    step_sizes : array, shape (T,)
    activation : str or Activation
    times : sequence of int
        Increasing, in [0, T].
    points : array, shape (q, d + 1)
        Where the function is recorded.
    loss : "square" or "logistic"
    observe : callable, optional
        ``observe(t, params)`` after each of `times`; its results are kept.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        For inputs that do not fit each other.
    Diverged
        If an output is not finite or exceeds 1e8.
    """
    act = named_activation(activation)
    pair, key = compiled_pair(act)
    now = many_outputs.Parameters(*(part.copy() for part in params))
    a, b = now
    run, scale = compiled_loop(loops.network_loop, key, pair), act.scale or 0.0
    z, y, order, step_sizes, times = _checked(a, b, z, labels, order, step_sizes, times, loss)

    def advance(part):
        return run(a, b, z, y, order[part], step_sizes[part], scale, CODES[loss])

    def record(t):
        seen = None if observe is None else observe(t, now)
        size = _square(a - params.a) + _square(b - params.b)
        return many_outputs.forward(now, points, act), size, seen

    return Run(*recorded(advance, record, times, "network"), now)


def train_linearised(params, z, labels, order, step_sizes, activation, *, times, points,
                     loss="square"):
    """Train the network linearised at `params`, which must be paired; the rest as in `train`.

    By symmetry half the neurons do: they have the same tangent kernel. The parameters returned are
    the weights W of these m/2, from W = 0.
    """
    act, (a, b) = named_activation(activation), many_outputs.half(params)
    wa, wb, norm = np.zeros_like(a), np.zeros_like(b), np.sqrt(len(b))
    z, y, order, step_sizes, times = _checked(a, b, z, labels, order, step_sizes, times, loss)
    seen, shown = (points_ @ b.T for points_ in (z, points))
    values, slopes = act.value(seen), act.derivative(seen)
    shown_values, shown_slopes = act.value(shown), act.derivative(shown)

    def advance(part):
        return loops.run_linearised(a, wa, wb, values, slopes, z, y, order[part],
                                    step_sizes[part], CODES[loss])

    def record(_):
        moved = shown_slopes * (points @ wb.T)
        return (shown_values @ wa.T + moved @ a.T) / norm, _square(wa) + _square(wb), None

    return Run(*recorded(advance, record, times, "linearised network"),
               many_outputs.Parameters(wa, wb))


def _square(x):
    return float(np.vdot(x, x))


def _checked(a, b, z, labels, order, step_sizes, times, loss):
    y = targets(labels, len(a), loss)
    if np.shape(z) != (len(y), b.shape[1]):
        raise ValueError(f"z: shape {np.shape(z)}, must be {(len(y), b.shape[1])}")
    # the loops read a sample at a time: rows that are not contiguous cost five times as much
    return np.ascontiguousarray(z, dtype=float), y, *checked_order(order, step_sizes, times, len(y))
