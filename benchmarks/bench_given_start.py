"""The linearised network's excess risk: samples integrated out against samples drawn.

Squareplus on the circle, r = 1/2, m = 512, one core. Both ways estimate E R_m / R - 1 from
independent replicates, with their control variates: starts whose risk over the samples is exact
(`width.starts`), or paths of linearised network and kernel SGD on the same samples
(`compare.paths`). An interval of half width h costs (time of a replicate) x (spread / h)^2, so at
equal h the times are in the ratio of (time x spread^2); its error is that of the two spreads.

    python benchmarks/bench_given_start.py
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported

import numpy as np
from timing import seconds

from ntksgd.compare.paths import paths
from ntksgd.problems.problem import source_problem
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.width.excess import controlled_excess
from ntksgd.width.starts import risks_over_starts

WIDTH, STARTS = 512, 48
REPLICATES = {10**4: 48, 10**5: 24}
WANTED = 20


def integrated(problem, T, count, seed):
    """Excess of each start, its samples integrated out."""
    found = risks_over_starts(problem, WIDTH, [T], count, seed, workers=1)
    return found.excess(problem.noise)[:, 0]


def sampled(problem, T, count, seed):
    """Excess of each path, less that of kernel SGD on the same samples."""
    run = paths(problem, ["linearised", "kernel"], [WIDTH], [T], count, seed, workers=1)
    limit = kernel_risk(problem, [T], tail=False)
    return controlled_excess(run.linearised, run.kernel, limit, limit)[:, 0, 0]


def main():
    """Print excess, spread and time of both, and the ratio of times at equal precision."""
    problem = source_problem("squareplus(0.5)", 2, 0.5, max_degree=32)
    for T, replicates in REPLICATES.items():
        cost, level, log_error = [], [], 0.0
        for name, estimate, count in (("integrated", integrated, STARTS),
                                      ("sampled", sampled, replicates)):
            estimate(problem, 100, 2, 0)  # compiles
            spent, samples = seconds(estimate, problem, T, count, 1, rounds=1)
            spread, each = samples.std(ddof=1), spent / count
            level.append((samples.mean(), spread / np.sqrt(count)))
            cost.append(each * spread**2)
            log_error += 2 / (count - 1)  # variance of log spread^2, for normal samples
            print(f"{name:11s} T = {T:.0e}: excess {samples.mean():.4f} +- {level[-1][1]:.4f}   "
                  f"spread {spread:.4f}   {each:6.2f} s a replicate")
        gain, factor = cost[1] / cost[0], np.exp(1.96 * np.sqrt(log_error))
        verdict = "reached" if gain >= WANTED else "missed"
        print(f"{'':11s} T = {T:.0e}: at equal intervals {gain:.0f} times faster "
              f"[{gain / factor:.0f}, {gain * factor:.0f}]   (asked for: {WANTED}, {verdict})")
        (one, its_error), (two, another) = level
        assert abs(one - two) < 4 * np.hypot(its_error, another)  # they estimate the same number


if __name__ == "__main__":
    main()
