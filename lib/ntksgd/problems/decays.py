"""Step schedules made for a horizon T: steps that shrink, to (about) zero at the last step.

With p > 0 the last steps forget the fresh noise: what averaging does, without an average.
"""

import numpy as np

from ntksgd import check
from ntksgd.problems.schedules import Schedule


def power_to_zero(eta: float, T: int, p: float) -> Schedule:
    """eta_t = eta (1 - (t - 1)/T)^p, any real p >= 0: from eta down to eta T^(-p)."""
    return warmup_stable_decay(eta, T, 0.0, 1.0, p, name=f"{eta:.3g} (1 - t/T)^{p:.3g}")


def linear_to_zero(eta: float, T: int) -> Schedule:
    """eta_t = eta (1 - (t - 1)/T): from eta down to eta/T at the last step."""
    return power_to_zero(eta, T, 1.0)


def geometric(eta: float, T: int, final: float) -> Schedule:
    """eta_t = eta final^((t - 1)/(T - 1)): from eta down to eta final, 0 < final <= 1."""
    check.positive("eta", eta)
    check.integer("T", T, 1)
    check.number("final", final, 0.0, 1.0, open_low=True)
    rate = np.log(final) / max(T - 1, 1)
    name = f"{eta:.3g} geometric to {final:.3g}"
    return Schedule(name, lambda t: eta * np.exp(rate * (t - 1)), eta, horizon=T)


def warmup_stable_decay(eta: float, T: int, warmup: float, decay: float, p: float = 1.0,
                        name: str = "") -> Schedule:
    """Up linearly, eta t/W, over the first steps; constant; over the last D steps to zero.

    W and D are the fractions `warmup` and `decay` of T, rounded: 0 each or more, at most 1 together
    (else ValueError). The decay is eta (1 - (t - 1 - T + D)/D)^p, p >= 0.
    """
    check.positive("eta", eta)
    check.integer("T", T, 1)
    check.number("warmup", warmup, 0.0, 1.0)
    check.number("decay", decay, 0.0, 1.0)
    check.number("p", p, 0.0)
    if warmup + decay > 1 + 1e-12:
        raise ValueError(f"warmup + decay = {warmup + decay!r}: must be at most 1")
    W, D = round(warmup * T), round(decay * T)
    D = min(D, T - W)  # both may have been rounded up

    def step(t):
        left = np.clip(1 - (t - 1 - (T - D)) / max(D, 1), 0.0, 1.0) if D else np.ones_like(t)
        return eta * np.minimum(t / W, 1.0) * left**p if W else eta * left**p

    breaks = tuple(sorted({t for t in (W, T - D + 1) if 1 < t < T}))
    name = name or f"{eta:.3g} warm-up {warmup:.3g}, decay {decay:.3g}"
    return Schedule(name, step, eta, horizon=T, breaks=breaks)
