"""A Numba type for one value in each of several images: it sits in one vector register.

A kernel written with it reads like its scalar formula, computes `LANES` images at once, and keeps
its sums in registers for a whole reduction. An array in blocks has the images innermost, so the
lanes of a value are neighbours in memory. Nothing here checks a bound: whoever makes the indices
answers for them. Products and sums are rounded in the order in which they are written, so every
kernel that adds the same terms in the same order gives the same bits.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

import llvmlite.binding
from llvmlite import ir
from numba import types
from numba.core import config
from numba.core.errors import TypingError
from numba.extending import intrinsic, models, register_model

Lanes: TypeAlias = Any
"""For annotations: one value in each of LANES images."""


def _count_lanes() -> int:
    # NUMBA_CPU_NAME compiles for another processor than this one; eight lanes suit every kind.
    chosen = config.CPU_NAME is not None  # type: ignore[attr-defined]
    wide = llvmlite.binding.get_host_cpu_features().get("avx512f")
    return 16 if wide and not chosen else 8


LANES = _count_lanes()
"""Images side by side: as many float32 as fill a vector register, 16 with AVX-512, else 8."""


class LanesType(types.Type):
    """LANES values of one float type."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"lanes({dtype} x {LANES})")


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, lanes: LanesType) -> None:
        super().__init__(manager, lanes, vector_of(lanes))  # type: ignore[no-untyped-call]


def operation(define: Callable[..., Any]) -> Callable[..., Any]:
    """An operation of kernels that writes its own instructions: Numba's `intrinsic`, typed."""
    typed: Callable[..., Any] = intrinsic(define)
    return typed


_INT32 = ir.IntType(32)


def vector_of(lanes: LanesType) -> ir.VectorType:
    """The vector register that holds such lanes."""
    return ir.VectorType(_scalar(lanes.dtype), LANES)


def _scalar(dtype: types.Float) -> ir.Type:
    return ir.DoubleType() if dtype == types.float64 else ir.FloatType()


def pointer(context: Any, builder: Any, array: Any, value: Any, index: Any, kind: ir.Type) -> Any:
    """Where an element of a flat array lies, as a pointer to `kind`."""
    data = context.make_array(array)(context, builder, value).data
    return builder.bitcast(builder.gep(data, [index]), kind.as_pointer())


def splat(builder: Any, scalar: Any) -> Any:
    """A number in every lane of a register."""
    vector = ir.VectorType(scalar.type, LANES)
    first = builder.insert_element(ir.Constant(vector, ir.Undefined), scalar, _INT32(0))
    pattern = ir.Constant(ir.VectorType(_INT32, LANES), [0] * LANES)
    return builder.shuffle_vector(first, ir.Constant(vector, ir.Undefined), pattern)


@operation
def load(_: Any, array: Any, index: Any) -> Any:
    """Return the lanes that begin at array[index] of a flat array."""
    lanes = LanesType(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = pointer(context, builder, array, args[0], args[1], vector_of(lanes))
        return builder.load(place, align=array.dtype.bitwidth // 8)

    return lanes(array, types.int64), generate


@operation
def store(_: Any, array: Any, index: Any, value: Any) -> Any:
    """Write the lanes to array[index] and the elements behind it."""
    if value.dtype != array.dtype:
        raise TypingError(f"lanes of {value.dtype} do not fit an array of {array.dtype}")

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = pointer(context, builder, array, args[0], args[1], vector_of(value))
        builder.store(args[2], place, align=array.dtype.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, types.int64, value), generate


@operation
def spread(_: Any, array: Any, index: Any) -> Any:
    """Return array[index] in every lane."""
    lanes = LanesType(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        place = pointer(context, builder, array, args[0], args[1], _scalar(array.dtype))
        return splat(builder, builder.load(place))

    return lanes(array, types.int64), generate


@operation
def every(_: Any, scalar: Any) -> Any:
    """Return a number in every lane."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return splat(builder, args[0])

    return LanesType(scalar)(scalar), generate


def _arithmetic(name: str, summary: str, emit: Callable[..., Any]) -> Callable[..., Any]:
    """An operation on two lanes that is one instruction."""

    def define(_: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return emit(builder, *args)

        return a(a, a), generate

    define.__name__ = define.__qualname__ = name
    define.__doc__ = summary
    return operation(define)


def _larger(builder: Any, a: Any, b: Any) -> Any:
    keep = builder.fcmp_ordered("<", a, b)
    return builder.select(keep, b, a)


add = _arithmetic("add", "Return a + b.", lambda builder, a, b: builder.fadd(a, b))
subtract = _arithmetic("subtract", "Return a − b.", lambda builder, a, b: builder.fsub(a, b))
multiply = _arithmetic("multiply", "Return a · b.", lambda builder, a, b: builder.fmul(a, b))
larger = _arithmetic(
    "larger", "Return b where a < b, else a; a NaN in a stays, one in b does not win.", _larger
)
divide = _arithmetic("divide", "Return a / b.", lambda builder, a, b: builder.fdiv(a, b))


@operation
def widen(_: Any, value: Any) -> Any:
    """Return the lanes in float64."""
    wide = LanesType(types.float64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        same = value.dtype == types.float64
        return args[0] if same else builder.fpext(args[0], vector_of(wide))

    return wide(value), generate


@operation
def narrow(_: Any, value: Any, array: Any) -> Any:
    """Return lanes in float64 rounded to the dtype of an array."""
    narrowed = LanesType(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        same = array.dtype == types.float64
        return args[0] if same else builder.fptrunc(args[0], vector_of(narrowed))

    return narrowed(value, array), generate


@operation
def gate(_: Any, y: Any, grad: Any) -> Any:
    """Return 0 where y <= 0, else grad: the gradient of a ReLU that gave y. NaN lets it pass."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(vector_of(y), [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<=", args[0], zero), zero, args[1])

    return grad(y, grad), generate


@operation
def multiply_add(_: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a · b + c, rounded once where the processor can."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return fused(builder, *args)

    return a(a, a, a), generate


def fused(builder: Any, a: Any, b: Any, c: Any) -> Any:
    """The register a · b + c; see `multiply_add`."""
    suffix = "f32" if isinstance(a.type.element, ir.FloatType) else "f64"
    kind = ir.FunctionType(a.type, [a.type] * 3)
    name = f"llvm.fmuladd.v{LANES}{suffix}"
    function = builder.module.globals.get(name) or ir.Function(builder.module, kind, name)
    return builder.call(function, [a, b, c])


@operation
def beats(_: Any, value: Any, best: Any) -> Any:
    """Return 1 where value > best, or where value is the first NaN; else 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        new, old = args
        above = builder.fcmp_unordered(">", new, old)
        taken = builder.fcmp_unordered("!=", old, old)
        wins = builder.and_(above, builder.not_(taken))
        zero = ir.Constant(vector_of(value), [0.0] * LANES)
        one = ir.Constant(vector_of(value), [1.0] * LANES)
        return builder.select(wins, one, zero)

    return value(value, value), generate


@operation
def choose(_: Any, condition: Any, a: Any, b: Any) -> Any:
    """Return a where the condition is greater than 0, else b."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        zero = ir.Constant(vector_of(condition), [0.0] * LANES)
        positive = builder.fcmp_ordered(">", args[0], zero)
        return builder.select(positive, args[1], args[2])

    return a(condition, a, a), generate


@operation
def where_equal(_: Any, code: Any, number: Any, value: Any) -> Any:
    """Return value where code == number, else 0."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        same = builder.fcmp_ordered("==", args[0], args[1])
        return builder.select(same, args[2], ir.Constant(vector_of(value), [0.0] * LANES))

    return value(code, code, value), generate


@operation
def total(_: Any, value: Any) -> Any:
    """Return the sum of all lanes: halves are added until one number is left."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        vector, size = args[0], LANES
        while size > 1:
            size //= 2
            none = ir.Constant(vector.type, ir.Undefined)
            shape = ir.VectorType(_INT32, size)
            low = builder.shuffle_vector(vector, none, shape(list(range(size))))
            high = builder.shuffle_vector(vector, none, shape(list(range(size, 2 * size))))
            vector = builder.fadd(low, high)
        return builder.extract_element(vector, _INT32(0))

    return value.dtype(value), generate
