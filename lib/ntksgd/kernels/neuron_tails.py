r"""How large one neuron can be: its leverage, and the tails of its deviation from the mean.

With Z_b and its energies tr(P_k Z_b) of `neuron_moments`, and rho = |b|:
    leverage    l_lam(rho) = tr((L + lam)^(-1) Z_b) = sum_k tr(P_k Z_b) / (lambda_k + lam),
                E l_lam = N(lam) = sum_k N_k lambda_k / (lambda_k + lam)  (effective dimension);
    deviation   Y(rho) = ||Z_b - L||_HS,
                Y^2 = ||Z_b||_HS^2 - 2 sum_k lambda_k tr(P_k Z_b) + sum_k N_k lambda_k^2.

Y is unbounded, as b is Gaussian, but grows at most like rho^2. A number H with
    E[Y^2 exp(Y / H)] <= 3 E[Y^2]                                                            (*)
satisfies the moment condition of Bernstein's inequality with S^2 = E[Y^2]: for every p >= 3
    E[Y^p] = (p - 2)! H^(p-2) E[Y^2 (Y/H)^(p-2) / (p - 2)!] <= (p - 2)! H^(p-2) E[Y^2 exp(Y/H)]
           <= 3 (p - 2)! H^(p-2) S^2 <= p!/2 S^2 H^(p-2),        since p (p - 1) / 2 >= 3.
"""

from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from ntksgd import check
from ntksgd.kernels.neuron_moments import degree_energies, squared_norms
from ntksgd.kernels.spectrum import mercer_spectrum

#: Degrees of L in <Z_b, L>: what is left out is below 1e-8 of it for ReLU on the circle.
DEGREES = 512


class Deviation(NamedTuple):
    """Y = ||Z_b - L||_HS at the nodes of rho = |b|, whose law has the weights `density`."""

    rho: np.ndarray
    density: np.ndarray
    norm: np.ndarray

    def moment(self, p):
        """E[Y^p], p > 0."""
        return float(self.density @ self.norm ** check.positive("p", p))

    @property
    def spread(self):
        """S = (E[Y^2])^(1/2); its square is C of `hilbert_schmidt_constant`."""
        return np.sqrt(self.moment(2))

    @property
    def scale(self):
        """The least H of condition (*)."""
        second = self.density * self.norm**2

        def excess(log_h):
            return np.log(second @ np.exp(self.norm * np.exp(-log_h)) / (3 * second.sum()))

        least = np.log(self.norm.max() / 600)  # exp(600) is still a number
        return float(np.exp(optimize.brentq(excess, least, np.log(self.norm.max()) + 1)))

    def needed_scale(self, orders):
        """(2 E[Y^p] / (p! S^2))^(1/(p-2)), orders p >= 3: the H that moment p asks for."""
        found = [(np.log(2 * self.moment(p) / self.moment(2)) - special.gammaln(p + 1)) / (p - 2)
                 for p in orders]
        return np.exp(found)


def deviation(spec, d, gamma=1.0):
    """The `Deviation` of one neuron on S^(d-1); parameters as in `hilbert_schmidt_constant`."""
    spectrum = mercer_spectrum(spec, d, DEGREES, gamma)
    rho, density, energies = degree_energies(spec, d, DEGREES, gamma)
    cross = energies @ spectrum.eigenvalues
    limit = np.sum(spectrum.multiplicities * spectrum.eigenvalues**2)
    return Deviation(rho, density, np.sqrt(squared_norms(spec, d, rho, gamma) - 2 * cross + limit))


def leverage(energies, eigenvalues, lam):
    """l_lam at the nodes of `degree_energies`: energies (nodes, K + 1) -> (nodes,), lam > 0.

    Degrees beyond K are left out: they add at most (tr Z_b - sum_k tr(P_k Z_b)) / lam.
    """
    return energies @ (1 / (eigenvalues + check.positive("lam", lam)))


def energy_quantile(rho, density, energy, share=0.5):
    """The radius beyond which neurons hold this share of an energy E[energy(|b|)]."""
    mass = density * energy
    reached = np.cumsum(mass) - mass / 2  # at a node half of its own mass is below
    return np.interp((1 - check.number("share", share, 0, 1)) * mass.sum(), reached, rho)
