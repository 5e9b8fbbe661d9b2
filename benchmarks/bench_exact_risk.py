"""The exact risk: this library against the recursion run step by step in numpy, numba, JAX, torch.

ReLU on the circle, 2000 degrees, steps t^(-1/2), noise, one core. The competitors step through the
same recursion; JAX and torch are timed where they are installed. A competitor too slow for T is
timed on fewer steps and scaled (its cost is exactly linear in T).

    python benchmarks/bench_exact_risk.py
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

import time

import numba
from timing import seconds

from ntksgd.kernels.spectrum import mercer_spectrum
from ntksgd.problems.schedules import polynomial
from ntksgd.problems.target import source_target
from ntksgd.risk.exact import expected_risk

NOISE = 0.1


def by_numpy(lam, weights, power, step_sizes):
    """The recursion for lambda = 0, two array operations a step."""
    C = power.copy()
    for eta in step_sizes:
        noise = eta * eta * (C.sum() + NOISE)
        C *= 1 - 2 * eta * lam
        C += noise * weights
    return C.sum()


@numba.njit(error_model="numpy", fastmath={"reassoc", "contract"})
def by_numba(lam, weights, power, step_sizes):
    """The same, compiled."""
    C, risk = power.copy(), power.sum()
    for eta in step_sizes:
        noise, risk_new = eta * eta * (risk + NOISE), 0.0
        for k in range(len(C)):
            C[k] = (1 - 2 * eta * lam[k]) * C[k] + noise * weights[k]
            risk_new += C[k]
        risk = risk_new
    return risk


def jax_runner():
    """The same as a jitted scan."""
    import jax

    jax.config.update("jax_enable_x64", True)

    @jax.jit
    def run(lam, weights, power, step_sizes):
        def one(C, eta):
            return (1 - 2 * eta * lam) * C + eta * eta * (C.sum() + NOISE) * weights, None
        return jax.lax.scan(one, power, step_sizes)[0].sum()

    return lambda *arguments: float(run(*arguments))


def torch_runner():
    """The same, eager and in place."""
    import torch

    torch.set_num_threads(1)

    def run(lam, weights, power, step_sizes):
        lam, weights, C = (torch.from_numpy(a.copy()) for a in (lam, weights, power))
        for eta in step_sizes.tolist():
            noise = eta * eta * (C.sum() + NOISE)
            C.mul_(1 - 2 * eta * lam).add_(noise * weights)
        return float(C.sum())

    return run


def main():
    """Print times, ratios and errors."""
    spectrum = mercer_spectrum("relu", 2, 1999)
    target, schedule = source_target(spectrum, 0.5), polynomial(1 / spectrum.trace, 0.5)
    lam, weights = spectrum.eigenvalues, spectrum.eigenvalues**2 * spectrum.multiplicities
    runners = {"numpy": (by_numpy, 10**5), "numba": (by_numba, 10**6)}
    for name, make, T in (("jax", jax_runner, 10**5), ("torch", torch_runner, 3 * 10**4)):
        try:
            runners[name] = (make(), T)
        except ImportError:
            print(f"{name}: not installed, left out")

    def ours(T):
        return expected_risk(spectrum, target, schedule, [T], NOISE, tail=False).risk[0]

    at_million, _ = seconds(ours, 10**6)
    print(f"this library     T = 1e6: {at_million:7.3f} s   (asked for: below 1 s)")
    for name, (run, T) in runners.items():
        run(lam, weights, target.power, schedule.step_sizes(T))  # compiles
        spent, value = seconds(run, lam, weights, target.power, schedule.step_sizes(T))
        error = abs(ours(T) / value - 1)
        scaled = spent * 1e6 / T
        print(f"{name:16s} T = 1e6: {scaled:7.3f} s   ratio {scaled / at_million:7.0f}"
              f"   (timed on {T:.0e} steps; this library differs by {error:.0e} there)")
        assert error < 1e-8
    long = mercer_spectrum("relu", 2, 20_000)
    start = time.process_time()
    expected_risk(long, source_target(long, 0.5), schedule, [10**9], NOISE)
    print(f"this library     T = 1e9, 20001 degrees: {time.process_time() - start:.3f} s   "
          "(asked for: below 60 s)")


if __name__ == "__main__":
    main()
