"""SGD with several outputs, as plainly as it can be written."""

import numpy as np


def gradient(a, b, z, activation):
    """dg_k / d(a, b) at one z: a list of pairs (C, m), (m, d + 1), one for each output k."""
    outputs, m = a.shape
    u, parts = b @ z, []
    for k in range(outputs):
        in_a = np.zeros((outputs, m))
        in_a[k] = activation.value(u) / np.sqrt(m)
        parts.append((in_a, np.outer(a[k] * activation.derivative(u), z) / np.sqrt(m)))
    return parts


def values(a, b, z, activation):
    """g(z), shape (C,)."""
    return a @ activation.value(b @ z) / np.sqrt(len(b))


def loss_value(loss, g, label):
    """Loss of the outputs g (C,) at the label."""
    if loss == "square":
        y = np.full(g.size, -1 / g.size)
        y[label] += 1
        return 0.5 * np.sum((g - y) ** 2)
    return np.log(np.sum(np.exp(g))) - g[label]


def residual(loss, g, label):
    """Gradient of the loss in g."""
    p = np.eye(g.size)[label]
    return g - p + 1 / g.size if loss == "square" else np.exp(g) / np.sum(np.exp(g)) - p


def network_sgd(params, z, labels, order, step_sizes, activation, loss):
    """Parameters (a, b) after len(order) steps."""
    a, b = (part.copy() for part in params)
    for i, eta in zip(order, step_sizes, strict=False):
        e = residual(loss, values(a, b, z[i], activation), labels[i])
        parts = gradient(a, b, z[i], activation)
        a = a - eta * sum(ek * part[0] for ek, part in zip(e, parts, strict=True))
        b = b - eta * sum(ek * part[1] for ek, part in zip(e, parts, strict=True))
    return a, b


def linearised_sgd(params, z, labels, order, step_sizes, activation, loss, points):
    """Values (q, C) at the points of the network linearised at params, all m neurons of it."""
    wa, wb = np.zeros_like(params.a), np.zeros_like(params.b)

    def predict(at):
        return np.array([np.vdot(wa, in_a) + np.vdot(wb, in_b)
                         for in_a, in_b in gradient(*params, at, activation)])

    for i, eta in zip(order, step_sizes, strict=False):
        e = residual(loss, predict(z[i]), labels[i])
        for ek, (in_a, in_b) in zip(e, gradient(*params, z[i], activation), strict=True):
            wa -= eta * ek * in_a
            wb -= eta * ek * in_b
    return np.array([predict(at) for at in points]), np.vdot(wa, wa) + np.vdot(wb, wb)


def kernel_sgd(matrix, labels, classes, order, step_sizes, loss):
    """Coefficients (n, C) of f = sum_i c_i K(x_i, .) on the first n points."""
    n = len(labels)
    c = np.zeros((n, classes))
    for i, eta in zip(order, step_sizes, strict=False):
        c[i] -= eta * residual(loss, matrix[i, :n] @ c, labels[i])
    return c
