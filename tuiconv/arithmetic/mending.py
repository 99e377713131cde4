"""What would make a layer fit: a FLATTEN that expects something else, a window too large."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from math import isqrt

from tuiconv.arithmetic.enlarging import TransposedConv
from tuiconv.arithmetic.network import resized
from tuiconv.arithmetic.specs import Shape, Spec, SpecError, show_shape
from tuiconv.arithmetic.weighted import CausalConv, Conv, FullyConnected, Local

MAKERS = (Conv, Local, CausalConv, TransposedConv, FullyConnected)
"""Layers that decide how many maps, or features, leave them."""

LARGEST = 100_000
"""No image with longer sides is looked for."""

MOST_TRIED = 1_000
"""No image is looked for through more layers: each try, of some twenty, resizes all of them."""

MOST_FOR_WINDOWS = 50
"""The same for windows that are too large, as they often are while one writes."""


def with_ways_to_mend(
    refused: SpecError, layers: Sequence[Spec], made: Callable[[Shape], Spec]
) -> SpecError:
    """An error that also says what would mend it, where that is known.

    Args:
        refused: the error.
        layers: those before the layer that does not fit.
        made: gives that layer for what would arrive.
    """
    ways = ""
    if refused.expected:
        ways = ways_to_flatten(layers, refused.expected)
    elif refused.is_too_small and (image := image_to_fit(layers, made)):
        sizes = (image[0], image[2]) if layers[0].is_1d else image
        ways = f"take a smaller window, or INPUT({','.join(map(str, sizes))}) or larger"
    if not ways:
        return refused
    error = SpecError(f"{refused}; to mend it, {ways}")
    error.expected = refused.expected
    return error


def ways_to_flatten(layers: Sequence[Spec], expected: Shape) -> str:
    """Both ways: FLATTEN takes what arrives, or what it expects is made to arrive.

    Args:
        layers: those before the FLATTEN.
        expected: as it is written, (features,) or (channels, height, width).
    """
    arriving = ",".join(map(str, layers[-1].output))
    there = " and ".join(changes(layers, expected))
    other = f"; or {there}" if there else ""
    return f"write FLATTEN({arriving}), or FLATTEN alone{other}"


def changes(layers: Sequence[Spec], expected: Shape) -> list[str]:
    """What to change in the layers before, so that the expected arrives; nothing if none helps."""
    channels, height, width = (*layers[-1].output, 1, 1)[:3]
    if len(expected) == 1:
        expected = maps_of(expected[0], channels, height, width)
    if not expected or (len(layers[-1].output) == 1 and expected[1:] != (1, 1)):
        return []
    wanted = []
    if expected[0] != channels:
        maker = maker_of_maps(layers)
        if maker is None:
            return []
        what = "features" if isinstance(maker, FullyConnected) else "maps"
        wanted.append(f"give {maker.name} {expected[0]} {what}")
    if expected[1:] != (height, width):
        rows, columns = (smallest_side(layers, axis, expected[1 + axis]) for axis in (0, 1))
        if rows is None or columns is None:
            return []
        wanted.append(f"make INPUT {show_shape((layers[0].output[0], rows, columns))}")
    return wanted


def maps_of(features: int, channels: int, height: int, width: int) -> Shape:
    """Maps with so many numbers: of the same size, or else as many but square; () if none."""
    if features % (height * width) == 0:
        return features // (height * width), height, width
    side = isqrt(features // channels)
    return (channels, side, side) if channels * side * side == features else ()


def maker_of_maps(layers: Sequence[Spec]) -> Spec | None:
    """The last layer that decides how many maps, or features, there are; None if it is not one."""
    place = len(layers) - 1
    while place:
        layer = layers[place]
        if isinstance(layer, MAKERS):
            return layer
        if len(layer.sources) > 1 or layer.output[0] != layer.input[0]:
            return None
        (place,) = layer.sources
    return None


def smallest_side(layers: Sequence[Spec], axis: int, wanted: int) -> int | None:
    """The least height (axis 0) or width (axis 1) of INPUT that gives a map of the wanted size."""
    shape = layers[0].output
    if len(layers) > MOST_TRIED:
        return None

    def size(side: int) -> int:
        changed = (*shape[: 1 + axis], side, *shape[2 + axis :])
        try:
            return resized(layers, changed)[-1].output[1 + axis]
        except SpecError:  # too small for a window
            return 0

    sides = range(1, LARGEST)
    found = bisect_left(sides, wanted, key=size)
    return sides[found] if found < len(sides) and size(sides[found]) == wanted else None


def image_to_fit(layers: Sequence[Spec], made: Callable[[Shape], Spec]) -> Shape | None:
    """The least image, no smaller than it is, for which a layer has room; None if none is found."""
    channels, *sides = layers[0].output
    if len(layers) > MOST_FOR_WINDOWS:
        return None
    for axis in (0, 1):

        def fits(side: int, axis: int = axis) -> bool:
            tried = [LARGEST, LARGEST]
            tried[axis] = side
            if layers[0].is_1d:
                tried[0] = 1
            try:
                made(resized(layers, (channels, *tried))[-1].output)
            except SpecError:
                return False
            return True

        if not fits(sides[axis]):
            found = bisect_left(range(LARGEST), True, lo=1, key=fits)
            if found == LARGEST:
                return None
            sides[axis] = found
    return channels, sides[0], sides[1]
