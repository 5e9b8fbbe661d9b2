"""Slow, obvious oracles for the tangent kernel: two-dimensional integrals over Gaussians."""

import numpy as np
from scipy import integrate


def gauss_hermite_pair(activation, t, nodes=200):
    """(E[sigma sigma'], E[dsigma dsigma']) by a tensor Gauss-Hermite rule, analytic sigma."""
    z, w = np.polynomial.hermite_e.hermegauss(nodes)
    w = np.outer(w, w) / w.sum() ** 2
    u, v = z[:, None] + 0 * z, t * z[:, None] + np.sqrt(1 - t * t) * z
    return tuple(float(np.sum(w * f(u) * f(v))) for f in (activation.value, activation.derivative))


def adaptive_pair(activation, t, tolerance=1e-11):
    """The same by nested adaptive quadrature, in polar coordinates split at kinks at 0."""
    phi = np.arccos(t)
    edges = np.unique(np.clip([-np.pi / 2, phi - np.pi / 2, np.pi / 2, phi + np.pi / 2,
                               1.5 * np.pi], -np.pi / 2, 1.5 * np.pi))

    def moment(f):
        def ray(psi):
            a, b = np.cos(psi), np.cos(psi - phi)
            return integrate.quad(
                lambda rho: float(f(np.float64(rho * a)) * f(np.float64(rho * b)))
                * rho * np.exp(-rho * rho / 2), 0, 12, epsabs=tolerance)[0]
        return sum(integrate.quad(ray, low, high, epsabs=tolerance)[0]
                   for low, high in zip(edges[:-1], edges[1:], strict=True)) / (2 * np.pi)

    return moment(activation.value), moment(activation.derivative)


def neuron_kernel_second_moment(activation, d, gamma, nodes=200, angles=100):
    """E z_b(x, x')^2 over b and independent uniform x, x': Gauss-Hermite in b, Legendre in t."""
    z, w = np.polynomial.hermite_e.hermegauss(nodes)
    w = np.outer(w, w) / w.sum() ** 2
    nodes_phi, weights_phi = np.polynomial.legendre.leggauss(angles)
    phi = (nodes_phi + 1) * np.pi / 2
    weights = weights_phi * np.sin(phi) ** (d - 2)
    total = 0.0
    for t, weight in zip(np.cos(phi), weights / weights.sum(), strict=True):
        u, v = z[:, None] + 0 * z, t * z[:, None] + np.sqrt(1 - t * t) * z
        value = activation.value(u) * activation.value(v)
        slope = activation.derivative(u) * activation.derivative(v)
        total += weight * np.sum(w * (value + (t + gamma**2) * slope) ** 2)
    return total
