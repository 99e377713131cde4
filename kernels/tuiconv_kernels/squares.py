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
def load_columns(_: Any, array: Any, index: Any, step: Any) -> Any:
    """Return LANES lanes: lane l of the k-th is array[index + l·step + k]."""
    lanes = LanesType(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        rows = []
        at = args[1]
        for _ in range(LANES):
            place = builder.bitcast(builder.gep(data, [at]), vector_of(lanes).as_pointer())
            rows.append(builder.load(place, align=array.dtype.bitwidth // 8))
            at = builder.add(at, args[2])
        return context.make_tuple(builder, signature.return_type, _turn(builder, rows))

    columns = types.UniTuple(lanes, LANES)  # type: ignore[no-untyped-call]
    return columns(array, types.int64, types.int64), generate


@operation
def store_columns(_: Any, array: Any, index: Any, step: Any, source: Any, first: Any) -> Any:
    """Write LANES lanes, end to end from source[first], to where `load_columns` reads them."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        columns = context.make_array(signature.args[3])(context, builder, args[3]).data
        pointer, align = vector_of(LanesType(array.dtype)).as_pointer(), array.dtype.bitwidth // 8
        at = builder.bitcast(builder.gep(columns, [args[4]]), pointer)
        lanes = [
            builder.load(builder.gep(at, [ir.Constant(ir.IntType(64), k)]), align=align)
            for k in range(LANES)
        ]
        index = args[1]
        for row in _turn(builder, lanes):
            builder.store(row, builder.bitcast(builder.gep(data, [index]), pointer), align=align)
            index = builder.add(index, args[2])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64, source, types.int64), generate
