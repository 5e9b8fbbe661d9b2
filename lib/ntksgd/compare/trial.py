"""The score of forecasts from half A against what was measured on half B, with intervals.

The halves of a split are exchangeable: `ratio` and `gap`, of means over splits, would be near 1 and
0 for a forecast that knows nothing of its own split. They test the recursion, and the rate, against
SGD; how well one half foretells the other is what `miss` and `gap_miss` say.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ntksgd.compare.forecast import Forecast
from ntksgd.compare.halves import Half, Measured, measure
from ntksgd.stats import intervals
from ntksgd.stats.intervals import Interval
from ntksgd.stats.slopes import fit, slope


@dataclass(frozen=True)
class Trial:
    """Forecasts of every split, and what came of them."""

    halves: tuple[Half, ...]
    measured: Measured

    @cached_property
    def first(self) -> Forecast:
        """The forecast of the first split."""
        return self.halves[0].forecast

    def foretold(self, name):
        """An attribute of every split's forecast, one row a split."""
        return np.array([getattr(half.forecast, name) for half in self.halves])

    def pair(self, forecast, measured):
        """Foretold and measured risks, (splits, 2, times), named as in Forecast and Measured."""
        return np.stack([self.foretold(forecast), getattr(self.measured, measured)], axis=1)

    def ratio(self, forecast, measured):
        """`Interval` of the mean foretold over the mean measured risk, at the last time."""
        return intervals.of(lambda mean: mean[:, 0] / mean[:, 1],
                            self.pair(forecast, measured)[..., -1], transform="log")

    def exponent(self, samples):
        """`Slope` of risks (splits, times) beyond T_fit."""
        late = self.first.late
        return slope(self.first.times[late], samples[:, late])

    @property
    def exponents(self):
        """Those of kernel SGD, network, spectrum and rate, by name."""
        return {"kernel": self.exponent(self.measured.kernel),
                "network": self.exponent(self.measured.network),
                "spectrum": self.exponent(self.foretold("curve")),
                "rate": self.exponent(self.foretold("power_law"))}

    def gap(self, forecast, measured):
        """`Interval` of the measured minus the foretold exponent of the risk beyond T_fit."""
        late = self.first.late
        log_T = np.log(self.first.times[late])
        return intervals.of(lambda mean: np.diff(fit(log_T, np.log(mean))[0])[:, 0],
                            self.pair(forecast, measured)[..., late])

    def miss(self, forecast, measured):
        """`Interval` of the typical factor between one split's forecast and its measurement.

        At the last time: exp of the root mean square over splits of log(foretold / measured).
        """
        log_risk = np.log(self.pair(forecast, measured)[..., -1])
        typical = _root_mean_square(np.diff(log_risk)[:, 0])
        return Interval(*np.exp([typical.value, typical.low, typical.high]))

    def gap_miss(self, forecast, measured):
        """`Interval` of the typical difference between one split's two exponents beyond T_fit.

        The root mean square over splits.
        """
        late = self.first.late
        log_risk = np.log(self.pair(forecast, measured)[..., late])
        return _root_mean_square(np.diff(fit(np.log(self.first.times[late]), log_risk)[0])[:, 0])


def _root_mean_square(values):
    # simulated coverage of nominal 95 % for 6 independent normal values: 0.92
    return intervals.of(np.sqrt, values**2, transform="log")


def trial(halves, width, seed, workers=None):
    """Train kernel SGD and a network of this width on the other half of each split: `Trial`."""
    return Trial(tuple(halves), measure(halves, width, seed, workers))


def scores(trials, how, pairs):
    """`Interval`s by one method of `Trial`, e.g. "miss": {case: {name of a pair: Interval}}.

    `trials`: {case: Trial}; `pairs`: {name: (forecast, measured)}, as in Forecast and Measured.
    """
    return {case: {what: getattr(t, how)(*pair) for what, pair in pairs.items()}
            for case, t in trials.items()}
