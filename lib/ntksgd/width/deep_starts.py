r"""The linearised deep network's first order in 1/m, c_L(T): nothing is fitted.

Given its start it is kernel SGD with the kernel K_0 of that start. As m grows, E = L_0 - L has a
mean and a variance of order 1/m,
    E tr(P_k E) / N_k = (2/m) mu_k + ...,     E sum_pq <Y_lq, E Y_kp>^2 / N_k = (2/m) V_kl + ...,
and with them  E R_m(T) / R(T) - 1 = c_L(T)/m + O(m^-2),   c_L = shift + fluctuation:
    shift         2 sum_k mu_k dR/dlambda_k / R, with mu_k derived (`kernels.deep_shift`);
    fluctuation   the second order (`risk.start_expansion`) in the mean over drawn starts of a large
                  width: V_kl is an expectation of four inputs over the whole sphere, which
                  two-point Gaussians do not give. No SGD runs, nothing is fitted to a risk.
"""

from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ntksgd import check
from ntksgd.kernels.deep_shift import eigenvalue_shift
from ntksgd.kernels.drawn_deep import deep_operator
from ntksgd.models.deep import draw_stack
from ntksgd.problems.problem import Problem
from ntksgd.problems.samples import parameter_rng
from ntksgd.risk.kernel_risk import kernel_risk
from ntksgd.risk.start_expansion import start_expansion
from ntksgd.seeds import child
from ntksgd.stats.sweep import map_tasks

TASKS = 8


@dataclass(frozen=True)
class FirstOrder:
    """c_L(T): ``fluctuation`` (starts, times) a sample a start, ``shift`` (times,) exact."""

    times: NDArray
    fluctuation: NDArray
    shift: NDArray

    @property
    def samples(self) -> NDArray:
        """Samples of c_L, shape (starts, times)."""
        return self.fluctuation + self.shift


def first_order_deep(problem: Problem, times: ArrayLike, m: int, starts: int,
                     seed: int | np.random.SeedSequence, degree: int | None = None,
                     workers: int | None = None) -> FirstOrder:
    """c_L at increasing times, its fluctuation from `starts` starts of width m (error O(1/m)).

    `degree` of the quadrature as in `deep_operator`.
    """
    return first_order_cuts([problem], times, m, starts, seed, degree, workers)[0]


def first_order_cuts(problems: list[Problem], times: ArrayLike, m: int, starts: int,
                     seed: int | np.random.SeedSequence, degree: int | None = None,
                     workers: int | None = None) -> list[FirstOrder]:
    """`first_order_deep` of problems that differ in their largest degree, from the same starts.

    The first has the largest; the parts of a start at fewer degrees are among those at more.
    """
    widest = problems[0]
    times, m = checked(widest, times), check.width(m)
    for one in problems:
        check.integer("max_degree", one.spectrum.max_degree, 1, widest.spectrum.max_degree)
        if (one.activation, one.d, one.depth) != (widest.activation, widest.d, widest.depth):
            raise ValueError("problems: must differ in their largest degree alone")
    shifts, squares = drawn(widest, [m // 2] * widest.depth, starts, seed, degree, workers)
    mean = _mean_shift(widest.activation, widest.depth, widest.d, shifts.shape[1] - 1,
                       widest.gamma)
    found = []
    for one in problems:
        n = one.spectrum.max_degree + 1
        first, second = start_expansion(one, times, np.vstack([mean[:n], shifts[:, :n]]),
                                        np.concatenate([np.zeros((1, n, n)), squares[:, :n, :n]]))
        limit = kernel_risk(one, times, tail=False)
        found.append(FirstOrder(times, m * second[1:] / limit, 2 * first[0] / limit))
    return found


@lru_cache(maxsize=16)
def _mean_shift(activation, depth, d, max_degree, gamma):
    """`eigenvalue_shift`, kept: other starts of the same network ask for it again."""
    mean = eigenvalue_shift(activation, depth, d, max_degree, gamma)
    mean.setflags(write=False)
    return mean


def layer_costs(problem: Problem, times: ArrayLike, n: int, ratio: int, starts: int,
                seed: int | np.random.SeedSequence, degree: int | None = None,
                workers: int | None = None) -> NDArray:
    """c^(l)(T), m_l = 2 n_l: the fluctuation's part of E R/R - 1 is sum_l c^(l)/m_l.

    To first order the variances due to the layers' finite widths add up, and so L experiments, with
    n neurons in one layer and `ratio` times as many in the others, give them by a linear system.

    Returns
    -------
    ndarray, shape (starts, L, times)
        Samples: those of different layers are drawn apart, and mixed by the system.
    """
    times, depth, found = checked(problem, times), problem.depth, []
    check.integer("n", n, 1, 2**20)
    check.integer("ratio", ratio, 2, 2**20)
    for layer in range(depth):
        widths = [n * ratio] * depth
        widths[layer] = n
        some = drawn(problem, widths, starts, child(seed, layer), degree, workers)
        found.append(2 * n * start_expansion(problem, times, *some)[1])
    system = np.full((depth, depth), 1 / ratio) + (1 - 1 / ratio) * np.eye(depth)
    limit = kernel_risk(problem, times, tail=False)
    return np.moveaxis(np.tensordot(np.linalg.inv(system), np.array(found), 1), 1, 0) / limit


def checked(problem, times):
    """Times, if the problem is one whose risk given the start is known; else ValueError."""
    check.instance("problem", problem, Problem)
    known = problem.labels.loss, problem.batch, problem.momentum, problem.weight_decay
    if problem.depth is None or known != ("square", 1, 0.0, 0.0):
        raise ValueError("problem: must have a depth, the square loss, batch 1, no momentum and no "
                         "weight decay")
    return check.times("times", times)


def operator(problem, layers, degree, seed, _):
    """L_0 of the start that belongs to the seed, which is the item of a sweep."""
    stack = draw_stack(layers, problem.d, parameter_rng(seed))
    return deep_operator(stack, problem.activation, problem.spectrum.max_degree, problem.gamma,
                         degree)


def parts(problem, operator):
    """What `start_expansion` needs of a start: e (K + 1,) and v (K + 1, K + 1)."""
    lam = problem.spectrum.eigenvalues
    return operator.degree_means() - lam, operator.fluctuation(lam)


def drawn(problem, layers, starts, seed, degree, workers):
    """Those of `starts` starts with these layers, stacked."""
    seeds = [child(seed, i) for i in range(check.integer("starts", starts, 2, 10**5))]
    task = partial(_drawn_parts, problem, layers, degree)
    # few tasks: to hand the problem to a worker takes longer than a start
    found = map_tasks(task, [seeds[i::TASKS] for i in range(min(TASKS, starts))], 0, workers)
    order = np.argsort(np.concatenate([np.arange(starts)[i::TASKS] for i in range(len(found))]))
    return tuple(np.concatenate(part)[order] for part in zip(*found, strict=True))


def _drawn_parts(problem, layers, degree, seeds, _):
    each = [parts(problem, operator(problem, layers, degree, seed, 0)) for seed in seeds]
    return tuple(np.array(part) for part in zip(*each, strict=True))
