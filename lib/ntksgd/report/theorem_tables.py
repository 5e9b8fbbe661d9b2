"""Tables of the network's theorem: what is measured beside what is proved."""

import numpy as np
import pandas as pd

from ntksgd.compare.network_parts import own_losses
from ntksgd.report.statements import Statement
from ntksgd.stats import intervals


def gap_table(widths, gap, path, event):
    """Squared distance of network and linearised network at each width, NaN where no bound closes.

    `gap` (replicates, widths); `path`, `event`: the bounds of every start, a row a width. "m^-2" is
    that power through the last point, over the upper half of the widths.
    """
    seen = intervals.of(lambda mean: mean, gap, transform="log")
    proved = {name: [np.mean([bound.gap**2 for bound in row]) for row in of]
              for name, of in (("Proposition 4", path), ("Theorem 7", event))}
    guide = seen.value[-1] * (np.asarray(widths) / widths[-1]) ** -2.0
    guide[:len(guide) // 2] = np.nan
    table = pd.DataFrame({"m": widths, "measured": seen.value, "low": seen.low, "high": seen.high,
                          "m^-2": guide, **proved})
    return table.replace(np.inf, np.nan)


def excess_table(far, risk, proved):
    """Excess risk as measured and as proved, from 0 to 100: what `figures.theorem.bounds` draws.

    `far`: `Paths` of network and kernel; `risk`: the kernel's at their times; `proved`: {T:
    (widths, excess)}.
    """
    lead = intervals.of(lambda mean: mean, (far.network - far.kernel[:, None]) / risk)
    frames = [pd.DataFrame({"T": T, "m": far.widths, "value": lead.value[:, j],
                            "low": lead.low[:, j], "high": lead.high[:, j], "kind": "measured"})
              for j, T in enumerate(far.times)]
    frames += [pd.DataFrame({"T": T, "m": m, "value": value, "kind": "bound"})
               for T, (m, value) in proved.items()]
    return pd.concat(frames, ignore_index=True).query("0 < value < 100")


def loss_table(found, event):
    """Root mean square of each quantity found, the mean of its bounds, their ratio, and its own.

    `found`: {name: samples}; `event`: the bounds of the same starts; own: what a step loses beyond
    what it inherits, see `network_parts.own_losses`.
    """
    measured = pd.Series({name: np.sqrt(np.mean(samples**2)) for name, samples in found.items()})
    bound = pd.Series({name: np.mean([getattr(b, name) for b in event]) for name in found})
    ratio = bound / measured
    return pd.DataFrame({"measured": measured, "bound": bound, "ratio": ratio,
                         "own": pd.Series(own_losses(ratio))})


def below_bound(share, where, **rest):
    """The fluctuation measured over its proved bound, at most 1."""
    return Statement("B'", "|l - f|^2 / proved bound", "check", measured=share.value,
                     interval=share, interval_kind="statistical", theory=1, relation="<=",
                     range=where, **rest)


def gap_slope(fall, where, **rest):
    """The slope of |g - l|^2 in m, -2 by the bound."""
    return Statement("B'", "slope of |g - l|^2 in m", "prediction", measured=fall.value,
                     interval=fall, interval_kind="statistical", theory=-2, relation="=",
                     range=where, why="finite width", **rest)


def widths_asked(found, tau, **rest):
    """The width that the proof asks for, a finding for each T of {T: m}."""
    return [Statement("C", "width that the proof asks for", "finding", measured=m,
                      range=f"T = {T}, tau = {tau:g}", **rest) for T, m in found.items()]
