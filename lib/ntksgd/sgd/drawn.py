"""SGD in the RKHS of a drawn kernel: the linearisation of any network at its start.

    f(x) = <c, Y(x)>,     c <- c - eta_t (f(x_t) - y_t) L_0 Y(x_t),     c = 0 at first,
Y the harmonics of degree at most K and L_0 the kernel operator of that start (`kernels.drawn`,
`kernels.drawn_deep`), cut at K. Its mean over samples is `risk.given_start`.
"""

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.kernels.harmonics import evaluate
from ntksgd.sgd.inputs import checked

CHUNK = 4096  # samples whose harmonics are in memory together


def drawn_sgd(operator, samples, step_sizes, *, times):
    """Harmonic coefficients of f_t after each of `times` steps, shape (len(times), N).

    Parameters
    ----------
    operator : DrawnOperator
    samples : Samples
        x (N, d) on the sphere and y (N,).
    step_sizes, times
        As in `network.train`.
    """
    x, y, step_sizes, times, _ = checked(samples, step_sizes, times, samples.x[:1], operator.d,
                                         sphere=True)
    c, t, out = np.zeros(operator.degrees.size), 0, []
    for end in times:
        while t < end:
            stop = min(t + CHUNK, end)
            basis = evaluate(x[t:stop], operator.max_degree)[0]
            _run(c, basis, basis @ operator.matrix, y[t:stop], step_sizes[t:stop])
            t = stop
        out.append(c.copy())
    return np.array(out)


@compiled
def _run(c, basis, moves, y, step_sizes):
    for t in range(y.size):
        f = 0.0
        for i in range(c.size):
            f += c[i] * basis[t, i]
        push = step_sizes[t] * (f - y[t])
        for i in range(c.size):
            c[i] -= push * moves[t, i]
