r"""The kernel operator of a deep network whose start is drawn, as a matrix in the harmonics.

At the antisymmetric start both copies have the same kernel. With n_l neurons in layer l,
    K_0 = G^L + sum_(l=1..L) B^l (G^(l-1) + gamma^2),     G^0 = <x,x'>,   G^l = h^l . h'^l / n_l,
    B^l = D^l . D'^l,     D^L = n_L^(-1/2) a phi'(u^L),
    D^l = phi'(u^l) n_l^(-1/2) W^(l+1)^T D^(l+1).
It is computed at the points of a quadrature and projected on the harmonics of degree <= K, where it
stays positive semidefinite. For a smooth phi the rule converges fast; for a kinked one degree k
takes on degrees beyond the rule's: compare two rules.
"""

import numpy as np

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.deep import normalised
from ntksgd.kernels.drawn import DrawnOperator
from ntksgd.kernels.harmonics import evaluate
from ntksgd.models.deep import Stack


def stack_kernel(stack: Stack, x, spec, gamma=1.0):
    """K_0(x_i, x_j), shape (p, p), of the network whose copies start at `stack`."""
    phi, weights = normalised(spec)[0], stack.weights
    layers, inner = [x @ weights[0].T], [x @ x.T]
    for w in [*weights[1:], None]:
        h = phi.value(layers[-1])
        inner.append(h @ h.T / h.shape[1])
        if w is not None:
            layers.append(h @ (w.T / np.sqrt(w.shape[1])))
    kernel, signal = inner[-1], stack.signs / np.sqrt(stack.signs.size)
    for level in range(len(layers) - 1, -1, -1):
        signal = signal * phi.derivative(layers[level])
        kernel = kernel + (signal @ signal.T) * (inner[level] + gamma**2)
        if level > 0:
            signal = signal @ (weights[level] / np.sqrt(weights[level].shape[1]))
    return kernel


def deep_operator(stack: Stack, spec, max_degree, gamma=1.0, degree=None) -> DrawnOperator:
    """L_0 of the deep network whose copies start at `stack`.

    Parameters
    ----------
    stack : Stack
        See `models.deep.draw_stack`, `models.deep.stack_of`.
    spec : str or Activation
        sigma, normalised here.
    max_degree : int
        K >= 1.
    gamma : float
    degree : int, optional
        Exactness of the quadrature rule, at least 2 K; default 4 K.

    Raises
    ------
    ValueError
        For numbers out of range.
    """
    check.instance("stack", stack, Stack)
    top = check.integer("max_degree", max_degree, 1, 10**4)
    gamma = check.number("gamma", gamma, 0.0, 1e100)
    degree = 4 * top if degree is None else check.integer("degree", degree, 2 * top, 10**5)
    d = check.dimension(stack.weights[0].shape[1])
    points, weights = sphere.quadrature(d, degree)
    basis = weights[:, None] * evaluate(points, top)[0]
    matrix = basis.T @ stack_kernel(stack, points, spec, gamma) @ basis
    return DrawnOperator(d, top, (matrix + matrix.T) / 2)
