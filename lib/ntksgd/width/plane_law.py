"""One law for the whole plane, E R_m(T) / R(T) - 1 = A m^(-alpha) T^beta, and what follows from it.

Least squares in the excess, weighted by its standard error, so that m* ~ T^(beta/alpha) without a
crossing: it draws on every width, also on those where a single mean is lost in the noise.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd.stats.intervals import Interval

ITERATIONS = 200
CONVERGED = 1e-8  # largest last change of a parameter


@dataclass(frozen=True)
class PlaneLaw:
    """Fit of A m^(-alpha) T^beta to some cells (m, T), with 95 % intervals.

    ratio = beta / alpha is the exponent of m* in T. The misfit is the root mean square residual in
    standard errors: about 1 or less if the law holds (cells that share paths are correlated, so
    that it is no test statistic).
    """

    alpha: Interval
    beta: Interval
    ratio: Interval
    amplitude: float
    cells: int
    misfit: float


def _gauss_newton(design, mean, error, start):
    """Parameters (..., 3) of mean = exp(design @ parameters), mean of shape (..., cells)."""
    parameters = np.broadcast_to(start, (*mean.shape[:-1], 3)).copy()
    for _ in range(ITERATIONS):
        model = np.exp(parameters @ design.T)
        jacobian = (model / error)[..., None] * design
        normal = np.swapaxes(jacobian, -1, -2) @ jacobian
        slope = np.swapaxes(jacobian, -1, -2) @ ((mean - model) / error)[..., None]
        # a step of at most 1/2 in each logarithm keeps the exponential in reach
        try:
            step = np.clip(np.linalg.solve(normal, slope)[..., 0], -0.5, 0.5)
        except np.linalg.LinAlgError:  # the model has left the data altogether
            break
        parameters += step
        if np.abs(step).max() < CONVERGED:
            return parameters
    raise ValueError("excess: no power law in the plane, Gauss-Newton does not converge; the cells "
                     "hold too much noise")


def plane_law(excess, cells):
    """Fit the law on some cells of an `Excess`.

    Parameters
    ----------
    excess : Excess
    cells : bool array, shape (n_m, n_T)
        Chosen without a look at the data, or the fit is biased. At least 6, of two widths and two
        times; else, or if the fit does not converge, a ValueError.

    Returns
    -------
    PlaneLaw
    """
    rows, columns = np.nonzero(cells)
    if rows.size < 6 or np.unique(rows).size < 2 or np.unique(columns).size < 2:
        raise ValueError(f"cells: {rows.size} of them, must be at least 6 over 2 widths and times")
    log_m, log_t = np.log(excess.widths[rows]), np.log(excess.times[columns])
    centre = np.array([log_m.mean(), log_t.mean()])
    design = np.stack([np.ones(rows.size), centre[0] - log_m, log_t - centre[1]], axis=1)
    error, mean = excess.error[rows, columns], excess.mean[rows, columns]
    level = np.log(max(np.average(mean, weights=error**-2.0), 1e-6))
    best = _gauss_newton(design, mean, error, np.array([level, 1.0, 0.3]))

    def exponents(means):
        _, alpha, beta = _gauss_newton(design, means[:, rows, columns], error, best).T
        return np.stack([alpha, beta, beta / alpha], axis=1)

    found = excess.of(exponents)
    residual = (mean - np.exp(design @ best)) / error
    amplitude = np.exp(best[0] + best[1] * centre[0] - best[2] * centre[1])
    return PlaneLaw(*(Interval(*map(float, (found.value[j], found.low[j], found.high[j])))
                      for j in range(3)),
                    float(amplitude), rows.size, float(np.sqrt(np.mean(residual**2))))
