"""Mean squared Funk-Hecke coefficients of an activation: the atoms of the Mercer spectrum.

For b ~ N(0, I_d) write b = rho w with w uniform on the sphere. The Funk-Hecke coefficients
    c_k(rho) = int sigma(rho t) P_k(t) mu_d(dt),      c'_k(rho) likewise for sigma',
give   E[sigma(<b,x>) sigma(<b,x'>)]   = sum_k u_k N_k P_k(<x,x'>),   u_k = E_rho c_k(rho)^2,
       E[sigma'(<b,x>) sigma'(<b,x'>)] = sum_k v_k N_k P_k(<x,x'>),   v_k = E_rho c'_k(rho)^2.
Being means of squares, u_k and v_k are non-negative by construction, and as squares of numbers
known to 1e-16 they keep their relative accuracy down to about 1e-28 (a quadrature of the kernel
itself would lose them at 1e-16).
"""

from functools import lru_cache

import numpy as np
from numpy.polynomial import legendre
from scipy import special

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.models.activations import relu_value

# Halvings of the panels at t = 0 and rho = 0, where an activation that nearly has a kink at 0
# (squareplus of small s) varies on the scale s: they resolve scales down to about 1e-4.
HALVINGS = 12
MANY = 256  # neurons from which on their coefficients are interpolated


def relu_coefficients(d, max_degree):
    """Coefficients c_k of (t)_+ and of the step 1{t > 0} in dimension d, in closed form.

    With B = B(1/2, (d-1)/2): the step has 1/2 at k = 0, P_(k-1)(0) / (B (k+d-2)) at odd k, 0 at
    even k >= 2 (integrate the Legendre equation over [0, 1]); (t)_+ has 1/(B (d-1)) at k = 0,
    1/(2d) at k = 1, P_(k-2)(0) / (B (k+d-3) (k+d-1)) at even k >= 2 and 0 at odd k >= 3.
    """
    d, n = check.dimension(d), check.integer("max_degree", max_degree, 0) + 1
    beta = special.beta(0.5, (d - 1) / 2)
    at_zero = np.zeros(n + 2)  # P_k(0)
    at_zero[0] = 1.0
    for k in range(1, n + 1, 2):
        at_zero[k + 1] = -k / (k + d - 2) * at_zero[k - 1]
    ramp, step = np.zeros(n + 2), np.zeros(n + 2)
    odd, even = np.arange(1, n + 2, 2), np.arange(2, n + 2, 2)
    step[0], step[odd] = 0.5, at_zero[odd - 1] / (beta * (odd + d - 2))
    ramp[0], ramp[1] = 1 / (beta * (d - 1)), 1 / (2 * d)
    ramp[even] = at_zero[even - 2] / (beta * (even + d - 3) * (even + d - 1))
    return ramp[:n], step[:n]


def neuron_coefficients(activation, d, max_degree, rho, panels):
    """c_k(rho) of sigma and c'_k(rho) of its derivative, a row for each rho: both (n, K + 1).

    Gauss-Legendre `panels` in the angle (even; unused for ReLU).
    """
    if activation.value is relu_value:
        ramp, step = relu_coefficients(d, max_degree)
        return np.outer(rho, ramp), np.tile(step, (np.size(rho), 1))
    t, measure = sphere.zonal_quadrature(d, panels, halvings=HALVINGS)
    polynomials = (sphere.legendre(d, max_degree, t) * measure).T
    argument = np.outer(rho, t)
    return tuple(f(argument) @ polynomials for f in (activation.value, activation.derivative))


def coefficients_of_many(activation, d, max_degree, rho, panels):
    """`neuron_coefficients` for rho (n,), from n = MANY on by polynomials in rho, panel by panel.

    They agree at the nodes of `sphere.norm_quadrature`. A larger rho has its own integral.
    """
    if activation.value is relu_value or np.size(rho) < MANY:
        return neuron_coefficients(activation, d, max_degree, rho, panels)
    edges, tables = _legendre_tables(activation, d, max_degree, panels)
    if np.max(rho) > edges[-1]:
        return neuron_coefficients(activation, d, max_degree, rho, panels)
    found, panel = np.empty((2, rho.size, max_degree + 1)), np.searchsorted(edges[1:], rho)
    for i in np.unique(panel):
        here, low, high = panel == i, edges[i], edges[i + 1]
        rows = legendre.legvander((2 * rho[here] - low - high) / (high - low), tables.shape[-2] - 1)
        found[:, here] = rows @ tables[:, i]
    return found


@lru_cache(maxsize=8)
def _legendre_tables(activation, d, max_degree, panels):
    """Edges of the panels in rho, and Legendre coefficients (2, panels, order, K + 1) on each."""
    nodes, weights = sphere.gauss_panels(0.0, np.sqrt(d) + sphere.NORM_TAIL, 8, halvings=HALVINGS)
    edges = np.append(0.0, np.cumsum(weights.reshape(8 + HALVINGS, -1).sum(1)))
    values = np.array(neuron_coefficients(activation, d, max_degree, nodes, panels))
    order = nodes.size // (edges.size - 1)
    x = (2 * nodes[:order] - edges[0] - edges[1]) / (edges[1] - edges[0])
    inverse = np.linalg.inv(legendre.legvander(x, order - 1))
    return edges, inverse @ values.reshape(2, edges.size - 1, order, -1)


def radial_coefficients(activation, d, max_degree, panels, radial_panels):
    """`neuron_coefficients` at the nodes of a quadrature of rho = |b|, `radial_panels` of it.

    Returns the weights (nodes,) of the law of rho, then both, shape (nodes, max_degree + 1).
    """
    rho, weights = sphere.norm_quadrature(d, radial_panels, HALVINGS)
    return weights, *neuron_coefficients(activation, d, max_degree, rho, panels)


def mean_square_coefficients(activation, d, max_degree, tolerance=1e-12):
    """u_k of sigma and v_k of its derivative, each of shape (max_degree + 1,).

    Closed form for ReLU; otherwise Gauss-Legendre panels, doubled until u and v change by less than
    `tolerance` relative to their sum over degrees. ValueError if that is not reached, as for an
    activation with kinks away from zero: then ask for a larger one.
    """
    if activation.value is relu_value:
        ramp, step = relu_coefficients(d, max_degree)
        return d * ramp**2, step**2  # E rho^2 = d
    counts = sphere.multiplicity(d, np.arange(max_degree + 1))
    panels = max(8, 2 * int(np.ceil(max_degree / 32)))  # 16 degrees a panel

    def mean_squares(refinement):
        weights, *pair = radial_coefficients(activation, d, max_degree, panels * refinement,
                                             4 * refinement)
        return tuple(weights @ c**2 for c in pair)

    coarse, change = mean_squares(1), np.inf
    for refinement in (2, 4, 8, 16):
        fine = mean_squares(refinement)
        change = max(np.sum(np.abs(f - c) * counts) / max(np.sum(f * counts), 1e-300)
                     for f, c in zip(fine, coarse, strict=True))
        coarse = fine
        if change <= tolerance:
            return fine
    raise ValueError(
        f"tolerance = {tolerance:g}: the quadrature of activation {activation.name!r} in d = {d} "
        f"stopped at a relative change of {change:.1e}; ask for a larger tolerance (an activation "
        "may have one kink, at 0)"
    )
