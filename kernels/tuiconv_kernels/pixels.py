"""Pixels in vector registers: neighbours in a row are converted, weighted, added up and rounded.

A run is a few registers side by side, so that two runs of sums, a register of pixels and their
weights fit into the sixteen registers of AVX2. Lanes are neighbours here, not images. Nothing
checks a bound. A kernel keeps runs as float32 or float64, or as pairs: 16-bit integers of a pixel
and the one below it, which processors multiply and add up at once, with integer weights.
"""

from typing import Any, TypeAlias

from llvmlite import ir
from numba import types
from numba.extending import models, register_model

from tuiconv_kernels.lanes import LANES, LanesType, fused, operation, pointer, splat, vector_of

RUN = 6 * LANES
"""Values in a run of float32, and pairs in one of pairs; a run of float64 has half as many."""
Run: TypeAlias = Any
"""For annotations: the registers of a run, a tuple."""

_INT32, _INT64 = ir.IntType(32), ir.IntType(64)
_SUMS = ir.VectorType(_INT32, LANES)
_PAIRS = ir.VectorType(ir.IntType(16), 2 * LANES)


class Pairs(types.Type):
    """LANES pairs of 16-bit integers; an array keeps a pair as int32, the upper in the low half."""


class Sums(types.Type):
    """LANES sums of products of pairs, 32-bit integers."""


@register_model(Pairs)
class _PairsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Pairs) -> None:
        super().__init__(manager, kind, _PAIRS)  # type: ignore[no-untyped-call]


@register_model(Sums)
class _SumsModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Sums) -> None:
        super().__init__(manager, kind, _SUMS)  # type: ignore[no-untyped-call]


_pairs, _sums = Pairs(name="pairs"), Sums(name="sums")


def _registers(kind: Any, count: int) -> Any:
    return types.UniTuple(kind, count)  # type: ignore[no-untyped-call]


def _run_of(dtype: Any) -> Any:
    """The type of the runs in an array of a dtype."""
    lanes = _pairs if dtype == types.int32 else LanesType(dtype)
    return _registers(lanes, RUN // LANES * 32 // dtype.bitwidth)


def _sums_of(dtype: Any) -> Any:
    """The type of sums of products of such runs."""
    run = _run_of(dtype)
    return _registers(_sums, run.count) if dtype == types.int32 else run


def _register(kind: Any) -> ir.VectorType:
    if isinstance(kind, Pairs):
        return _PAIRS
    return _SUMS if isinstance(kind, Sums) else vector_of(kind)


def _load(builder: Any, row: Any, k: int, bits: int) -> Any:
    """Vector k behind a pointer; the elements have so many bits and lie anywhere."""
    return builder.load(builder.gep(row, [_INT64(k)]), align=bits // 8)


def _store(builder: Any, vectors: list[Any], row: Any, bits: int) -> None:
    for k, vector in enumerate(vectors):
        builder.store(vector, builder.gep(row, [_INT64(k)]), align=bits // 8)


def _parts(builder: Any, kind: Any, run: Any) -> list[Any]:
    return [builder.extract_value(run, k) for k in range(kind.count)]


def _all(vector: ir.VectorType, value: float) -> ir.Constant:
    return ir.Constant(vector, [value] * vector.count)


@operation
def no_sums(_: Any, array: Any) -> Any:
    """Return the zeros to which products of the runs in an array are added."""
    run = _sums_of(array.dtype)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return context.make_tuple(builder, run, [_all(_register(run.dtype), 0)] * run.count)

    return run(array), generate


@operation
def store_run(_: Any, array: Any, index: Any, run: Any) -> Any:
    """Write a run to array[index] and the elements behind it."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        row = pointer(context, builder, array, args[0], args[1], _register(run.dtype))
        _store(builder, _parts(builder, run, args[2]), row, array.dtype.bitwidth)
        return context.get_dummy_value()

    return types.void(array, types.int64, run), generate


@operation
def load_pixels(_: Any, pixels: Any, index: Any, lines: Any) -> Any:
    """Return the run that begins at pixels[index], in the dtype of `lines`."""
    run, dtype = _run_of(lines.dtype), pixels.dtype
    whole = isinstance(dtype, types.Integer)
    element = ir.IntType(dtype.bitwidth) if whole else vector_of(LanesType(dtype)).element

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        source = ir.VectorType(element, LANES)
        row = pointer(context, builder, pixels, args[0], args[1], source)
        parts = [_load(builder, row, k, dtype.bitwidth) for k in range(run.count)]
        if whole:
            parts = [builder.uitofp(part, vector_of(run.dtype)) for part in parts]
        elif dtype != lines.dtype:
            parts = [builder.fpext(part, vector_of(run.dtype)) for part in parts]
        return context.make_tuple(builder, run, parts)

    return run(pixels, types.int64, lines), generate


@operation
def load_pairs(_: Any, pixels: Any, upper: Any, lower: Any, mask: Any) -> Any:
    """Return the pairs of the bytes at pixels[upper] and pixels[lower] and behind them.

    `mask` is what remains of a pair: 0xFF00FF keeps both.
    """
    run = _run_of(types.int32)
    source = ir.VectorType(ir.IntType(8), LANES)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        rows = [pointer(context, builder, pixels, args[0], at, source) for at in args[1:3]]
        kept = splat(builder, args[3])
        parts = []
        for k in range(run.count):
            above, below = (builder.zext(_load(builder, row, k, 8), _SUMS) for row in rows)
            pair = builder.or_(above, builder.shl(below, _all(_SUMS, 16)))
            parts.append(builder.bitcast(builder.and_(pair, kept), _PAIRS))
        return context.make_tuple(builder, run, parts)

    return run(pixels, types.int64, types.int64, types.int32), generate


@operation
def load_half(_: Any, lines: Any, index: Any, lower: Any) -> Any:
    """Return the upper (0) or lower (1) pixels of LANES pairs, in float64."""
    lanes = LanesType(types.float64)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = _load(builder, pointer(context, builder, lines, args[0], args[1], _SUMS), 0, 32)
        distance = builder.trunc(builder.mul(args[2], _INT64(16)), _INT32)
        half = builder.and_(builder.lshr(pairs, splat(builder, distance)), _all(_SUMS, 0xFFFF))
        return builder.sitofp(half, vector_of(lanes))

    return lanes(lines, types.int64, types.int64), generate


@operation
def add_products(
    _: Any, lines: Any, at: Any, offsets: Any, t: Any, weights: Any, taps: Any, sums: Any
) -> Any:
    """Return sums[r] + weights[taps[r]] · run for each r; the run is at lines[at + offsets[t]].

    Lines and weights are floats, or pairs kept as int32.
    """
    dtype = lines.dtype
    vector = _register(_run_of(dtype).dtype)
    multiply_add = _add_pairs if dtype == types.int32 else fused

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        places, data = (
            context.make_array(array)(context, builder, value).data
            for array, value in ((offsets, args[2]), (weights, args[4]))
        )
        index = builder.add(args[1], builder.load(builder.gep(places, [args[3]])))
        row = pointer(context, builder, lines, args[0], index, vector)
        factors = []
        for tap in _parts(builder, taps, args[5]):
            factor = splat(builder, builder.load(builder.gep(data, [tap])))
            factors.append(builder.bitcast(factor, vector))
        out = args[6]
        for k in range(sums.dtype.count):
            # one register of pixels after the other: there is no room for more
            part = _load(builder, row, k, dtype.bitwidth)
            for r, factor in enumerate(factors):
                added = multiply_add(builder, part, factor, builder.extract_value(out, [r, k]))
                out = builder.insert_value(out, added, [r, k])
        return out

    return sums(lines, types.int64, offsets, types.int64, weights, taps, sums), generate


def _add_pairs(builder: Any, pairs: Any, weights: Any, sums: Any) -> Any:
    # in this shape LLVM finds the instruction for it, as pmaddwd or vpdpwssd
    wide = ir.VectorType(_INT32, 2 * LANES)
    products = builder.mul(builder.sext(pairs, wide), builder.sext(weights, wide), flags=("nsw",))
    none = ir.Constant(wide, ir.Undefined)
    upper, lower = (
        builder.shuffle_vector(products, none, ir.Constant(_SUMS, list(range(k, 2 * LANES, 2))))
        for k in (0, 1)
    )
    return builder.add(builder.add(upper, lower), sums)


@operation
def scaled(_: Any, sums: Any, scale: Any) -> Any:
    """Return sums of products of pairs, times a float, as floats of its dtype."""
    run = _registers(LanesType(scale), sums.count)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        factor = splat(builder, args[1])
        floats = [builder.sitofp(part, factor.type) for part in _parts(builder, sums, args[0])]
        return context.make_tuple(builder, run, [builder.fmul(part, factor) for part in floats])

    return run(sums, scale), generate


@operation
def add_runs(_: Any, a: Any, b: Any) -> Any:
    """Return a + b, runs of floats."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        pairs = zip(*(_parts(builder, a, run) for run in args), strict=True)
        return context.make_tuple(builder, a, [builder.fadd(x, y) for x, y in pairs])

    return a(a, b), generate


def _whole_from(floats: Any) -> float:
    """Added to a number of less than a third of it, this leaves no room for a fraction."""
    return 1.5 * (2.0**23 if floats == types.float32 else 2.0**52)


@operation
def store_pixels(_: Any, pixels: Any, index: Any, run: Any) -> Any:
    """Write a run of floats to pixels[index] and behind it, in the dtype of the pixels.

    Integers are rounded to the nearest, halves to even, and clamped. Floats in float32 must then
    be of less than 2²² in size.
    """
    dtype, floats = pixels.dtype, run.dtype.dtype
    whole = isinstance(dtype, types.Integer)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        parts = _parts(builder, run, args[2])
        if whole:
            rounded = _rounded if floats == types.float32 else _rounded_doubles
            parts = rounded(builder, parts, dtype.bitwidth)
        elif dtype != floats:
            parts = [builder.fptrunc(part, vector_of(LanesType(dtype))) for part in parts]
        row = pointer(context, builder, pixels, args[0], args[1], parts[0].type)
        _store(builder, parts, row, dtype.bitwidth)
        return context.get_dummy_value()

    return types.void(pixels, types.int64, run), generate


def _rounded(builder: Any, parts: list[Any], bits: int) -> list[Any]:
    first = _all(parts[0].type, _whole_from(types.float32))
    zero = builder.bitcast(first, _SUMS)
    integers = []
    for part in parts:
        # the last digits of the sum are those of the integer
        digits = builder.bitcast(builder.fadd(part, first), _SUMS)
        integers.append(builder.sub(digits, zero))
    # two registers at once: so LLVM finds the instructions that clamp as they narrow
    pattern = ir.Constant(ir.VectorType(_INT32, 2 * LANES), list(range(2 * LANES)))
    narrowed = []
    for a, b in zip(integers[::2], integers[1::2], strict=True):
        both = builder.shuffle_vector(a, b, pattern)
        low, high = _all(both.type, 0), _all(both.type, 2**bits - 1)
        both = builder.select(builder.icmp_signed(">", both, low), both, low)
        both = builder.select(builder.icmp_signed("<", both, high), both, high)
        narrowed.append(builder.trunc(both, ir.VectorType(ir.IntType(bits), 2 * LANES)))
    return narrowed


def _rounded_doubles(builder: Any, parts: list[Any], bits: int) -> list[Any]:
    first = _whole_from(types.float64)
    low, high = _all(parts[0].type, first), _all(parts[0].type, first + 2**bits - 1)
    narrowed = []
    for part in parts:
        value = builder.fadd(part, low)
        value = builder.select(builder.fcmp_ordered(">", value, low), value, low)
        value = builder.select(builder.fcmp_ordered("<", value, high), value, high)
        digits = builder.bitcast(value, ir.VectorType(_INT64, LANES))
        narrowed.append(builder.trunc(digits, ir.VectorType(ir.IntType(bits), LANES)))
    return narrowed


@operation
def doubtful(_: Any, run: Any, limit: Any) -> Any:
    """Return whether a value of a run is further than `limit` from what it is rounded to."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        distances = [_off(builder, part, run.dtype.dtype) for part in _parts(builder, run, args[0])]
        furthest = distances.pop()
        for distance in distances:
            further = builder.fcmp_ordered(">", distance, furthest)
            furthest = builder.select(further, distance, furthest)
        above = builder.fcmp_ordered(">", furthest, splat(builder, args[1]))
        lanes = builder.bitcast(above, ir.IntType(LANES))
        return builder.icmp_unsigned("!=", lanes, ir.Constant(lanes.type, 0))

    return types.boolean(run, run.dtype.dtype), generate


def _off(builder: Any, part: Any, floats: Any) -> Any:
    """How far the values of a register are from what they are rounded to."""
    first = _all(part.type, _whole_from(floats))
    off = builder.fsub(part, builder.fsub(builder.fadd(part, first), first))
    bits = ir.VectorType(ir.IntType(floats.bitwidth), LANES)
    without_sign = _all(bits, 2 ** (floats.bitwidth - 1) - 1)
    return builder.bitcast(builder.and_(builder.bitcast(off, bits), without_sign), part.type)
