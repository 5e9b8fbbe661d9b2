r"""What c(T) needs of a kernel besides its eigenvalues, for few degrees (module `degrees`).

N_k V_kl of :mod:`ntksgd.kernels.neuron_moments` is a Gram matrix less a diagonal, of low rank once
scaled to a unit diagonal: the mean over the length of a neuron's weight is smooth. So are the
shifts of whole degrees (:mod:`ntksgd.risk.self_noise`). For ReLU, beyond the degrees that the
library computes, the rows of either parity keep their directions and fall as (k + h)^-2, and the
shifts, smaller than the eigenvalues by k^-2, are left out.
"""

from typing import NamedTuple

import numpy as np

from ntksgd.kernels.neuron_moments import degree_coupling
from ntksgd.report.explorer.degrees import Degrees, Rule, full_spectrum, weighted_degrees
from ntksgd.risk.self_noise import eigenvalue_shifts

#: Fewer degrees than for the risk, as they come in pairs: c(T) to about 1e-3.
WIDTH = Rule(1e-16, 12, 10.0, 5, 512)
RANK, SHIFTS = 1e-5, 3e-3  # directions below this part of the largest are left out


class Coupling(NamedTuple):
    """N_k V_kl = size_k size_l <G_k, G_l>, less the diagonal N_k lambda_k^2; and the shifts u_a.

    size (n,), G (n, rank), shifts (directions, n).
    """

    degrees: Degrees
    size: np.ndarray
    G: np.ndarray
    shifts: np.ndarray


def coupling(spec: str, d: int, rule: Rule = WIDTH, max_degree: int | None = None) -> Coupling:
    """`Coupling` of the degrees that `weighted_degrees` finds by the same arguments."""
    degrees = weighted_degrees(spec, d, rule, max_degree)
    K, h = int(min(degrees.k[-1], rule.continued)), (d - 2) / 2
    beyond = degrees.k > K
    # of degrees beyond K, even and odd by turns: that of the last one of their parity
    turn = np.cumsum(beyond) % 2
    row = np.where(beyond, K - (K + turn + 1) % 2, degrees.k).astype(int)
    spectrum = full_spectrum(spec, d, K)
    gram = spectrum.multiplicities * degree_coupling(spec, d, K)
    size = np.sqrt(np.diag(gram))
    near, back = np.unique(row, return_inverse=True)
    values, vectors = np.linalg.eigh(gram[np.ix_(near, near)] / np.outer(size[near], size[near]))
    G = (vectors * np.sqrt(np.maximum(values, 0.0)))[back][:, values > RANK * values[-1]]
    shifts = eigenvalue_shifts(spec, spectrum)
    share = np.linalg.norm(shifts / np.linalg.norm(shifts, axis=0).clip(1e-300), axis=1)
    shifts = np.where(beyond, 0.0, shifts[share > SHIFTS * share.max()][:, row])
    fall = np.ones(len(row))
    fall[beyond] = ((row[beyond] + h) / (degrees.k[beyond] + h)) ** 2
    return Coupling(degrees, size[row] * fall, G, shifts)
