"""What the last bits of a result depend on besides the code: versions, CPU, linear algebra."""

import hashlib
import os
import platform
import sys
from pathlib import Path

import llvmlite.binding
import numpy as np
import threadpoolctl


def fingerprint(root: Path) -> dict[str, str]:
    """Lock, Python, C library, SIMD as numpy sees it, CPU as numba sees it, BLAS kernels."""
    blas = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    simd = np.show_config(mode="dicts")["SIMD Extensions"]
    return {
        "lock": hashlib.sha256((root / "requirements.lock").read_bytes()).hexdigest()[:16],
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "platform": f"{sys.platform} {platform.machine()} {' '.join(platform.libc_ver())}".strip(),
        "simd": " ".join([*simd["baseline"], *simd.get("found", [])]),
        "cpu": llvmlite.binding.get_host_cpu_name(),
        "blas": " ".join(sorted({f"{b['internal_api']} {b.get('architecture')}" for b in blas})),
        "blas_threads": os.environ.get("OPENBLAS_NUM_THREADS", "all"),
    }
