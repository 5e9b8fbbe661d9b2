r"""c(T) = lim m (E R_m / R - 1) of the linearised network for any loss, by one neuron at a time.

At the symmetric start of width m the kernel operator is L_0 = (2/m) sum_(i <= m/2) Z_(b_i), the
b_i ~ N(0, I) independent and E Z_b = L, so that for a smooth function R of the operator
    E R(L_0) - R(L) = (1/m) E_b d^2/ds^2 R(L + s (Z_b - L)) at s = 0  +  O(m^-2).
R is that of `moment_closure`: exact for the square loss and the quadratic expansion of a loss, with
its one approximation else. The derivative is a one-sided second difference, since L +
s (Z_b - L) is a kernel for 0 <= s <= 1; the average over b = rho (cos w, sin w) is a Gauss-Laguerre
rule in rho^2/2 and a midpoint rule in w over half the circle, the target being even in the angle.
For ReLU Z_b is linear in rho^2 and three radii are exact.
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.drawn import neuron_average
from ntksgd.kernels.harmonics import evaluate
from ntksgd.risk.moment_closure import moments

SHIFT = 1e-4  # s: the error is of first order in it, about 1 % of c at 5e-4
RATIO = 1.2


def loss_first_order(problem, times, degree=16, angles=6, radii=6, loss=None):
    """c(T) for the excess loss and for the squared distance, each of shape (times,).

    Parameters
    ----------
    problem : Problem
        On the circle, two layers, batch 1, no momentum, no weight decay.
    times : sequence of int
    degree : int
        K at which kernel and target are cut.
    angles, radii : int
        Nodes of the average over b.
    loss : ExpectedLoss, optional
        By default that of the problem's labels.
    """
    if (problem.d, problem.depth, problem.batch, problem.momentum, problem.weight_decay) != (
            2, None, 1, 0.0, 0.0):
        raise ValueError("problem: must be on the circle, with two layers, batch 1, no momentum, "
                         "no weight decay")
    top = check.integer("degree", degree, 1, problem.spectrum.max_degree)
    x, weight = np.polynomial.laguerre.laggauss(check.integer("radii", radii, 1))
    w = np.pi * (np.arange(check.integer("angles", angles, 1)) + 0.5) / angles
    points, weights = sphere.quadrature(2, 4 * top)
    basis, degrees = evaluate(points, top)
    limit = np.diag(problem.spectrum.eigenvalues[degrees])
    b = np.sqrt(2 * x)[:, None, None] * np.stack([np.cos(w), np.sin(w)], axis=-1)
    neurons = np.array([neuron_average(one[None], np.ones(1), problem.activation, top,
                                       problem.gamma).matrix for one in b.reshape(-1, 2)])
    shifts = SHIFT * np.arange(1, 3)[:, None, None, None]
    moved = np.concatenate([limit[None], ((1 - shifts) * limit + shifts * neurons
                                          ).reshape(-1, *limit.shape)])
    values, vectors = np.linalg.eigh(moved)
    psi = basis @ (vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :])
    truth = basis @ problem.target.harmonic_coefficients(top)
    found = moments([psi], weights, truth, problem.labels.expected if loss is None else loss,
                    problem.schedule, times, RATIO)
    share = np.repeat(weight, angles) / angles
    out = []
    for risk in (found.excess, found.distance):
        once, twice = np.split(risk[:, 1:], 2, axis=1)
        bend = (risk[:, :1] - 2 * once + twice) / SHIFT**2
        out.append(bend @ share / risk[:, 0])
    return out
