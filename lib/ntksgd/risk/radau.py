r"""Recursions y(t+1) - y(t) = -q(t) y(t) + g(t) on a block of steps, solved as polynomials in t.

On a block y is represented by its values at p + 1 nodes, the start and p Radau points, and the
recursion is asked to hold exactly at the latter instead of at every integer. The shift is exact on
polynomials, y(t+1) - y(t) = (e^D - 1) y with D the (nilpotent) differentiation matrix, so nothing
is replaced by a differential equation: the only error is that of polynomial interpolation,
estimated from the last Legendre coefficients. The Radau points contain the right end, which makes
stiff modes (quasi-stationary ones) harmless.
"""

import numpy as np
from numpy.polynomial import legendre
from scipy.special import roots_jacobi

DEGREE = 16  # p
NODES = np.concatenate([[-1.0], roots_jacobi(DEGREE - 1, 1, 0)[0], [1.0]])  # on [-1, 1]
#: Values at the nodes -> Legendre coefficients.
TRANSFORM = np.linalg.inv(legendre.legvander(NODES, DEGREE))
#: Values at the nodes -> values of the derivative there.
DERIVATIVE = np.stack([legendre.legval(NODES, legendre.legder(row))
                       for row in np.eye(DEGREE + 1)], axis=1) @ TRANSFORM


class Block:
    """The steps start + 1, ..., start + length.

    A function on the block is an array (..., p + 1, K): its values at ``times``, for K degrees.

    Attributes
    ----------
    times : ndarray, shape (p + 1,)
        The nodes, the first one being the start.
    difference : ndarray, shape (p, p + 1)
        y -> y(t+1) - y(t) at the nodes after the first.
    """

    def __init__(self, start: float, length: float):
        self.start, self.length = start, length
        self.times = start + (NODES + 1) / 2 * length
        D = DERIVATIVE * (2 / length)
        power, shift = D, D.copy()
        for j in range(2, DEGREE + 1):  # e^D - 1, a finite sum
            power = power @ D / j
            shift += power
        self.difference = shift[1:]

    def solve(self, decay, first, forcing):
        """Solve y(t+1) - y(t) = -decay y + forcing at the nodes after the first: (..., p, K).

        decay (p, K), y at the start of the block `first` (..., K), forcing (..., p, K).
        """
        E, right = self.difference, forcing - self.difference[:, :1] * first[..., None, :]
        # one p x p system a degree, its right-hand sides side by side
        matrices = E[:, 1:] + decay.T[:, :, None] * np.eye(DEGREE)
        columns = np.moveaxis(right.reshape(-1, *decay.shape), (0, 2), (2, 0))
        return np.moveaxis(np.linalg.solve(matrices, columns), (0, 2), (2, 0)).reshape(right.shape)

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
        row = legendre.legvander([2 * (t - self.start) / self.length - 1], DEGREE)[0] @ TRANSFORM
        return np.einsum("i,...ik->...k", row, y)

    @staticmethod
    def unresolved(y, floor):
        """Size of the last two Legendre coefficients, relative to the largest value (or floor)."""
        tail = np.abs(TRANSFORM[-2:] @ y).sum((1, 2))
        return np.max(tail / np.maximum(np.abs(y).sum(-1).max(-1), floor))
