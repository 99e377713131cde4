"""The one place that says how a kernel is compiled."""

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., object])

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
    compiled = numba.njit(nogil=True, error_model="numpy", fastmath=FAST_MATH)(function)
    # With the JIT disabled there is nothing to keep; on a system with no folder to write to,
    # Numba raises, and every start compiles anew.
    if hasattr(compiled, "enable_caching"):
        with suppress(RuntimeError):
            compiled.enable_caching()
    return cast("Kernel", compiled)
