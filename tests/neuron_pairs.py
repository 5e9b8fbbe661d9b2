"""A network near a paired start, written out: the objects of notebook 07's proof, slowly.

A vector of parameters V is a pair (a (m,), v (m, d + 1)); v joins b and c.
"""

import numpy as np

from ntksgd.models.two_layer import Parameters, forward, initialise, tangent_features


def paired_start(m, d, rng):
    return initialise(m, d, rng)


def moved(start, V, size=1.0):
    """The parameters Theta_0 + size V."""
    a, v = V
    return Parameters(start.a + size * a, start.b + size * v[:, :-1], start.c + size * v[:, -1])


def swapped(V):
    """J V: the neurons of each pair exchanged, the sign of a changed."""
    a, v = V
    half = a.size // 2
    return -np.roll(a, half), np.roll(v, half, axis=0)


def parts(V):
    """Odd and even part of V."""
    J = swapped(V)
    return (tuple((p - j) / 2 for p, j in zip(V, J, strict=True)),
            tuple((p + j) / 2 for p, j in zip(V, J, strict=True)))


def norm(V):
    return np.sqrt(sum(np.sum(p**2) for p in V))


def widest(V):
    """Largest norm of a neuron's part."""
    a, v = V
    return np.sqrt((a**2 + np.sum(v**2, axis=1)).max())


def gradient(params, x, act, gamma):
    """grad g(x; Theta) at one point x (d,)."""
    m, d = params.b.shape
    row = tangent_features(params, x[None], act, gamma)[0]
    b = row[m : m + m * d].reshape(m, d)
    return row[:m], np.concatenate([b, row[m + m * d :, None]], axis=1)


def output(params, x, act, gamma):
    return forward(params, x[None], act, gamma)[0]


def inner(V, W):
    return sum(np.sum(p * q) for p, q in zip(V, W, strict=True))


def minus(V, W):
    return tuple(p - q for p, q in zip(V, W, strict=True))


def plus(V, W, size=1.0):
    return tuple(p + size * q for p, q in zip(V, W, strict=True))
