"""The network's loop over steps with momentum and mini-batches, as plainly as the compiler allows.

    velocity <- beta velocity - (eta/b) sum_(i <= b) l'(g(x_i), y_i) grad g(x_i)
                - eta lambda (Theta - Theta_0),
    Theta <- Theta + velocity,
all b gradients at the same Theta. The plain loop (`network`) moves a third of the memory.
"""

import math

import numpy as np

from ntksgd.sgd.loops.step import push


def training_loop(pair):
    """``run``; rows of theta, start and velocity are a, c, b_1 ... b_d, their first m in use.

    run(theta, start, velocity, m, x, y, step_sizes, gamma, scale, weight_decay, momentum, batch,
    loss, out) -> steps done: see `training`; x and y have `batch` entries a step.
    """
    def run(theta, start, velocity, m, x, y, step_sizes, gamma, scale, weight_decay, momentum,
            batch, loss, out):
        norm = 1.0 / math.sqrt(m)
        gradient = np.empty((theta.shape[0], m))
        u, value, slope = np.empty(m), np.empty(m), np.empty(m)
        for t in range(step_sizes.size):
            decay = step_sizes[t] * weight_decay
            for j in range(theta.shape[0]):
                for i in range(m):
                    gradient[j, i] = decay * (theta[j, i] - start[j, i])
            for k in range(t * batch, (t + 1) * batch):
                g = 0.0
                for i in range(m):
                    u[i] = gamma * theta[1, i]
                for j in range(x.shape[1]):
                    for i in range(m):
                        u[i] += theta[2 + j, i] * x[k, j]
                for i in range(m):
                    value[i], ds = pair(u[i], scale)
                    slope[i] = theta[0, i] * ds
                    g += theta[0, i] * value[i]
                out[k] = g = norm * g
                h = norm * push(g, y[k], step_sizes[t] / batch, loss)
                if math.isnan(h):
                    return t
                for i in range(m):
                    gradient[0, i] += h * value[i]
                    gradient[1, i] += h * gamma * slope[i]
                for j in range(x.shape[1]):
                    for i in range(m):
                        gradient[2 + j, i] += h * x[k, j] * slope[i]
            for j in range(theta.shape[0]):
                for i in range(m):
                    velocity[j, i] = momentum * velocity[j, i] - gradient[j, i]
                    theta[j, i] += velocity[j, i]
        return step_sizes.size

    return run
