"""Results kept on disk, one file a task, believed only where every bit is as it was written.

A file is the SHA-256 of all that follows, 32 bytes; the key, 32 bytes, a SHA-256 too; and the
pickled result. The key stands for what the result depends on: the task, its item and seed, the
source of this library, the versions of Python and of what it computes with, the kind of machine.

Unpickling runs what the pickle says: the checksum tells damage, not malice. Point it only at a
directory that nobody else can write.
"""

import hashlib
import io
import marshal
import pickle
import platform
import types
from functools import cache
from importlib.metadata import version
from pathlib import Path

import cloudpickle

from ntksgd.files import written_whole

DIGEST = hashlib.sha256().digest_size


class Damaged(ValueError):
    """Bytes that are not what was written under this key, and why."""


def key(*parts) -> bytes:
    """Key of a result that depends on `parts`, on the library and on the versions installed."""
    told = io.BytesIO()
    _Description(told).dump((library(), versions(), *parts))
    return hashlib.sha256(told.getvalue()).digest()


class _Description(cloudpickle.Pickler):
    """Writes a function of a notebook's cell as what it does, not as where the kernel had it."""

    def reducer_override(self, obj):
        if isinstance(obj, types.CodeType):
            return bytes, (marshal.dumps(_without_place(obj), 2),)  # 2: no count of references
        return super().reducer_override(obj)


def _without_place(code: types.CodeType) -> types.CodeType:
    constants = tuple(_without_place(part) if isinstance(part, types.CodeType) else part
                      for part in code.co_consts)
    return code.replace(co_filename="", co_firstlineno=1, co_consts=constants)


def pack(key: bytes, result) -> bytes:
    """Bytes of an entry."""
    body = key + cloudpickle.dumps(result)
    return hashlib.sha256(body).digest() + body


def unpack(data: bytes, key: bytes):
    """Result in `data`.

    Raises
    ------
    Damaged
        If a bit of it has changed, it ends early, another key's result stands there, or what it
        needs can no longer be imported.
    """
    checksum, body = data[:DIGEST], data[DIGEST:]
    if hashlib.sha256(body).digest() != checksum:
        raise Damaged("its checksum differs")
    if body[:DIGEST] != key:
        raise Damaged("it is the result of another task")
    try:
        return pickle.loads(body[DIGEST:])
    except Exception as error:  # unpickling may raise anything
        raise Damaged(f"unpickling it fails: {error}") from error


def path_of(store: Path, key: bytes) -> Path:
    """File of the entry."""
    return store / f"{key.hex()}.pickle"


def read(store: Path, key: bytes):
    """Result kept under `key`; FileNotFoundError, another OSError, or `Damaged` if none is."""
    return unpack(path_of(store, key).read_bytes(), key)


def write(store: Path, key: bytes, result) -> None:
    """Keep `result`: a reader finds all of it or nothing."""
    store.mkdir(parents=True, exist_ok=True)
    with written_whole(path_of(store, key)) as temporary:
        temporary.write_bytes(pack(key, result))


@cache
def library() -> str:
    """Hash of the library's source; the report is left out: no task imports it."""
    package = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        if name.parts[0] != "report":
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            digest.update(f"{name.as_posix()}\0{content}\n".encode())
    return digest.hexdigest()


@cache
def versions() -> tuple[str, ...]:
    """Versions of what computes, and the kind of machine."""
    packages = [version(name) for name in ("numpy", "scipy", "numba")]
    return platform.python_version(), platform.machine(), platform.system(), *packages
