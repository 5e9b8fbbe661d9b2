r"""Few degrees that stand for all: what the explorer ships of a spectrum.

The recursion of :mod:`ntksgd.risk.moments` is a sum over degrees k of functions that are smooth in
k where the eigenvalues are: so the degrees of one parity beyond the lowest, in blocks over which
lambda_k falls by a given factor, are replaced by a few of them with the weights

    W_i = sum over the block of l_i(k),    l_i the Lagrange polynomials in log k of these nodes.

Every sum over degrees becomes sum_i W_i f(k_i), whatever the target's regularity; no eigenvalue is
interpolated. ReLU's lambda_k (k + h)^d, h = (d - 2)/2, is constant up to O(k^-2): its eigenvalues
go on as that power law where the library's end, at nodes that need not be whole, and sums become
integrals.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.risk.clustering import lagrange


class Rule(NamedTuple):
    """How degrees are thinned.

    Attributes
    ----------
    floor : degrees are kept while lambda_k >= floor kappa(1)
    exact : so many of the lowest ones stay as they are
    ratio, nodes : blocks over which lambda_k falls by `ratio` are replaced by `nodes` degrees
    continued : from this degree on ReLU's eigenvalues are a power law
    """

    floor: float
    exact: int
    ratio: float
    nodes: int
    continued: int


#: For the risk: 2 lambda_K S_T is nothing at T = 10^12, sums are right to about 1e-4.
RISK = Rule(1e-24, 48, 6.0, 8, 4096)
#: Degrees at which the eigenvalues are below the floor of `RISK`, by activation and d.
ENOUGH = {"squareplus(0.5)": {2: 190, 3: 170, 5: 140, 10: 92},
          "squareplus(0.1)": {2: 820, 3: 700, 5: 510, 10: 232},
          "tanh": {2: 86, 3: 81, 5: 71, 10: 56}}


class Degrees(NamedTuple):
    """Degrees k (n,), eigenvalues (n,), weights W (n,) of a kernel on S^(d-1) of trace kappa(1)."""

    d: int
    trace: float
    k: np.ndarray
    eigenvalues: np.ndarray
    weights: np.ndarray


def blocks(eigenvalues, first, ratio):
    """Ends of blocks of degrees from `first` on, over each of which lambda_k falls by a ratio."""
    ends, k = [first], first
    while k < len(eigenvalues):
        k += max(int(np.sum(eigenvalues[k:] > eigenvalues[k] / ratio)), 1)
        ends.append(k)
    return ends


def thinned(degrees, count):
    """`count` nodes among whole degrees of one block and one parity, and their weights."""
    if len(degrees) <= count:
        return degrees, np.ones(len(degrees))
    x = np.log(degrees)
    chebyshev = np.cos(np.pi * (np.arange(count) + 0.5) / count)[::-1]
    wanted = np.exp((x[0] + x[-1]) / 2 + (x[-1] - x[0]) / 2 * chebyshev)
    nodes = degrees[0] + 2 * np.unique(np.rint((wanted - degrees[0]) / 2)).astype(int)
    return nodes, lagrange(np.log(nodes), x).sum(axis=1)


def continued(first, last, d, rule):
    """Gauss nodes of either parity on (first, last), in log k: degrees and weights."""
    count = int(np.ceil(d * np.log(last / first) / np.log(rule.ratio)))
    ends = np.linspace(np.log(first), np.log(last), count + 1)
    points, measure = np.polynomial.legendre.leggauss(rule.nodes)
    half = np.diff(ends)[:, None] / 2
    k = np.exp(ends[:-1, None] + half * (points + 1)).ravel()
    return k, k * (half * measure).ravel() / 2


@lru_cache(maxsize=32)
def full_spectrum(spec: str, d: int, max_degree: int) -> Spectrum:
    """As `mercer_spectrum`, which takes a second for the slow ones."""
    return mercer_spectrum(spec, d, max_degree)


def weighted_degrees(spec: str, d: int, rule: Rule = RISK,
                     max_degree: int | None = None) -> Degrees:
    """Weighted degrees of the tangent kernel of an activation on S^(d-1), ascending.

    Up to `max_degree`, by default to where lambda_k < floor kappa(1).
    """
    relu = spec == "relu"
    whole = min(rule.continued if relu else ENOUGH[spec][d], max_degree or np.inf)
    spectrum = full_spectrum(spec, d, whole)
    if max_degree is None:
        spectrum = spectrum.truncate(rule.floor * spectrum.trace / spectrum.eigenvalues.max())
        if not relu and spectrum.max_degree == whole:
            raise ArithmeticError(f"{spec}, d = {d}: {whole} degrees do not reach the floor")
    lam = spectrum.eigenvalues
    exact = min(rule.exact, len(lam))
    parts = [(k, np.ones(1)) for k in np.arange(exact)[:, None]]
    ends = blocks(lam, exact, rule.ratio)
    for low, high in zip(ends[:-1], ends[1:], strict=True):
        parts += [thinned(np.arange(low + odd, high, 2), rule.nodes)
                  for odd in (0, 1) if low + odd < high]
    k, weights = (np.concatenate(column) for column in zip(*parts, strict=True))
    degrees = Degrees(d, spectrum.trace, k, lam[k], weights)
    if relu and spectrum.max_degree == rule.continued != max_degree:
        degrees = power_law(degrees, spectrum, rule, max_degree)
    order = np.argsort(degrees.k, kind="stable")
    return degrees._replace(**{name: getattr(degrees, name)[order]
                               for name in ("k", "eigenvalues", "weights")})


def power_law(degrees, spectrum: Spectrum, rule, max_degree):
    """The degrees continued by lambda_k = c (k + h)^-d, with the c of the last one."""
    d, K, h = spectrum.d, spectrum.max_degree, (spectrum.d - 2) / 2
    c = spectrum.eigenvalues[-1] * (K + h) ** d
    last = (max_degree or (c / (rule.floor * spectrum.trace)) ** (1 / d)) + 0.5
    k, weights = (np.repeat(column, 2) for column in continued(K + 0.5, last, d, rule))
    return Degrees(d, spectrum.trace, np.append(degrees.k, k),
                   np.append(degrees.eigenvalues, c * (k + h) ** -d),
                   np.append(degrees.weights, weights))
