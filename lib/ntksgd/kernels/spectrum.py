"""Mercer spectrum of the tangent kernel on S^(d-1).

    kappa(<x,x'>) = sum_k lambda_k N_k P_k(<x,x'>),    sum_k lambda_k N_k = kappa(1),
    lambda_k = u_k + gamma^2 v_k + [k v_(k-1) + (k+d-2) v_(k+1)] / (2k+d-2),
because t P_k = [k P_(k-1) + (k+d-2) P_(k+1)] / (2k+d-2). Every term is >= 0: the kernel is
positive definite, and if no degree has all of them zero the integral operator is injective, so
that the RKHS is dense in L^2 and every Gram matrix of distinct points is non-singular.
"""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.funk_hecke import mean_square_coefficients
from ntksgd.kernels.two_layer import TangentKernel
from ntksgd.models.activations import Activation, activation

# Quadrature of a kernel loses what lies below rounding: such eigenvalues count as zero.
ROUNDING = 1e-14


@dataclass(frozen=True)
class Spectrum:
    """Eigenvalues of a zonal kernel on S^(d-1), up to a largest degree.

    Attributes
    ----------
    d : int
    eigenvalues : ndarray, shape (K + 1,)
        lambda_k of degree k = 0, ..., K, for the operator f -> int K(., x') f(x') dx', dx' uniform
        of total mass 1.
    multiplicities : ndarray, shape (K + 1,)
        N_k.
    trace : float
        kappa(1) = sum over all degrees of lambda_k N_k.
    """

    d: int
    eigenvalues: np.ndarray
    multiplicities: np.ndarray
    trace: float

    def __post_init__(self):
        """Refuse numbers that are negative or not finite, and more trace than kappa(1)."""
        values = check.finite_array("eigenvalues", self.eigenvalues, 1, non_negative=True)
        counts = check.finite_array("multiplicities", self.multiplicities, 1, non_negative=True)
        if values.size == 0 or values.shape != counts.shape:
            raise ValueError(f"eigenvalues, multiplicities: have shapes {values.shape} and "
                             f"{counts.shape}, must be equal and not empty")
        check.dimension(self.d)
        trace, total = check.number("trace", self.trace, 0.0), float(values @ counts)
        if total > trace * (1 + 1e-6):
            raise ValueError(f"trace = {trace:g}: must be at least that of the eigenvalues, "
                             f"{total:g}")
        for name, value in (("eigenvalues", values), ("multiplicities", counts)):
            object.__setattr__(self, name, value)

    @property
    def max_degree(self) -> int:
        """Largest degree K kept."""
        return self.eigenvalues.size - 1

    @property
    def tail(self) -> float:
        """Trace left out by the truncation: kappa(1) - sum over k <= K of lambda_k N_k."""
        return self.trace - float(self.eigenvalues @ self.multiplicities)

    def truncate(self, floor):
        """Drop the degrees from the first eigenvalue below `floor` times the largest one on."""
        small = np.flatnonzero(self.eigenvalues < floor * self.eigenvalues.max())
        end = small[0] if small.size else self.eigenvalues.size
        return Spectrum(self.d, self.eigenvalues[:end], self.multiplicities[:end], self.trace)

    def without_tail(self):
        """The same degrees as if there were no others, for a tail that is below rounding."""
        return replace(self, trace=float(self.eigenvalues @ self.multiplicities))

    def kernel(self, t: float | np.ndarray) -> np.ndarray:
        """Partial Mercer sum sum_(k <= K) lambda_k N_k P_k(t), same shape as t."""
        weights = self.eigenvalues * self.multiplicities
        return np.tensordot(weights, sphere.legendre(self.d, self.max_degree, t), axes=1)


def mercer_spectrum(spec: str | Activation, d: int, max_degree: int, gamma: float = 1.0,
                    tolerance: float = 1e-12) -> Spectrum:
    """Mercer spectrum of the tangent kernel of an activation on S^(d-1), degrees 0 to max_degree.

    Parameters
    ----------
    spec : str or Activation
    d : int
        At least 2.
    max_degree : int
        At least 1.
    gamma : float
        Weight of the bias, >= 0.
    tolerance : float
        Of the quadrature (`funk_hecke.mean_square_coefficients`); unused for ReLU.

    Raises
    ------
    ValueError
        For d < 2, max_degree < 1, gamma < 0, or a quadrature that does not converge.
    """
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 1, 10**6)
    act, gamma = activation(spec), check.number("gamma", gamma, 0.0, 1e100)
    u, v = mean_square_coefficients(act, d, max_degree + 1, tolerance)
    k = np.arange(1, max_degree + 1)
    eigenvalues = u[:-1] + gamma**2 * v[:-1]
    eigenvalues[0] += v[1]
    eigenvalues[1:] += (k * v[k - 1] + (k + d - 2) * v[k + 1]) / (2 * k + d - 2)
    counts = sphere.multiplicity(d, np.arange(max_degree + 1))
    return Spectrum(d, eigenvalues, counts, TangentKernel(act, gamma).trace)


def quadrature_spectrum(kernel, d, max_degree, tolerance=1e-13):
    """Mercer spectrum on S^(d-1) of a zonal kernel, lambda_k = int kappa P_k dmu_d by quadrature.

    Parameters
    ----------
    kernel : callable with a `trace`
        Any zonal kernel, as a TangentKernel or a DeepKernel.
    d, max_degree : int
    tolerance : float
        Largest accepted change of an eigenvalue, relative to kappa(1), when the panels of the
        quadrature are doubled; ValueError if it is not reached.

    Returns
    -------
    Spectrum
        Eigenvalues below 1e-14 kappa(1) are rounding and set to zero.
    """
    d, max_degree = check.dimension(d), check.integer("max_degree", max_degree, 1, 10**6)
    if not (callable(kernel) and hasattr(kernel, "trace")):
        raise ValueError(f"kernel = {kernel!r}: must be a function of t with a `trace`")
    counts = sphere.multiplicity(d, np.arange(max_degree + 1))
    panels, coarse, change = max(8, 2 * int(np.ceil(max_degree / 16))), None, np.inf
    while panels <= 1024:
        t, weights = sphere.zonal_quadrature(d, panels)
        values = sphere.legendre(d, max_degree, t) @ (weights * kernel(t))
        if coarse is not None:
            change = np.abs(values - coarse).max() / kernel.trace
            if change <= tolerance:
                values[values < ROUNDING * kernel.trace] = 0.0
                return Spectrum(d, values, counts, kernel.trace)
        panels, coarse = 2 * panels, values
    raise ValueError(
        f"tolerance = {tolerance:g}: the quadrature of the kernel in d = {d} stopped at a relative "
        f"change of {change:.1e}; ask for a larger tolerance"
    )
