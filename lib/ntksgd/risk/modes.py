"""The degrees of a zonal kernel as the moment recursion sees them."""

from dataclasses import dataclass

import numpy as np

from ntksgd import check


@dataclass(frozen=True)
class Modes:
    """The degrees as the recursion sees them (arrays of shape (K,), but for the power).

    Attributes
    ----------
    eigenvalues : lambda_k
    weights : w_k = lambda_k^2 N_k, how a gradient's noise spreads over the degrees
    power : F_k of each of n targets, shape (n, K)
    inverse : 1/lambda_k, the weight of C_k in the squared RKHS norm
    weight_decay, batch : lambda >= 0 and b >= 1

    A degree with lambda_k = 0 but w_k > 0 stands for a truncated tail (see `sphere_modes`).
    """

    eigenvalues: np.ndarray
    weights: np.ndarray
    power: np.ndarray
    inverse: np.ndarray
    weight_decay: float = 0.0
    batch: float = 1.0

    def decay(self, eta):
        """1 - the factor of C_k in one step, free of cancellation; eta (...,) -> (..., K)."""
        eta = np.asarray(eta)[..., None]
        drag, x = eta * self.weight_decay, eta * self.eigenvalues
        return drag * (2 - drag) + 2 * (1 - drag) * x - (1 - 1 / self.batch) * x**2

    def mean_decay(self, eta):
        """1 - (a - eta lambda_k), for the mean of P_k e; eta (...,) -> (..., K)."""
        return np.asarray(eta)[..., None] * (self.weight_decay + self.eigenvalues)


def sphere_modes(
    spectrum, targets, weight_decay: float = 0.0, batch: int = 1, tail: bool = True
) -> Modes:
    """Degrees of a `Spectrum` with the powers of n `Target`s (or arrays F_k).

    The trace tau = sum over k > K of lambda_k N_k that the spectrum leaves out is not dropped but
    lumped: with U = sum_(k>K) C_k and G = sum_(k>K) C_k / lambda_k one has U <= lambda_K G and
    G <- G - 2 eta U + eta^2 tau (R + s^2), so one more mode that never decays, of weight
    lambda_K tau, bounds from above what all those degrees do to the risk. ``tail=False`` drops it:
    a lower bound. The targets have no power beyond K.
    """
    lam = check.finite_array("eigenvalues", spectrum.eigenvalues, 1, non_negative=True)
    N = check.finite_array("multiplicities", spectrum.multiplicities, 1, non_negative=True)
    F = np.array([check.finite_array("power", getattr(f, "power", f), 1, non_negative=True)
                  for f in targets])
    if not len(lam) == len(N) == F.shape[1]:
        raise ValueError(f"power: {F.shape[1]} degrees, but the spectrum has {len(lam)}")
    check.number("weight_decay", weight_decay, 0.0)
    check.integer("batch", batch, 1)
    with np.errstate(divide="ignore"):
        inverse = np.where((lam == 0) & np.all(F == 0, axis=0), 0.0, 1 / lam)
    weights = lam**2 * N
    last = lam[-2:].max()
    if tail and spectrum.tail > 0 and last > 0:
        lam, F = np.append(lam, 0.0), np.append(F, np.zeros((len(F), 1)), axis=1)
        weights, inverse = np.append(weights, last * spectrum.tail), np.append(inverse, 1 / last)
    return Modes(lam, weights, F, inverse, float(weight_decay), float(batch))
