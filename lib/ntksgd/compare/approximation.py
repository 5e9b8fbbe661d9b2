"""Claim A along the widths: ridge approximants of drawn networks beside `risk.approximation`."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from ntksgd import check
from ntksgd.compare.approximation_draws import sample_errors
from ntksgd.kernels.neuron_moments import degree_coupling, hilbert_schmidt_constant
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.problems.target import source_target
from ntksgd.risk import approximation as theory
from ntksgd.stats.sweep import map_tasks


class Resolution(NamedTuple):
    """Largest degree of the target, of the quadrature grid, and of the expansion in 1/m."""

    band: int
    grid: int
    reach: int


# Sizes of the dense systems: 256 and 325 points; for vanishing ridges 2048 and 4186.
STANDARD = {2: Resolution(64, 255, 512), 3: Resolution(12, 24, 96)}
FINE = {2: Resolution(400, 2047, 400), 3: Resolution(40, 90, 40)}

# How the ridge is chosen from the width m and the regularity r.
RULES = {
    "claim": theory.claimed_ridge,
    "bound": lambda m, r: m**-0.5,
    "fixed": lambda m, r: np.full(m.shape, 0.1),
}


@dataclass(frozen=True)
class Problem:
    """One activation and dimension: targets by regularity, and the moments of one neuron.

    The targets {r: Target} are band-limited to degree `resolution.band`, the spectrum goes to
    degree `resolution.reach`.
    """

    activation: str
    d: int
    resolution: Resolution
    targets: dict
    spectrum: Spectrum

    @cached_property
    def coupling(self):
        """q_kl of `neuron_moments.degree_coupling`, to the largest degree of the spectrum."""
        return degree_coupling(self.activation, self.d, self.spectrum.max_degree)

    @cached_property
    def constant(self):
        """C of `neuron_moments.hilbert_schmidt_constant`."""
        return hilbert_schmidt_constant(self.activation, self.d)

    def feature_rank(self, m):
        """Largest rank of K_m: d + 2 features a neuron; d + 1 for ReLU, sigma = <b, sigma' x>."""
        return check.width(m) // 2 * (self.d + (1 if self.activation == "relu" else 2))


def problem(spec, d, regularities, excess=0.05, resolution=None):
    """Prepare one activation and dimension, with targets of the given regularities.

    Degrees whose eigenvalue is below 1e-20 of the largest are dropped: they would carry no power.
    `resolution` defaults to the STANDARD one of the dimension, 2 or 3.
    """
    if resolution is None:
        resolution = STANDARD[check.one_of("d", d, STANDARD)]
    spectrum = mercer_spectrum(spec, d, resolution.reach).truncate(1e-20)
    kept = slice(resolution.band + 1)
    low = Spectrum(d, spectrum.eigenvalues[kept], spectrum.multiplicities[kept], spectrum.trace)
    targets = {r: source_target(low, r, excess) for r in regularities}
    return Problem(str(spec), d, resolution, targets, spectrum)


@dataclass(frozen=True)
class Curve:
    """One target approximated along the widths: theory, and draws if there are any.

    The rule is one of `RULES`; widths, ridge and the exact bias have shape (n,). Of the draws,
    None without, come the squares of `approximation_draws.Drawn`: replicates first, then widths.
    """

    problem: Problem
    r: float
    rule: str
    widths: np.ndarray
    ridge: np.ndarray
    bias: np.ndarray
    bound: theory.Bound
    expansion: theory.Expansion
    squared_error: np.ndarray | None = None
    squared_fluctuation: np.ndarray | None = None
    squared_harmonic: np.ndarray | None = None  # last axis: degrees
    squared_uniform: np.ndarray | None = None
    squared_deviation: np.ndarray | None = None

    def worst_mean_square(self, harmonic):
        """max_k lambda_k^(2r) G_k, from means (..., degrees) of the squared errors per degree."""
        eigenvalues = self.problem.targets[self.r].spectrum.eigenvalues
        return np.max(eigenvalues ** (2 * self.r) * harmonic, axis=-1)

    @property
    def unseen(self):
        """lambda^r of the first degree that the draws leave out: no h beyond adds more than this.

        ||E L^r||^2 <= ||E L^r P||^2 + ||E L^r (1 - P)||^2 with ||E|| <= 1, P onto the degrees kept.
        """
        kept = self.problem.targets[self.r].spectrum.eigenvalues.size
        beyond = self.problem.spectrum.eigenvalues[kept:]
        return float(beyond.max(initial=0.0) ** self.r)


def predicted(problem, r, rule, widths):
    """The Curve of theory, without draws."""
    m, target = np.asarray(widths, dtype=float), problem.targets[r]
    ridge = RULES[check.one_of("rule", rule, RULES)](m, r)
    return Curve(problem, r, rule, m, ridge, theory.bias(target, ridge),
                 theory.bound(target, m, ridge, problem.constant),
                 theory.expansion(target, problem.spectrum, problem.coupling, m, ridge))


def measured(problems, rules, widths, *, replicates, seed, grid=None):
    """Draw networks, and set the errors of their kernels beside theory.

    Parameters
    ----------
    problems : sequence of Problem
    rules : sequence of (str, float)
        Pairs of a rule of `RULES` and a regularity.
    widths : sequence of int
        Even and increasing, nested in each replicate.
    replicates, seed, grid : int
        At least 2 replicates; degree of the quadrature grid, if not that of the problem.

    Returns
    -------
    list of Curve
        One a (problem, rule); curves of a problem share their draws.
    """
    check.integer("replicates", replicates, 2)
    curves = [[predicted(p, r, rule, widths) for rule, r in rules] for p in problems]
    items = [(p.activation, list(widths), [(p.targets[c.r], c.ridge) for c in row],
              p.resolution.grid if grid is None else grid)
             for p, row in zip(problems, curves, strict=True) for _ in range(replicates)]
    drawn, found = iter(map_tasks(sample_errors, items, seed)), []
    for row in curves:
        draws = [next(drawn) for _ in range(replicates)]
        error, moved, harmonic, uniform, deviation = map(np.stack, zip(*draws, strict=True))
        found += [replace(curve, squared_error=error[:, j], squared_fluctuation=moved[:, j],
                          squared_harmonic=harmonic[:, j], squared_uniform=uniform[:, j],
                          squared_deviation=deviation) for j, curve in enumerate(row)]
    return found
