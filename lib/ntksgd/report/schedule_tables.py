"""Tables of notebook 04: what its figures draw, and what it prints.

`risks` is what `families.scheme_risks` returns at the steps `etas`: scheme -> signals and variance
(steps, horizons, targets + 1); `rs` are the regularities of the targets, `noise` is s^2.
"""

import numpy as np
import pandas as pd

from ntksgd.compare.families import best_step, noisy, predicted_rate, wrong_step
from ntksgd.problems.target import source_target
from ntksgd.risk import predicted
from ntksgd.risk.ridge import best_ridge
from ntksgd.stats.numerical import window


def attained(risks, schemes, etas, horizons, noise, rs, beta):
    """Exponent of each scheme, its best step at each horizon, with its bracket and its limit.

    Columns scheme, r, exponent, low, high, limit: the exponent predicted, the local one at T/10
    where a logarithm is in it.
    """
    rows = []
    for scheme in schemes:
        least = best_step(etas, noisy(risks[scheme], noise))[1]
        for r, of_r in zip(rs, least.T, strict=True):
            e = window(horizons, of_r)
            limit = -float(predicted_rate(scheme, r, beta, horizons[-1] / 10))
            rows.append((scheme, r, e.value, e.low, e.high, limit))
    return pd.DataFrame(rows, columns=["scheme", "r", "exponent", "low", "high", "limit"])


def rate_curves(schemes, beta, T):
    """Predicted and minimax rate of each scheme over r: columns scheme, r, minimax, predicted."""
    rs = np.linspace(0.2, 1.55, 55)
    return pd.concat([pd.DataFrame({
        "scheme": scheme, "r": rs, "minimax": predicted.minimax(rs, beta),
        "predicted": predicted_rate(scheme, rs, beta, T / 10)}) for scheme in schemes])


def over_ridge(spectrum, risks, etas, noise, T, rs, excess):
    """Least risk at the last horizon T over that of the best ridge regression: scheme by r."""
    ridge = [best_ridge(spectrum, source_target(spectrum, r, excess), T, noise)[1] for r in rs]
    return pd.DataFrame({scheme: best_step(etas, noisy(of[:, -1], noise))[1] / ridge
                         for scheme, of in risks.items()}, index=rs).T


def wrong_steps(risks, schemes, etas, noise, i, factors):
    """Loss of target i by a step that is wrong by each factor: columns scheme, wrong, loss."""
    table = pd.concat([pd.DataFrame({"scheme": scheme, "wrong": factors, "loss": wrong_step(
        etas, noisy(risks[scheme][:, -1], noise)[:, i], factors)}) for scheme in schemes])
    return table.dropna().reset_index(drop=True)


def at_factors(wrong, factors):
    """`wrong_steps` near some factors: scheme by factor."""
    price = wrong.pivot(index="scheme", columns="wrong", values="loss")
    near = [np.abs(price.columns - factor).argmin() for factor in factors]
    return price.iloc[:, near].loc[wrong["scheme"].unique()]


def with_guide(curves, power, ends=(0.04, 0.2), top=0.5):
    """Curves of the best steps and, in the panel of the last noise, the slope left^power."""
    left = np.array(ends)
    guide = pd.DataFrame({"noise": curves["noise"].iloc[-1], "left": left,
                          "guide": top * (left / left[-1]) ** power})
    return pd.concat([curves, guide], ignore_index=True)


def theta_sweep(risks, times, rs, thetas, beta):
    """Exponents of t^(-theta), risks (theta, r, 3), and the least of the three derived lines.

    Two tables with the columns r, theta, exponent; the first one also low, high and paper.
    """
    rows = [(r, theta, (e := window(times, risk)).value, e.low, e.high, predicted.capacity_free(r))
            for theta, of_theta in zip(thetas, risks, strict=True)
            for r, risk in zip(rs, of_theta, strict=True)]
    sweep = pd.DataFrame(rows, columns=["r", "theta", "exponent", "low", "high", "paper"])
    fine = np.linspace(0.1, 0.9, 161)
    least = pd.concat([pd.DataFrame({
        "r": r, "theta": fine, "exponent": -predicted.last_iterate(r, fine, beta)}) for r in rs])
    return sweep, least


def horizon_free(found, beta):
    """Exponents of the schemes without a horizon, and the minimax one: a row an r.

    `found`: (scheme, r, T, bracket, limit), as `horizon_free.exponents` returns them.
    """
    table = pd.DataFrame([{"r": r, "T": f"{T:.1e}", "scheme": scheme, "exponent": e.value}
                          for scheme, r, T, e, _ in found])
    table = table.pivot(index=["r", "T"], columns="scheme", values="exponent")
    table["minimax"] = -predicted.minimax(table.index.get_level_values("r"), beta)
    return table


def regret_summary(regrets):
    """Median and worst regret with noise, median without, by what is known and scheme."""
    keys, noisy_ones = ["knows", "scheme"], regrets["s2"] > 0
    summary = regrets[noisy_ones].groupby(keys, sort=False)["regret"].agg(["median", "max"])
    summary["median, s2 = 0"] = regrets[~noisy_ones].groupby(keys)["regret"].median()
    return summary
