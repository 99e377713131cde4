"""The settings that keys change, and how far they can go: nowhere where no output would be left."""

from dataclasses import replace
from typing import Any, Final, Literal, TypeAlias

from tuiconv.arithmetic import layers as specs
from tuiconv.errors import RequestError, unknown
from tuiconv.lessons.convolution.sliding import Spec, sizes_of, spec_of
from tuiconv.lessons.convolution.view import (
    OPERATIONS,
    POOLS,
    ConvolutionView,
    Operation,
    Pair,
)
from tuiconv.lessons.ways import after, rung

Size: TypeAlias = Literal["kernel", "stride", "padding", "behind", "dilation"]
SIZES: Final[tuple[Size, ...]] = ("kernel", "stride", "padding", "behind", "dilation")
"""Settings that are a number along each axis."""

LADDERS: Final = {
    "power": (1.0, 1.5, 2.0, 3.0, 4.0, 8.0, 32.0),
    "beta": (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0),
}
"""The values that keys step through."""
LEAST: Final = {"kernel": 1, "stride": 1, "padding": 0, "behind": 0, "dilation": 1}

MOST_KERNEL: Final = 7
"""Rows and columns of a kernel: more numbers would not stand beside each other."""
MOST_OUTPUT: Final = 64
"""Rows and columns of an output."""
SIDES: Final = ("rows", "columns")


def settings_of(operation: Operation) -> tuple[str, ...]:
    """The settings that an operation has."""
    match operation:
        case "average":
            sizes: tuple[str, ...] = SIZES[:-1]
        case "lp":
            sizes = ("kernel", "stride", "power")
        case "log-prob":
            sizes = ("kernel", "stride", "beta")
        case _:
            sizes = SIZES
    return ("operation", *sizes)


def size_of(view: ConvolutionView, setting: Size) -> Pair:
    """What a setting is now, along both axes."""
    value: Pair = getattr(sizes_of(view), setting)
    return value


def check(view: ConvolutionView) -> None:
    """Find out whether a view's settings go together.

    Raises:
        RequestError: they do not; where a size is why, the message is its formula.
    """
    has = settings_of(view.operation)
    for setting in SIZES:
        value: Pair | None = getattr(view, setting)
        if value is None:
            continue
        if setting not in has:
            raise RequestError(f"{setting} {shown(value)}; {view.operation} pooling has none")
        if min(value) < LEAST[setting]:
            raise RequestError(f"{setting} {shown(value)}; expected {LEAST[setting]} or more")
        if setting == "kernel" and max(value) > MOST_KERNEL:
            raise RequestError(
                f"kernel {shown(value)}; expected at most {MOST_KERNEL} rows and columns, whose"
                " products a screen can show"
            )
    for name, least in (("power", 1.0), ("beta", 0.001)):
        number = getattr(view, name)
        if not least <= number <= 2.0**10:
            raise RequestError(f"{name} {number:g}; expected {least:g} to {2**10}")
    spec = spec_of(view)
    for axis in (0, 1):
        check_axis(spec, axis)
        if view.stride is not None:  # a pool's own may be larger than the grid
            check_stride(spec, axis)


def check_axis(spec: Spec, axis: int) -> None:
    """Find out whether the sizes along an axis make sense to look at.

    Raises:
        RequestError: they do not.
    """
    window, side = spec.window, SIDES[axis]
    if window.kernel_size[axis] == 1 and window.dilation[axis] > 1:
        raise RequestError(
            f"dilation {window.dilation[axis]} of {side}; a kernel of 1 has no gaps to widen"
        )
    if spec.output[1 + axis] > MOST_OUTPUT:
        raise RequestError(
            f"{side}: {spec.output_formula(axis)}; at most {MOST_OUTPUT} can be shown"
        )
    if isinstance(spec, specs.TransposedConv):
        return
    span = window.span[axis]
    if max(window.before[axis], window.behind[axis]) >= span:
        raise RequestError(
            f"{side}: a window of {span} would lie in the padding alone, where all is 0; expected"
            f" a padding of at most {span} − 1 = {span - 1}"
        )


def check_stride(spec: Spec, axis: int) -> None:
    """Find out whether a smaller stride would do as well.

    Raises:
        RequestError: it would.
    """
    if isinstance(spec, specs.TransposedConv):
        return
    window, size = spec.window, spec.input[1 + axis]
    free = size + window.before[axis] + window.behind[axis] - window.span[axis]
    if window.stride[axis] > free + 1:
        raise RequestError(
            f"{SIDES[axis]}: {window.formula(size, axis)}, and so it is with a stride of {free + 1}"
        )


def limits(view: ConvolutionView, setting: Size, axis: int) -> Pair:
    """How small and how large a setting can be along an axis, as the others are."""
    now = size_of(view, setting)
    ends = []
    for step in (-1, 1):
        value = now[axis]
        while is_possible(with_size(view, setting, changed_along(now, axis, value + step))):
            value += step
        ends.append(value)
    return ends[0], ends[1]


def is_possible(view: ConvolutionView) -> bool:
    """Whether there is an output with these settings."""
    try:
        check(view)
    except RequestError:
        return False
    return True


def changed_along(value: Pair, axis: int, number: int) -> Pair:
    """A pair with another number along an axis."""
    return (number, value[1]) if axis == 0 else (value[0], number)


def with_size(view: ConvolutionView, setting: Size, value: Pair) -> ConvolutionView:
    """The view with another size; what is as usual is left open."""
    own = with_own(view, setting)
    if size_of(own, setting) == value:
        return own
    another: dict[str, Any] = {setting: value}
    return replace(own, **another)


def neighbour(view: ConvolutionView, step: int) -> ConvolutionView:
    """The view with the next value of the chosen setting, or (step −1) the one before.

    Raises:
        RequestError: no output would be left; the message is the formula.
    """
    setting = view.setting
    if setting == "operation":
        return with_operation(view, after(OPERATIONS, view.operation, step))
    if setting in LADDERS:
        changed: dict[str, Any] = {setting: rung(LADDERS[setting], getattr(view, setting), step)}
        return replace(view, **changed)
    (size,) = (each for each in SIZES if each == setting)
    value = size_of(view, size)
    for axis, side in enumerate(SIDES):
        if view.axis in ("both", side):
            value = changed_along(value, axis, value[axis] + step)
    found = with_size(view, size, value)
    check(found)
    return found


def with_operation(view: ConvolutionView, operation: Operation) -> ConvolutionView:
    """The view with another operation, and with its own sizes where the former do not suit it."""
    kept = settings_of(operation)
    found = replace(view, operation=operation)
    found = with_own(found, *(each for each in SIZES if each not in kept))
    if (operation in POOLS) == (view.operation in POOLS) and is_possible(found):
        return found
    return with_own(found, *SIZES)


def with_own(view: ConvolutionView, *settings: Size) -> ConvolutionView:
    """The view with some sizes left open, as the example has them."""
    own: dict[str, Any] = dict.fromkeys(settings)
    return replace(view, **own)


def beside(view: ConvolutionView, step: int) -> ConvolutionView:
    """The view with the next setting chosen, round the row."""
    return replace(view, setting=after(settings_of(view.operation), view.setting, step))


def shown(value: Pair) -> str:
    """`3×2`."""
    return f"{value[0]}×{value[1]}"


def settings_row(view: ConvolutionView) -> str:
    """The settings beside each other, the chosen one in brackets."""
    words = []
    for name in settings_of(view.operation):
        if name == "operation":
            text = NAMES[view.operation]
        elif name in LADDERS:
            text = f"{'p' if name == 'power' else 'β'} {getattr(view, name):g}"
        else:
            text = f"{name} {shown(getattr(sizes_of(view), name))}"
        words.append(f"[{text}]" if name == view.setting else text)
    return ", ".join(words)


NAMES: Final[dict[Operation, str]] = {
    "correlation": "correlation",
    "flipped": "flipped",
    "transposed": "transposed",
    "max": "max pool",
    "average": "average pool",
    "lp": "L_p pool",
    "log-prob": "log-prob pool",
}


def check_setting(view: ConvolutionView) -> None:
    """Find out whether there is a setting of that name.

    Raises:
        RequestError: there is none.
    """
    names = ("operation", *SIZES, *LADDERS)
    if view.setting not in names:
        raise unknown("setting", view.setting, names)
