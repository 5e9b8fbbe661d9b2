"""Widths predicted against widths measured by training: how often within a factor of 2?

A measured width is that of `requirement`, from trained networks; where it lies beyond the widths
that were trained it is a bound (censored), and counts as met if no width within a factor of 2 of
the prediction is ruled out by that bound.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd.compare.paths import paths
from ntksgd.kernels.empirical import empirical_spectrum
from ntksgd.problems.tables import population
from ntksgd.risk.per_mode import per_mode_risk
from ntksgd.width.excess import Excess, controlled_excess
from ntksgd.width.needed import LEARNERS
from ntksgd.width.regime import kernel_regime
from ntksgd.width.requirement import WidthLaw, width_law
from ntksgd.width.verdict import MARGIN


def measured_widths(problem, spectrum, T, widths, replicates, seed, tau):
    """`WidthLaw` after T steps of networks, of their linearisation, and the larger one, by name."""
    times = np.array([T])
    risk = per_mode_risk(spectrum.eigenvalues, spectrum.power, problem.schedule, times)
    run = paths(problem, [*LEARNERS, "kernel"], widths, times, replicates, seed)
    laws = {learner: width_law(Excess(times, ((run.widths.astype(float), controlled_excess(
        getattr(run, learner), run.kernel, risk, risk)),)), tau) for learner in LEARNERS}
    return laws | {"regime": max(laws.values(), key=lambda law: (law.censored[-1],
                                                                 law.required[-1]))}


@dataclass(frozen=True)
class Comparison:
    """One prediction and one measurement of m*, with the ends of the interval of either.

    ``side`` is -1 or +1 where the measured width is at most or more than the value.
    """

    predicted: float
    predicted_low: float
    predicted_high: float
    measured: float
    measured_low: float
    measured_high: float
    side: int

    @property
    def censored(self) -> bool:
        """Measured as a bound only."""
        return self.side != 0

    @property
    def above(self) -> bool:
        """Measured above `MARGIN` times the prediction."""
        return self.side >= 0 and bool(self.measured > MARGIN * self.predicted)

    @property
    def below(self) -> bool:
        """Measured below the prediction over `MARGIN`."""
        return self.side <= 0 and bool(self.measured < self.predicted / MARGIN)

    @property
    def hit(self) -> bool:
        """Within a factor of 2, as far as the measurement tells."""
        return not (self.above or self.below)


def compared(predicted, law: WidthLaw) -> Comparison:
    """The width predicted, an `Interval`, beside what a law says at its last time."""
    return Comparison(predicted.value, predicted.low, predicted.high, *(
        float(v[-1]) for v in (law.required, law.low, law.high)), int(law.censored[-1]))


def tested(X, y, scale, activation, steps, widths, replicates, seed, tau=0.1, points=400, starts=6):
    """Predict, then train on the whole table: the answer, and a `Comparison` by name.

    Steps are those of the prediction.
    """
    found = kernel_regime(X, y, steps, None, activation, tau=tau, scale=scale, points=points,
                          starts=starts)
    whole = population(X, y, scale)
    problem = found.problem.with_(target=whole)
    spectrum = empirical_spectrum(whole, problem.kernel, problem.gram)
    laws = measured_widths(problem, spectrum, found.times[-1], widths, replicates, seed, tau)
    predicted = {"network": found.network.width, "linearised": found.linearised.width,
                 "regime": found.regime}
    return found, {name: compared(predicted[name], law) for name, law in laws.items()}
