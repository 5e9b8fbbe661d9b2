"""Exact and sampled risks with momentum and with mini-batches, as tables for notebook 06."""

import joblib
import numpy as np
import pandas as pd

from ntksgd.problems.grid import grid
from ntksgd.problems.samples import draw_samples
from ntksgd.problems.schedules import polynomial
from ntksgd.report.tables import curve_table, series_table
from ntksgd.risk.momentum import heavy_ball_risk, largest_stable_step
from ntksgd.seeds import as_seed, child
from ntksgd.sgd.spectral import spectral_sgd
from ntksgd.stats.sweep import map_tasks


def momentum_table(target, step, theta, betas, steps, noise, paths, seed):
    """Risks for several momenta at one effective step eta_t / (1 - beta) = step t^(-theta).

    Returns
    -------
    DataFrame
        Columns beta, series ("exact" or "sampled"), x (steps), mean, half (of the 95 % interval).
    """
    parts, seed = [], as_seed(seed)
    for i, beta in enumerate(betas):
        rates = polynomial((1 - beta) * step, theta)
        exact = heavy_ball_risk(target.spectrum, target.power, rates, beta, steps) @ [1, noise]
        sampled = heavy_ball_paths(target, rates, beta, steps, noise, paths, child(seed, i))
        parts += [curve_table(steps, {"exact": exact}, beta=beta),
                  series_table(steps, {"sampled": sampled}, beta=beta)]
    return pd.concat(parts, ignore_index=True)


def sampled_over_exact(table):
    """Ratio of sampled to exact risks and its standard error, indexed by (beta, x)."""
    sampled, exact = (table[table["series"] == name].set_index(["beta", "x"])
                      for name in ("sampled", "exact"))
    return pd.DataFrame({"ratio": sampled["mean"] / exact["mean"],
                         "error": sampled["half"] / 1.96 / exact["mean"]})


def batch_table(target, rules, theta, sizes, n, noise, sampled, paths, seed):
    """Risk after n samples against the batch size b, exact and at some b sampled.

    With batches of b the step after t steps is rule(b) (b t)^(-theta): a function of the samples
    seen, so that nothing but the batch changes. Unstable batch sizes are left out.

    Parameters
    ----------
    rules : dict
        Name -> function from b to the step at the first sample.
    sizes, sampled : sequence of int
        Batch sizes; those that are also sampled.

    Returns
    -------
    DataFrame
        Columns series (the rule), x (b), mean, half (NaN for exact rows).
    """
    parts, spectrum = [], target.spectrum
    for i, (name, rule) in enumerate(rules.items()):
        plan = {int(b): polynomial(rule(b) * b**-theta, theta) for b in sizes}
        plan = {b: rates for b, rates in plan.items()
                if rates.largest < largest_stable_step(spectrum, 0.0, b)}
        exact = [heavy_ball_risk(spectrum, target.power, rates, 0.0, np.array([n // b]), b)[0]
                 @ [1, noise] for b, rates in plan.items()]
        drawn = [b for b in sampled if b in plan]
        points = [heavy_ball_paths(target, plan[b], 0.0, np.array([n // b]), noise, paths,
                                   child(child(as_seed(seed), i), b), b)[:, 0] for b in drawn]
        parts += [curve_table(list(plan), {name: exact}),
                  series_table(drawn, {name: np.array(points).T})]
    return pd.concat(parts, ignore_index=True)


def heavy_ball_paths(target, schedule, beta, steps, noise, replicates, seed, batch=1):
    """Squared errors ||f_t - f*||^2 of independent paths, shape (replicates, len(steps))."""
    points = grid(target)

    def path(index, child):
        samples = draw_samples(target, int(steps[-1]) * batch, noise, child)
        return points.risk(spectral_sgd(target.spectrum, samples, schedule, times=steps,
                                        points=points.points, momentum=beta, batch=batch))

    with joblib.parallel_config(prefer="threads"):
        return np.array(map_tasks(path, range(replicates), seed))
