"""Chebyshev series of the NNGP and the derivative kernel of an activation without a closed form.

Neither kernel depends on d, so the circle's spectrum gives kappa_1(t) = sum_k u_k N_k T_k(t) and
kappa_0(t) = sum_k v_k N_k T_k(t). With a kink at 0 that series is slow, but both are smooth in the
angle arccos t: interpolation there.
"""

import math
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev

from ntksgd.kernels.funk_hecke import mean_square_coefficients
from ntksgd.kernels.sphere import gauss_panels, norm_quadrature

LARGEST_SERIES = 4096  # degree


def angle_and_sine(t):
    """(arccos t, its sine)."""
    # rounding can push an inner product of unit vectors past 1 by one unit in the last place
    t = np.clip(t, -1.0, 1.0)
    sine = np.sqrt((1.0 - t) * (1.0 + t))
    return np.arctan2(sine, t), sine  # keeps its digits near t = 1, where arccos loses half


@lru_cache(maxsize=32)
def chebyshev_series(act, tolerance=1e-13):
    """Chebyshev coefficients of the NNGP and the derivative kernel, as many as needed."""
    # squareplus of scale s needs 2 s k of about 90: begin there
    degree = 128 if act.scale is None else 2 ** max(7, math.ceil(math.log2(48 / act.scale)))
    degree = min(degree, LARGEST_SERIES)
    while True:
        u, v = mean_square_coefficients(act, 2, degree)
        u[1:], v[1:] = 2 * u[1:], 2 * v[1:]
        # one octave of degrees bounds the neglected tail when the coefficients decay
        tail = max(u[degree // 2 :].sum() / u.sum(), v[degree // 2 :].sum() / v.sum())
        if tail <= tolerance:
            # trailing terms whose sum is below rounding only cost time
            return tuple(w[np.cumsum(w[::-1])[::-1] > 1e-17 * w.sum()] for w in (u, v))
        # where the last octaves fall like a power, no degree in reach will do: do not try them
        fall = max(w[degree // 2 :].sum() / w[degree // 4 : degree // 2].sum() for w in (u, v))
        if degree >= 512 and tail * fall ** np.log2(LARGEST_SERIES / degree) > tolerance:
            raise ValueError(
                f"activation = {act.name!r}: the Chebyshev series of its kernel falls too slowly "
                f"(tail {tail:.1e} at degree {degree}); if a derivative, of any order, jumps at 0, "
                "say so: kinks = (0,); otherwise give a smoother activation"
            )
        degree *= 2


@lru_cache(maxsize=32)
def angle_series(act, largest=256):
    """Chebyshev coefficients in the angle of the NNGP and derivative kernels, for a kink at 0.

    (u, v) = rho (cos psi, cos(psi - angle)): the kinks psi = +-pi/2 and angle +- pi/2 are edges of
    the panels in psi, so every integrand is smooth.
    """
    rho, density = norm_quadrature(2, 8)

    def pair(angle):
        moments = np.zeros(2)
        ends = np.array([-np.pi, 2 * angle - np.pi, np.pi, 2 * angle + np.pi, 3 * np.pi]) / 2
        for low, high in zip(ends[:-1], ends[1:], strict=True):
            psi, weights = gauss_panels(low, high, 4)
            u, v = np.outer(rho, np.cos(psi)), np.outer(rho, np.cos(psi - angle))
            moments += [density @ (f(u) * f(v)) @ weights for f in (act.value, act.derivative)]
        return moments / (2 * np.pi)

    degree, tail = 64, np.inf
    while degree <= largest:
        nodes = (1 + np.cos(np.pi * (np.arange(degree + 1) + 0.5) / (degree + 1))) * np.pi / 2
        samples = np.array([pair(angle) for angle in nodes])
        series = chebyshev.chebfit(2 * nodes / np.pi - 1, samples, degree)
        tail = np.max(np.abs(series[degree // 2 :]).sum(axis=0) / np.abs(series).sum(axis=0))
        if tail <= 1e-11:
            return series.T
        degree *= 2
    raise ValueError(
        f"activation = {act.name!r}: its kernel is not resolved at degree {largest} in the "
        f"angle (tail {tail:.1e}); it must be smooth on each side of 0"
    )
