"""The score of forecasts from half A against what was measured on half B, with intervals."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ntksgd.compare.forecast import Forecast
from ntksgd.compare.halves import Half, Measured, measure
from ntksgd.stats import intervals
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

    def gap(self, forecast, measured):
        """`Interval` of the measured minus the foretold exponent of the risk beyond T_fit."""
        late = self.first.late
        log_T = np.log(self.first.times[late])
        return intervals.of(lambda mean: np.diff(fit(log_T, np.log(mean))[0])[:, 0],
                            self.pair(forecast, measured)[..., late])


def trial(halves, width, seed, workers=None):
    """Train kernel SGD and a network of this width on the other half of each split: `Trial`."""
    return Trial(tuple(halves), measure(halves, width, seed, workers))
