"""How all compiled code of the library is compiled, and when its compiled form is out of date.

Numba keeps a compiled function on disk under the source of its own file. What it calls may stand
in other files, and what a closure holds may be pickled differently in every process. Here the key
is the source of the whole package, and for a closure over compiled functions a name given by hand.
And numba numbers the files of the variants of a function: of two processes that compile different
variants at the same time, one may find the other's code under its own number. Here the name of a
file is a digest of all that it depends on, and a file says what it holds.
"""

import hashlib
import pickle
from pathlib import Path

import numba
from numba import njit
from numba.core.caching import FunctionCache, IndexDataCacheFile

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


class _Files(IndexDataCacheFile):
    """The compiled variants of one function: a file each, named by what is in it, and no index."""

    def save(self, key, data):
        """Keep a variant; those of another source go."""
        self._save_data(self._name(key), (_text(key), data))
        for path in Path(self._cache_path).glob(self._data_name_pattern.format(number="*")):
            if not path.name.startswith(self._name(key).rpartition("-")[0]):
                path.unlink(missing_ok=True)

    def load(self, key):
        """The variant of this key, None if there is none that can be read."""
        try:
            text, data = self._load_data(self._name(key))
        except (OSError, ValueError, TypeError, EOFError, pickle.UnpicklingError):
            return None
        return data if text == _text(key) else None

    def _name(self, key):
        digest = hashlib.sha256(_text(key).encode()).hexdigest()
        return self._data_name_pattern.format(number=f"{SOURCE[:12]}-{digest[:24]}")


def _text(key):
    """All that compiled code depends on, as text."""
    return repr((numba.__version__, SOURCE, key))


class _PackageCache(FunctionCache):
    """Numba's cache of a function on disk, emptied by a change in any file of the package."""

    def __init__(self, function, key):
        super().__init__(function)
        self._key = key
        files = self._cache_file
        self._cache_file = _Files(files._cache_path, self._impl.filename_base, SOURCE)
        self._cache_file._data_name_pattern = f"{self._impl.filename_base}.{{number}}.nbc"

    def _index_key(self, sig, codegen):
        if self._key is None:
            return super()._index_key(sig, codegen)
        return sig, codegen.magic_tuple(), self._key


def compiled(function=None, *, key=None, cache=True, inline=False):
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
    """
    def compile_(function):
        dispatcher = njit(forceinline=inline, nogil=True, **OPTIONS)(function)
        if cache and not inline:
            dispatcher._cache = _PackageCache(function, key)
        return dispatcher

    return compile_ if function is None else compile_(function)
