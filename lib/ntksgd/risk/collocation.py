r"""The same second moments over long blocks of steps at once: T = 10^9 in well under a second.

Past the first steps every moment varies on the scale of t itself, so on a block of steps it is a
polynomial of degree p in t to high accuracy: module `radau` solves for it. The moments depend on
each other in one direction, M -> C -> L, B, A. A block that is not resolved is halved.
"""

from dataclasses import replace
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from ntksgd.risk.modes import Modes
from ntksgd.risk.moments import State, initial, record, unit_noise, walk
from ntksgd.risk.radau import DEGREE, Block
from ntksgd.risk.single_steps import take_steps

#: Steps taken one by one at the start, and before a horizon: compiled, or by a function of its own.
FIRST, FIRST_DEAR = 1024, 128
TOLERANCE = 1e-9
#: Moments this far below the target's power are not resolved any more: a target learned to its last
#: degree decays exponentially, and blocks would shrink without end to follow it.
FLOOR = 1e-30


def moments_on(block: Block, modes: Modes, state: State, schedule) -> State:
    """All moments at the nodes of a block that starts at ``state.t``.

    The node is the last axis but one: C (n + 1, p + 1, K), M (n, p + 1, K), ...
    """
    eta = schedule(block.times[1:] + 1)[:, None]
    M = means(block, modes, state, eta)
    return path_of(block, modes, state, eta, M, squares(block, modes, state, eta, M)())


def path_of(block, modes, state, eta, M, C):
    """The path with all that follows from M and C."""
    path = replace(state, t=block.times, C=C, M=M)
    return path if state.A is None else _sums(block, modes, path, state, eta)


def means(block, modes, state, eta):
    """M: nothing forces it but weight decay, and without that nobody asks for it."""
    if modes.weight_decay == 0:
        return np.zeros((len(state.M), DEGREE + 1, state.M.shape[-1]))
    forcing = -eta * modes.weight_decay * modes.power[:, None]
    return _from(state.M, block.solve(modes.mean_decay(eta[:, 0]), state.M, forcing))


def squares(block, modes, state, eta, M):
    """C, coupled over the degrees through R = sum_k C_k alone, the source of gradient noise.

    Returned is a function: of nothing, or of what degree k sees beyond R + s^2 (n + 1, p, K), where
    the error is not spread evenly (`given_start`). With C^0 the solution without gradient noise,
    and Q_k what takes forcing to C_k, C_k = C_k^0 + Q_k [(eta^2/b) w_k (R + s^2)]; summed over the
    degrees, p equations for R at the nodes.
    """
    lam, F, n = modes.weight_decay, modes.power[:, None], len(modes.power)
    forcing = np.zeros((n + 1, DEGREE, F.shape[-1]))
    if lam > 0:
        keep = 1 - modes.mean_decay(eta[:, 0])
        forcing[:n] = eta**2 * lam**2 * F - 2 * eta * lam * keep * M[:, 1:]
    inverses, taken = block.inverses(modes.decay(eta[:, 0])), eta**2 / modes.batch * modes.weights
    quiet, noise = block.apply(inverses, state.C, forcing), unit_noise(modes)[:, None]
    G = inverses @ modes.weights * (eta[:, 0]**2 / modes.batch)

    def solution(uneven=0.0):
        R = quiet.sum(-1)
        if np.ndim(uneven):  # summed over the degrees
            R = R + (uneven * taken).reshape(n + 1, -1) @ inverses.reshape(DEGREE, -1).T
        R = np.linalg.solve(np.eye(DEGREE) - G, (R + noise * G.sum(1)).T).T
        level = (R + noise)[..., None] + uneven
        return _from(state.C, quiet + block.apply(inverses, np.zeros_like(state.C), level * taken))

    return solution


def _sums(block, modes, path, state, eta):
    """The path with L, B and A, the moments of the running sum of the iterates."""
    lam, drop = modes.weight_decay, modes.mean_decay(eta[:, 0])
    C_next, L = block.advanced(path.C), np.zeros_like(path.M)
    if lam > 0:
        L = _from(state.L, block.accumulate(state.L, block.advanced(path.M)))
    drift = np.zeros_like(C_next)
    drift[:-1] = -eta * lam * L[:, 1:]
    B = _from(state.B, block.solve(drop, state.B, drift + C_next))
    gain = 2 * ((1 - drop) * B[:, 1:] + drift) + C_next
    return replace(path, L=L, B=B, A=_from(state.A, block.accumulate(state.A, gain)))


def _from(first, rest):
    """Values at all nodes, from those at the first and at the others."""
    return np.concatenate([first[..., None, :], rest], axis=-2)


def _state_at(block, path, t):
    """The state at a time t of the block."""
    known = {name: getattr(path, name) for name in ("C", "M", "L", "B", "A")}
    return replace(path, t=t, **{k: block.at(t, y) for k, y in known.items() if y is not None})


def _resolved(block, modes, path, tolerance):
    floor = FLOOR * max(modes.power.sum(), 1.0)
    return all(block.unresolved(y, floor) <= tolerance
               for y in (path.C, path.B, path.A) if y is not None)


def pieces(modes: Modes, state: State, schedule, last: float, one_step=None, on_block=None,
           first=None, tolerance=TOLERANCE):
    """Single steps and accepted blocks from ``state`` to the time ``last``.

    Yields (end, at): the end of the piece, and the function from a time of it to the State there.
    `one_step` and `on_block` stand in for `take_steps` (many at once) and `moments_on`, `first` for
    `FIRST`, or `FIRST_DEAR` where `one_step` is given; `tolerance` for `TOLERANCE`.
    """
    on_block, first = on_block or moments_on, first or (FIRST_DEAR if one_step else FIRST)
    begin, limit = state.t, np.inf  # limit: the length of a block, after one that was not resolved
    # the equation at the end t of a block has the step eta(t + 1) in it: blocks end before breaks
    ends = [*(t - 1 for t in schedule.breaks if state.t < t - 1 < last), last]
    while state.t < last:
        if state.t == ends[0]:
            begin = ends.pop(0)  # short steps again: what was in balance moves
        # blocks shrink towards a horizon
        room = np.inf if schedule.horizon is None else max((schedule.horizon - state.t) // 2, 1)
        length = np.floor(min(max(state.t - begin, first), limit, ends[0] - state.t, room))
        if length <= first:
            etas, limit = schedule(np.arange(state.t + 1, state.t + length + 1)), np.inf
            if one_step is None:
                old, state = state, take_steps(modes, state, etas)
                yield state.t, lambda t, old=old, etas=etas: take_steps(
                    modes, old, etas[:int(t - old.t)])
            for eta in etas if one_step else ():
                state = one_step(modes, state, eta)
                yield state.t, lambda t, state=state: state
            continue
        block = Block(state.t, length)
        path = on_block(block, modes, state, schedule)
        if not _resolved(block, modes, path, tolerance):
            limit = length // 2
            continue
        state, limit = _state_at(block, path, state.t + length), np.inf
        yield state.t, lambda t, block=block, path=path: _state_at(block, path, t)


def advance(modes: Modes, state: State, schedule, times, **hooks) -> tuple[State, list]:
    """As :func:`ntksgd.risk.moments.walk`, for any horizon; `hooks` as in `pieces`."""
    times = np.asarray(times, dtype=float)
    out = [state.observables(modes) for _ in times[times == state.t]]
    for end, at in pieces(modes, state, schedule, times[-1], **hooks):
        out += [at(t).observables(modes) for t in times[(times > state.t) & (times <= end)]]
        state = at(end)
    return state, out


@threadpool_limits.wrap(limits=1, user_api="blas")  # 16 x 16 systems: threads only wait
def observe(modes, schedule, times, average=None, method="collocation",
            tolerance=TOLERANCE) -> np.ndarray:
    """Observables of prepared modes at ascending times: (len(times), 4, n + 1), unchecked.

    For many schedules on one spectrum: ``m = cluster(sphere_modes(spectrum, targets))`` once.
    """
    state = initial(modes, average == "uniform")
    carry = walk if method == "direct" else partial(advance, tolerance=tolerance)
    return record(carry, modes, state, schedule, times, average)
