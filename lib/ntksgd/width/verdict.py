"""Whether a width is in the kernel regime, how sure that is, and the summary in words.

With w the width predicted, its interval [low, high] over starts, and the margin of a factor 2:
    yes          m >= 2 w and m >= high
    no           m <= w/2 and m <= low
    cannot tell  otherwise.
How sure: on data sets that the prediction was not made with, the width measured by training was
compared with w, for two activations. "yes" is wrong where the true one is above 2 w, "no" where it
is below w/2: the shares of data sets without that fault, for either activation, with exact
binomial intervals. They speak for new data as far as these are like the test sets.
"""

from dataclasses import dataclass

from ntksgd.stats.binomial import share
from ntksgd.stats.intervals import Interval

MARGIN = 2.0


@dataclass(frozen=True)
class Calibration:
    """Data sets with a measured width above `MARGIN` w, and with one below w / `MARGIN`."""

    trials: int
    above: int
    below: int

    def sure(self, answer: str) -> Interval:
        """Share of the sets for which this answer, "yes" or "no", would have been right."""
        wrong = {"yes": self.above, "no": self.below}[answer]
        return share(self.trials - wrong, self.trials)


#: As notebook 13 finds for the width of the kernel regime, T = 1000; a test holds it to its csv.
TESTED = Calibration(trials=12, above=0, below=0)


@dataclass(frozen=True)
class Verdict:
    """The answer for one width; `sure` is None where the answer is "cannot tell"."""

    width: int
    answer: str
    sure: Interval | None

    def __str__(self):
        if self.sure is None:
            return (f"cannot tell: {self.width} is within a factor {MARGIN:g} of the width "
                    "predicted, or within its interval")
        return (f"{self.answer}; such an answer was right in {self.sure.value:.0%} "
                f"[{self.sure.low:.0%}, {self.sure.high:.0%}] of {TESTED.trials} test sets")


def verdict(width: int, predicted: Interval, tested: Calibration = TESTED) -> Verdict:
    """Judge a width against the one predicted."""
    w, answer = predicted, "cannot tell"
    if width >= max(MARGIN * w.value, w.high):
        answer = "yes"
    elif width <= min(w.value / MARGIN, w.low):
        answer = "no"
    return Verdict(width, answer, None if answer == "cannot tell" else tested.sure(answer))


def summary(found) -> str:
    """A `regime.KernelRegime` in words."""
    few = found.population
    rows = f"{few.n} points" if found.rows == few.n else f"{few.n} of {found.rows} points"
    rate = 2 * found.r.value / (2 * found.r.value + 1)
    percent, m = f"{found.tau:.0%}", found.regime.value
    lines = [
        f"{few.name}: {rows} in {few.d} dimensions, {found.problem.activation.name}, "
        f"T = {found.times[-1]} steps",
        f"  regularity r      {found.r}: risk ~ T^-{rate:.2f}",
        f"  training risk     {found.risk[0]:.3f} at T = {found.times[0]}, {found.risk[-1]:.3f} at "
        f"T = {found.times[-1]} (f = 0 has 1; infinite width, empirical law)",
        f"  width for {percent:6s}  network {found.network}, linearised network {found.linearised}",
        f"  first order       c(T) = {found.coefficient.value:.1f}, c/tau = "
        f"{found.coefficient.value / found.tau:.0f}",
        f"  features move     ||f_T||_H^2 = {found.norm:.0f}, {found.norm / m:.2f} a neuron at "
        f"width {m:.0f}",
    ]
    if found.verdict is not None:
        lines.append(f"  kernel regime at width {found.verdict.width}?  {found.verdict}")
    if found.other is not None:
        other = found.other
        lines.append(f"  another subsample r {other.r.value:.3f}, risk "
                     f"{other.risk[-1] / found.risk[-1] - 1:+.0%}, widths {other.network}, "
                     f"{other.linearised}")
    return "\n".join(lines)
