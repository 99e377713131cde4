"""A list of kernel calls as one call: its threads never stop between two kernels for Python.

A call becomes a row of integers: what arguments it takes, then these, and at the end where the
kernel's machine code begins; an array is its address and shape, a float its bits. The rows are read
without the interpreter lock. As the kernels are called where they are, what reads the rows is
compiled once, whatever the network.
"""

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import groupby
from threading import BrokenBarrierError
from time import sleep
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import from_dtype, types
from numba.np.arrayobj import make_array, populate_array

from tuiconv_kernels import (
    activations,
    blocks,
    decisions,
    one_image,
    optimizers,
    passes,
    products,
    squashing,
    waiting,
)
from tuiconv_kernels.checks import Array
from tuiconv_kernels.dropout import drop
from tuiconv_kernels.jit import ENABLED, exact_kernel
from tuiconv_kernels.lanes import operation
from tuiconv_kernels.weighted import Call

KERNELS: dict[Callable[..., object], str] = {
    products.sum_products: "v t t p v n t v f v t n",
    products.sum_products_pooled: "v t t v n t v f v v t n",
    products.correlate: "v t t v t n d m",
    products.sum_places: "v t n v",
    blocks.into_blocks: "x v t n",
    blocks.out_of_blocks: "v t n x",
    passes.copy: "v v",
    passes.copy_rows: "v t v t n",
    passes.accumulate: "v v",
    passes.add_rows: "m n n n",
    passes.clear: "v",
    passes.clear_places: "v t",
    passes.rectify: "v v",
    passes.unpool: "v v v t n n v t n",
    passes.max_pool: "v t t t t v t t v",
    passes.max_pool_back: "v t t v t t t v t",
    passes.average_pool: "v t t t c v t t",
    passes.average_pool_back: "v t t v t v t",
    passes.put: "t n n",
    passes.scale: "v v v n v",
    passes.scale_back: "v v v n v",
    activations.gate: "v v v",
    activations.times_slope: "v v f v",
    drop: "v t n n n f v",
    squashing.squash: "v f v",
    squashing.amplify: "v f v",
    one_image.pad: "v t v t n",
    one_image.weigh: "m v v f v v",
    one_image.halve: "v n n n v",
    one_image.maxima: "v n t t v",
    one_image.means: "v n t t c v",
    decisions.score: "v n t f v c",
    decisions.score_squares: "v n t f v c",
    decisions.score_margins: "v n t f v c",
    decisions.log_probabilities: "v n n v",
    optimizers.momentum_updates: "v v v c",
    waiting.arrive: "t n",
    waiting.linger: "t n n n",
}
"""What a row can call, and the kinds of its arguments; see `kinds`."""

PATTERNS = sorted({*KERNELS.values()})
"""A row begins with the number of its pattern."""

MEET = len(PATTERNS)
"""Instead of a pattern: `waiting.meet`, where a list may stop and go on."""

WAITS = (waiting.arrive, waiting.linger, waiting.meet)
"""What is no work by itself."""

WIDTH = 32
"""Integers in a row."""

ADDRESS = WIDTH - 1
"""Where in a row the kernel's address stands."""


def kinds(real: Any) -> dict[str, Any]:
    """What the letters of a pattern stand for, in Numba's types, for numbers of one type."""
    return {
        "v": types.Array(real, 1, "C"),  # vector
        "m": types.Array(real, 2, "C"),  # matrix
        "x": types.Array(real, 4, "C"),  # images n c h w
        "t": types.Array(types.int64, 1, "C"),  # table
        "p": types.Array(types.int64, 2, "C"),  # spans
        "c": types.Array(types.float64, 1, "C"),
        "d": types.Array(types.float64, 2, "C"),
        "n": types.int64,
        "f": types.float64,
    }


@cache
def address(function: Callable[..., object], dtype: npt.DTypeLike) -> int:
    """Where the machine code of a kernel begins, for numbers of a dtype; compiles it if need be.

    With `NUMBA_DISABLE_JIT=1` there is none, and it is 0.
    """
    if not ENABLED:
        return 0
    kernel: Any = function
    kind = kinds(from_dtype(np.dtype(dtype)))
    signature = types.none(*(kind[letter] for letter in KERNELS[function].split()))
    compiled = kernel.get_compile_result(signature)
    return int(compiled.library.get_pointer_to_function(compiled.fndesc.llvm_func_name))


class Program:
    """Calls that are ready to run; what is not in `KERNELS` is called by Python in between.

    Args:
        calls: in order. Their arrays must stay as they are.
        dtype: of their arrays.
    """

    def __init__(self, calls: Sequence[Call], dtype: npt.DTypeLike) -> None:
        self.calls = list(calls)
        """As they are now; kept, as the rows hold only the addresses of their arrays."""
        self._dtype = np.dtype(dtype)
        self._kind = kinds(from_dtype(self._dtype))
        self._parts: list[Callable[[], object]] = []
        self._part_of: dict[int, int] = {}
        self._row_of: dict[int, npt.NDArray[np.int64]] = {}
        # what has nothing for the kernels to do but to wait needs none of them
        functions = {function for function, _ in calls}
        works = not functions.intersection(KERNELS).issubset(WAITS)
        in_rows = {*KERNELS, waiting.meet} if ENABLED and works else set()
        for of_rows, group in groupby(enumerate(calls), lambda call: call[1][0] in in_rows):
            part = list(group)
            if of_rows:
                rows = np.array([_row(*call, self._kind) for _, call in part])
                self._row_of |= {number: rows[k] for k, (number, _) in enumerate(part)}
                self._parts.append(partial(_run_through, rows, np.empty(0, dtype)))
                continue
            for number, (function, arguments) in part:
                self._part_of[number] = len(self._parts)
                self._parts.append(partial(function, *arguments))
        self._linked = False

    def change(self, call: int, argument: int, value: npt.NDArray[Any] | float) -> None:
        """Give a call another argument of the same kind."""
        function, arguments = self.calls[call]
        changed = (*arguments[:argument], value, *arguments[argument + 1 :])
        if call in self._part_of:
            self._parts[self._part_of[call]] = partial(function, *changed)
        else:
            *before, letter = KERNELS[function].split()[: argument + 1]
            at = 1 + sum(1 + getattr(self._kind[each], "ndim", 0) for each in before)
            integers = _integers(value, self._kind[letter])
            self._row_of[call][at : at + len(integers)] = integers
        self.calls[call] = function, changed

    def run(self) -> None:
        """Make all calls.

        Raises:
            BrokenBarrierError: if another thread that it meets has met an error.
        """
        if not self._linked:
            self._link()
        for part in self._parts:
            part()

    def _link(self) -> None:
        for call, row in self._row_of.items():
            function = self.calls[call][0]
            if function in KERNELS:
                row[ADDRESS] = address(function, self._dtype)
        self._linked = True


def _run_through(rows: npt.NDArray[np.int64], like: Array) -> None:
    """Run rows to their end, napping where another thread is late."""
    row = _run(rows, 0, like)
    while row < len(rows):
        if row < 0:
            raise BrokenBarrierError
        sleep(waiting.NAP)
        row = _run(rows, row, like)


def _row(
    function: Callable[..., object], arguments: Sequence[Any], kind: dict[str, Any]
) -> list[int]:
    pattern = KERNELS.get(function, "t n")
    row = [PATTERNS.index(pattern) if function in KERNELS else MEET]
    for letter, argument in zip(pattern.split(), arguments, strict=True):
        row += _integers(argument, kind[letter])
    return row + [0] * (WIDTH - len(row))


def _integers(argument: Any, kind: Any) -> list[int]:
    """An argument as a row has it; kernels would take whatever lies at an address for their own."""
    if kind == types.int64:
        return [int(argument)]
    if kind == types.float64:
        return [int(np.float64(argument).view(np.int64))]
    if argument.ndim != kind.ndim or from_dtype(argument.dtype) != kind.dtype:
        raise TypeError(f"an array {argument.dtype}, {argument.ndim}-d, stands for {kind}")
    if not (argument.flags.c_contiguous and argument.flags.aligned):
        raise ValueError(
            f"an array with strides {argument.strides}"
            f"{'' if argument.flags.aligned else ', unaligned,'} has no place in a row"
        )
    return [argument.__array_interface__["data"][0], *argument.shape]


@exact_kernel
def _run(rows: npt.NDArray[np.int64], first: int, like: Array) -> int:
    # returns the row to go on with once others have come, or −1 if one of them never will
    for k in range(first, len(rows)):
        if rows[k, 0] == MEET:
            turns = _turns(rows[k])
            arrived = waiting.have_arrived(turns, rows[k, 3], waiting.SPINS)
            if arrived < 1:
                return k if arrived == 0 else -1
        else:
            _call(rows[k], like)
    return len(rows)


@operation
def _call(_: Any, row: Any, like: Any) -> Any:
    """Make the call that stands in a row; `like` is an array of the dtype of vectors.

    A kernel must not raise: nobody would hear of it.
    """
    kind = kinds(like.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, args[0]).data
        end = builder.append_basic_block("end")
        choice = builder.switch(_number(builder, numbers, 0), end)
        for place, pattern in enumerate(PATTERNS):
            block = builder.append_basic_block(pattern.replace(" ", ""))
            choice.add_case(place, block)
            builder.position_at_end(block)
            kinds_taken, values, at = [kind[letter] for letter in pattern.split()], [], 1
            for each in kinds_taken:
                values.append(_argument(context, builder, each, numbers, at))
                at += 1 + getattr(each, "ndim", 0)
            convention = context.call_conv
            function = convention.get_function_type(types.none, kinds_taken).as_pointer()
            kernel = builder.inttoptr(_number(builder, numbers, ADDRESS), function)
            convention.call_function(builder, kernel, types.none, kinds_taken, values)
            builder.branch(end)
        builder.position_at_end(end)
        return context.get_dummy_value()

    return types.void(row, like), generate


@operation
def _turns(_: Any, row: Any) -> Any:
    """Return the table whose address and length follow the first number of a row."""
    table = kinds(types.float64)["t"]

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, args[0]).data
        return _argument(context, builder, table, numbers, 1)

    return table(row), generate


def _number(builder: Any, numbers: Any, at: int) -> Any:
    return builder.load(builder.gep(numbers, [ir.Constant(ir.IntType(64), at)]))


def _argument(context: Any, builder: Any, kind: Any, numbers: Any, at: int) -> Any:
    """The argument of a kind that begins at a place in a row, as the code at hand needs it."""
    first = _number(builder, numbers, at)
    if kind == types.int64:
        return first
    if kind == types.float64:
        return builder.bitcast(first, ir.DoubleType())
    shape = [_number(builder, numbers, at + 1 + axis) for axis in range(kind.ndim)]
    size = context.get_constant(
        types.intp, context.get_abi_sizeof(context.get_data_type(kind.dtype))
    )
    strides = [size]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    array = make_array(kind)(context, builder)  # type: ignore[no-untyped-call]
    populate_array(  # type: ignore[no-untyped-call]
        array,
        data=builder.inttoptr(first, array.data.type),
        shape=shape,
        strides=strides,
        itemsize=size,
        meminfo=None,
    )
    return array._getvalue()
