"""Compiled code on disk: found again while the package is the same, left when any file changes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba.core import config

import ntksgd
from ntksgd.compilation import OPTIONS, compiled

# one learner through a function of another file, one through a closure over a compiled activation
SCRIPT = """
import numpy as np
from ntksgd.kernels.spectrum import Spectrum
from ntksgd.models.activations import activation
from ntksgd.models.two_layer import initialise
from ntksgd.problems.samples import Samples
from ntksgd.sgd import spectral
from ntksgd.sgd.loops.training import training_loop
from ntksgd.sgd.network import train

few = Spectrum(2, np.ones(1), np.ones(1), 1.0)
samples = Samples(np.array([[1.0, 0.0]]), np.array([5.0]))
options = {"times": [1], "points": samples.x, "loss": "huber"}
f = spectral.spectral_sgd(few, samples, [1.0], **options)[0, 0]
start = initialise(2, 2, np.random.default_rng(0))
g = train(start, samples, [0.1], "relu", **options).values[0, 0]
loops = spectral._plain, training_loop(activation("relu"), 2, False)
print(f, g, *(sum(getattr(loop.stats, kind).values()) for kind in ("cache_hits", "cache_misses")
              for loop in loops))
"""


@pytest.fixture()
def run(tmp_path):
    """Run SCRIPT in a new process on a copy of the package with a cache of its own."""
    source, copy = Path(ntksgd.__file__).parent, tmp_path / "ntksgd"
    for path in source.rglob("*.py"):
        target = copy / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())

    def run():
        environment = {**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONHASHSEED": "random",
                       "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, text=True,
                              check=True, capture_output=True)
        f, g, *counts = done.stdout.split()
        return float(f), float(g), [int(count) for count in counts]

    return run, copy


def test_compiled_code_follows_a_change_in_any_file_and_else_is_found_again(run):
    run, package = run
    f, g, counts = run()
    assert f == 1.0  # a residual of -5, cut off at -1
    assert counts == [0, 0, 1, 1]
    assert run() == (f, g, [1, 1, 0, 0])
    losses = package / "models" / "losses.py"
    text = losses.read_text()
    assert text.count("-1.0), 1.0)") == 1
    losses.write_text(text.replace("-1.0), 1.0)", "-3.0), 3.0)"))
    changed = run()
    assert changed[0] == 3.0
    assert changed[1] == pytest.approx(3 * g, rel=0.5) and changed[1] > 2 * g
    assert changed[2] == [0, 0, 1, 1]
    assert run() == (changed[0], changed[1], [1, 1, 0, 0])


def times(factor):
    """A compiled closure: x -> factor x, kept on disk under its factor."""
    @compiled(inline=True)
    def scale(x):
        return factor * x

    def product(x):
        return scale(x)

    return compiled(product, key=str(factor))


def test_closures_are_told_apart_by_their_key():
    assert [times(factor)(5.0) for factor in (2.0, 3.0, 2.0)] == [10.0, 15.0, 10.0]


def test_a_variant_is_never_taken_for_another(tmp_path, monkeypatch):
    """Two processes that compile at the same time once left the one's code in the other's file."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))

    two, three = times(2.0), times(3.0)
    assert (two(5.0), three(5.0)) == (10.0, 15.0)
    assert times(2.0)(5.0) == 10.0
    files = sorted(tmp_path.rglob("*.nbc"))
    assert len(files) == 2
    kept = [path.read_bytes() for path in files]
    for wrong in (kept[::-1], [kept[0][:99], b""], [b"x", kept[0]]):
        for path, content in zip(files, wrong, strict=True):
            path.write_bytes(content)
        assert (times(2.0)(5.0), times(3.0)(5.0)) == (10.0, 15.0)
    again = times(2.0)
    assert again(5.0) == 10.0 and sum(again.stats.cache_hits.values()) == 1


def test_infinity_and_nan_keep_their_meaning():
    assert not {"ninf", "nnan", "fast"} & set(OPTIONS["fastmath"])

    @compiled(cache=False)
    def diverged(x):
        return not abs(x) <= 1e8

    assert [diverged(x) for x in (1.0, 1e9, np.inf, np.nan)] == [False, True, True, True]
