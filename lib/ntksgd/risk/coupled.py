"""All second moments of SGD given the start, step by step and over blocks of steps.

The A_ii of :mod:`ntksgd.risk.uneven` are carried as `collocation` carries the degrees of a zonal
kernel, polynomials of degree 16 in t on a block; the A_ij, i /= j, as polynomials of degree COARSE.
Both are iterated until the level s^2 + E e(x)^2 that they share agrees.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ntksgd.risk.collocation import FLOOR, means, path_of, squares
from ntksgd.risk.modes import Modes
from ntksgd.risk.moments import State, initial, step, unit_noise
from ntksgd.risk.radau import Block, Family
from ntksgd.risk.uneven import Eigenspace, Start

COARSE, FROZEN = 4, 2e-4
CLOSE = 1e-7  # what one more iteration may still change of the risk, relatively
ROUNDS = 200


@dataclass(frozen=True)
class CoupledState(State):
    """Moments, and what the A_ij, i /= j, are made of.

    ``alpha`` (p + 1, p + 1) and ``beta`` (p + 1,) for p moving eigenfunctions and, last, for l = 0;
    ``between`` (n + 1, q, q) the part of the gradient noise; ``effort`` the sum of the steps.
    """

    alpha: NDArray = None
    beta: NDArray = None
    between: NDArray = None
    effort: float = 0.0


class Coupled:
    """Second moments given the start; `step` and `on_block` are hooks of `collocation.pieces`.

    Parameters
    ----------
    space : Eigenspace
    targets : ndarray
        See `Start.of`.
    weight_decay : float
    effort : float
        Sum of all steps that will be taken.
    """

    def __init__(self, space: Eigenspace, targets, weight_decay: float, effort: float):
        self.space, self.most = space, _moving(space, effort)
        self.start = Start.of(space, targets, self.most)
        self.modes = Modes(space.values, space.values**2, self.start.power,
                           np.zeros_like(space.values), weight_decay)
        # int phi_i^2 phi_j^2 - 1: zero if the error were spread evenly
        self.uneven = (space.squares * space.weights) @ space.squares.T - 1

    def initial(self, average: bool) -> CoupledState:
        """f_0 = 0."""
        columns = len(self.start.power) + 1
        return CoupledState(**vars(initial(self.modes, average)), alpha=np.ones((1, 1)),
                            beta=-np.ones(1), between=np.zeros((columns, 0, 0)))

    def _later(self, state, effort, gain):
        """The state with room for what moves up to `effort`; the l_i of p, and 0, and those of q.
        """
        p, q = len(state.beta) - 1, state.between.shape[-1]
        moving = max(p, min(_moving(self.space, effort), self.most))
        noisy = max(q, min(_moving(self.space, effort * gain), self.most))
        old, more = [*range(p), *[p] * (moving - p + 1)], (0, noisy - q)
        state = replace(state, alpha=state.alpha[np.ix_(old, old)], beta=state.beta[old],
                        between=np.pad(state.between, ((0, 0), more, more)), effort=effort)
        return state, np.append(self.space.values[:moving], 0.0), self.space.values[:noisy]

    def _gain(self, eta):
        return min(1.0, float(np.max(eta)) * self.space.values.sum())

    def _rest(self, state):
        """What the A_ij, i /= j, add to E e(x)^2: one row a target, and one for the noise."""
        profile = self.space.profile(state.between)
        profile[:-1] += self.start.profile(self.space, state.alpha)
        return profile

    def step(self, modes, state, eta):
        """One step of all moments, the formulas of `uneven` in the same order."""
        state, l, noisy = self._later(state, state.effort + eta, self._gain(eta))
        lam, a = modes.weight_decay, 1 - eta * modes.weight_decay
        v = state.C @ self.space.squares + self._rest(state)
        level = self.space.project(v) + unit_noise(modes)[:, None]
        mean = (a - eta * l) * state.beta
        alpha = (a**2 - a * eta * np.add.outer(l, l)) * state.alpha
        alpha += (eta * lam) ** 2 - eta * lam * np.add.outer(mean, mean)
        between = (a**2 - a * eta * np.add.outer(noisy, noisy)) * state.between
        between += eta**2 * np.outer(noisy, noisy) * self.space.couple(v, len(noisy))
        return replace(step(modes, state, eta, level), alpha=alpha, beta=mean - eta * lam,
                       between=between)

    def on_block(self, block, modes, state, schedule):
        """All moments at the nodes of the block, and at its end what else the next step needs."""
        eta, coarse = schedule(block.times[1:] + 1), Block(block.start, block.length, COARSE)
        gain, effort = self._gain(eta), state.effort + block.length * float(eta.mean())
        state, l, noisy = self._later(state, effort, gain)
        steps, lam = schedule(coarse.times[1:] + 1), modes.weight_decay
        d, u = steps * lam * (2 - steps * lam), (1 - steps * lam) * steps
        alpha, beta = self._start_on(coarse, steps, state, l, Family(coarse, d, u, _sums(l)))
        pairs = Family(coarse, d, u, _sums(noisy))
        kick = (steps**2)[:, None, None] * np.outer(noisy, noisy)
        M = means(block, modes, state, eta[:, None])
        solution = squares(block, modes, state, eta[:, None], M)
        to_fine, to_coarse = coarse.rows(block.times[1:]), block.rows(coarse.times[1:])
        first, signal = self._rest(state), self.start.profile(self.space, alpha)
        between = np.repeat(state.between[None], COARSE, axis=0)
        C, level = np.repeat(state.C[:, None], len(block.times), axis=1), None
        for _ in range(ROUNDS):
            rest = self.space.profile(between)
            rest[:, :-1] += signal
            added = self.space.project(np.concatenate([first[None], rest]))
            added = np.moveaxis(np.tensordot(to_fine, added, axes=1), 1, 0)
            C = self._settled(solution, C, added)
            last, level = level, C[:, 1:].sum(-1, keepdims=True) + added
            level = level + unit_noise(modes)[:, None, None]
            # a change of the level comes back gain times smaller, and so it enters the risk
            if last is not None and gain**2 * _change(last, level) < CLOSE:
                path = path_of(block, modes, state, eta[:, None], M, C)
                return replace(path, alpha=alpha[-1], beta=beta[-1], between=between[-1])
            v = np.moveaxis(to_coarse @ C, 1, 0) @ self.space.squares + rest
            forcing = kick[:, None] * self.space.couple(v, len(noisy))
            between = np.moveaxis(pairs.solve(state.between, np.moveaxis(forcing, 1, 0)), 1, 0)
        raise ArithmeticError(f"steps {block.start:g} to {block.start + block.length:g}: the "
                              "second moments do not settle; the step is too large")

    def _start_on(self, coarse, steps, state, l, family):
        """alpha and beta at the nodes of a block after the first."""
        drag = (steps * self.modes.weight_decay)[:, None]
        decay = drag + steps[:, None] * l
        beta = coarse.solve(decay, state.beta, np.broadcast_to(-drag, decay.shape))
        mean = drag * (1 - decay) * beta
        forcing = (drag**2)[..., None] - mean[:, :, None] - mean[:, None, :]
        return family.solve(state.alpha[None], forcing[None])[0], beta

    def _settled(self, solution, C, added):
        """C at the nodes of a block if the A_ij, i /= j, add `added` to the level of each i."""
        for _ in range(ROUNDS):
            last, C = C, solution(C[:, 1:] @ self.uneven + added)
            if np.max(np.abs(C - last)) <= 1e-12 * np.max(np.abs(C)):
                break
        return C


def _moving(space, effort):
    return int(np.sum(space.values * effort > FROZEN))


def _sums(values):
    return np.add.outer(values, values)


def _change(old, new):
    """Largest change of the level, relative to its size in the column and at the node."""
    scale = np.abs(new).max(-1, keepdims=True)
    # a signal that falls further within a block has reached its rounding
    rounding = 1e-10 * scale.max(1, keepdims=True) + FLOOR
    return np.max(np.abs(new - old) / np.maximum(scale, rounding))
