r"""Kernel ridge regression, the benchmark estimator, by its deterministic equivalent.

f = argmin (1/n) sum_i (f(x_i) - y_i)^2 + mu ||f||_H^2. With the effective regularisation k > mu,

    mu = k (1 - df_1/n),    df_j = sum_k (lambda_k/(lambda_k + k))^j N_k,
    R = [k^2 sum_k F_k/(lambda_k + k)^2 + s^2 df_2/n] / (1 - df_2/n)

stands for the risk: its large-n limit for Gaussian features, an approximation (not a theorem) for
harmonics on a sphere, which the tests hold against sampled regressions. Degrees beyond the
spectrum's last enter df_1 by their trace over k, and no other sum.
"""

import numpy as np
from scipy.optimize import minimize_scalar
from threadpoolctl import threadpool_limits

from ntksgd import check


def ridge_equivalent(spectrum, target, n, effective, noise):
    """Regularisation mu and risk R at effective regularisation k > 0, arrays like ``effective``.

    NaN where k is below the least value that n samples allow (df_1 >= n).
    """
    k = np.asarray(effective, dtype=float)[..., None]
    lam, N, F = spectrum.eigenvalues, spectrum.multiplicities, target.power
    shrink = lam / (lam + k)
    df1 = shrink @ N + max(spectrum.tail, 0.0) / k[..., 0]
    df2 = shrink**2 @ N
    allowed = df1 < n
    bias = (k / (lam + k)) ** 2 @ F
    mu = np.where(allowed, k[..., 0] * (1 - df1 / n), np.nan)
    return mu, np.where(allowed, (bias + noise * df2 / n) / (1 - df2 / n), np.nan)


@threadpool_limits.wrap(limits=1, user_api="blas")  # short dot products: threads only wait
def best_ridge(spectrum, target, n, noise):
    """Regularisation mu and risk of the best ridge regression on n samples."""
    n, noise = check.positive("n", n), check.number("noise", noise, 0.0)

    def risk(log_k):
        value = float(ridge_equivalent(spectrum, target, n, np.exp(log_k), noise)[1])
        return value if np.isfinite(value) else np.inf

    grid = np.linspace(np.log(spectrum.eigenvalues.max()) - 45, 3, 60)
    i = int(np.argmin([risk(g) for g in grid]))
    best = minimize_scalar(risk, bounds=(grid[max(i - 1, 0)], grid[min(i + 1, 59)]),
                           method="bounded", options={"xatol": 1e-6})
    return float(ridge_equivalent(spectrum, target, n, np.exp(best.x), noise)[0]), float(best.fun)
