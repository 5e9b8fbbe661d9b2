r"""Spectra of prescribed decay on the circle, lambda_k = (k+1)^(-beta), to any degree.

For beta near 1 the trace, sum_k N_k (k+1)^(-beta) = 2 zeta(beta) - 1 with N_0 = 1 and N_k = 2, lies
so far out that no list of degrees would do: half of it beyond degree 10^5 at beta = 1.05. Degrees
below FIRST stand for themselves; each octave [j, 2j) beyond is a Gauss-Legendre rule in log k,

    sum_(j <= k < 2j) g(k) ~ int_(j - 1/2)^(2j - 1/2) g(k) dk ~ sum_i n_i g(k_i),

of relative error about FIRST^(-2)/24 (the midpoint rule's; the quadrature's is smaller): k_i is a
real degree, and its multiplicity 2 n_i the number of eigenfunctions it stands for. Such a
`Spectrum` serves what only sums over degrees (`risk`), not what evaluates harmonics.
"""

import numpy as np
from scipy.special import zeta

from ntksgd import check
from ntksgd.kernels.spectrum import Spectrum

FIRST = 512
NODES = 8  # an octave of degrees


def power_law(beta: float, smallest: float = 1e-17) -> Spectrum:
    """Spectrum with lambda_k = (k+1)^(-beta), beta > 1, down to an eigenvalue below `smallest`.

    The trace is exact (Riemann's zeta), so that `Spectrum.tail` is what lies beyond. ValueError for
    beta outside (1, 10] or smallest outside [1e-30, 1e-3].
    """
    beta = check.number("beta", beta, 1.0, 10.0, open_low=True)
    smallest = check.number("smallest", smallest, 1e-30, 1e-3)
    octaves = max(1, int(np.ceil(-np.log2(smallest) / beta - np.log2(FIRST))) + 1)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    start = FIRST * 2.0 ** np.arange(octaves)[:, None]
    low, high = np.log(start - 0.5), np.log(2 * start - 0.5)
    far = np.exp((low + high) / 2 + (high - low) / 2 * nodes)
    number = (high - low) / 2 * weights * far  # dk = k d(log k)
    degrees = np.concatenate([np.arange(FIRST), far.ravel()])
    counts = 2 * np.concatenate([np.ones(FIRST), number.ravel()])
    counts[0] = 1.0
    return Spectrum(2, (degrees + 1) ** -beta, counts, float(2 * zeta(beta) - 1))


def source_power(spectrum: Spectrum, beta: float, r: float, excess: float) -> np.ndarray:
    """Power F_k ~ lambda_k^(2r) N_k (k+1)^(-1-excess), of sum 1: regularity r, as `source_target`.

    N_k enters because an entry of `power_law` stands for many degrees.
    """
    lam = spectrum.eigenvalues
    decay = lam ** (2 * check.positive("r", r) + (1 + check.positive("excess", excess)) / beta)
    return decay * spectrum.multiplicities / (decay @ spectrum.multiplicities)
