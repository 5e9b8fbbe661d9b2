r"""The width that the worst target of the source ball needs: class against class.

The mean risk over starts is linear in the power per degree (`risk.given_start`), so on the ball
||h|| <= H, F_k = lambda_k^(2r) h_k^2, with a_k the response of degree k and b that of the noise,
    E R_m = sum_k F_k a_k + s^2 b,
and a supremum over the ball is attained at a single harmonic (or at f* = 0): of the risk itself,
    sup E R_m = H^2 max_k lambda_k^(2r) a_k + s^2 b,
because it is linear in (h_k^2), and of the ratio of two risks because that is linear-fractional.
"""

from dataclasses import dataclass

import numpy as np

from ntksgd import check

READINGS = ("class", "own")


@dataclass(frozen=True)
class WorstExcess:
    """Samples of the excess at the worst target, and its degree.

    ``samples`` (starts, times): their mean is the excess; ``degree`` (times,), -1 for f* = 0.
    """

    samples: np.ndarray
    degree: np.ndarray


def source_ball(spectrum, r, norm=1.0):
    """H^2 lambda_k^(2r), the power of the ball's target in degree k, shape (K + 1,).

    The radius H is that at which the largest target of the ball has this L^2 norm.
    """
    r, norm = check.positive("r", r), check.positive("norm", norm)
    lam = spectrum.eigenvalues
    return norm**2 * (lam / lam.max()) ** (2 * r)


def worst_excess(signal, variance, limit_signal, limit_variance, ball, noise,
                 reading: str = "class") -> WorstExcess:
    """The excess E R_m / R - 1 at one width for the worst target of a source ball.

    Parameters
    ----------
    signal, variance : arrays, shapes (starts, K + 1, times) and (starts, times)
        Responses a_k and b given each start.
    limit_signal, limit_variance : arrays, shapes (K + 1, times) and (times,)
        Those of the infinite width.
    ball : array, shape (K + 1,)
        Power of the ball's target in each degree, see `source_ball`.
    noise : float
        s^2 >= 0.
    reading : "class" or "own"
        Against the worst risk of the class, sup E R_m / sup R - 1, or against each target's own,
        sup (E R_m / R) - 1.

    Returns
    -------
    WorstExcess
        The worst degree is found from the mean over starts; by the envelope theorem the samples at
        that degree give the excess, and its interval to first order.
    """
    check.one_of("reading", reading, READINGS)
    noise = check.number("noise", noise, 0.0)
    ball = check.finite_array("ball", ball, 1, non_negative=True)
    signal = check.finite_array("signal", signal, 3)
    if signal.shape[1] != ball.size or limit_signal.shape != signal.shape[1:]:
        raise ValueError(f"signal, limit_signal, ball: shapes {signal.shape}, "
                         f"{np.shape(limit_signal)}, {ball.shape} do not match")
    quiet = np.zeros((1, signal.shape[2]))  # f* = 0 comes first: degree -1
    limit = noise * limit_variance + np.concatenate([quiet, ball[:, None] * limit_signal])
    drawn = (noise * variance)[:, None] + np.concatenate(
        [np.zeros((len(signal), *quiet.shape)), ball[:, None] * signal], axis=1)
    if np.any(limit[1:] <= 0):
        raise ValueError("limit_signal, noise: every risk at infinite width must be > 0")
    at = np.arange(signal.shape[2])
    if reading == "class":
        worst, against = drawn.mean(0).argmax(0), limit.max(0)
    else:
        with np.errstate(divide="ignore", invalid="ignore"):  # without noise f* = 0 has no risk
            worst = np.nan_to_num(drawn.mean(0) / limit, nan=-np.inf).argmax(0)
        against = limit[worst, at]
    return WorstExcess(drawn[:, worst, at] / against - 1, worst - 1)
