"""The linearised network's width far out: exact first order beside its leading terms and limit.

Everything here is deterministic. Exponents are in S = eta_1 + ... + eta_T ~ T^(1/(2r+1)); divide by
2r + 1 for those in T.
"""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd.kernels import sphere
from ntksgd.kernels.decay import squareplus_coupling, squareplus_prefactor
from ntksgd.kernels.neuron_moments import degree_energies
from ntksgd.kernels.power_law import source_power
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.problem import source_problem
from ntksgd.risk import even_leverage, leading_order
from ntksgd.risk.finite_width import first_order
from ntksgd.risk.predicted_widths import linearised_width, uneven_width
from ntksgd.stats.numerical import window
from ntksgd.stats.slopes import local_exponents

SCALE = 0.5  # of squareplus
VERY_FAR = np.array([30, 60, 120, 250, 500])  # log10 S of the leading terms
DEGREE = {"relu": 384, "squareplus": 220}
POINTS = 9


@dataclass(frozen=True)
class FarCurve:
    """c(T) at log-spaced S, and the local exponent of its leading terms at `line`.

    Attributes
    ----------
    name : str
        "squareplus", "relu", or "even leverage" (a model with the capacity of ReLU, d/(d-1)).
    d, r : int and float
    log_S, c : ndarray, shape (9,)
    line, model : ndarray, shape (n,)
        log10 S, and the exponent of the leading terms there; n = 0 where there are none (even
        leverage, r < 1/2).
    """

    name: str
    d: int
    r: float
    log_S: np.ndarray
    c: np.ndarray
    line: np.ndarray
    model: np.ndarray

    @property
    def T(self):
        """Numbers of steps."""
        return steps(self.log_S, self.r)

    @property
    def limit(self):
        """Derived exponent in S."""
        r, beta = self.r, self.d / (self.d - 1)
        return (2 * r + 1) * (uneven_width(r) if self.name == "squareplus"
                              else linearised_width(r, beta))

    @property
    def bracket(self):
        """`Bracket` of the limit of the exponent in T, from the last half of the curve."""
        return window(self.T[4::2], self.c[4::2])

    @property
    def here(self):
        """Exponent in T of the leading terms over the last window of `bracket`."""
        return float(np.interp(self.log_S[7], self.line, self.model)) / (2 * self.r + 1)

    @property
    def settles(self):
        """The first log10 S of `line` from which on `model` is within 0.01 of `limit`, or inf."""
        last = np.flatnonzero(np.abs(self.model - self.limit) > 0.01)
        first = last[-1] + 1 if last.size else 0
        return float(self.line[first]) if first < self.line.size else np.inf


def steps(log_S, r):
    """T = S^(2r+1), rounded, for log10 S."""
    return np.round(10.0 ** ((2 * r + 1) * np.asarray(log_S)))


def network(name, d, r, noise=0.25):
    """The problem of a network; the tail of squareplus, below rounding, is dropped."""
    spec = f"squareplus({SCALE})" if name == "squareplus" else name
    full = source_problem(spec, d, r, noise, 1.0, DEGREE[name])
    spectrum = full.spectrum.without_tail() if name == "squareplus" else full.spectrum
    return full.with_(target=replace(full.target, spectrum=spectrum))


def far_curve(name, d, r, top, noise=0.25):
    """The `FarCurve` up to S = 10^top, top > 3; squareplus: top <= 21."""
    log_S = np.linspace(2.0 if name == "squareplus" else 1.5, top, POINTS)
    T, S, beta = steps(log_S, r), 10.0**log_S, d / (d - 1)
    if name == "squareplus":
        c = first_order(network(name, d, r, noise), T)
        line = np.append(log_S[[2, 3, 5, 7]], VERY_FAR)
        model = leading_order.exponent(SCALE, d, r, np.log(10) * line)
        return FarCurve(name, d, r, log_S, c, line, model)
    if name == "relu":
        problem = network(name, d, r, noise)
        spectrum, power, c = problem.spectrum, problem.target.power, first_order(problem, T)
    else:
        spectrum = even_leverage.model_spectrum(beta, S[-1])
        power = source_power(spectrum, beta, r, 0.05)
        c = even_leverage.first_order(beta, r, T, noise)
    leak = even_leverage.leak(spectrum, power, S) * S ** min(2 * r, 2 - 1 / beta)
    leak = local_exponents(S, leak)
    return FarCurve(name, d, r, log_S, c, *((log_S, leak) if r >= 0.5 else ([], [])))


def leverage_columns(name, d, top):
    """Second moment of a neuron's energy in even degrees over its mean squared, and its law.

    A dict of columns activation, d, k, eigenvalue, ratio, law (NaN for ReLU), and measured: minus
    the exponent of the ratio in the eigenvalue between neighbours, both freed of the powers of k
    that Laplace's method gives them (k^(-(d-1)/3), and the prefactor of the eigenvalue).
    """
    spec = f"squareplus({SCALE})" if name == "squareplus" else name
    k = 2 * np.unique(np.round(np.geomspace(1, top / 2, 14))).astype(int)
    _, density, energies = degree_energies(spec, d, top)
    ratio = (density @ energies**2 / (density @ energies) ** 2)[k]
    values, law, power, prefactor = mercer_spectrum(spec, d, top).eigenvalues[k], np.nan, 0, 1
    if name == "squareplus":
        prefactor, q = squareplus_prefactor(SCALE, d, k)
        moment, both = squareplus_coupling(SCALE, d, k, k)  # E[energy^2] = (d-1) N_k q_kk
        law = moment * (d - 1) / sphere.multiplicity(d, k) / prefactor**2
        law, power = law * np.exp(3 * q ** (2 / 3) - 1.5 * both ** (2 / 3)), (d - 1) / 3
    freed = np.log(ratio * (k + (d - 2) / 2) ** power), np.log(values / prefactor)
    measured = np.append(np.nan, -np.diff(freed[0]) / np.diff(freed[1]))
    return {"activation": name, "d": d, "k": k, "eigenvalue": values, "ratio": ratio, "law": law,
            "measured": measured}
