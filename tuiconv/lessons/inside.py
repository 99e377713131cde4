"""A network from inside, as panels have it: arrays as maps, layers as a table, scales for colours.

Whatever has no rows and columns of its own gets some: a unit of a vector is a map of one cell.
"""

from collections.abc import Iterable

import numpy as np

from tuiconv.arithmetic import NetworkSpec
from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.specs import Shape, Spec
from tuiconv.lessons.ranges import frozen_range
from tuiconv.lessons.scene import Limits, Table
from tuiconv.nn.layers import Array, Arrays, Part


def as_maps(array: Array) -> Array:
    """What one image set off in a layer, (c, h, w) or (c,), as maps (c, h, w)."""
    return array.reshape(len(array), *(array.shape[1:] or (1, 1)))


def weight_maps(layer: Part, arrays: Arrays | None = None) -> Array | None:
    """What a layer learned, as maps (n, h, w); None if it learns nothing.

    A kernel is a map; they stand in the order of the weight's axes, so that those of one output
    are neighbours. The weights of full connection are as the maps that arrive. Where that would be
    maps of one cell, as behind a vector or with kernels of 1×1, all are one map with a row for
    every output and a column for every input. What is learned once for every channel is a row.

    Args:
        layer: from a network.
        arrays: its parameters, or as many numbers by the same names: their gradients, or how they
            changed; None for the parameters.
    """
    arrays = layer.parameters if arrays is None else arrays
    weight = arrays.get("weight")
    if weight is None or weight.ndim == 1:
        rows = list(arrays.values())
        return np.stack(rows)[np.newaxis] if rows else None
    if isinstance(layer.spec, specs.Local):  # o y x i u v: a unit's kernels stand where it does
        o, y, x, i, u, v = weight.shape
        return weight.transpose(0, 3, 1, 4, 2, 5).reshape(o * i, y * u, x * v)
    if isinstance(layer.spec, specs.FullyConnected):
        weight = weight.reshape(len(weight), *(*layer.spec.input, 1, 1)[:3])
    height, width = (1, *weight.shape[2:])[-2:]
    if (height, width) == (1, 1):
        return weight.reshape(1, *weight.shape[:2])
    return weight.reshape(-1, height, width)


def parameter_at(layer: Part, kernel: int, row: int, column: int) -> tuple[str, tuple[int, ...]]:
    """Which number of which parameter stands at a place of `weight_maps`.

    Returns:
        Such as `("weight", (3, 0, 2, 1))`.
    """
    numbers: Arrays = {}
    begin = 0
    for name, array in layer.parameters.items():
        end = begin + array.size
        numbers[name] = np.arange(begin, end, dtype=np.float64).reshape(array.shape)
        begin = end
    maps = weight_maps(layer, numbers)
    assert maps is not None
    number = maps[kernel, row, column]
    name, array = next(each for each in numbers.items() if number <= each[1].flat[-1])
    place = np.unravel_index(int(number - array.flat[0]), array.shape)
    return name, tuple(map(int, place))


def scale(colours: str, one: Array, layer: Iterable[Array], net: Iterable[Array]) -> Limits:
    """The ends of the colour scale of a map.

    Args:
        colours: what shares a scale, as a view's `range` says.
        one: the map.
        layer: it and the others of its layer.
        net: those of all layers.

    Raises:
        RequestError: `colours` is no such range.
    """
    frozen = frozen_range(colours)
    if frozen is not None:
        return frozen
    return extent({"unit": [one], "layer": layer, "global": net}[colours])


def extent(arrays: Iterable[Array]) -> Limits:
    """From 0 to the largest number or, if some are below 0, as far to either side of it."""
    low = high = 0.0
    for array in arrays:
        numbers = array if np.isfinite(array).all() else array[np.isfinite(array)]
        if numbers.size:
            low, high = min(low, float(numbers.min())), max(high, float(numbers.max()))
    if low < 0:
        high = max(high, -low)
        low = -high
    return low, high or 1.0


def layer_table(spec: NetworkSpec, chosen: str, title: str = "layers") -> Table:
    """A row for each layer, from INPUT on: what it is, what leaves it, sees and learns.

    Args:
        spec: the network's.
        chosen: the name of the layer that is pointed at; "" for none.
        title: of the table, by whose key `layers` a screen knows it.
    """
    head = ["layer", "is", "output", "sees", "learns"]
    rows = [
        [
            layer.name,
            str(layer),
            shape_text(layer.output, layer.is_1d),
            shape_text(layer.receptive_field.cells, layer.is_1d),
            f"{layer.parameters:,}" if layer.parameters else "",
        ]
        for layer in spec
    ]
    if spec.has_branches:
        head.insert(2, "takes")
        for place, (row, layer) in enumerate(zip(rows, spec, strict=True)):
            names = [spec.layers[source].name for source in layer.sources]
            row.insert(2, "" if layer.sources in ((), (place - 1,)) else " + ".join(names))
    names = [layer.name for layer in spec]
    return Table(
        title,
        tuple(head),
        tuple(map(tuple, rows)),
        names.index(chosen) if chosen else None,
        "layers",
    )


def shape_text(shape: Shape, is_1d: bool = False) -> str:
    """`6×28×28`; `84` for a vector; maps of one dimension without their one row."""
    sizes = (*shape[:-2], shape[-1]) if is_1d and len(shape) > 1 else shape
    return "×".join(map(str, sizes))


def unit_text(layer: Spec, channel: int, row: int, column: int) -> str:
    """`conv1[3, 4, 5]`: how a unit's number is got from the array of its layer."""
    cell = (row, column) if len(layer.output) > 1 else ()
    return f"{layer.name}[{', '.join(map(str, (channel, *cell)))}]"
