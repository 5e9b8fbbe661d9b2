"""Does the kernel's trace explain what the drift of the features does to the risk?

If the noise part of the risk scales with E K_T(x, x), and nothing else changes, then
    (R_network - R_linearised) / R = share (E K_T(x, x) / kappa(1) - 1),
R the risk of kernel SGD and share that of noise in it. A heuristic; both sides are measured on the
same paths, for the excess loss.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd.compare.loss_paths import loss_paths
from ntksgd.risk.circle_closure import circle_moments
from ntksgd.stats import intervals
from ntksgd.stats.intervals import Interval


@dataclass(frozen=True)
class TraceTest:
    """Both sides and measured minus predicted, Intervals with an entry a width; the share.

    ``linearised``, ``network``: their risks over that of kernel SGD.
    """

    measured: Interval
    predicted: Interval
    difference: Interval
    linearised: Interval
    network: Interval
    share: float

    @property
    def verdict(self):
        """At how many widths both sides differ, agree, or cannot be told apart, in words."""
        same = self.difference.contains(0.0)
        told = self.difference.half < np.abs(self.measured.value) / 2
        return (f"noise share {self.share:.2f}; of {same.size} widths {sum(~same)} refute it, "
                f"{sum(same & told)} agree, {sum(same & ~told)} too noisy to tell")


def trace_test(problem, widths, T, replicates, seed):
    """`TraceTest` after T steps of a problem on the circle; arguments as in `loss_paths`."""
    run = loss_paths(problem, widths, [T], replicates, seed, linearised=True, trace=True)["loss"]
    share = float(circle_moments(problem, [T]).noise_share[0])
    block = np.stack([run.network[..., 0], run.linearised[..., 0],
                      share * (run.trace[..., 0] - 1), run.kernel + 0 * run.network[..., 0]],
                     axis=1)

    def of(statistic, **options):
        return intervals.of(lambda mean: statistic(*np.moveaxis(mean, 1, 0)), block, **options)

    return TraceTest(of(lambda net, lazy, trace, kernel: (net - lazy) / kernel),
                     of(lambda net, lazy, trace, kernel: trace),
                     of(lambda net, lazy, trace, kernel: (net - lazy) / kernel - trace),
                     of(lambda net, lazy, trace, kernel: lazy / kernel, transform="log"),
                     of(lambda net, lazy, trace, kernel: net / kernel, transform="log"), share)
