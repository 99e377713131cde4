"""The one place that says how a kernel is compiled."""

import pickle
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core import config

from tuiconv_kernels.lanes import LANES

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
    if ENABLED:
        try:
            compiled.enable_caching()
        except RuntimeError:  # neither beside the sources nor in the user's cache folder
            _say_that_nothing_is_kept()
        else:
            cache_of_kernel = compiled._cache
            file = cache_of_kernel._cache_file
            # Numba looks only at the file of the function itself, not at those it inlines
            file._source_stamp = (file._source_stamp, *_library_stamp())
            # a damaged file, or a full disk, costs the cache and not the result
            cache_of_kernel._guard_against_spurious_io_errors = lambda: suppress(
                OSError, EOFError, pickle.UnpicklingError
            )
    return cast("Kernel", compiled)


@cache
def _say_that_nothing_is_kept() -> None:
    sys.stderr.write(
        "tuiconv: compiled code cannot be kept, and every start compiles anew; to keep it, set"
        " NUMBA_CACHE_DIR to a folder that can be written to\n"
    )


@cache
def _library_stamp() -> tuple[object, ...]:
    """The number of lanes and the sources' times: when one changes, everything compiles anew."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    times = ((path.name, path.stat().st_mtime, path.stat().st_size) for path in sources)
    return (LANES, *times)
