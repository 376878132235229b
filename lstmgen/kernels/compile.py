"""How every kernel is compiled, and where the compiled code is kept.

`jit` is the one decorator: no GIL, numpy's error model, no reordering of sums, cached. The cache folder belongs to the
user alone (mode 0700) and is named after everything that decides the machine code and that Numba's own key leaves out:
the sources of all kernels (Numba does not notice a change in a jitted function imported from another file), the lanes
and the tile. A user's NUMBA_CACHE_DIR wins as the parent folder. Where nothing can be written there is no cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from numba import config, njit
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler_lock import global_compiler_lock

from lstmgen.kernels.deferring import signals_deferred
from lstmgen.kernels.forks import hold_while_forking
from lstmgen.kernels.lanes import FORCE_FALLBACK, LANES

_F = TypeVar("_F", bound=Callable[..., Any])

hold_while_forking(global_compiler_lock)

# Never fastmath=True: it makes NaN checks false. These three keep NaN, Inf and the order of every sum.
_SAFE_MATH = {"contract", "nsz", "arcp"}


def _parent_folder() -> Path:
    """The folder this platform keeps caches in, or the one the user named."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    if named:
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))) / "lstmgen"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "lstmgen"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lstmgen"


def _fingerprint(fallback: bool) -> str:
    """Hash of the kernels' sources, Numba's version, the lanes and the tile."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256(f"{numba.__version__} {LANES} {fallback} {sys.version_info[:2]}".encode())
    for room in ("kernels", "cells"):
        for source in sorted((package / room).glob("*.py")):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder(fallback: bool) -> str | None:
    """A folder that can be written and is nobody else's, or None."""
    try:
        folder = _parent_folder() / f"kernels-{_fingerprint(fallback)}"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
            return None  # code that others can write is not run
        tempfile.TemporaryFile(dir=folder).close()
        return str(folder)
    except (OSError, RuntimeError):
        return None


class CompiledWith:
    """Whether the emitted SIMD operations or the fallback ones are compiled, and the folder that goes with it."""

    fallback = FORCE_FALLBACK
    cache_folder = None if config.DISABLE_JIT else _cache_folder(FORCE_FALLBACK)


def use_fallback() -> None:
    """From here on compile the fallback, into a folder of their own."""
    CompiledWith.fallback, CompiledWith.cache_folder = True, _cache_folder(fallback=True)


@contextlib.contextmanager
def _numba_cache_set_to(folder: str) -> Iterator[None]:
    with global_compiler_lock:  # one thread at a time puts Numba's settings back as they were
        before = config.CACHE_DIR
        config.CACHE_DIR = folder
        try:
            yield
        finally:
            config.CACHE_DIR = before


def _forgive_damage(dispatcher: Any) -> None:
    """Make a cache entry that cannot be read or written mean compiling again, whatever it raises."""
    cache = dispatcher._cache
    load, save = cache.load_overload, cache.save_overload

    def load_or_none(sig: Any, target: Any) -> Any:
        try:
            return load(sig, target)
        except Exception:
            with contextlib.suppress(Exception):
                cache.flush()
            return None

    def save_or_not(sig: Any, data: Any) -> None:
        with contextlib.suppress(Exception):
            save(sig, data)

    cache.load_overload, cache.save_overload = load_or_none, save_or_not


def _defer_signals(dispatcher: Any) -> None:
    """Make signals wait while the kernel is loaded, compiled or stored, so that what they raise does not get in."""
    compile_for = dispatcher._compile_for_args

    def compile_undisturbed(*arguments: Any, **more: Any) -> Any:
        with signals_deferred():
            return compile_for(*arguments, **more)

    dispatcher._compile_for_args = compile_undisturbed


class _WithoutEnvironments:
    """Numba's code generator; where there is no machine code, there is no environment of it to be set."""

    def __init__(self, codegen: Any) -> None:
        self._codegen = codegen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._codegen, name)

    def set_env(self, env_name: str, env: Any) -> None:
        """Leave it out."""


class _Part(JITCodeLibrary):  # type: ignore[misc] # numba has no types
    """A function that only kernels call: it becomes machine code as a part of each of them, and not by itself."""

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    @property
    def codegen(self) -> Any:
        """What made it."""
        return _WithoutEnvironments(self._codegen)

    def get_pointer_to_function(self, name: str) -> int:
        """None: it has no door for Python."""
        self._ensure_finalized()
        return 0


# Numba makes machine code of every function on the way, and optimises what it calls once more with it: with that, the
# kernels of an LSTM take three times as long to compile. What is left out here is not for others to change, so it is
# left out only of versions where it was tried; any later one compiles the long way.
_PARTS = (0, 62) <= tuple(map(int, numba.__version__.split(".")[:2])) <= (0, 68)


def _compile_into(library: type[JITCodeLibrary], level: int, dispatcher: Any) -> None:
    """Compile it into such a library, and let LLVM optimise at that level meanwhile; a user's NUMBA_OPT wins."""
    compile_it = dispatcher.compile

    def compile_so(sig: Any) -> Any:
        codegen = dispatcher.targetctx.codegen()
        with global_compiler_lock:
            before = codegen._library_class, config.OPT
            codegen._library_class = library
            if "NUMBA_OPT" not in os.environ:
                config.OPT = type(config.OPT)(level)
            try:
                return compile_it(sig)
            finally:
                codegen._library_class, config.OPT = before

    dispatcher.compile = compile_so


# Kernels make no arrays, so none needs counting: the counts would stand as calls in the innermost loops.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": _SAFE_MATH, "_nrt": False}


def named_apart(what: object) -> Callable[[_F], _F]:
    """Gives a function that is made in several variants a name of its own in each.

    Numba tells functions of one name apart by a counter of the process. Kernels that were compiled in different
    processes hold their helpers by that name, and where both are loaded from the cache, one would call the other's.
    """

    def rename(function: _F) -> _F:
        function.__qualname__ = f"{function.__qualname__}[{what}]"
        return function

    return rename


def inner(function: _F) -> _F:
    """Compile `function` as a part of the kernels that call it: without a door for Python, so never call it from there.

    It is kept with its callers, who optimise it too.
    """
    dispatcher = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **_OPTIONS)(function)
    if not config.DISABLE_JIT and _PARTS:
        _compile_into(_Part, 0, dispatcher)
    return cast(_F, dispatcher)


def is_cached(kernel: Any) -> bool:
    """Whether the kernel was compiled on this machine before, so that its first call will not take seconds."""
    if config.DISABLE_JIT:
        return True
    if CompiledWith.cache_folder is None:
        return False
    function = kernel.py_func
    name = f"{function.__module__.rpartition('.')[2]}.{function.__qualname__}-*.nbi"
    return any(Path(CompiledWith.cache_folder).glob(f"*/{name}"))


def jit(function: _F) -> _F:
    """Compile `function` as a kernel on first use; Numba infers the types."""
    if config.DISABLE_JIT:
        return np.errstate(all="ignore")(function)  # NaN and infinity come about without a warning, as compiled
    if CompiledWith.cache_folder is None:
        dispatcher = njit(**_OPTIONS)(function)
    else:
        with _numba_cache_set_to(CompiledWith.cache_folder):
            dispatcher = njit(cache=True, **_OPTIONS)(function)
        _forgive_damage(dispatcher)
    _compile_into(JITCodeLibrary, 2, dispatcher)  # 3 takes a seventh longer: hot loops are written out as vectors
    _defer_signals(dispatcher)
    return cast(_F, dispatcher)
