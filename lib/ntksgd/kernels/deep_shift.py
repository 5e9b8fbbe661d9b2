r"""The mean of a deep network's kernel at the start, to first order in 1/n: two-point Gaussians.

    E K_0(x, x') = K_L(t) + mu_L(t) / n + O(n^(-2)),        t = <x, x'>,
n neurons a layer in each copy (m = 2 n). Given layer l, those of layer l + 1 are independent
Gaussians at (x, x') with covariance G^l = mean_i h_i h_i, h = phi(u^l). Write E for their mean at
infinite n, F = (h h, h h', h' h'), P = d d' with d = phi', S = E F, p = E P, and d/dS for
derivatives in the three entries of the covariance below (`gaussian_pair`). Forwards,
    E G = S + M/n,     M <- J M + (d^2 E F / dS^2 : C) / 2,     J = d E F / dS,
    Cov G = C/n,       C <- Cov(F, F) + J C J^T,                M = 0, C = 0 at G^0 = (1, t, 1).
Backwards K_0 = G^L + sum_l B^l (G^(l-1) + gamma^2), B^l = mean_i d_i d'_i r_i r'_i, where r is
n^(-1/2) W^T D of the layer above. W splits into its part along h, h', which u^(l+1) fixes, and the
rest, which is independent of all that is above. So
    E[B^l | layers <= l] = E[P^l B^(l+1)] + mean_i d_i d'_i sum_ab h_ia h_ib Q_ab / n,
    Q = S^-1 Y S^-1 - S^-1 B^(l+1),    Y_ab = E q_a(x) q_b(x'),
q_a(x) the derivative of g(x) = n^(-1/2) <a, phi(u^L)> of one copy along u^(l+1)(x_a): a Gaussian
tangent, carried up the layers.
What remains is the second order of the product P^l ... P^L (G^(l-1) + gamma^2). For L = 1, mu = 0.
"""

import numpy as np
from scipy.interpolate import make_interp_spline

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.deep import normalised
from ntksgd.kernels.gaussian_pair import GaussianPair


def mean_shift(spec, depth, t, gamma=1.0):
    """mu_L(t) for -1 < t < 1, same shape; rounding counts (1 - t^2)^(-2) times.

    Parameters
    ----------
    spec : str or Activation
    depth : int
    t : array
    gamma : float
    """
    phi, depth = normalised(spec)[0], check.integer("depth", depth, 1, 64)
    t, gamma = check.finite_array("t", t), check.number("gamma", gamma, 0.0, 1e100)
    if np.any(np.abs(t) >= 1):
        raise ValueError("t: must lie in (-1, 1)")
    return np.array([_at(phi, depth, float(s), gamma) for s in t.ravel()]).reshape(t.shape)


def eigenvalue_shift(spec, depth, d, max_degree, gamma=1.0, nodes=64):
    """n (E tr(P_k L_0) / N_k - lambda_k) as n grows, degrees 0 to K: mu_L by degree, (K + 1,).

    `nodes` of mu_L in the angle, d = 2, or in t, d = 3. It is smooth between 0 and pi, with a kink
    at the ends for ReLU: on the circle a spline in the angle carries it to a rule fine enough for
    degree K. For d = 3 the rule is that of the nodes, of which K must be below the number.
    """
    top = check.integer("max_degree", max_degree, 0, 10**4)
    nodes = check.integer("nodes", nodes, 8, 4096)
    if check.dimension(d) == 2:
        coarse, fine = ((np.arange(n) + 0.5) * np.pi / n for n in (nodes, 16 * max(nodes, top)))
        values = mean_shift(spec, depth, np.cos(coarse), gamma)
        return sphere.legendre(2, top, np.cos(fine)) @ make_interp_spline(
            coarse, values, 5)(fine) / fine.size
    if d != 3:
        raise ValueError(f"d = {d}: must be 2 or 3")
    if top >= nodes:
        raise ValueError(f"nodes = {nodes}: must exceed max_degree = {top}")
    t, weights = np.polynomial.legendre.leggauss(nodes)
    return sphere.legendre(3, top, t) @ (weights / 2 * mean_shift(spec, depth, t, gamma))


def _at(phi, depth, t, gamma):
    S, M, C = np.array([1.0, t, 1.0]), np.zeros(3), np.zeros((3, 3))
    layers, below = [], []
    for _ in range(depth):
        layer = GaussianPair(phi, S[1])
        layers.append(layer)
        below.append((S, M, C))
        M = layer.J @ M + np.array([layer.bend(f, C) for f in layer.F])
        S, C = layer.S, layer.after(C)
    return M[1] + sum(_backward(layers[low:], below[low:], gamma) for low in range(depth))


def _backward(layers, below, gamma):
    """First order of E B^l (G^(l-1)_12 + gamma^2), for layers l, ..., L with S, M, C below each."""
    S, M, C = below[0]
    outer, p = S[1] + gamma**2, np.array([layer.p for layer in layers])
    total, inner, moving = M[1] * np.prod(p), C[1], []  # covariances with the G below each layer
    for j, (layer, (_, M, C)) in enumerate(zip(layers, below, strict=True)):
        before, after = np.prod(p[:j]), np.prod(p[j + 1:])
        total += outer * before * after * (layer.slope @ M + layer.bend(layer.P, C))
        total += before * after * (inner @ layer.slope)
        total += outer * sum(np.prod(np.delete(p, [i, j])) * (one @ layer.slope)
                             for i, one in enumerate(moving))
        if j + 1 < len(layers):
            S_inverse = layers[j + 1].inverse
            Q = S_inverse @ _tangents(layers[j + 1:]) @ S_inverse - S_inverse * after
            h_h = np.array([[layer.mean(layer.P * a * b) for b in layer.h] for a in layer.h])
            total += outer * before * np.sum(h_h * Q)
        inner = inner @ layer.J.T
        moving = [one @ layer.J.T for one in moving] + [layer.along(C)]
    return total


def _tangents(layers):
    """Y_ab of tangents that start as u_a at the first of the layers and leave by the last."""
    # tangent (point, a) = slope . u + residual; `residual`: covariance of those of x and of x'
    slope, residual = np.repeat(np.eye(2)[None], 2, axis=0), np.zeros((2, 2))
    for layer, above in zip(layers[:-1], layers[1:], strict=True):
        covariance, tangent = _passed(layer, slope, residual), slope @ layer.u
        cross = [[[layer.mean(layer.d[i] * one * h) for h in layer.h] for one in tangent[i]]
                 for i in range(2)]
        slope, s = np.array(cross) @ above.inverse, layer.S[1]
        residual = covariance - slope[0] @ np.array([[1, s], [s, 1]]) @ slope[1].T
    return _passed(layers[-1], slope, residual)


def _passed(layer, slope, residual):
    """E d d' tangent_a tangent'_b, shape (2, 2)."""
    one, other = slope @ layer.u
    return layer.mean(layer.P * (one[:, None] * other + residual[..., None]))
