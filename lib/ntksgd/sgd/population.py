"""SGD under a law with finitely many points: sampled paths and exact second moments.

With e_t = f_t - f* restricted to the points, L = K/n and x_I drawn uniformly,
    e <- e - eta (e_I - xi) K_I,        xi independent noise of variance s^2,
so E e <- (I - eta L) E e, and S = E e e^T obeys the closed recursion
    S <- S - eta (L S + S L) + eta^2/n K diag(S_ii + s^2) K.
Only the trace identity K(x,x) = kappa(1) is left of the sphere's symmetry; it is enough for
    E||e||_H^2 <- E||e||_H^2 - 2 eta R + eta^2 kappa(1) (R + s^2),      R = tr(S)/n,
whatever the data. The per-mode recursion of :mod:`ntksgd.risk.exact` replaces E[e^2 phi_k^2] by R.
"""

from functools import partial

import joblib
import numpy as np
from numba import njit

from ntksgd import check
from ntksgd.models.two_layer import initialise
from ntksgd.problems.samples import INPUTS, NOISE, Samples, parameter_rng
from ntksgd.seeds import child
from ntksgd.sgd.network import train
from ntksgd.stats.sweep import map_tasks


@njit(nogil=True, fastmath={"reassoc", "contract"}, error_model="numpy", cache=True)
def _path(matrix, y, steps, drawn, labels, times):
    """Mean square of e_t at the `times`, along one path."""
    error, risk, done = -y.copy(), np.empty(times.size), 0
    for c in range(times.size):
        for t in range(done, times[c]):
            i = drawn[t]
            scale = steps[t] * (error[i] + y[i] - labels[t])
            row = matrix[i]
            for j in range(y.size):
                error[j] -= scale * row[j]
        done = times[c]
        total = 0.0
        for j in range(y.size):
            total += error[j] * error[j]
        risk[c] = total / y.size
    return risk


def sampled_risks(population, matrix, schedule, times, replicates, seed, noise=0.0, activation=None,
                  widths=(), linearised=False, workers=None):
    """Excess risks of kernel SGD and of networks along the same one-pass sample paths from P_n.

    Parameters
    ----------
    population : Population
    matrix : array, shape (n, n)
        Kernel matrix at its points.
    schedule : Schedule
    times : increasing sequence of int
        Numbers of steps >= 1 at which the risk is recorded. They may exceed n: draws are with
        replacement, each is a fresh sample of P_n.
    replicates : int
    seed : int or SeedSequence
    noise : float
        Variance s^2 of Gaussian noise added to each label drawn.
    activation, widths
        Networks to train on the same samples; their initial parameters are drawn per replicate.
    linearised : bool
        Train their linearisations at the initial parameters instead.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    kernel : ndarray, shape (replicates, len(times))
        mean over the points of (f_t - y)^2.
    network : ndarray, shape (replicates, len(widths), len(times))
        The same of g_t; infinite from the step on at which a network diverged.

    Raises
    ------
    ValueError
        For shapes that do not fit, an odd width, times that do not increase, negative noise.
    """
    matrix, _ = _checked(matrix, population.y, noise)
    times, widths = np.asarray(times, dtype=np.int64), [check.width(int(m)) for m in widths]
    if times.size == 0 or times[0] < 1 or np.any(np.diff(times) <= 0):
        raise ValueError(f"times = {times}: must be increasing and >= 1")
    check.integer("replicates", replicates, 1)
    task = partial(_replicate, population, matrix, schedule, times, noise, activation, widths,
                   linearised)
    with joblib.parallel_config(prefer="threads"):  # the loops release the interpreter
        kernel, network = zip(*map_tasks(task, range(replicates), seed, workers), strict=True)
    return np.array(kernel), np.array(network).reshape(replicates, len(widths), times.size)


def _replicate(population, matrix, schedule, times, noise, activation, widths, linearised, index,
               seed):
    T, y = int(times[-1]), population.y
    drawn = np.random.default_rng(child(seed, INPUTS)).integers(y.size, size=T)
    labels = y[drawn]
    if noise > 0:
        xi = np.random.default_rng(child(seed, NOISE)).standard_normal(T)
        labels = labels + np.sqrt(noise) * xi
    steps = schedule.steps(T)
    samples = Samples(population.x[drawn], labels)
    network = np.empty((len(widths), times.size))
    for k, m in enumerate(widths):
        start = initialise(m, population.d, parameter_rng(seed))
        g = train(start, samples, steps, activation, steps=times, points=population.x,
                  linearised=linearised, on_divergence="flag")
        network[k] = np.mean((g.values - y) ** 2, axis=-1)
    return _path(matrix, y, steps, drawn, labels, times), network


def exact_moments(matrix, y, schedule, T, noise=0.0):
    """Expected risk and RKHS distance after t = 0, ..., T steps by the full matrix recursion.

    O(n^3) a step: the reference, for a few hundred points.

    Returns
    -------
    risk, rkhs : ndarray, shape (T + 1,)
        E||e_t||^2 in L^2(P_n), and E||e_t||^2 in the RKHS, e^T K^-1 e.
    """
    matrix, y = _checked(matrix, y, noise)
    n = y.size
    eigenvalues, vectors = np.linalg.eigh(matrix / n)
    # in the eigenbasis L is diagonal: S_kl decays at rate lambda_k + lambda_l
    start = vectors.T @ y
    moment = np.outer(start, start)
    pair, product = np.add.outer(eigenvalues, eigenvalues), np.outer(eigenvalues, eigenvalues)
    risk, rkhs = np.empty(T + 1), np.empty(T + 1)
    steps = schedule.steps(T)
    for t in range(T + 1):
        diagonal = np.diag(moment)
        risk[t], rkhs[t] = diagonal.sum() / n, np.sum(diagonal / eigenvalues) / n
        if t < T:
            local = np.einsum("ik,ik->i", vectors @ moment, vectors) + noise  # E e_i^2 + s^2
            kick = n * product * ((vectors.T * local) @ vectors)
            moment = moment - steps[t] * pair * moment + steps[t] ** 2 * kick
    return risk, rkhs


def _checked(matrix, y, noise):
    matrix, y = check.finite_array("matrix", matrix, 2), check.finite_array("y", y, 1)
    if matrix.shape != (y.size, y.size):
        raise ValueError(f"matrix: shape {matrix.shape}, must be {(y.size, y.size)}")
    check.number("noise", noise, 0.0)
    return np.ascontiguousarray(matrix), y
