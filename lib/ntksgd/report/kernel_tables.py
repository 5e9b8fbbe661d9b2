"""Tables behind notebook 01: limits, decay of the spectrum, the role of the bias, RKHS norms."""

import numpy as np
import pandas as pd
from scipy import special

from ntksgd.kernels import decay, sphere
from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.target import source_target


def log_degrees(low, high, count=40):
    """Degrees from low to high, equally spaced in log, of both parities."""
    even = 2 * np.unique(np.round(np.geomspace(max(low, 2), high, count) / 2).astype(int))
    degrees = np.unique(np.concatenate([even, even + 1]))
    return degrees[(degrees >= low) & (degrees <= high)]


def relu_limit_law(s):
    """Distance of kappa_0 at t = 1, and of kappa_1 at t = 0, between squareplus(s) and ReLU.

    Exact: (s/4) sqrt(pi/2) erfcx(s/sqrt 2), and (E sigma)^2 - 1/(2 pi) with
    E sigma = s^2 / (4 sqrt(2 pi)) e^(s^2/4) [K_0 + K_1](s^2/4), modified Bessel functions.
    """
    s = np.asarray(s, dtype=float)
    mean = s**2 / (4 * np.sqrt(2 * np.pi)) * (special.k0e(s**2 / 4) + special.k1e(s**2 / 4))
    zeroth = s / 4 * np.sqrt(np.pi / 2) * special.erfcx(s / np.sqrt(2))
    return zeroth, mean**2 - 1 / (2 * np.pi)


def relu_limit(scales):
    """The same distances measured as maxima over t, and the law, one row a scale."""
    relu, t = tangent_kernel("relu"), np.linspace(-1, 1, 201)
    rows = []
    for s in scales:
        pairs = zip(tangent_kernel(f"squareplus({s!r})").parts(t), relu.parts(t), strict=True)
        first, zeroth = (np.abs(p - q).max() for p, q in pairs)
        rows.append((s, zeroth, first, *relu_limit_law(s)))
    columns = ["s", "kappa_0", "kappa_1", "kappa_0_theory", "kappa_1_theory"]
    return pd.DataFrame(rows, columns=columns)


def kernel_table(specs, gamma, t):
    """kappa(t) of several activations, one row an (activation, t)."""
    tables = [pd.DataFrame({"activation": spec, "t": t, "kappa": tangent_kernel(spec, gamma)(t)})
              for spec in dict.fromkeys(specs)]
    return pd.concat(tables, ignore_index=True)


def bias_table(spec, d, max_degree, gammas):
    """Eigenvalues for several weights of the bias; those below rounding are exact zeros."""
    k, tables = np.arange(max_degree + 1), []
    for gamma in gammas:
        values = mercer_spectrum(spec, d, max_degree, gamma).eigenvalues
        values = np.where(values < 1e-28, 0.0, values)
        tables.append(pd.DataFrame({"gamma": gamma, "k": k, "eigenvalue": values}))
    return pd.concat(tables, ignore_index=True)


def relu_table(dimensions, max_degree, gamma=1.0):
    """ReLU eigenvalues over log-spaced degrees and their decay law, one row a (d, k)."""
    k = log_degrees(1, max_degree)
    return pd.concat([
        pd.DataFrame({"d": d, "k": k, "law": decay.relu_law(d, k, gamma),
                      "eigenvalue": mercer_spectrum("relu", d, max_degree, gamma).eigenvalues[k]})
        for d in dimensions], ignore_index=True)


def relu_exponents(d, max_degree, gamma=1.0):
    """Decay exponent and constant of ReLU for even and odd degrees, extrapolated to k = infinity.

    Returns
    -------
    list of (parity, exponent, ratio), each of the two as (limit, low, high)
    """
    values = mercer_spectrum("relu", d, max_degree, gamma).eigenvalues
    rows = []
    for parity in (0, 1):
        k = 2 * (max_degree // np.array([64, 32, 16, 8, 4])) + parity
        local = np.log(values[k + 2] / values[k - 2]) / np.log((k + 2) / (k - 2))
        ratio = values[k] / decay.relu_law(d, k, gamma)
        rows.append((parity, decay.extrapolate(k, local, 1), decay.extrapolate(k, ratio, 1)))
    return rows


def squareplus_table(scales, d, max_degree, gamma=1.0, floor=1e-29):
    """Squareplus eigenvalues, their law, and the plain quadrature of kappa P_k, by (s, k)."""
    k, tables = log_degrees(1, max_degree), []
    t, weights = sphere.zonal_quadrature(d, 64)
    polynomials = sphere.legendre(d, max_degree, t)[k] * weights
    for s in scales:
        name = f"squareplus({s!r})"
        values = mercer_spectrum(name, d, max_degree, gamma).eigenvalues[k]
        plain = np.abs(polynomials @ tangent_kernel(name, gamma)(t))
        table = pd.DataFrame({"s": s, "k": k, "eigenvalue": values, "plain_quadrature": plain,
                              "law": decay.squareplus_law(s, d, k, gamma)})
        tables.append(table[table["eigenvalue"] > floor])
    return pd.concat(tables, ignore_index=True)


def squareplus_exponents(scale, d, gamma=1.0):
    """Power p of q in lambda_k = prefactor exp(-c q^p), and lambda_k over its law.

    Returns
    -------
    power, ratio : (limit, low, high)
        Extrapolated in q.
    """
    k = (np.array([5, 10, 20, 40, 80]) / scale).astype(int) // 2 * 2
    values = mercer_spectrum(f"squareplus({scale!r})", d, int(k[-1]), gamma).eigenvalues[k]
    prefactor, q = decay.squareplus_prefactor(scale, d, k, gamma)
    power = np.diff(np.log(-np.log(values / prefactor))) / np.diff(np.log(q))
    ratio = values / decay.squareplus_law(scale, d, k, gamma)
    return decay.extrapolate(q[1:], power, 4 / 3), decay.extrapolate(q, ratio, 2 / 3)


def hexagon_table(spec, gammas):
    """Smallest eigenvalue of the Gram matrix of a regular hexagon, per weight of the bias."""
    angles = np.arange(6) * np.pi / 3
    corners = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    smallest = [np.linalg.eigvalsh(tangent_kernel(spec, g).gram(corners))[0] for g in gammas]
    return pd.DataFrame({"gamma": gammas, "smallest": smallest,
                         "theory": np.square(gammas) / 6})


def rkhs_norms(spec, degrees, gamma=1.0):
    """Partial sums over k <= K of F_k / lambda_k on the circle: triangle wave and square wave.

    |phi| - pi/2 has F_k = 8/(pi^2 k^4) and sign(cos phi) has F_k = 8/(pi^2 k^2), odd k only.
    """
    values = mercer_spectrum(spec, 2, max(degrees), gamma).eigenvalues
    k = np.arange(1, max(degrees) + 1, 2)
    rows = []
    for K in degrees:
        kept = k[k <= K].astype(float)
        power = 8 / np.pi**2 / kept**2
        inverse = 1 / values[k[k <= K]]
        rows.append({"activation": spec, "K": K, "triangle wave": power / kept**2 @ inverse,
                     "square wave": power @ inverse})
    return pd.DataFrame(rows)


def target_tables(spectrum, regularities, excess, points=801):
    """Profiles of targets on the circle, and their power with its law, per regularity."""
    phi, k = np.linspace(-np.pi, np.pi, points), np.arange(spectrum.max_degree + 1)
    profiles, powers = [], []
    for r in regularities:
        target = source_target(spectrum, r, excess)
        law = (k + 1.0) ** (-4 * r - 1 - excess)
        powers.append(pd.DataFrame({"r": r, "k": k, "power": target.power,
                                    "law": law * target.power[-1] / law[-1]}))
        profiles.append(pd.DataFrame({"r": r, "phi": phi, "f": target.profile(np.cos(phi))}))
    return pd.concat(profiles, ignore_index=True), pd.concat(powers, ignore_index=True)
