"""Threads that wait for each other awake: to sleep and wake up costs as much as a small batch.

Each thread counts the turns it has come to in its own element of an array that all can see.
"""

import operator
from collections.abc import Callable
from threading import BrokenBarrierError
from time import sleep
from typing import Any, TypeAlias

import llvmlite.binding
import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types

from tuiconv_kernels.jit import ENABLED, exact_kernel
from tuiconv_kernels.lanes import operation

Turns: TypeAlias = npt.NDArray[np.int64]

SPINS = 1 << 16 if ENABLED else 1
"""Looks before a thread stops looking: about a millisecond."""

BROKEN = 1 << 62
"""The turn of a thread that has met an error: the others do not wait for it any more."""

NAP = 50e-6
"""Seconds between two tries of a thread that waits for long."""

_X86 = llvmlite.binding.get_default_triple().startswith(("x86_64", "i686"))


@operation
def _load_now(_: Any, turns: Any, index: Any) -> Any:
    """Return turns[index] as it is in memory now, after a short pause where there is one."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        if _X86:
            kind = ir.FunctionType(ir.VoidType(), [])
            name = "llvm.x86.sse2.pause"
            pause = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
            builder.call(pause, [])
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        return builder.load_atomic(builder.gep(data, [args[1]]), "acquire", 8)

    return types.int64(turns, types.int64), generate


@operation
def _store_now(_: Any, turns: Any, index: Any, turn: Any) -> Any:
    """Set turns[index] for all to see, behind everything that was written before."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        builder.store_atomic(args[2], builder.gep(data, [args[1]]), "release", 8)
        return context.get_dummy_value()

    return types.void(turns, types.int64, types.int64), generate


# in plain Python the interpreter's lock puts what threads see in order
_look: Callable[..., int] = _load_now if ENABLED else operator.getitem
_tell: Callable[..., None] = _store_now if ENABLED else operator.setitem


@exact_kernel
def reaches(turns: Turns, index: int, turn: int, spins: int) -> bool:
    """Return whether turns[index] is, or soon becomes, `turn` or more."""
    for _ in range(spins):  # noqa: SIM110 - Numba knows no any()
        if _look(turns, index) >= turn:
            return True
    return False


@exact_kernel
def arrive(turns: Turns, member: int) -> None:
    """Come to the next turn."""
    _tell(turns, member, turns[member] + 1)


@exact_kernel
def linger(turns: Turns, leader: int, member: int, spins: int) -> None:
    """Wait for a while until the leader's turn is beyond the member's own."""
    reaches(turns, leader, turns[member] + 1, spins)


@exact_kernel
def have_arrived(turns: Turns, member: int, spins: int) -> int:
    """Return 1 once nobody is behind the member, 0 if it takes long, −1 if somebody is `BROKEN`."""
    for other in range(len(turns)):
        if not reaches(turns, other, turns[member], spins):
            return 0
        if _look(turns, other) >= BROKEN:
            return -1
    return 1


def meet(turns: Turns, member: int) -> None:
    """Wait until nobody is behind the member.

    Raises:
        BrokenBarrierError: if somebody has met an error.
    """
    while True:
        arrived = have_arrived(turns, member, SPINS)
        if arrived < 0:
            raise BrokenBarrierError
        if arrived:
            return
        sleep(NAP)
