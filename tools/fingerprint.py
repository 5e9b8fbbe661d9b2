"""What the last bits of a result depend on besides the code: versions, CPU, linear algebra."""

import os
import platform
import sys
from importlib.metadata import version

import llvmlite.binding
import numpy as np
import threadpoolctl

PACKAGES = ("numpy", "scipy", "numba", "pandas", "matplotlib", "seaborn", "pillow")


def fingerprint() -> dict[str, str]:
    """Versions, C library, SIMD as numpy sees it, CPU as numba sees it, BLAS kernels."""
    blas = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "packages": " ".join(f"{name} {version(name)}" for name in PACKAGES),
        "platform": f"{sys.platform} {platform.machine()} {' '.join(platform.libc_ver())}".strip(),
        "simd": " ".join([*simd["baseline"], *simd.get("found", [])]),
        "cpu": llvmlite.binding.get_host_cpu_name(),
        "blas": " ".join(sorted({f"{b['internal_api']} {b.get('architecture')}" for b in blas})),
        "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "all"),
    }
