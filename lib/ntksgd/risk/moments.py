r"""Second moments of kernel SGD, one step at a time: the readable reference.

Write e = f - f* and sort by degree, P_k the projection on degree k. One step of SGD with step eta,
weight decay lambda and mini-batch b,

    f <- (1 - eta lambda) f - (eta/b) sum_i (f(x_i) - y_i) K(x_i, .),   y_i = f*(x_i) + noise,

closes on four numbers a degree when the mean over a degree of phi_j(x)^2 is 1 for every x (the
addition theorem). With a = 1 - eta lambda, w_k = lambda_k^2 N_k, R = sum_k C_k, noise variance s^2:

    C_k = E|P_k e|^2        C_k <- (a^2 - 2 eta a lambda_k + (1 - 1/b) eta^2 lambda_k^2) C_k
                                   + (eta^2/b) w_k (R + s^2)
                                   + eta^2 lambda^2 F_k - 2 eta lambda (a - eta lambda_k) M_k
    M_k = E<P_k e, P_k f*>  M_k <- (a - eta lambda_k) M_k - eta lambda F_k

and, for the average S_t/n of the iterates e_1 ... e_n (S the running sum),

    L_k = E<P_k S, P_k f*>  L_k <- L_k + M_k(new)
    B_k = E<P_k S, P_k e>   B_k <- (a - eta lambda_k) B_k - eta lambda L_k(old) + C_k(new)
    A_k = E|P_k S|^2        A_k <- A_k + 2 [(a - eta lambda_k) B_k - eta lambda L_k](old) + C_k(new)

Everything is linear in (F, s^2), so n + 1 columns are carried: the signals of n targets (each with
its F, s^2 = 0), and last the variance (F = 0, s^2 = 1); a risk is signal + s^2 variance, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ntksgd.risk.modes import Modes


@dataclass(frozen=True)
class State:
    """Moments after ``t`` steps; ``C, B, A`` have shape (n + 1, K), ``M, L`` (n, K).

    ``L, B, A`` belong to the running sum started at step ``start``; they are None when no average
    is asked for.
    """

    t: float
    C: np.ndarray
    M: np.ndarray
    L: np.ndarray | None = field(default=None)
    B: np.ndarray | None = field(default=None)
    A: np.ndarray | None = field(default=None)
    start: float = 0.0

    def restart(self) -> State:
        """The same moments with an empty running sum: averages start here."""
        zero = np.zeros_like(self.C)
        return replace(self, L=zero[:-1], B=zero, A=zero, start=self.t)

    def observables(self, modes: Modes) -> np.ndarray:
        """Risk, squared RKHS distance, averaged risk, part of the risk in the lumped tail.

        Each for every column (signals, variance): shape (4, n + 1).
        """
        n, mean = self.t - self.start, np.full(len(self.C), np.nan)
        if self.A is not None and n > 0:
            mean = self.A.sum(1) / n**2
        lumped = (modes.eigenvalues == 0) & (modes.weights > 0)
        return np.stack([self.C.sum(1), self._rkhs(modes), mean, self.C[:, lumped].sum(1)])


    def _rkhs(self, modes):
        """Squared RKHS distance: infinite if a degree with lambda_k = 0 has an error, not NaN."""
        outside = np.isinf(modes.inverse)
        inside = self.C @ np.where(outside, 0.0, modes.inverse)
        return np.where(np.any(self.C[:, outside] > 0, axis=1), np.inf, inside)


def unit_noise(modes: Modes) -> np.ndarray:
    """s^2 of each column: 0 for the signals, 1 for the variance."""
    return np.append(np.zeros(len(modes.power)), 1.0)


def initial(modes: Modes, average: bool = False) -> State:
    """f_0 = 0: C_k = F_k, M_k = -F_k, no noise yet."""
    silent = np.zeros((1, len(modes.eigenvalues)))
    state = State(0.0, np.concatenate([modes.power, silent]), -modes.power)
    return state.restart() if average else state


def step(modes: Modes, state: State, eta: float, level=None) -> State:
    """One step of SGD, the formulas of the module's docstring in the same order.

    `level` (n + 1, K) replaces R + s^2 where the error is not spread evenly (`given_start`).
    """
    lam, F = modes.weight_decay, modes.power
    mean = 1 - modes.mean_decay(eta)
    if level is None:
        level = (state.C.sum(1) + unit_noise(modes))[:, None]
    C = (1 - modes.decay(eta)) * state.C + eta**2 / modes.batch * level * modes.weights
    C[:-1] += eta**2 * lam**2 * F - 2 * eta * lam * mean * state.M
    M = mean * state.M - eta * lam * F
    new = replace(state, t=state.t + 1, C=C, M=M)
    if state.A is None:
        return new
    cross = mean * state.B
    cross[:-1] -= eta * lam * state.L
    return replace(new, L=state.L + M, B=cross + C, A=state.A + 2 * cross + C)


def walk(modes: Modes, state: State, schedule, times) -> tuple[State, list]:
    """Carry ``state`` to the last of ``times`` (ascending), step by step; observables at each."""
    out = []
    for t in times:
        for eta in schedule(np.arange(state.t + 1, t + 1)):
            state = step(modes, state, eta)
        out.append(state.observables(modes))
    return state, out


def record(carry, modes, state, schedule, times, average) -> np.ndarray:
    """Observables at ascending times from time 0; `carry` is `walk` or `collocation.advance`."""
    if average != "tail":
        return np.array(carry(modes, state, schedule, times)[1])
    out = []
    for t in times:  # a branch a time t: the running sum starts at floor(t/2)
        state, _ = carry(modes, state, schedule, [t // 2])
        out += carry(modes, state.restart(), schedule, [t])[1]
    return np.array(out)
