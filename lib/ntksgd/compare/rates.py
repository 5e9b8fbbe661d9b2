"""Exact risks of kernel SGD with steps that serve every horizon, or one, and their exponents."""

from dataclasses import replace

import numpy as np

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems import schedules
from ntksgd.problems.target import source_target
from ntksgd.risk.clustering import NODES, cluster
from ntksgd.risk.collocation import observe
from ntksgd.risk.exact import expected_risk
from ntksgd.risk.modes import sphere_modes
from ntksgd.risk.variance import variance_equivalent
from ntksgd.stats.numerical import window, window_times
from ntksgd.stats.sweep import map_tasks

#: A horizon is resolved by degrees 0 ... K while 2 lambda_K S_T is below this.
RESOLVED = 1e-3


def degrees(activation: str, d: int) -> int:
    """Largest degree kept: enough that 2 lambda_K S_T is small at the horizons of the notebook."""
    return {2: 200_000, 3: 20_000}.get(d, 2_000) if activation == "relu" else {2: 300}.get(d, 200)


def _paper_risks(item, seed):
    activation, d, rs, times, step, excess, nodes = item
    spectrum, risks = mercer_spectrum(activation, d, degrees(activation, d)), {}
    for r in rs:
        schedule = schedules.source_polynomial(step / spectrum.trace, r)
        learned = 2 * spectrum.eigenvalues[-1] * schedules.power_sums(schedule, times)
        risks[activation, d, r] = expected_risk(spectrum, source_target(spectrum, r, excess),
                                                schedule, times[learned < RESOLVED], nodes=nodes)
    return risks


def paper_risks(cases, rs, times, step=1.0, excess=0.05, workers=None, nodes=NODES) -> dict:
    """Exact risks of every (activation, d) and r with steps (step/kappa(1)) t^(-2r/(2r+1)).

    A time is left out where the degrees kept are being used up: 2 lambda_K S_T >= RESOLVED; `nodes`
    as in `expected_risk`. Returns (activation, d, r) -> ExpectedRisk.
    """
    items = [(a, d, tuple(rs), np.asarray(times, float), step, excess, nodes) for a, d in cases]
    done = map_tasks(_paper_risks, items, 0, workers)
    return {key: risk for risks in done for key, risk in risks.items()}


def last_exponent(times, risks, T, decades=None):
    """Exponent of a curve over the last ``decades`` (a quarter of log10 T unless given) before T.

    Risks between the times are interpolated in logs; where T is beyond the last time, that one
    takes its place.

    Returns
    -------
    numerical.Bracket
    """
    end = min(T, times.max())
    at = window_times(end, np.log10(end) / 4 if decades is None else decades)
    return window(at, np.exp(np.interp(np.log(at), np.log(times), np.log(risks))))


def exponents(curves, noises, T, far) -> list[dict]:
    """Exponents of `paper_risks` before T, over three decades, and of the last noise before `far`.

    A row a curve and column ("s2=..." or "far"): activation, d, r, column, T, exponent, low, high.
    """
    runs = [*((f"s2={s2:g}", s2, T, 3) for s2 in noises), ("far", noises[-1], far, None)]
    rows = []
    for (activation, d, r), c in curves.items():
        for column, s2, end, decades in runs:
            e = last_exponent(c.times, c.signal + s2 * c.variance, end, decades)
            rows.append({"activation": activation, "d": d, "r": r, "column": column,
                         "T": min(end, c.times[-1]), "exponent": e.value, "low": e.low,
                         "high": e.high})
    return rows


def clustered(spectrum, rs, excess, nodes=NODES):
    """Modes of the targets of regularities ``rs``, clustered once for many schedules."""
    targets = [source_target(spectrum, r, excess) for r in rs]
    return cluster(sphere_modes(spectrum, targets), nodes)


def decaying_risks(spectrum, rs, thetas, times, noise, step=1.0, excess=0.05,
                   nodes=NODES) -> np.ndarray:
    """Last risks (len(thetas), len(rs), len(times)) with steps (step/kappa(1)) t^(-theta)."""
    m = clustered(spectrum, rs, excess, nodes)
    columns = np.array([observe(m, schedules.polynomial(step / spectrum.trace, theta), times)[:, 0]
                        for theta in thetas])
    return np.swapaxes(columns[..., :-1] + noise * columns[..., -1:], 1, 2)


def tied_risks(spectrum, rs, times, noise, step=1.0, decay=0.0, excess=0.05,
               nodes=NODES) -> np.ndarray:
    """Last risks (len(rs), len(times)) with the constant step (step/kappa(1)) T^(-2r/(2r+1)).

    The weight decay is ``decay`` T^(-1/(2r+1)).
    """
    m, risks = clustered(spectrum, rs, excess, nodes), np.empty((len(rs), len(times)))
    for i, theta in enumerate(map(schedules.paper_theta, rs)):
        for j, T in enumerate(times):
            one = replace(m, power=m.power[i:i + 1], weight_decay=decay * T ** (theta - 1))
            eta = step / spectrum.trace * T**-theta
            risks[i, j] = observe(one, schedules.constant(eta), [T])[0, 0] @ [1.0, noise]
    return risks


def balanced_risks(spectrum, r, times, noise, step=1.0, excess=0.05) -> np.ndarray:
    """What `tied_risks` tends to, without weight decay: bias, and noise in balance with the step.

    The bias is sum_k F_k exp(-2 lambda_k eta T), the noise that of `variance_equivalent` (theta 0).
    """
    times = np.asarray(times, dtype=float)
    etas = step / spectrum.trace * times ** -schedules.paper_theta(r)
    kept = np.exp(-2 * np.outer(etas * times, spectrum.eigenvalues))
    held = [variance_equivalent(spectrum, eta, 0.0, T)[0]
            for eta, T in zip(etas, times, strict=True)]
    return kept @ source_target(spectrum, r, excess).power + noise * np.array(held)


def settles_at(spectrum, r, T, noise, step=1.0, excess=0.05, decades=9) -> str:
    """From which power of ten times T on, of so many, the bracket of `balanced_risks` has -theta.

    In words, for the scoreboard.
    """
    for end in T * 10.0 ** np.arange(decades):
        times = window_times(end, 3)
        found = window(times, balanced_risks(spectrum, r, times, noise, step, excess))
        if found.contains(-schedules.paper_theta(r)):
            return f"first at T = {end:.0e}"
    return f"beyond T = {end:.0e}"
