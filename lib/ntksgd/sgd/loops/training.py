"""One-pass SGD on the network or on its linearisation: which compiled loop over steps to take.

Both have parameters as rows theta: a, c, b_1 ... b_d, their first m entries in use; for the
network theta holds Theta, for its linearisation W = Theta - Theta_0, and start holds Theta_0.
Loops are made for a compiled pair(u, scale) = (sigma(u), sigma'(u)), and have the form
    run(theta, start, m, x, y, step_sizes, gamma, scale, weight_decay, loss, out) -> steps done
where theta is changed in place and out[t] becomes the prediction at x[t] before its step. They stop
at the first that is not finite or exceeds LIMIT in size: the return value is then its index, and
len(y) if there is none. Steps of size 0 change nothing: this is how a network is evaluated.

At large m a step costs what it moves through memory, so steps are taken two at a time, and their
updates put off until the sweep over neurons of the next two: see `network` and `linearised`.
A call that stops between the two changes the rounding, and so none does on the way (`sgd.network`).
A sweep comes in two forms, because the compiler vectorises over neurons only as long as the inner
loop over inputs unrolls: unrolled for small d, and block by block of neurons for any d.
"""

from functools import lru_cache

from ntksgd.compilation import compiled
from ntksgd.models.compiled_activations import compiled_pair
from ntksgd.sgd.loops import heavy_ball
from ntksgd.sgd.loops import linearised as linearised_loops
from ntksgd.sgd.loops import network as network_loops


def training_loop(activation, d, linearised):
    """``run`` for an Activation in dimension d, of the network or of its linearisation."""
    pair, key = compiled_pair(activation)
    loops = linearised_loops if linearised else network_loops
    return compiled_loop(loops.training_loop, key, pair, d if d <= loops.UNROLLED else None)


def heavy_ball_loop(activation):
    """``run`` of the network with momentum and batches, see `heavy_ball`."""
    pair, key = compiled_pair(activation)
    return compiled_loop(heavy_ball.training_loop, key and f"heavy ball {key}", pair)


@lru_cache(maxsize=64)
def compiled_loop(make, key, pair, *constants):
    """The loop ``make(pair, *constants)``, kept on disk unless key is None."""
    if key is None:
        return compiled(make(pair, *constants), cache=False)
    return compiled(make(pair, *constants), key=f"{key} {constants}")  # all that the closure holds
