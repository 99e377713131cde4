"""What there is to say about a layer: its sizes with their formula, what it sees, its numbers."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.sizes import SINGLE, Pair
from tuiconv.arithmetic.sliding import Covering
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.figures import share
from tuiconv.lessons.inside import shape_text
from tuiconv.lessons.network.digits import short
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.scene import Text
from tuiconv.nn.layers import Array

MOST_NAMED: Final = 12
"""Dead maps that are named."""


def facts(look: Look) -> Text:
    """The chosen layer in a few lines."""
    spec = look.spec
    lines = [*window_lines(spec), *seen_lines(look)]
    if spec.parameter_formula:
        lines.append(f"parameters: {spec.parameter_formula}")
    if len(look.maps(look.place)):
        lines += number_lines(look)
        if look.view.show == "weights":
            lines.append(kernel_name(look))
    return Text(f"{spec.name}: {spec}", tuple(lines))


def window_lines(spec: Spec) -> Iterator[str]:
    """The window, and how the size of what leaves comes about."""
    if len(spec.output) == 3 and not isinstance(spec, Covering) and spec.window != SINGLE:
        window, shown = spec.window, []
        shown.append(f"kernel {pair(window.kernel_size)}, stride {pair(window.stride)}")
        if window.before == window.behind:
            shown.append(f"padding {pair(window.before)}")
        else:
            shown.append(f"padding {pair(window.before)} before, {pair(window.behind)} behind")
        if window.dilation != (1, 1):
            shown.append(f"dilation {pair(window.dilation)}")
        yield ", ".join(shown)
    height, width = spec.output_formula(0), spec.output_formula(1)
    if height == width != "":
        yield f"height and width: {height}"
    elif width:
        yield f"{'length' if spec.is_1d else 'width'}: {width}"
        if not spec.is_1d:
            yield f"height: {height}"
    rows, columns = spec.discarded
    if rows or columns:
        yield f"left over at the end: {rows} rows and {columns} columns that no window reaches"


def seen_lines(look: Look) -> Iterator[str]:
    """What a unit sees of the image, and how far apart neighbours see."""
    spec, net = look.spec, look.passing.net
    if look.place == 0:
        return
    seen, image = spec.receptive_field, net.spec.input
    line = f"a unit sees {shape_text(seen.cells, spec.is_1d)} pixels of the image"
    if len(spec.output) == 3 and spec.output[1:] != (1, 1):
        line += f", its neighbour {pair((int(seen.jump[0]), int(seen.jump[1])))} further on"
    if seen.exceeds(image):
        line += f"; the image has only {shape_text(image[1:], spec.is_1d)}, the rest is padding"
    yield line


def number_lines(look: Look) -> Iterator[str]:
    """The range of the numbers, those that are 0, and maps that say nothing."""
    maps = look.maps(look.place)
    finite = maps[np.isfinite(maps)]
    if not finite.size:
        yield "none of its numbers is finite"
        return
    low, high, mean = float(finite.min()), float(finite.max()), float(finite.mean(dtype=np.float64))
    yield f"{look.view.show}: min {short(low)}, max {short(high)}, mean {short(mean)} (6 digits)"
    if finite.size < maps.size:
        yield f"not finite: {maps.size - finite.size:,} of {maps.size:,}"
    zeros = int((maps == 0).sum())
    if zeros and look.view.show != "weights":
        yield f"exactly 0: {share(zeros, maps.size)} of {maps.size:,}{dead(maps)}"


def kernel_name(look: Look) -> str:
    """`kernel 8: map 1 from its channel 2`; of a map of all weights, what its sides are."""
    layer, maps = look.layer, look.maps(look.place)
    assert layer is not None
    assert look.view.map is not None
    weight = layer.parameters.get("weight")
    if weight is None or weight.ndim < 2:
        return f"rows: {', '.join(layer.parameters)}; a column for each channel"
    if len(maps) == 1:
        return "a row for each output, a column for each input"
    one, other = divmod(look.view.map, len(maps) // len(weight))
    if isinstance(look.spec, specs.TransposedConv):
        one, other = other, one
    return f"kernel {look.view.map}: map {one} from its channel {other}"


def dead(maps: Array) -> str:
    """`; dead on this image, 0 everywhere: maps 2, 5`."""
    silent = np.flatnonzero(~maps.any(axis=(1, 2))).tolist()
    if not silent:
        return ""
    what = "maps" if maps.shape[1:] != (1, 1) else "units"
    named = ", ".join(map(str, silent[:MOST_NAMED]))
    more = f" and {len(silent) - MOST_NAMED} more" if len(silent) > MOST_NAMED else ""
    return f"; 0 everywhere on this image: {what} {named}{more}"


def pair(sizes: Pair) -> str:
    """`5×5`, or `2` where both are as large as a stride, or a padding, usually is."""
    return str(sizes[0]) if sizes[0] == sizes[1] else f"{sizes[0]}×{sizes[1]}"


def is_last(spec: Spec, look: Look) -> bool:
    """Whether a layer's numbers are what the probabilities are made of."""
    layers = look.passing.net.spec.layers
    return spec is layers[-1] or (isinstance(layers[-1], specs.Softmax) and spec is layers[-2])
