"""SGD on the network and on its linearisation, as plainly as it can be written."""

import numpy as np

from ntksgd.models.two_layer import Parameters, forward, tangent_features


def residual(loss, g, y):
    """Derivative of the loss in the prediction g."""
    return {
        "square": lambda: g - y,
        "logistic": lambda: -y / (1 + np.exp(y * g)),
        "huber": lambda: np.clip(g - y, -1, 1),
    }[loss]()


def flat(params):
    """Theta as one vector, in the order of `tangent_features`."""
    return np.concatenate([params.a, params.b.ravel(), params.c])


def unflat(theta, m, d):
    """Parameters from one vector."""
    return Parameters(theta[:m], theta[m : m + m * d].reshape(m, d), theta[m + m * d :])


def network_sgd(params, x, y, rates, activation, gamma=1.0, weight_decay=0.0, loss="square"):
    """Parameters after len(y) steps."""
    m, d = params.b.shape
    start = theta = flat(params)
    for xt, yt, eta in zip(x, y, rates, strict=False):
        now = unflat(theta, m, d)
        g = forward(now, xt[None], activation, gamma)[0]
        gradient = tangent_features(now, xt[None], activation, gamma)[0]
        theta = (theta - eta * residual(loss, g, yt) * gradient
                 - eta * weight_decay * (theta - start))
    return unflat(theta, m, d)


def linearised_sgd(params, x, y, rates, activation, gamma=1.0, weight_decay=0.0, loss="square"):
    """Displacement W (one vector) after len(y) steps."""
    W = np.zeros(flat(params).size)
    for xt, yt, eta in zip(x, y, rates, strict=False):
        feature = tangent_features(params, xt[None], activation, gamma)[0]
        e = residual(loss, feature @ W, yt)
        W = (1 - eta * weight_decay) * W - eta * e * feature
    return W


def heavy_ball_sgd(params, x, y, rates, activation, gamma=1.0, weight_decay=0.0, loss="square",
                   momentum=0.0, batch=1):
    """Parameters after len(rates) steps with momentum, `batch` samples each."""
    m, d = params.b.shape
    start = theta = before = flat(params)
    for t, eta in enumerate(rates):
        now, seen = unflat(theta, m, d), slice(t * batch, (t + 1) * batch)
        e = residual(loss, forward(now, x[seen], activation, gamma), y[seen])
        gradient = e @ tangent_features(now, x[seen], activation, gamma) / batch
        theta, before = (theta - eta * gradient - eta * weight_decay * (theta - start)
                         + momentum * (theta - before)), theta
    return unflat(theta, m, d)
