"""Targets of prescribed regularity r on the sphere (the source condition f* = L^r h).

Power in degree k:   F_k = ||P_k f*||^2 = lambda_k^(2r) h_k^2,   h_k^2 = c (k+1)^(-1-eps),
so that sum_k h_k^2 is finite, but only just: f* lies in the range of L^r, and in that of L^r' for
no r' > r + eps / (2p) when lambda_k ~ k^(-p). The target is zonal about e_1,
    f*(x) = sum_k s_k sqrt(F_k N_k) P_k(<x, e_1>),    s_k = +-1,
and since int P_k^2 dmu_d = 1/N_k its norms are exact: ||f*||^2 = sum_k F_k in L^2, and
sum_k F_k / lambda_k in the RKHS.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check
from ntksgd.compilation import compiled
from ntksgd.kernels.harmonics import evaluate
from ntksgd.kernels.spectrum import Spectrum

BLOCK = 64  # points whose polynomials stay in the innermost cache


@dataclass(frozen=True)
class Target:
    """A zonal target on S^(d-1) and its power in each degree.

    Attributes
    ----------
    spectrum : Spectrum
    r : float
        Regularity.
    power : ndarray, shape (K + 1,)
        F_k = ||P_k f*||^2_(L^2), as many as the spectrum has eigenvalues.
    signs : ndarray, shape (K + 1,)
        s_k = +1 or -1.
    """

    spectrum: Spectrum
    r: float
    power: np.ndarray
    signs: np.ndarray

    @property
    def d(self) -> int:
        """Dimension of the ambient space."""
        return self.spectrum.d

    @property
    def coefficients(self) -> np.ndarray:
        """Coefficients s_k sqrt(F_k N_k) of the Legendre series, shape (K + 1,)."""
        return self.signs * np.sqrt(self.power * self.spectrum.multiplicities)

    def profile(self, t: float | np.ndarray) -> np.ndarray:
        """f* as a function of t = <x, e_1> in [-1, 1], same shape as t."""
        t = np.asarray(t, dtype=float)
        values = np.empty(t.size)
        _legendre_series(self.coefficients, self.d, t.flatten(), values)
        return values.reshape(t.shape)

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """f*(x_i) of unit vectors x, shape (n, d) -> (n,)."""
        return self.profile(np.asarray(x)[..., 0])

    def harmonic_coefficients(self, max_degree: int | None = None) -> np.ndarray:
        """<f*, Y> for all harmonics Y of degree <= `max_degree` (default: its own), shape (N,)."""
        top = self.spectrum.max_degree if max_degree is None else max_degree
        values, degrees = evaluate(np.eye(1, self.d), check.integer("max_degree", top, 0))
        per_degree = np.zeros(max(top + 1, self.power.size))
        per_degree[:self.power.size] = self.signs * np.sqrt(
            self.power / self.spectrum.multiplicities)
        return per_degree[degrees] * values[0]

    def source_norm(self, s: float) -> float:
        """||L^(-s) f*||: s = 0 the L^2 norm, s = 1/2 the RKHS norm, s = r the norm of h."""
        eigenvalues = self.spectrum.eigenvalues
        live = self.power > 0
        return float(np.sqrt(np.sum(self.power[live] / eigenvalues[live] ** (2 * s))))


def source_target(spectrum: Spectrum, r: float, excess: float = 0.05, norm: float = 1.0,
                  signs: np.ndarray | None = None) -> Target:
    """Target of regularity exactly r for a Mercer spectrum.

    Parameters
    ----------
    spectrum : Spectrum
        Degrees with lambda_k = 0 get no power: they are not in the range of L^r.
    r : float
        Regularity, > 0.
    excess : float
        eps in h_k^2 ~ (k+1)^(-1-eps), > 0: the smaller, the sharper r.
    norm : float
        ||f*||_(L^2), > 0.
    signs : array of +-1, shape (K + 1,), optional
        Default all +1.

    Raises
    ------
    ValueError
        If r, excess or norm is not a finite number > 0, or signs is not made of +-1.
    """
    check.instance("spectrum", spectrum, Spectrum)
    r, excess = check.positive("r", r), check.positive("excess", excess)
    norm = check.number("norm", norm, 0.0, 1e100, open_low=True)
    degrees = np.arange(spectrum.max_degree + 1)
    signs = np.ones(degrees.size) if signs is None else check.finite_array("signs", signs, 1)
    if signs.shape != degrees.shape or np.any(np.abs(signs) != 1):
        raise ValueError(f"signs = {signs!r}: must be {degrees.size} entries, each +1 or -1")
    with np.errstate(under="ignore", over="ignore"):
        power = spectrum.eigenvalues ** (2 * r) * (degrees + 1.0) ** (-1 - excess)
    if not 0 < power.sum() < np.inf:
        raise ValueError(f"r = {r:g}: the powers of the spectrum's eigenvalues, the largest "
                         f"{spectrum.eigenvalues.max():.3g}, are all 0 or infinite")
    return Target(spectrum, r, norm**2 * power / power.sum(), signs)


def harmonic_target(spectrum: Spectrum, degree: int, r: float, radius: float = 1.0) -> Target:
    """The zonal harmonic of one degree on the boundary of the source ball {L^r h: ||h|| <= radius}.

    F_k = lambda_k^(2r) radius^2 in this degree, 0 in the others. What is linear in the powers F_k
    takes its supremum over the ball at one of them.

    Raises
    ------
    ValueError
        If the spectrum has no such degree, or its eigenvalue is 0 (then no L^r h has power there);
        for r or radius that is not a finite number > 0.
    """
    degree = check.integer("degree", degree, 0, spectrum.max_degree)
    r, radius = check.positive("r", r), check.positive("radius", radius)
    size = spectrum.eigenvalues[degree] ** r * radius
    if size == 0:
        raise ValueError(f"degree = {degree}: its eigenvalue is 0, no L^r h has power there")
    power = np.zeros(spectrum.max_degree + 1)
    power[degree] = size**2
    return Target(spectrum, r, power, np.ones(power.size))


@compiled
def _legendre_series(coefficients, d, t, out):
    """sum_k coefficients_k P_k(t), without the table of `sphere.legendre`, by its recursion."""
    last, this = np.empty(BLOCK), np.empty(BLOCK)
    for low in range(0, t.size, BLOCK):
        n = min(BLOCK, t.size - low)
        s, total = t[low : low + n], out[low : low + n]
        for i in range(n):
            last[i], this[i], total[i] = 0.0, 1.0, coefficients[0]
        for k in range(coefficients.size - 1):
            # k = 0 apart: for d = 2 its quotient is 0/0
            up = (2 * k + d - 2) / (k + d - 2) if k > 0 else 1.0
            down = k / (k + d - 2) if k > 0 else 0.0
            weight = coefficients[k + 1]
            for i in range(n):
                following = up * s[i] * this[i] - down * last[i]
                last[i], this[i] = this[i], following
                total[i] += weight * following
