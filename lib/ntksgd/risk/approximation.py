"""Claim A: how well the ridge approximant of a width-m tangent kernel reaches the target.

With the population operators L (kernel K) and L_m (kernel K_m of the symmetric initialisation),
    f_(m,lam) = (L_m + lam)^(-1) L_m f*,      e_m = f* - f_(m,lam) = lam (L_m + lam)^(-1) f*,
    e = f* - f_lam = lam (L + lam)^(-1) f*                           (bias, exact in the spectrum),
    e - e_m = lam (L_m + lam)^(-1) (L_m - L) (L + lam)^(-1) f*                       (fluctuation).
For f* = L^r h with 0 < r <= 1 and c_r = r^r (1 - r)^(1-r), in root mean square over the draw,
    ||e|| <= ||e_m||_rms <= ||e|| + ||e - e_m||_rms,
    ||e|| <= c_r lam^r ||h||,      ||e - e_m||_rms <= c_r lam^(r-1) ||h|| sqrt(2 C / m).
"""

from typing import NamedTuple

import numpy as np

from ntksgd import check


def claimed_ridge(m, r):
    """The ridge of the claim, lam = m^(-1/(2r+1)), for widths m >= 2 and r > 0."""
    m, r = check.finite_array("m", m), check.positive("r", r)
    if np.any(m < 2):
        raise ValueError(f"m = {m.min():g}: every width must be >= 2")
    return m ** (-1 / (2 * r + 1))


def _ridges(lam):
    lam = check.finite_array("lam", lam)
    if np.any(lam <= 0):
        raise ValueError(f"lam = {lam.min():g}: every ridge must be > 0")
    return lam


def bias(target, lam):
    """||e|| = ||lam (L + lam)^(-1) f*|| in L^2, exactly; same shape as lam (each > 0)."""
    lam = _ridges(lam)
    shrink = lam[..., None] / (target.spectrum.eigenvalues + lam[..., None])
    return np.sqrt(np.sum(shrink**2 * target.power, axis=-1))


def source_constant(r):
    """c_r = r^r (1 - r)^(1-r), the supremum over u > 0 of u^r / (1 + u), for 0 < r <= 1.

    For r > 1 the supremum is infinite (ridge regression saturates): ValueError.
    """
    r = check.number("r", r, 0, 1, open_low=True)
    return r**r * (1 - r) ** (1 - r)


class Bound(NamedTuple):
    """The explicit bounds on the bias and on the root-mean-square fluctuation."""

    bias: np.ndarray
    fluctuation: np.ndarray

    @property
    def total(self):
        """Bound on the root-mean-square error."""
        return self.bias + self.fluctuation


def bound(target, m, lam, constant):
    """Explicit bound on the root-mean-square error at width m and ridge lam, for r <= 1.

    Parameters
    ----------
    target : Target
        Its r and its ||h|| enter.
    m, lam : array
        Widths and ridges, broadcast together.
    constant : float
        C of E ||L_m - L||^2 <= 2 C / m (`neuron_moments.hilbert_schmidt_constant`).

    Returns
    -------
    Bound
    """
    m, lam = np.broadcast_arrays(check.finite_array("m", m), _ridges(lam))
    scale = source_constant(target.r) * target.source_norm(target.r)
    deviation = np.sqrt(2 * check.positive("constant", constant) / m)
    return Bound(scale * lam**target.r, scale * lam ** (target.r - 1) * deviation)


class Expansion(NamedTuple):
    """Root-mean-square error and fluctuation, to first order in 1/m in their squares."""

    error: np.ndarray
    fluctuation: np.ndarray


def expansion(target, spectrum, coupling, m, lam):
    """Expand E ||e_m||^2 and E ||e - e_m||^2 to order 1/m.

    With D = L_m - L, A = (L + lam)^(-1) and E D = 0,
        E ||e - e_m||^2 = lam^2 E ||A D A f*||^2 + o(1/m),
        E ||e_m||^2 = ||e||^2 + 2 <e, lam A E[D A D] A f*> + lam^2 E ||A D A f*||^2 + o(1/m),
    where E[D B D] = (2/m) (E[Z B Z] - L B L) acts on degree l as
    (2/m) (sum_k B_k q_kl - B_l lambda_l^2), B = A or A^2.

    Parameters
    ----------
    target : Target
    spectrum : Spectrum
        It begins with the target's: L_m - L carries the target's power to higher degrees.
    coupling : ndarray, shape (K + 1, K + 1)
        q_kl of `neuron_moments.degree_coupling`, K the largest degree of the spectrum.
    m, lam : array
        Widths and ridges > 0, broadcast together.

    Returns
    -------
    Expansion
    """
    eigenvalues, power = spectrum.eigenvalues, target.power
    size, kept = eigenvalues.size, power.size
    if np.shape(coupling) != (size, size):
        raise ValueError(f"coupling: has shape {np.shape(coupling)}, must be {(size, size)}")
    if not np.array_equal(eigenvalues[:kept], target.spectrum.eigenvalues):
        raise ValueError("spectrum: must begin with the eigenvalues of the target's spectrum")
    m, lam = np.broadcast_arrays(check.finite_array("m", m), _ridges(lam))
    resolvent = 1 / (eigenvalues + lam[..., None])
    first, second = (
        2 / m[..., None] * (resolvent**n @ coupling - resolvent**n * eigenvalues**2)[..., :kept]
        for n in (1, 2)
    )
    resolvent = resolvent[..., :kept]
    squared_bias = (lam[..., None] * resolvent) ** 2 * power
    squared_fluctuation = np.sum(lam[..., None] ** 2 * resolvent**2 * power * second, axis=-1)
    correction = 2 * np.sum(squared_bias * resolvent * first, axis=-1)
    return Expansion(
        np.sqrt(squared_bias.sum(axis=-1) + correction + squared_fluctuation),
        np.sqrt(squared_fluctuation),
    )


def rank_floor(target, rank):
    """No subspace of this rank, of rotation-invariant law, is closer to f* in root mean square.

    E dist(f*, V)^2 = sum_l F_l (1 - v_l) with v_l = E tr(P_l Pi_V) / N_l in [0, 1] and
    sum_l v_l N_l = E rank V <= rank: least when the rank is spent where F_l / N_l is largest.
    """
    counts = target.spectrum.multiplicities
    left, missed = float(check.integer("rank", rank, 0)), 0.0
    for degree in np.argsort(-target.power / counts, kind="stable"):
        kept = min(left / counts[degree], 1.0)
        left -= kept * counts[degree]
        missed += (1 - kept) * target.power[degree]
    return np.sqrt(missed)
