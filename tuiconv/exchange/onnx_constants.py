"""Small arithmetic on constants, by which exporters say padding and the sizes of a Reshape.

That, on few numbers, is all of a model that is ever worked out.
"""

from collections.abc import Callable
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import onnx

Array: TypeAlias = npt.NDArray[Any]

NUMBERS_KEPT = 1024
"""A constant of more numbers is a weight; of those only the sizes count."""

NUMERIC = "biuf"
"""Kinds of numbers: Booleans, integers with and without sign, and floats."""


def read_small(tensor: "onnx.TensorProto") -> Array | None:
    """The numbers of a small constant; None if they are not in the file, and for a large one."""
    from onnx import numpy_helper

    if tensor.data_location == tensor.EXTERNAL or prod(tensor.dims) > NUMBERS_KEPT:
        return None
    try:
        numbers = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError):
        return None
    return numbers if numbers.dtype.kind in NUMERIC else None


def fold(operation: str, attributes: dict[str, Any], *inputs: Array) -> Array | None:
    """What an operation makes of constants; None if it is none of `FOLDED`, or goes wrong."""
    if operation not in FOLDED:
        return None
    try:
        with np.errstate(all="ignore"):
            made = np.asarray(FOLDED[operation](attributes, *inputs))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, StopIteration):
        return None
    return made if made.size <= NUMBERS_KEPT and made.dtype.kind in NUMERIC else None


def constant_of_shape(attributes: dict[str, Any], shape: Array) -> Array:
    """One number, 0 unless it is given, in every place."""
    if prod(map(int, shape)) > NUMBERS_KEPT:
        raise ValueError(f"a constant of sizes {shape}")
    value = read_small(attributes["value"]) if "value" in attributes else np.zeros(1)
    return np.full(shape, value)


def cut(attributes: dict[str, Any], x: Array, starts: Array, ends: Array, *others: Array) -> Array:
    """Slice: from `starts` to `ends` along axes, by steps; a backward one may end before all."""
    axes = others[0] if others else range(len(starts))
    steps = others[1] if len(others) > 1 else [1] * len(starts)
    slices = [slice(None)] * x.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        last = None if step < 0 and end < -x.shape[axis] else int(end)
        slices[axis] = slice(int(start), last, int(step))
    return x[tuple(slices)]


def divided(attributes: dict[str, Any], x: Array, y: Array) -> Array:
    """Div: of integers the whole part, rounded towards 0."""
    if "f" in (x.dtype.kind, y.dtype.kind):
        return np.asarray(x / y)
    return np.asarray(np.sign(x) * np.sign(y) * (np.abs(x) // np.abs(y)))


def axes_of(attributes: dict[str, Any], *given: Array) -> tuple[int, ...]:
    """Axes as an attribute has them, or as an input."""
    return tuple(int(axis) for axis in (given[0] if given else attributes["axes"]))


FOLDED: dict[str, Callable[..., Any]] = {
    "Add": lambda attributes, x, y: x + y,
    "Cast": lambda attributes, x: x,
    "Concat": lambda attributes, *xs: np.concatenate(xs, attributes["axis"]),
    "Constant": lambda attributes: next(iter(attributes.values())),
    "ConstantOfShape": constant_of_shape,
    "Div": divided,
    "Gather": lambda attributes, x, at: np.take(x, at, attributes.get("axis", 0)),
    "Identity": lambda attributes, x: x,
    "Mul": lambda attributes, x, y: x * y,
    "ReduceProd": lambda attributes, x, *axes: np.prod(x, keepdims=attributes.get("keepdims", 1)),
    "Reshape": lambda attributes, x, shape: x.reshape(shape),
    "Shape": lambda attributes, x: x.shape,
    "Slice": cut,
    "Squeeze": lambda attributes, x, *axes: np.squeeze(x, axes_of(attributes, *axes)),
    "Sub": lambda attributes, x, y: x - y,
    "Transpose": lambda attributes, x: np.transpose(x, attributes.get("perm")),
    "Unsqueeze": lambda attributes, x, *axes: np.expand_dims(x, axes_of(attributes, *axes)),
}
"""What operations make of their attributes and inputs: those that sizes and padding come from."""
