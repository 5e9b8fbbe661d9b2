r"""What finite width changes in the noise that the error itself makes, to first order in 1/m.

Step t adds eta^2 (R_m + s^2) L_m^2 to the second moments, and R_m, the risk at width m, is known
only with them. Write E = L_m - L = sum_k e_k P_k + E', tr(P_k E') = 0. To first order in E the risk
moves by sum_k e_k dR/dlambda_k alone, so, with delta(t) = m E[R_m - R]:
    from E'    delta(T) = d'(T) + sum_t eta_t^2 delta(t-1) w(t,T),   a Volterra equation,
               w(t,T) = sum_k N_k l_k^2 prod_(u>t) (1 - 2 eta_u l_k),
               d' the expansion of `spectral_functions` with the variance of E' for that of E;
    from e_k   the second derivative of the exact risk of a zonal kernel along e: the recursion
               of the moments C_k is carried with its first and second derivatives.
The law of e is that of the energies of a neuron (`neuron_moments.degree_energies`), Cov(e_k, e_l) =
(2/m) sum_a u_ak u_al, with few directions u_a. The error is still taken as spread evenly over x.
"""

from functools import lru_cache

import numpy as np

from ntksgd.compilation import compiled
from ntksgd.kernels import sphere
from ntksgd.kernels.neuron_moments import degree_energies
from ntksgd.risk.spectral_functions import blocks, factors

RANK = 1e-5  # directions below this part of the largest are left out


def eigenvalue_shifts(spec, spectrum, gamma=1.0):
    """Directions u_a, shape (n, K + 1): m/2 Cov of tr(P_k L_m) / N_k is sum_a u_ak u_al."""
    return _directions(spec, spectrum.d, spectrum.max_degree, gamma)


@lru_cache(maxsize=8)  # the same for every r, s^2 and T
def _directions(spec, d, max_degree, gamma):
    _, density, energies = degree_energies(spec, d, max_degree, gamma)
    shifts = energies / sphere.multiplicity(d, np.arange(max_degree + 1))
    shifts = np.sqrt(density)[:, None] * (shifts - density @ shifts / density.sum())
    scale = np.sqrt(np.sum(shifts**2, axis=0))
    scale[scale == 0] = 1.0  # degrees without any energy
    shifts = shifts / scale
    # squares of singular values, and their right vectors: RANK^2 is far above rounding
    squares, directions = np.linalg.eigh(shifts.T @ shifts)
    kept = squares > RANK**2 * squares[-1]
    return np.sqrt(squares[kept])[:, None] * directions.T[kept] * scale


def with_self_noise(spectrum, power, shifts, direct, schedule, noise, times):
    """m E[R_m - R] at increasing times, the error spread evenly over x.

    Parameters
    ----------
    spectrum : Spectrum
    power : array, shape (K + 1,)
        F_k.
    shifts : array, shape (n, K + 1)
        As in `eigenvalue_shifts`.
    direct : callable
        d'(t) at a real t >= 0.
    schedule, noise, times
        As in `spectral_functions`.
    """
    ends, lengths, middle, etas = blocks(schedule, times)
    moved = _carry(spectrum.eigenvalues, spectrum.multiplicities, np.array(power, dtype=float),
                   np.ascontiguousarray(shifts), noise, lengths, etas, direct(middle - 1),
                   np.searchsorted(ends, times))
    return moved + direct(np.asarray(times, dtype=float))


@compiled
def _carry(lam, counts, C, shifts, noise, lengths, etas, direct, marks):
    """The sum over degrees of the second derivatives of C_k along all directions, at the marks."""
    out, seen = np.empty(marks.size), 0
    slopes, bends, change = np.zeros_like(shifts), np.zeros_like(lam), np.zeros(len(shifts))
    for b in range(lengths.size):
        level, moved = noise + C.sum(), direct[b] + bends.sum()
        for a in range(len(shifts)):
            change[a] = slopes[a].sum()
        for k in range(lam.size):
            gone, k1, k2, h, h1, h2 = factors(lam[k], etas[b], lengths[b])
            keep, squares, along, turned = 1 - gone, 0.0, 0.0, 0.0
            new = k1 * C[k] + counts[k] * level * h1
            for a in range(len(shifts)):
                u = shifts[a, k]
                squares += u * u
                along += u * slopes[a, k]
                turned += u * change[a]
                slopes[a, k] = keep * slopes[a, k] + u * new + change[a] * counts[k] * h
            bends[k] = (keep * bends[k] + 2 * k1 * along + k2 * squares * C[k]
                        + counts[k] * (level * h2 * squares + 2 * h1 * turned + moved * h))
            C[k] = keep * C[k] + counts[k] * level * h
        if seen < marks.size and b == marks[seen]:
            out[seen] = bends.sum()
            seen += 1
    return out
