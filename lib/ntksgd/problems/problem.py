"""A learning problem: what is learnt, from which samples, by which steps.

One object for every learner. It alone knows eta_1 kappa(1), the decay of the steps and d.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property

from ntksgd import check
from ntksgd.kernels.deep import deep_kernel
from ntksgd.kernels.empirical import gram
from ntksgd.kernels.spectrum import Spectrum, mercer_spectrum, quadrature_spectrum
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.models.activations import Activation, activation
from ntksgd.problems.data import Population
from ntksgd.problems.grid import Grid, grid
from ntksgd.problems.labels import LabelModel, square
from ntksgd.problems.schedules import Schedule, source_polynomial
from ntksgd.problems.target import Target, source_target


@dataclass(frozen=True)
class Problem:
    """What is learnt and how; ValueError for a number out of range.

    Attributes
    ----------
    activation : Activation
        Or its name.
    target : Target or Population
        A function on the sphere, whose spectrum is that of the network's limit kernel, or finitely
        many points with their values.
    schedule : Schedule
        Step sizes eta_t.
    labels : LabelModel
        Loss and law of the labels.
    weight_decay, gamma : float
        lambda >= 0, and the weight of the bias.
    depth : int or None
        None: the two-layer network of the paper. L >= 1: the network of L hidden layers, whose
        activation is normalised (`kernels.deep`): with L = 1 it differs from the paper's by that.
    momentum : float
        In [0, 1): that of the heavy ball, for two-layer networks and the RKHS on the circle.
    batch : int
        Fresh samples a step, likewise.
    """

    activation: str | Activation
    target: Target | Population
    schedule: Schedule
    labels: LabelModel = field(default_factory=lambda: square(0.0))
    weight_decay: float = 0.0
    gamma: float = 1.0
    depth: int | None = None
    momentum: float = 0.0
    batch: int = 1

    def __post_init__(self):
        """Accept the activation by name; check the numbers."""
        object.__setattr__(self, "activation", activation(self.activation))
        if not isinstance(self.labels, LabelModel):
            raise ValueError(f"labels = {self.labels!r}: must be a LabelModel, e.g. square(0.25)")
        check.number("weight_decay", self.weight_decay, 0.0)
        check.number("gamma", self.gamma, 0.0)
        if self.depth is not None:
            check.integer("depth", self.depth, 1)
        check.number("momentum", self.momentum, 0.0, 1.0, open_high=True)
        check.integer("batch", self.batch, 1)

    @property
    def d(self) -> int:
        """Inputs lie on S^(d-1)."""
        return self.target.d

    @property
    def noise(self) -> float:
        """Variance s^2 of the noise, as SGD near f* sees it: V / D^2 of `labels`."""
        return self.labels.variance / self.labels.curvature**2

    @property
    def spectrum(self) -> Spectrum:
        """Mercer spectrum of the limit kernel."""
        return self.target.spectrum

    @cached_property
    def kernel(self):
        """Tangent kernel of the network at infinite width."""
        if self.depth is None:
            return tangent_kernel(self.activation, self.gamma)
        return deep_kernel(self.activation, self.depth, self.gamma)

    @cached_property
    def gram(self):
        """Kernel matrix at the points of a `Population`."""
        return gram(self.kernel, self.target.x)

    @property
    def local_schedule(self) -> Schedule:
        """D eta_t, D the curvature of the loss: the steps of its quadratic expansion at f*."""
        curvature = self.labels.curvature
        if curvature == 1:
            return self.schedule
        return replace(self.schedule, name=f"{curvature:.3g} {self.schedule.name}",
                       step=lambda t: curvature * self.schedule(t),
                       largest=curvature * self.schedule.largest)

    def grid(self, degree: int | None = None) -> Grid:
        """Points at which risks are computed, see `grid.grid`."""
        return grid(self.target, degree)

    def samples(self, T, seed):
        """Samples of T steps for the replicate that owns this seed."""
        return self.labels.draw(self.target, T * self.batch, seed)

    def risk(self, points, values):
        """Excess risk of functions given by their values at the points (..., n) -> (...)."""
        return self.labels.risk(points, values)

    def with_(self, **changes):
        """The same problem, but for some attributes."""
        return replace(self, **changes)


def source_problem(spec: str | Activation, d: int = 2, r: float = 0.5, noise: float = 0.25,
                   step: float = 1.0, max_degree: int = 128, *, depth: int | None = None,
                   labels: LabelModel | Callable[[Grid], LabelModel] | None = None,
                   norm: float = 1.0, weight_decay: float = 0.0) -> Problem:
    """SGD, steps as we read the paper, on the target of regularity r in the network's own kernel.

        eta_t = step / (D kappa(1)) t^(-2r/(2r+1)),    D the curvature of the loss (1 for square).

    Parameters
    ----------
    spec : str or Activation
    d, max_degree : int
        Inputs on S^(d-1), d >= 2; the largest degree of spectrum and target.
    r, norm : float
        Regularity and ||f*||, > 0.
    noise : float
        Variance s^2 of Gaussian noise; unused if `labels` is given.
    step : float
        eta_1 kappa(1) D, in (0, 2): 2 is the limit of mean-square stability.
    labels : LabelModel or callable, optional
        Another law of the labels, or a function that makes one from the grid of the target.
    depth, weight_decay
        As in `Problem`.
    """
    step = check.number("step", step, 0.0, 2.0, open_low=True, open_high=True)
    act = activation(spec)
    if depth is None:
        spectrum = mercer_spectrum(act, d, max_degree)
    else:
        spectrum = quadrature_spectrum(deep_kernel(act, depth), d, max_degree)
    target = source_target(spectrum, r, norm=norm)
    labels = square(noise) if labels is None else labels
    if not isinstance(labels, LabelModel):
        labels = labels(grid(target))
    schedule = source_polynomial(step / labels.curvature / spectrum.trace, r)
    return Problem(act, target, schedule, labels, weight_decay, depth=depth)
