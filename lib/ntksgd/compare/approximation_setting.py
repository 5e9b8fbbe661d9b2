"""Settings of claim A: one activation and dimension, its targets, and theory at each width."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from ntksgd import check
from ntksgd.kernels.neuron_moments import degree_coupling, hilbert_schmidt_constant
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum
from ntksgd.problems.target import source_target
from ntksgd.risk.approximation import bias, bound, claimed_ridge, expansion


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
    "claim": claimed_ridge,
    "bound": lambda m, r: np.asarray(m, dtype=float) ** -0.5,
    "fixed": lambda m, r: np.full(np.shape(m), 0.1),
}


@dataclass(frozen=True)
class Setting:
    """One activation and dimension: targets by regularity, and the moments of one neuron.

    Attributes
    ----------
    activation : str
    d : int
    resolution : Resolution
    targets : dict of float to Target
        By regularity r, band-limited to degree `resolution.band`.
    spectrum : Spectrum
        To degree `resolution.reach`.
    """

    activation: str
    d: int
    resolution: Resolution
    targets: dict
    spectrum: Spectrum

    @cached_property
    def coupling(self):
        """q_kl of `fluctuation.degree_coupling`, to the largest degree of the spectrum."""
        return degree_coupling(self.activation, self.d, self.spectrum.max_degree)

    @cached_property
    def constant(self):
        """C of `fluctuation.hilbert_schmidt_constant`."""
        return hilbert_schmidt_constant(self.activation, self.d)


def setting(spec, d, regularities, excess=0.05, resolution=None):
    """Prepare one activation and dimension, with targets of the given regularities.

    Degrees whose eigenvalue is below 1e-20 of the largest are dropped: they would carry no power.
    `resolution` defaults to the STANDARD one of the dimension, 2 or 3.
    """
    if resolution is None:
        resolution = STANDARD[check.one_of("d", d, STANDARD)]
    spectrum = mercer_spectrum(spec, d, resolution.reach).truncate(1e-20)
    kept = slice(resolution.band + 1)
    low = Spectrum(d, spectrum.eigenvalues[kept], spectrum.multiplicities[kept], spectrum.trace)
    return Setting(
        str(spec),
        d,
        resolution,
        {r: source_target(low, r, excess) for r in regularities},
        spectrum,
    )


def theory(chosen, r, widths, rule="claim"):
    """Ridge, exact bias, bounds and expansion at each width, one row a width (DataFrame)."""
    m = np.asarray(widths, dtype=float)
    target, lam = chosen.targets[r], RULES[check.one_of("rule", rule, RULES)](m, r)
    expanded = expansion(target, chosen.spectrum, chosen.coupling, m, lam)
    columns = {
        "activation": chosen.activation, "d": chosen.d, "r": r, "rule": rule, "m": m, "lam": lam,
        "bias": bias(target, lam), "expanded": expanded.error,
        "expanded_fluctuation": expanded.fluctuation,
    }
    if r <= 1:
        limits = bound(target, m, lam, chosen.constant)
        columns |= {"bound": limits.total, "bias_bound": limits.bias,
                    "fluctuation_bound": limits.fluctuation}
    return pd.DataFrame(columns)


def feature_rank(chosen, m):
    """Largest rank of K_m: d + 2 features a neuron; d + 1 for ReLU, where sigma = <b, sigma' x>."""
    return check.width(m) // 2 * (chosen.d + (1 if chosen.activation == "relu" else 2))
