"""Laws of the labels for which f* minimises the expected loss, and what SGD sees near f*.

    square    y = f*(x) + noise, variance s^2;
    logistic  y = +-1, P(y = 1 | x) = p(x) = 1 / (1 + exp(-f*(x)));
    huber     y = f*(x) + scale * Student's t: symmetric, of infinite variance for dof <= 2.
Let h = l'(f*, y), of mean 0 given x. With the curvature D = d/dg E l'(g, y) at f* and V = E h^2,
both averaged over x, SGD near f* is SGD on the square loss with step D eta and noise variance
V/D^2: to first order in f - f* if D does not depend on x; a heuristic for the logistic loss, where
D(x) = p (1 - p) = V(x). (`risk.moment_closure` keeps D(x), and what is beyond first order.)
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from ntksgd import check
from ntksgd.problems import expected_loss
from ntksgd.problems.expected_loss import ExpectedLoss
from ntksgd.problems.grid import Grid
from ntksgd.problems.samples import NOISE, Samples, draw_samples
from ntksgd.seeds import child


@dataclass(frozen=True)
class LabelModel:
    """A loss and the law of the labels.

    Attributes
    ----------
    loss : str
        As `losses` names it.
    labels : callable
        (f*(x) (T,), Generator) -> y (T,).
    curvature, variance : float
        D and V of the module's docstring, means over the sphere.
    expected : ExpectedLoss
        The loss averaged over the labels at one input.
    """

    loss: str
    labels: Callable
    curvature: float
    variance: float
    expected: ExpectedLoss

    def draw(self, target, T, seed):
        """T samples; the inputs are those of `samples.draw_samples` for the same seed."""
        x, truth, drawn = draw_samples(target, T, seed)
        rng = np.random.default_rng(child(seed, NOISE))
        return Samples(x, self.labels(truth, rng), drawn)

    def risk(self, grid: Grid, values):
        """Excess loss E l(g, y) - E l(f*, y); of the square loss twice that, ||g - f*||^2."""
        if self.loss == "square":
            return grid.risk(values)
        finite = np.isfinite(values).all(axis=-1)  # not so after divergence
        excess = self.expected.excess(np.where(finite[..., None], values, 0.0), grid.target)
        return np.where(finite, excess @ grid.weights, np.inf)

    @property
    def risk_factor(self):
        """`risk` near f* as a multiple of ||g - f*||^2, D in the mean."""
        return 1.0 if self.loss == "square" else self.curvature / 2


def square(noise):
    """Gaussian noise of variance s^2 = `noise`."""
    deviation = np.sqrt(check.number("noise", noise, 0.0))
    return LabelModel("square", lambda truth, rng: truth + deviation *
                      rng.standard_normal(truth.size), 1.0, float(noise),
                      expected_loss.squared(float(noise)))


def logistic(grid):
    """Labels +-1; the grid gives the target on which D = V = E p (1 - p) is computed."""
    p = special.expit(check.instance("grid", grid, Grid).target)
    curvature = float((p * (1 - p)) @ grid.weights)
    return LabelModel("logistic", lambda truth, rng: np.where(
        rng.random(truth.size) < special.expit(truth), 1.0, -1.0), curvature, curvature,
        expected_loss.logistic())


def huber(scale, dof):
    """Student noise; D = P(|noise| < 1), V = E min(noise^2, 1)."""
    scale, dof = check.number("scale", scale, 1e-100), check.number("dof", dof, 1e-2)
    law = stats.t(dof, scale=scale)
    curvature = float(law.cdf(1) - law.cdf(-1))
    inside = law.expect(np.square, lb=-1, ub=1, limit=200)
    return LabelModel("huber", lambda truth, rng: truth + scale * rng.standard_t(dof, truth.size),
                      curvature, float(inside + 1 - curvature), expected_loss.huber(
                          lambda u: special.stdtr(dof, np.asarray(u) / scale)))
