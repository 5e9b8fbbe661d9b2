"""What to use: risks of schemes whose steps use only what is known beforehand.

Four states of knowledge: nothing; the horizon T; r and beta, but no horizon; all of them and the
noise s^2. In the last, steps have the sum S_T kappa(1) = c (T/s^2)^(1/(2r + 1/beta)), where bias
S^(-2r) and variance s^2 S^(1/beta)/T balance, unless the step would be too large. The regret of a
scheme is its risk over the least risk of all schemes considered, with the best step of each.
"""

import numpy as np

from ntksgd.compare.families import at_step, best_step, horizon_free, noisy, power
from ntksgd.problems.schedules import paper_theta
from ntksgd.risk import predicted

NOTHING, HORIZON, REGULARITY, ALL = "nothing", "T", "r, beta", "T, r, beta, s2"
#: c of the sum of steps: 4 is near the best one of the tail average (notebook 04).
CONSTANTS = (1, 4)


def balanced_sum(r, beta, T, noise):
    """S with S^(-2r) = s^2 S^(1/beta)/T; infinite without noise."""
    return (T / noise) ** (1 / (2 * r + 1 / beta)) if noise > 0 else np.inf


def candidate_risks(modes, risks, etas, T, rs, beta, noises, workers=None) -> dict:
    """Risks at T of every candidate: (knowledge, name) -> array (len(noises), len(rs)).

    Parameters
    ----------
    modes : Modes
        Of targets of regularities `rs`.
    risks, etas : of `families.scheme_risks` with the one horizon T; etas[0] is the largest safe.
    """
    made = {}

    def put(knowledge, name, risk):  # risk(i, r, s2) of target i
        made[knowledge, name] = np.array(
            [[risk(i, r, s2) for i, r in enumerate(rs)] for s2 in noises])

    def sized(scheme, eta):  # a step eta(r, s2), but no larger than is safe
        return lambda i, r, s2: float(at_step(
            etas, noisy(risks[scheme][:, 0], s2)[:, i], min(eta(r, s2), etas[0])))

    free = predicted.horizon_free_theta(np.asarray(rs), beta)
    thetas = [0.5, *paper_theta(rs), *free]
    last, tail = horizon_free(modes, etas[0], thetas, [T], workers)[:, :, 0]
    put(NOTHING, "last, t^(-1/2)", lambda i, r, s2: noisy(last[0], s2)[i])
    put(NOTHING, "tail average, t^(-1/2)", lambda i, r, s2: noisy(tail[0], s2)[i])
    for scheme in ("tail average", "uniform average"):
        put(NOTHING, f"{scheme}, largest step", sized(scheme, lambda r, s2: etas[0]))
    for scheme in ("tail average", power(1), power(3), "geometric", "stable-decay 20 %"):
        if scheme != "tail average":
            put(HORIZON, f"{scheme}, largest step", sized(scheme, lambda r, s2: etas[0]))
        put(HORIZON, f"{scheme}, step T^(-1/2)", sized(scheme, lambda r, s2: etas[0] * T**-0.5))
    put(REGULARITY, "last, t^(-2r/(2r+1))", lambda i, r, s2: noisy(last[1 + i], s2)[i])
    put(REGULARITY, "tail average, t^(-theta)",
        lambda i, r, s2: noisy(tail[1 + len(rs) + i], s2)[i])
    p, (one, c) = predicted.optimal_power(beta), CONSTANTS
    for scheme, name, steps in (  # steps: S_T / eta, over c
        ("tail average", f"tail average, c = {one}", T / one),
        ("tail average", f"tail average, c = {c}", T / c),
        ("uniform average", f"uniform average, c = {c}", T / c),
        (power(1), f"power 1, c = {c}", T / 2 / c),
        (power(p), f"power 2 beta - 1, c = {c}", T / (p + 1) / c),
        ("geometric", f"geometric, c = {c}", T / np.log(T) / c),
    ):
        put(ALL, name, sized(scheme, lambda r, s2, steps=steps:
                             etas[0] * balanced_sum(r, beta, T, s2) / steps))
    put(ALL, "last, step T^(-2r/(2r+1))",
        sized("last, constant", lambda r, s2: etas[0] * T ** -paper_theta(r)))
    return made


def regrets(modes, risks, etas, T, rs, beta, noises, workers=None) -> list[dict]:
    """Regret of every candidate: one row (knows, scheme, s2, r, regret) a target and a noise.

    Parameters as `candidate_risks`.
    """
    made = candidate_risks(modes, risks, etas, T, rs, beta, noises, workers)
    least = least_risks(risks, etas, made, noises)
    return [{"knows": knows, "scheme": scheme, "s2": s2, "r": r, "regret": ratio}
            for (knows, scheme), values in made.items()
            for s2, of_noise in zip(noises, values / least, strict=True)
            for r, ratio in zip(rs, of_noise, strict=True)]


def least_risks(risks, etas, made, noises) -> np.ndarray:
    """Least risk of all: of each family at its best step, and of the candidates. (noises, n)."""
    tuned = [[best_step(etas, noisy(columns[:, 0], s2))[1] for s2 in noises]
             for columns in risks.values()]
    return np.min([*tuned, *made.values()], axis=0)
