"""A list of kernel calls as one call: its threads never stop between two kernels for Python.

A call becomes a row of integers: the kernel's number, then its arguments; an array as its address
and shape, a float by its bits. The rows are read without the interpreter lock.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import groupby
from threading import BrokenBarrierError
from time import sleep
from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.np.arrayobj import make_array, populate_array

from tuiconv_kernels import (
    activations,
    blocks,
    decisions,
    optimizers,
    passes,
    products,
    squashing,
    waiting,
)
from tuiconv_kernels.checks import Array
from tuiconv_kernels.jit import ENABLED, exact_kernel
from tuiconv_kernels.lanes import operation
from tuiconv_kernels.weighted import Call

KERNELS: list[Callable[..., object]] = [
    products.sum_products,
    products.sum_products_pooled,
    products.correlate,
    products.sum_places,
    blocks.out_of_blocks,
    passes.unpool,
    activations.gate,
    passes.copy_rows,
    passes.clear,
    passes.rectify,
    blocks.into_blocks,
    decisions.score,
    decisions.log_probabilities,
    optimizers.momentum_updates,
    passes.copy,
    passes.add_rows,
    waiting.arrive,
    waiting.linger,
]
"""What every network of convolutions and full layers needs; `_call` unpacks the arguments."""

OTHERS: list[Callable[..., object]] = [
    passes.max_pool,
    passes.max_pool_back,
    passes.average_pool,
    passes.average_pool_back,
    activations.times_slope,
    squashing.squash,
    squashing.amplify,
    passes.scale,
    passes.scale_back,
    passes.clear_places,
]
"""What only some networks need: `_call_other` is compiled for those alone."""

FIRST_OTHER = len(KERNELS)
"""Numbers from here on are places in `OTHERS`."""

MEET = FIRST_OTHER + len(OTHERS)
"""The number of `waiting.meet`, where a list may stop and go on."""

NUMBERS: dict[Callable[..., object], int] = {
    function: number for number, function in enumerate([*KERNELS, *OTHERS, waiting.meet])
}

WAITS = (waiting.arrive, waiting.linger, waiting.meet)
"""What is no work by itself."""

WIDTH = 32
"""Integers in a row."""


class Program:
    """Calls that are ready to run; kernels without a number are called by Python in between.

    Args:
        calls: in order. Their arrays must stay as they are.
        dtype: of their arrays.
    """

    def __init__(self, calls: Sequence[Call], dtype: npt.DTypeLike) -> None:
        self.calls = calls
        """Kept, as the rows hold only the addresses of their arrays."""
        vector, square, images = (np.empty((0,) * axes, dtype) for axes in (1, 2, 4))
        table, spans = np.empty(0, np.int64), np.empty((0, 0), np.int64)
        counts, totals = np.empty(0), np.empty((0, 0))
        kinds = (vector, square, images, table, spans, counts, totals)
        self._parts: list[Callable[[], object]] = []
        self._part_of: dict[int, int] = {}
        self._row_of: dict[int, npt.NDArray[np.int64]] = {}
        functions = {function for function, _ in calls}
        run: Callable[..., int] = _run if functions.isdisjoint(OTHERS) else _run_any
        # what has nothing for the kernels to do but to wait needs none of them
        numbers = NUMBERS if ENABLED and not functions.issubset(WAITS) else {}
        for numbered, group in groupby(enumerate(calls), lambda call: call[1][0] in numbers):
            part = list(group)
            if numbered:
                rows = np.array([_row(*call) for _, call in part])
                self._row_of |= {number: rows[k] for k, (number, _) in enumerate(part)}
                self._parts.append(partial(_run_through, run, rows, kinds))
                continue
            for number, (function, arguments) in part:
                self._part_of[number] = len(self._parts)
                self._parts.append(partial(function, *arguments))

    def change(self, call: int, argument: int, value: npt.NDArray[Any] | float) -> None:
        """Give a call another argument of the same kind; an array must outlive the run."""
        function, arguments = self.calls[call]
        if call in self._part_of:
            others = arguments[argument + 1 :]
            self._parts[self._part_of[call]] = partial(
                function, *arguments[:argument], value, *others
            )
            return
        at = 1 + sum(len(_integers(each)) for each in arguments[:argument])
        integers = _integers(value)
        self._row_of[call][at : at + len(integers)] = integers

    def run(self) -> None:
        """Make all calls.

        Raises:
            BrokenBarrierError: if another thread that it meets has met an error.
        """
        for part in self._parts:
            part()


def _run_through(
    run: Callable[..., int], rows: npt.NDArray[np.int64], kinds: tuple[npt.NDArray[Any], ...]
) -> None:
    """Run rows to their end, napping where another thread is late."""
    row = run(rows, 0, *kinds)
    while row < len(rows):
        if row < 0:
            raise BrokenBarrierError
        sleep(waiting.NAP)
        row = run(rows, row, *kinds)


def _row(function: Callable[..., object], arguments: Sequence[Any]) -> list[int]:
    row = [NUMBERS[function]]
    for argument in arguments:
        row += _integers(argument)
    return row + [0] * (WIDTH - len(row))


def _integers(argument: Any) -> list[int]:
    if isinstance(argument, np.ndarray):
        if not (argument.flags.c_contiguous and argument.flags.aligned):
            raise ValueError(f"an array with strides {argument.strides} has no place in a row")
        return [argument.__array_interface__["data"][0], *argument.shape]
    if isinstance(argument, float):
        return [int(np.float64(argument).view(np.int64))]
    return [argument]


@operation
def _array(_: Any, row: Any, at: Any, kind: Any) -> Any:
    """Return the array whose address and shape begin at row[at]; of the type of `kind`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, args[0]).data
        fields = [
            builder.load(builder.gep(numbers, [builder.add(args[1], ir.Constant(args[1].type, k))]))
            for k in range(1 + kind.ndim)
        ]
        array = make_array(kind)(context, builder)  # type: ignore[no-untyped-call]
        size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
        strides = [ir.Constant(args[1].type, size)]
        for axis in fields[:1:-1]:
            strides.insert(0, builder.mul(strides[0], axis))
        populate_array(  # type: ignore[no-untyped-call]
            array,
            data=builder.inttoptr(fields[0], array.data.type),
            shape=fields[1:],
            strides=strides,
            itemsize=ir.Constant(args[1].type, size),
            meminfo=None,
        )
        return array._getvalue()

    return kind(row, types.int64, kind), generate


@operation
def _float(_: Any, bits: Any) -> Any:
    """Return the float64 that has these bits."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(bits), generate


@exact_kernel
def _run(
    rows: npt.NDArray[np.int64],
    first: int,
    vector: Array,
    square: Array,
    images: Array,
    table: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
    totals: npt.NDArray[np.float64],
) -> int:
    # the arrays are empty: they say of what type an argument is
    for k in range(first, len(rows)):
        if rows[k, 0] == MEET:
            arrived = _arrived(rows[k], table)
            if arrived < 1:
                return k if arrived == 0 else -1
        else:
            _call(rows[k], vector, square, images, table, spans, counts, totals)
    return len(rows)


@exact_kernel
def _run_any(
    rows: npt.NDArray[np.int64],
    first: int,
    vector: Array,
    square: Array,
    images: Array,
    table: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
    totals: npt.NDArray[np.float64],
) -> int:
    for k in range(first, len(rows)):
        if rows[k, 0] == MEET:
            arrived = _arrived(rows[k], table)
            if arrived < 1:
                return k if arrived == 0 else -1
        elif rows[k, 0] < FIRST_OTHER:
            _call(rows[k], vector, square, images, table, spans, counts, totals)
        else:
            _call_other(rows[k], vector, table, counts)
    return len(rows)


@exact_kernel
def _arrived(row: npt.NDArray[np.int64], table: npt.NDArray[np.int64]) -> int:
    return waiting.have_arrived(_array(row, 1, table), row[3], waiting.SPINS)


@exact_kernel
def _call(
    row: npt.NDArray[np.int64],
    vector: Array,
    square: Array,
    images: Array,
    table: npt.NDArray[np.int64],
    spans: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
    totals: npt.NDArray[np.float64],
) -> None:
    kernel = row[0]
    if kernel == 0:
        products.sum_products(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, spans), _array(row, 10, vector), row[12], _array(row, 13, table),
            _array(row, 15, vector), _float(row[17]), _array(row, 18, vector),
            _array(row, 20, table), row[22],
        )  # fmt: skip
    elif kernel == 1:
        products.sum_products_pooled(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, vector), row[9], _array(row, 10, table), _array(row, 12, vector),
            _float(row[14]), _array(row, 15, vector), _array(row, 17, vector),
            _array(row, 19, table), row[21],
        )  # fmt: skip
    elif kernel == 2:
        products.correlate(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, vector), _array(row, 9, table), row[11], _array(row, 12, totals),
            _array(row, 15, square),
        )  # fmt: skip
    elif kernel == 3:
        products.sum_places(
            _array(row, 1, vector), _array(row, 3, table), row[5], _array(row, 6, vector)
        )
    elif kernel == 4:
        blocks.out_of_blocks(
            _array(row, 1, vector), _array(row, 3, table), row[5], _array(row, 6, images)
        )
    elif kernel == 5:
        passes.unpool(
            _array(row, 1, vector), _array(row, 3, vector), _array(row, 5, vector),
            _array(row, 7, table), row[9], row[10], _array(row, 11, vector),
            _array(row, 13, table), row[15],
        )  # fmt: skip
    elif kernel == 6:
        activations.gate(_array(row, 1, vector), _array(row, 3, vector), _array(row, 5, vector))
    elif kernel == 7:
        passes.copy_rows(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, vector),
            _array(row, 7, table), row[9],
        )  # fmt: skip
    elif kernel == 8:
        passes.clear(_array(row, 1, vector))
    elif kernel == 9:
        passes.rectify(_array(row, 1, vector), _array(row, 3, vector))
    elif kernel == 10:
        blocks.into_blocks(
            _array(row, 1, images), _array(row, 6, vector), _array(row, 8, table), row[10]
        )
    elif kernel == 11:
        decisions.score(
            _array(row, 1, vector), row[3], _array(row, 4, table), _float(row[6]),
            _array(row, 7, vector), _array(row, 9, counts),
        )  # fmt: skip
    elif kernel == 12:
        decisions.log_probabilities(_array(row, 1, vector), row[3], row[4], _array(row, 5, vector))
    elif kernel == 13:
        optimizers.momentum_updates(
            _array(row, 1, vector), _array(row, 3, vector), _array(row, 5, vector),
            _array(row, 7, counts),
        )  # fmt: skip
    elif kernel == 14:
        passes.copy(_array(row, 1, vector), _array(row, 3, vector))
    elif kernel == 15:
        passes.add_rows(_array(row, 1, square), row[4], row[5], row[6])
    elif kernel == 16:
        waiting.arrive(_array(row, 1, table), row[3])
    else:
        waiting.linger(_array(row, 1, table), row[3], row[4], row[5])


@exact_kernel
def _call_other(
    row: npt.NDArray[np.int64],
    vector: Array,
    table: npt.NDArray[np.int64],
    counts: npt.NDArray[np.float64],
) -> None:
    kernel = row[0] - FIRST_OTHER
    if kernel == 0:
        passes.max_pool(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, table), _array(row, 9, table), _array(row, 11, vector),
            _array(row, 13, table), _array(row, 15, table), _array(row, 17, vector),
        )  # fmt: skip
    elif kernel == 1:
        passes.max_pool_back(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, vector), _array(row, 9, table), _array(row, 11, table),
            _array(row, 13, table), _array(row, 15, vector), _array(row, 17, table),
        )  # fmt: skip
    elif kernel == 2:
        passes.average_pool(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, table), _array(row, 9, counts), _array(row, 11, vector),
            _array(row, 13, table), _array(row, 15, table),
        )  # fmt: skip
    elif kernel == 3:
        passes.average_pool_back(
            _array(row, 1, vector), _array(row, 3, table), _array(row, 5, table),
            _array(row, 7, vector), _array(row, 9, table), _array(row, 11, vector),
            _array(row, 13, table),
        )  # fmt: skip
    elif kernel == 4:
        activations.times_slope(
            _array(row, 1, vector), _array(row, 3, vector), _float(row[5]),
            _array(row, 6, vector),
        )  # fmt: skip
    elif kernel == 5:
        squashing.squash(_array(row, 1, vector), _float(row[3]), _array(row, 4, vector))
    elif kernel == 6:
        squashing.amplify(_array(row, 1, vector), _float(row[3]), _array(row, 4, vector))
    elif kernel == 7:
        passes.scale(
            _array(row, 1, vector), _array(row, 3, vector), _array(row, 5, vector), row[7],
            _array(row, 8, vector),
        )  # fmt: skip
    elif kernel == 8:
        passes.scale_back(
            _array(row, 1, vector), _array(row, 3, vector), _array(row, 5, vector), row[7],
            _array(row, 8, vector),
        )  # fmt: skip
    else:
        passes.clear_places(_array(row, 1, vector), _array(row, 3, table))
