"""How all compiled code of the library is compiled, and when its compiled form is out of date.

Numba keeps a compiled function on disk under the source of its own file. What it calls may stand
in other files, and what a closure holds may be pickled differently in every process. Here the key
is the source of the whole package, and for a closure over compiled functions a name given by hand.
"""

import hashlib
from pathlib import Path

from numba import njit
from numba.core.caching import FunctionCache

# Sums may be reordered and products fused, but infinity and NaN keep their meaning: with the full
# "fast" set the compiler would be free to delete the test for divergence.
OPTIONS = {"fastmath": {"reassoc", "contract", "nsz", "arcp"}, "error_model": "numpy"}


def _source_of(package):
    """Hash of all Python files of a folder, names and contents; a few milliseconds."""
    digest = hashlib.sha256(repr(sorted(OPTIONS["fastmath"])).encode())
    for path in sorted(package.rglob("*.py")):
        digest.update(str(path.relative_to(package)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


SOURCE = _source_of(Path(__file__).parent)


class _PackageCache(FunctionCache):
    """Numba's cache of a function on disk, emptied by a change in any file of the package."""

    def __init__(self, function, key):
        super().__init__(function)
        self._key = key
        # numba's own stamp is the age and size of the one file
        self._cache_file._source_stamp = (self._cache_file._source_stamp, SOURCE)

    def _index_key(self, sig, codegen):
        if self._key is None:
            return super()._index_key(sig, codegen)
        return sig, codegen.magic_tuple(), self._key


def compiled(function=None, *, key=None, cache=True, inline=False, parallel=False):
    """Compile a function; without one, return the decorator.

    Parameters
    ----------
    key : str, optional
        Names what a closure holds, for instance its activation. Without it the closure's contents
        are pickled, which tells compiled functions apart by the process that made them.
    cache : bool
        Keep it on disk.
    inline : bool
        For small functions that compiled loops call: inlined into these and not kept alone.
    parallel : bool
        Let `prange` start threads.
    """
    def compile_(function):
        options = {**OPTIONS, "nogil": True, "parallel": parallel}
        dispatcher = njit(forceinline=inline, **options)(function)
        if cache and not inline:
            dispatcher._cache = _PackageCache(function, key)
        return dispatcher

    return compile_ if function is None else compile_(function)
