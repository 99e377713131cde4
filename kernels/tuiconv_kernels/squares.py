"""Squares of LANES × LANES numbers, turned over between rows and columns in registers."""

from typing import Any

from llvmlite import ir
from numba import types

from tuiconv_kernels.lanes import LANES, LanesType, operation, vector_of


def _turn(builder: Any, rows: list[Any]) -> list[Any]:
    """Transpose vectors: rounds in which numbers change places with those 1, 2, 4… rows away."""
    distance = 1
    while distance < LANES:
        turned = list(rows)
        for upper in range(LANES):
            if upper & distance:
                continue
            a, b = rows[upper], rows[upper + distance]
            # lanes of b are numbered after those of a
            first = [k + LANES - distance if k & distance else k for k in range(LANES)]
            second = [k + LANES if k & distance else k + distance for k in range(LANES)]
            for row, pattern in ((upper, first), (upper + distance, second)):
                mask = ir.Constant(ir.VectorType(ir.IntType(32), LANES), pattern)
                turned[row] = builder.shuffle_vector(a, b, mask)
        rows = turned
        distance *= 2
    return rows


@operation
def load_columns(_: Any, array: Any, index: Any, step: Any, target: Any, first: Any) -> Any:
    """Write LANES lanes, end to end from target[first].

    Lane l of the k-th is array[index + l·step + k].
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = _apart(context, builder, signature, args)
        columns = _end_to_end(context, builder, signature, args)
        align = array.dtype.bitwidth // 8
        lanes = _turn(builder, [builder.load(row, align=align) for row in rows])
        for lane, place in zip(lanes, columns, strict=True):
            builder.store(lane, place, align=align)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, target, types.int64), generate


@operation
def store_columns(_: Any, array: Any, index: Any, step: Any, source: Any, first: Any) -> Any:
    """Write the LANES lanes from source[first] to where `load_columns` finds them."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = _apart(context, builder, signature, args)
        columns = _end_to_end(context, builder, signature, args)
        align = array.dtype.bitwidth // 8
        lanes = _turn(builder, [builder.load(column, align=align) for column in columns])
        for lane, place in zip(lanes, rows, strict=True):
            builder.store(lane, place, align=align)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, source, types.int64), generate


def _apart(context: Any, builder: Any, signature: Any, args: Any) -> list[Any]:
    """Pointers to the lanes that begin `step` apart from array[index]."""
    kind = signature.args[0]
    data = context.make_array(kind)(context, builder, args[0]).data
    places, at = [], args[1]
    for _ in range(LANES):
        places.append(_as_lanes(builder, kind, builder.gep(data, [at])))
        at = builder.add(at, args[2])
    return places


def _end_to_end(context: Any, builder: Any, signature: Any, args: Any) -> list[Any]:
    """Pointers to the lanes that lie end to end from source[first]."""
    kind = signature.args[3]
    data = context.make_array(kind)(context, builder, args[3]).data
    at = _as_lanes(builder, kind, builder.gep(data, [args[4]]))
    return [builder.gep(at, [ir.Constant(ir.IntType(64), k)]) for k in range(LANES)]


def _as_lanes(builder: Any, kind: Any, pointer: Any) -> Any:
    return builder.bitcast(pointer, vector_of(LanesType(kind.dtype)).as_pointer())
