"""Mean and variance of f_t(x) on a grid, and the risks that follow if f_t(x) is Gaussian."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ntksgd.problems.expected_loss import ExpectedLoss

Z, GAUSS = np.polynomial.hermite_e.hermegauss(5)
GAUSS = GAUSS / GAUSS.sum()


@dataclass(frozen=True)
class Moments:
    """Mean and variance of f_t(x) after each of `times`, shape (times, ..., n), on a grid."""

    times: NDArray
    mean: NDArray
    variance: NDArray
    weights: NDArray
    truth: NDArray
    loss: ExpectedLoss

    @property
    def distance(self) -> NDArray:
        """E||f_t - f*||^2, shape (times, ...)."""
        return ((self.mean - self.truth) ** 2 + self.variance) @ self.weights

    @property
    def excess(self) -> NDArray:
        """E l(f_t, y) - E l(f*, y), shape (times, ...)."""
        return gaussian_mean(self.loss.excess, self.mean, self.variance, self.truth) @ self.weights

    @property
    def noise_share(self) -> NDArray:
        """Part of the excess loss that the mean of f_t has not, shape (times, ...)."""
        return 1 - self.loss.excess(self.mean, self.truth) @ self.weights / self.excess


def gaussian_mean(function, mean, variance, truth):
    """Average of function(g, truth) over g ~ N(mean, variance)."""
    g = mean[..., None] + np.sqrt(np.maximum(variance, 0))[..., None] * Z
    return function(g, np.broadcast_to(truth, mean.shape)[..., None]) @ GAUSS
