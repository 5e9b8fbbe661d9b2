"""How fast the kernel K_m of a width-m network concentrates about its limit K.

At the symmetric initialisation K_m is the mean over m/2 independent neurons of
    z_b(x, x') = sigma sigma' + (<x, x'> + gamma^2) dsigma dsigma',
so, with no remainder and for every even m,
    E ||K_m - K||^2_(L^2 x L^2) = (2/m) C,    C = E ||z_b||^2 - ||K||^2,
with C by one-dimensional quadrature (`fluctuation.hilbert_schmidt_constant`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ntksgd import check
from ntksgd.kernels import sphere
from ntksgd.kernels.neuron_moments import hilbert_schmidt_constant
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import empirical_ntk, initialise
from ntksgd.stats.rates import bootstrap_slope
from ntksgd.stats.sweep import map_tasks


def squared_errors(task, seed):
    """||K_m - K||^2 of independent networks, each estimated without bias on its own random points.

    Parameters
    ----------
    task : tuple
        (activation, d, gamma, m, replicates, points): the squared error is averaged over the
        pairs of distinct points among `points` uniform ones.
    seed : numpy.random.SeedSequence

    Returns
    -------
    ndarray, shape (replicates,)
    """
    spec, d, gamma, m, replicates, points = task
    act, kernel, rng = activation(spec), tangent_kernel(spec, gamma), np.random.default_rng(seed)
    errors = np.empty(replicates)
    for i in range(replicates):
        x = sphere.uniform(rng, points, d)
        gap = empirical_ntk(initialise(m, d, rng), x, x, act, gamma) - kernel.gram(x)
        np.fill_diagonal(gap, 0.0)  # a pair (x, x) is not a pair of independent points
        errors[i] = np.sum(gap**2) / (points * (points - 1))
    return errors


@dataclass(frozen=True)
class Concentration:
    """Measured squared kernel errors of independent networks, and their exact mean.

    Attributes
    ----------
    activation : str
    d : int
    widths : ndarray, shape (n,)
    errors : ndarray, shape (replicates, n)
        ||K_m - K||^2; the columns are independent.
    constant : float
        C in E ||K_m - K||^2 = 2 C / m.
    """

    activation: str
    d: int
    widths: np.ndarray
    errors: np.ndarray
    constant: float

    @property
    def predicted(self):
        """2 C / m, shape (n,)."""
        return 2 * self.constant / self.widths

    def mean(self, confidence=0.95):
        """Mean over replicates and the half-width of Student's interval, each of shape (n,)."""
        count = self.errors.shape[0]
        spread = stats.t.ppf((1 + confidence) / 2, count - 1) / np.sqrt(count)
        return self.errors.mean(axis=0), spread * self.errors.std(axis=0, ddof=1)

    def slope(self, seed, confidence=0.95):
        """Exponent of m with its bootstrap interval."""
        return bootstrap_slope(self.widths, self.errors, seed, confidence, resamples=5000,
                               paired=False)

    def ratio(self, confidence=0.95):
        """Measured over predicted, pooled over the widths: (value, low, high)."""
        scaled = self.errors / self.predicted
        count, widths = scaled.shape
        error = np.sqrt(np.sum(scaled.var(axis=0, ddof=1)) / count) / widths
        half = stats.norm.ppf((1 + confidence) / 2) * error
        return float(scaled.mean()), float(scaled.mean() - half), float(scaled.mean() + half)


def measure(cases, widths, replicates, seed, gamma=1.0, points=24, workers=None):
    """Concentration of the kernel for several activations and dimensions.

    Parameters
    ----------
    cases : list of (str, int)
        Activation and dimension d.
    widths : array of int
        Widths m, even and at least 2.
    replicates : int
        Independent networks a width, at least 2.
    seed : int or numpy.random.SeedSequence
    gamma : float
    points : int
        Random points a replicate, at least 2.
    workers : int, optional
        See `sweep.map_tasks`.

    Returns
    -------
    list of Concentration
        One a case.

    Raises
    ------
    ValueError
        If a width is odd or < 2, d < 2, an activation is unknown, or a count is too small.
    """
    widths = [check.width(m) for m in widths]
    check.integer("replicates", replicates, 2)
    check.integer("points", points, 2)
    gamma = check.number("gamma", gamma, 0.0)
    constants = [hilbert_schmidt_constant(spec, d, gamma) for spec, d in cases]
    tasks = [(spec, d, gamma, m, replicates, points) for spec, d in cases for m in widths]
    # wide networks first: they take longest, and both workers then end together
    order = np.argsort([-task[3] for task in tasks], kind="stable")
    done = map_tasks(squared_errors, [tasks[i] for i in order], seed, workers)
    errors = [done[i] for i in np.argsort(order)]
    size = len(widths)
    return [
        Concentration(spec, d, np.array(widths), np.stack(errors[i * size : (i + 1) * size], 1), c)
        for i, ((spec, d), c) in enumerate(zip(cases, constants, strict=True))
    ]


def table(cases):
    """Mean squared errors, their 95 % half-widths and predictions, one row a (case, m)."""
    tables = []
    for case in cases:
        mean, half = case.mean()
        tables.append(pd.DataFrame({
            "activation": case.activation, "d": case.d, "m": case.widths, "measured": mean,
            "half_width": half, "predicted": case.predicted}))
    return pd.concat(tables, ignore_index=True)
