"""Waiting for another thread without going to sleep: waking up costs as much as a small batch."""

from typing import Any

import llvmlite.binding
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from tuiconv_kernels.jit import exact_kernel
from tuiconv_kernels.lanes import operation

SPINS = 8192
"""Looks before the wait is given up: a fraction of a millisecond."""

_X86 = llvmlite.binding.get_default_triple().startswith(("x86_64", "i686"))


@operation
def _look(_: Any, array: Any, index: Any) -> Any:
    """Return array[index] as it is in memory now, after a short pause where there is one."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if _X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            name = "llvm.x86.sse2.pause"
            pause = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            builder.call(pause, [])
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load_atomic(builder.gep(data, [args[1]]), "acquire", 8)

    return types.int64(array, types.int64), generate


@exact_kernel
def reaches(turns: npt.NDArray[np.int64], index: int, value: int, spins: int) -> bool:
    """Return whether turns[index] is, or soon becomes, `value` or more."""
    for _ in range(spins):  # noqa: SIM110 - Numba knows no any()
        if _look(turns, index) >= value:
            return True
    return False
