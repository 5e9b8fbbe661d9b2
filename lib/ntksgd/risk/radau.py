r"""Recursions y(t+1) - y(t) = -q(t) y(t) + g(t) on a block of steps, solved as polynomials in t.

On a block y is represented by its values at p + 1 nodes, the start and p Radau points, and the
recursion is asked to hold exactly at the latter instead of at every integer. The shift is exact on
polynomials, y(t+1) - y(t) = (e^D - 1) y with D the (nilpotent) differentiation matrix, so nothing
is replaced by a differential equation: the only error is that of polynomial interpolation,
estimated from the last Legendre coefficients. The Radau points contain the right end, which makes
stiff modes (quasi-stationary ones) harmless.
"""

from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from scipy.special import roots_jacobi

from ntksgd.compilation import compiled

DEGREE = 16  # p
LANES = 256  # degrees inverted side by side: their matrices fit into a cache


@lru_cache(maxsize=8)
def rule(degree):
    """Nodes on [-1, 1], and what takes values there to Legendre coefficients, to derivatives."""
    nodes = np.concatenate([[-1.0], roots_jacobi(degree - 1, 1, 0)[0], [1.0]])
    transform = np.linalg.inv(legendre.legvander(nodes, degree))
    derivative = np.stack([legendre.legval(nodes, legendre.legder(row))
                           for row in np.eye(degree + 1)], axis=1) @ transform
    return nodes, transform, derivative


@compiled
def _inverses(E, decay):
    """(E + diag(decay_k))^-1 of every degree k, for E (p, p) and decay (p, K): (p, p, K).

    Gauss-Jordan without pivots: E of a `Block`, decay >= 0 lose no digit (2 below 100 steps)."""
    p, K = decay.shape
    out = np.empty((p, p, K))
    for first in range(0, K, LANES):
        n = min(LANES, K - first)
        W, factor = np.zeros((p, p, n)) + E.reshape(p, p, 1), np.empty(n)
        for i in range(p):
            W[i, i] += decay[i, first:first + n]
        for j in range(p):
            factor[:] = 1 / W[j, j]
            W[j, j] = 1.0
            for l in range(p):
                for k in range(n):
                    W[j, l, k] *= factor[k]
            for i in range(p):
                if i != j:
                    factor[:] = W[i, j]
                    W[i, j] = 0.0
                    for l in range(p):
                        for k in range(n):
                            W[i, l, k] -= factor[k] * W[j, l, k]
        out[:, :, first:first + n] = W
    return out


@compiled
def _applied(inverses, right):
    """Each degree's matrix times its columns (c, p, K)."""
    out, (n, p, K) = np.zeros(right.shape), right.shape
    for c in range(n):
        for i in range(p):
            for j in range(p):
                for k in range(K):
                    out[c, i, k] += inverses[i, j, k] * right[c, j, k]
    return out


class Block:
    """The steps start + 1, ..., start + length, by polynomials of a degree p.

    A function on the block is an array (..., p + 1, K): its values at ``times``, for K degrees.

    Attributes
    ----------
    times : ndarray, shape (p + 1,)
        The nodes, the first one being the start.
    difference : ndarray, shape (p, p + 1)
        y -> y(t+1) - y(t) at the nodes after the first.
    """

    def __init__(self, start: float, length: float, degree: int = DEGREE):
        self.start, self.length = start, length
        nodes, self.transform, derivative = rule(degree)
        self.times = start + (nodes + 1) / 2 * length
        D = derivative * (2 / length)
        power, shift = D, D.copy()
        for j in range(2, degree + 1):  # e^D - 1, a finite sum
            power = power @ D / j
            shift += power
        self.difference = shift[1:]

    def solve(self, decay, first, forcing):
        """Solve y(t+1) - y(t) = -decay y + forcing at the nodes after the first: (..., p, K).

        decay (p, K), y at the start of the block `first` (..., K), forcing (..., p, K).
        """
        return self.apply(self.inverses(decay), first, forcing)

    def inverses(self, decay):
        """What takes forcing to y where y is 0 at the start, a p x p matrix a degree: (p, p, K)."""
        return _inverses(np.ascontiguousarray(self.difference[:, 1:]), decay)

    def apply(self, inverses, first, forcing):
        """`solve`, with the inverses at hand."""
        right = forcing - self.difference[:, :1] * first[..., None, :]
        return _applied(inverses, right.reshape(-1, *right.shape[-2:])).reshape(right.shape)

    def accumulate(self, first, gain):
        """Solve y(t+1) - y(t) = gain, as `solve`."""
        E = self.difference
        return np.linalg.solve(E[:, 1:], gain - E[:, :1] * first[..., None, :])

    def advanced(self, y):
        """y(t+1) at the nodes t after the first."""
        return y[..., 1:, :] + self.difference @ y

    def at(self, t, y):
        """y at a time t of the block, shape (..., K)."""
        if t == self.start + self.length:
            return y[..., -1, :]
        return np.einsum("i,...ik->...k", self.rows([t])[0], y)

    def rows(self, t):
        """The matrix from values at the nodes to values at times t of the block, (n, p + 1)."""
        x = 2 * (np.asarray(t) - self.start) / self.length - 1
        return legendre.legvander(x, len(self.transform) - 1) @ self.transform

    def unresolved(self, y, floor):
        """Size of the last two Legendre coefficients, relative to the largest value (or floor)."""
        tail = np.abs(self.transform[-2:] @ y).sum((1, 2))
        return np.max(tail / np.maximum(np.abs(y).sum(-1).max(-1), floor))


class Family:
    """The recursions y(t+1) - y(t) = -(d + x u) y + g on a `Block`, for many x at once.

    They read (E + diag(d) + x diag(u)) y = ...; with diag(u)^-1 (E + diag(d)) diagonalised once,
    each x is a division. For low degrees: the diagonalisation loses digits with the degree.

    Parameters
    ----------
    block : Block
    d, u : ndarray, shape (p,)
        At the nodes after the first, u > 0.
    x : ndarray, shape (q, q)
    """

    def __init__(self, block, d, u, x):
        self.first = block.difference[:, 0]
        roots, self.vectors = np.linalg.eig((block.difference[:, 1:] + np.diag(d)) / u[:, None])
        self.back = np.linalg.inv(self.vectors) / u
        self.inverse = 1 / (roots[:, None, None] + x)

    def solve(self, first, forcing):
        """y at the nodes after the first, (c, p, q, q), from y at the start (c, q, q) and g."""
        right = forcing - self.first[:, None, None] * first[:, None]
        shape = right.shape
        parts = (self.back @ right.reshape(*shape[:2], -1)).reshape(shape) * self.inverse
        return (self.vectors @ parts.reshape(*shape[:2], -1)).real.reshape(shape)
