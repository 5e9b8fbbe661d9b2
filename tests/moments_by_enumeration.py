"""Kernel SGD on the cyclic group Z_n with every sample path enumerated: no recursion, no theory.

Inputs are uniform on Z_n, K(x, x') = g(x - x'), labels f*(x) +- s with equal chances. The degrees
are the frequencies k = 0 ... n/2, whose real Fourier modes satisfy the addition theorem.
"""

import itertools

import numpy as np


def fourier_degrees(n):
    """Real Fourier modes of each frequency, orthonormal under the uniform law: list of (j, n)."""
    x = 2 * np.pi * np.arange(n) / n
    degrees = [np.ones((1, n))]
    for k in range(1, (n + 1) // 2):
        degrees.append(np.sqrt(2) * np.stack([np.cos(k * x), np.sin(k * x)]))
    if n % 2 == 0:
        degrees.append(np.cos(n // 2 * x)[None])
    return degrees


def kernel_matrix(eigenvalues, n):
    """K = sum_k lambda_k sum_j phi_kj phi_kj', shape (n, n)."""
    return sum(lam * phi.T @ phi for lam, phi in
               zip(eigenvalues, fourier_degrees(n), strict=True))


def enumerate_risks(eigenvalues, target, steps, noise, weight_decay=0.0, batch=1):
    """E of L2 risk, squared RKHS distance, risk of the uniform and of the tail average, at T.

    Means over all (2n)^(batch * T) equally likely samples.
    """
    n, T = len(target), len(steps)
    K, s = kernel_matrix(eigenvalues, n), np.sqrt(noise)
    degrees = fourier_degrees(n)
    sums, count = np.zeros(4), 0
    outcomes = list(itertools.product(range(n), (-s, s)))
    for path in itertools.product(itertools.product(outcomes, repeat=batch), repeat=T):
        f, iterates = np.zeros(n), []
        for eta, samples in zip(steps, path, strict=True):
            gradient = sum((f[x] - target[x] - e) * K[x] for x, e in samples) / batch
            f = (1 - eta * weight_decay) * f - eta * gradient
            iterates.append(f)
        averages = np.mean(iterates, axis=0), np.mean(iterates[T // 2:], axis=0)
        power = [np.sum((phi @ (f - target) / n) ** 2) for phi in degrees]
        sums += [np.mean((f - target) ** 2), np.sum(power / eigenvalues),
                 *(np.mean((g - target) ** 2) for g in averages)]
        count += 1
    return sums / count
