"""Sampled kernel SGD: this library against numpy, JAX and torch doing the same work.

ReLU kernel, float64, d = 2 and 5, steps t^(-1/2). The competitors evaluate the arc-cosine kernel
against all earlier points at each step. One core, CPU time, best of the rounds; JAX and torch are
timed where they are installed. The last line is the triangular solve that gives the same numbers.

    python benchmarks/bench_kernel_sgd.py
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"


import numpy as np
from scipy.linalg import solve_triangular
from timing import seconds

from ntksgd.kernels.sphere import uniform
from ntksgd.kernels.two_layer import tangent_kernel
from ntksgd.problems.schedules import polynomial
from ntksgd.sgd.kernel import kernel_sgd

T_COMPARED, T_LONG = 4000, 30_000


def relu_kernel(t, lib):
    """kappa(t) for gamma = 1 in the array library ``lib``."""
    t = lib.clip(t, -1.0, 1.0)
    angle = lib.arccos(t)
    sine = lib.sqrt((1 - t) * (1 + t))
    return (sine + (np.pi - angle) * t) / (2 * np.pi) + (t + 1) * (np.pi - angle) / (2 * np.pi)


def by_numpy(x, y, step_sizes):
    """One kernel row a step."""
    c = np.zeros(len(y))
    for t in range(len(y)):
        c[t] = -step_sizes[t] * (c[:t] @ relu_kernel(x[:t] @ x[t], np) - y[t])
    return c


def by_triangular_solve(x, y, step_sizes):
    """The whole kernel matrix, T^2 memory."""
    system = np.tril(step_sizes[:, None] * relu_kernel(x @ x.T, np), -1) + np.eye(len(y))
    return solve_triangular(system, step_sizes * y, lower=True, unit_diagonal=True)


def jax_runner():
    """A jitted loop over full rows (shapes must not change)."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    def run(x, y, step_sizes):
        def one(t, c):
            return c.at[t].set(-step_sizes[t] * (c @ relu_kernel(x @ x[t], jnp) - y[t]))
        return jax.lax.fori_loop(0, len(y), one, jnp.zeros(len(y)))

    return lambda *arguments: np.asarray(run(*arguments))


def torch_runner():
    """Eager, one kernel row a step."""
    import torch

    torch.set_num_threads(1)

    def run(x, y, step_sizes):
        x, c = torch.from_numpy(x), torch.zeros(len(y), dtype=torch.float64)
        for t in range(len(y)):
            c[t] = -step_sizes[t] * (c[:t] @ relu_kernel(x[:t] @ x[t], torch) - y[t])
        return c.numpy()

    return run


def main():
    """Print times and ratios."""
    kernel, rng = tangent_kernel("relu"), np.random.default_rng(0)
    runners = {"numpy": by_numpy, "triangular solve": by_triangular_solve}
    for name, make in (("jax", jax_runner), ("torch", torch_runner)):
        try:
            runners[name] = make()
        except ImportError:
            print(f"{name}: not installed, left out")

    def ours(x, y, step_sizes):
        return kernel_sgd(kernel, x[None], y[None], step_sizes, x[:1], [len(y)]).coefficients[0]

    for d in (2, 5):
        x, y = uniform(rng, T_LONG, d), rng.standard_normal(T_LONG)
        step_sizes = polynomial(1 / kernel.trace, 0.5).step_sizes(T_LONG)
        short = (x[:T_COMPARED], y[:T_COMPARED], step_sizes[:T_COMPARED])
        ours(*short)  # compiles
        spent, c = seconds(ours, *short)
        print(f"d = {d}, T = {T_COMPARED}: this library {spent:.3f} s")
        for name, run in runners.items():
            run(*short)
            other, value = seconds(run, *short)
            error = np.abs(value - c).max()
            print(f"    {name:16s} {other:7.3f} s   ratio {other / spent:6.1f}   "
                  f"(differs by {error:.0e})")
            assert error < 1e-8  # the competitors' arccos loses digits near 1, ours does not
        print(f"d = {d}, T = {T_LONG}: this library {seconds(ours, x, y, step_sizes)[0]:.2f} s   "
              "(asked for: about a second)")


if __name__ == "__main__":
    main()
