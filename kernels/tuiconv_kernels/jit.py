"""The one place that says how a kernel is compiled."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

Kernel = TypeVar("Kernel", bound=Callable[..., object])

ENABLED: bool = not config.DISABLE_JIT  # type: ignore[attr-defined]
"""Whether kernels are compiled. Kernels of lanes cannot run otherwise: the public functions that
use them then answer through their plain twins."""

FAST_MATH = {"reassoc", "contract", "nsz", "arcp", "afn"}
"""Enough for the compiler to vectorise sums. `nnan` and `ninf` stay out: they would let it
assume that no value is NaN or infinite, and hide a diverged network from its owner."""


def kernel(function: Kernel) -> Kernel:
    """Compile `function` on its first call, for the dtypes it is called with.

    The machine code is cached on disk, runs without the interpreter lock, and divides as NumPy
    does (x / 0 is infinite, no exception). It is never `parallel=True`: Numba's default threading
    layer aborts the process when two Python threads meet in it, so threads belong to the caller.
    With `NUMBA_DISABLE_JIT=1` the function stays plain Python.
    """
    return _compiled(function, FAST_MATH)


def exact_kernel(function: Kernel) -> Kernel:
    """Compile as `kernel` does, but compute every sum in the order in which it is written."""
    return _compiled(function, False)


def _compiled(function: Kernel, fastmath: set[str] | bool) -> Kernel:
    compiled: Any = numba.njit(nogil=True, error_model="numpy", fastmath=fastmath)(function)
    # With the JIT disabled there is nothing to keep; on a system with no folder to write to,
    # Numba raises, and every start compiles anew.
    if hasattr(compiled, "enable_caching"):
        with suppress(RuntimeError):
            compiled.enable_caching()
            # Numba looks only at the file of the function itself, not at those it is inlined from.
            compiled._cache._cache_file._source_stamp = _library_stamp()
    return cast("Kernel", compiled)


@cache
def _library_stamp() -> tuple[tuple[str, float, int], ...]:
    """The names, times and sizes of all sources: when one changes, everything compiles anew."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    return tuple((path.name, path.stat().st_mtime, path.stat().st_size) for path in sources)
