"""Argument checks shared by the public kernels: every error quotes what was received."""

import operator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
"""A float32 or float64 array; kernels return the dtype they are given."""

Size: TypeAlias = int | tuple[int, int]
"""One number for both axes, or (vertical, horizontal)."""


def loop_ready(value: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return `value` as a C-contiguous, aligned, writable array, copied only if it is not one.

    Kernels only read their inputs. Writable is asked for because Numba counts a read-only array
    as another type: a copy costs microseconds, compiling every kernel a second time seconds.
    """
    if type(value) is np.ndarray and value.flags.carray:
        return value
    return np.require(value, requirements=["C", "A", "W", "E"])


def float_array(function: str, name: str, value: npt.ArrayLike, axes: str = "") -> Array:
    """Return a float array ready for the loops of a kernel.

    Args:
        function: The public function, for the message.
        name: The argument, for the message.
        value: float32 or float64; anything contiguous and writable is not copied.
        axes: The axes it must have, such as "n,c,h,w"; empty allows any number.

    Raises:
        ValueError: If the dtype or the number of axes is another.
    """
    array = loop_ready(value)
    if array.dtype not in (np.float32, np.float64):
        raise ValueError(f"{function}: {name} is {array.dtype}; float32 and float64 are allowed")
    if axes and array.ndim != len(axes.split(",")):
        raise ValueError(f"{function}: {name} has shape {array.shape}; its axes must be ({axes})")
    return array


def same_dtype(function: str, **arrays: Array | None) -> None:
    """Raise a ValueError unless all arrays that are given have one dtype."""
    kinds = {name: array.dtype for name, array in arrays.items() if array is not None}
    if len(set(kinds.values())) > 1:
        listed = ", ".join(f"{name} is {dtype}" for name, dtype in kinds.items())
        raise ValueError(f"{function}: {listed}; one dtype for all is allowed")


def same_shape(function: str, name: str, array: npt.NDArray[Any], shape: tuple[int, ...]) -> None:
    """Raise a ValueError unless `array` has the shape that the other arguments ask for."""
    if array.shape != shape:
        raise ValueError(f"{function}: {name} has shape {array.shape}; {shape} is needed")


def whole(function: str, name: str, value: int, least: int) -> int:
    """Return `value` as an int, or raise a ValueError if it is none or below `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(
            f"{function}: {name} is {value!r}; an integer of at least {least} is needed"
        )
    return number


def pair(function: str, name: str, value: Size, least: int) -> tuple[int, int]:
    """Return a spatial argument as (vertical, horizontal).

    Raises:
        ValueError: If it is neither an integer nor two, or if one is below `least`.
    """
    numbers = tuple(value) if isinstance(value, tuple | list) else (value, value)
    if len(numbers) != 2:
        raise ValueError(f"{function}: {name} is {value!r}; an integer or a pair is needed")
    return whole(function, name, numbers[0], least), whole(function, name, numbers[1], least)


def output_size(
    function: str,
    axis: str,
    size: int,
    kernel: int,
    stride: int,
    padding: int,
    dilation: int,
    ceil_mode: bool = False,
) -> int:
    """Count the windows that fit along one axis.

        floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1

    With `ceil_mode` the division rounds up, and a last window that would start in the padding
    behind the input is dropped.

    Raises:
        ValueError: If not even one fits; the message is the formula with its numbers.
    """
    span = size + 2 * padding - dilation * (kernel - 1) - 1
    windows = (-(-span // stride) if ceil_mode else span // stride) + 1
    if ceil_mode and (windows - 1) * stride >= size + padding:
        windows -= 1
    if windows < 1:
        rounding = "ceil" if ceil_mode else "floor"
        formula = (
            f"{rounding}(({size} + 2·{padding} − {dilation}·({kernel} − 1) − 1) / {stride}) + 1"
        )
        raise ValueError(
            f"{function}: {axis} {size} with kernel {kernel}, padding {padding}, "
            f"dilation {dilation}, stride {stride} gives {formula} = "
            f"{str(windows).replace('-', '−')}: at least 1 is needed"
        )
    return windows
