"""From a sample: regularity, predicted risk, the width needed, and whether a width is enough.

Everything is predicted from the kernel matrix of the points and from drawn starts, no SGD is run.
Risks are training risks: those under the empirical law, which draws one of the points at random,
with replacement, at every step (`problems.data`).
"""

from dataclasses import dataclass, replace

import numpy as np

from ntksgd import check
from ntksgd.problems.data import Population
from ntksgd.problems.grid import log_times
from ntksgd.problems.problem import Problem
from ntksgd.problems.schedules import power_sums
from ntksgd.problems.tables import population
from ntksgd.risk.exact import expected_risk
from ntksgd.seeds import child
from ntksgd.stats.intervals import Interval
from ntksgd.stats.numerical import Bracket
from ntksgd.width.needed import LEARNERS, Needed, leading_coefficient, needed_width, search
from ntksgd.width.predicted_excess import Predicted
from ntksgd.width.sample_problem import data_problem
from ntksgd.width.verdict import Verdict, summary, verdict


@dataclass(frozen=True, repr=False)
class KernelRegime:
    """What a sample says of wide networks trained on it; `print` it for a summary.

    Attributes
    ----------
    population : Population
        The points that were used.
    rows : int
        How many there were.
    problem : Problem
    tau : float
    times, risk : ndarray, shape (n_T,)
        Training risk at infinite width, that of f = 0 being 1.
    r : Bracket
        Effective regularity; its range covers fits on parts of the window, widened by the
        sampling error from half samples.
    predicted : Predicted
        Samples of the excess over starts, widths and times.
    network, linearised : Needed
        m*(T, tau): widths from which on the risk is at most 1 + tau times that of the kernel.
    coefficient : Interval
        c(T): the linearised network has the excess c(T)/m to first order.
    norm : float
        ||f_T||_H^2, about the squared distance that the parameters move.
    width : int or None
    verdict : Verdict or None
        Whether that width is in the kernel regime.
    other : KernelRegime or None
        The same from another random subsample, where there are more rows than `points`.
    """

    population: Population
    rows: int
    problem: Problem
    tau: float
    times: np.ndarray
    risk: np.ndarray
    r: Bracket
    predicted: Predicted
    network: Needed
    linearised: Needed
    coefficient: Interval
    norm: float
    width: int | None
    verdict: Verdict | None
    other: "KernelRegime | None" = None

    @property
    def regime(self) -> Interval:
        """Width of the kernel regime: the larger m* of network and linearised network."""
        both = self.network.width, self.linearised.width
        return Interval(*(max(getattr(one, end) for one in both)
                          for end in ("value", "low", "high")))

    def __repr__(self):
        return summary(self)


def kernel_regime(X, y, steps: int = 2000, width: int | None = None, activation: str = "relu", *,
                  tau: float = 0.1, scale: bool | None = True, points: int = 500, starts: int = 6,
                  seed: int = 0, name: str = "table") -> KernelRegime:
    """Whether a two-layer network trained on these data by SGD follows its tangent kernel.

    Parameters
    ----------
    X, y, scale, name
        Features (n, p), values (n,) and what is done to them: see `tables.population`.
    steps : int
        T >= 100 steps of SGD, one random row each. Time grows like T from about 10^5 on.
    width : int, optional
        An even width to judge.
    activation : str or Activation
    tau : float
        Excess over the kernel's risk that is still accepted, > 0.
    points : int
        >= 20; of more rows than this, random subsamples are used.
    starts : int
        >= 3 initialisations, for the mean over them.
    seed : int

    Returns
    -------
    KernelRegime

    Raises
    ------
    ValueError
        For a table that cannot be used, see `tables.population`, and numbers out of range; for more
        steps than the eigenvalues of so few points can describe.
    """
    check.integer("steps", steps, 100)
    check.positive("tau", tau)
    check.integer("points", points, 20)
    check.integer("starts", starts, 3, 10**4)
    width = None if width is None else check.width(width, "width")
    whole = population(X, y, scale, name)
    order = np.random.default_rng(child(seed, 0)).permutation(whole.n)
    options = (activation, steps, width, tau, starts, seed)
    if whole.n <= points:
        return _judged(whole, whole.n, *options)
    # the second has as few rows of the first as there are
    parts = [whole.subset(np.sort(part)) for part in (order[:points], order[-points:])]
    first, second = (_judged(part, whole.n, *options) for part in parts)
    return replace(first, other=second)


def _judged(sample, rows, activation, steps, width, tau, starts, seed):
    """The answer for the points of one `Population`."""
    problem, spectrum, r = data_problem(sample, activation, steps, child(seed, 1))
    times = log_times(steps, 9, max(steps // 100, 1))
    risk = expected_risk(spectrum, spectrum.power, problem.schedule, times).risk
    found = search(problem, spectrum, times, tau, starts, child(seed, 2))
    network, linearised = (needed_width(found, tau, learner) for learner in LEARNERS)
    effort = power_sums(problem.schedule, times)[-1]
    filtered = np.expm1(-spectrum.eigenvalues * effort) ** 2
    norm = float(np.sum(filtered * spectrum.power / spectrum.eigenvalues))
    answer = KernelRegime(sample, rows, problem, tau, times, risk, r, found, network, linearised,
                          leading_coefficient(found), norm, width, None)
    if width is None:
        return answer
    return replace(answer, verdict=verdict(width, answer.regime))
