"""How a layer's numbers come about, in a line each: its size, what it learns, costs and sees."""

from collections.abc import Callable, Iterator
from fractions import Fraction

from tuiconv.arithmetic.joins import Join
from tuiconv.arithmetic.layers import CausalConv, FullyConnected, TransposedConv
from tuiconv.arithmetic.network import NetworkSpec
from tuiconv.arithmetic.notation import Notation, show_discarded
from tuiconv.arithmetic.sliding import Sliding
from tuiconv.arithmetic.specs import Spec
from tuiconv.arithmetic.zoo import NOTES


def explained(network: NetworkSpec, layer: Spec, written: Notation) -> Iterator[tuple[str, str]]:
    """What is worked out, and how."""
    shapes = layer.inputs if isinstance(layer, Join) else (layer.input,) * len(layer.sources)
    for place, shape in zip(layer.sources, shapes, strict=True):
        source = network.layers[place]
        sees = f", which sees {written.pair(source.receptive_field.cells)}"
        yield "takes", f"{written.shape(shape)} of {source.name}" + sees * isinstance(layer, Join)
    yield "gives", written.shape(layer.output)
    yield from by_axis("size", written, layer.output_formula)
    if lost := show_discarded(layer):
        yield "discarded", f"the last {lost} of what arrives: no window reaches them"
    if layer.parameters:
        share = layer.parameters / network.totals.parameters
        formula = layer.parameter_formula or f"{layer.parameters:,}"
        yield "learns", f"{formula} numbers, {share:.1%} of all"
    if layer.macs:
        yield "multiply-adds", f"{layer.macs:,} for one image"
    if layer.connections:
        yield "connections", f"{layer.connections:,}, biases included"
    yield "activations", f"{layer.activations:,} numbers kept for backpropagation"
    yield from seen(network, layer, written)


def seen(network: NetworkSpec, layer: Spec, written: Notation) -> Iterator[tuple[str, str]]:
    """What a unit sees of the image."""
    field, before, window = layer.receptive_field, layer.input_field, layer.window
    is_worked_out = slides(layer) and not isinstance(layer, TransposedConv)

    def size(axis: int) -> str:
        step = f"{before.size[axis]} + ({window.span[axis]} − 1)·{before.jump[axis]} = "
        length = f"{pixels(field.size[axis])} of the input"
        if field.cells[axis] != field.size[axis]:
            length += f", {field.cells[axis]} whole ones at most"
        return step * is_worked_out + length

    def jump(axis: int) -> str:
        step = f"{before.jump[axis]}·{window.stride[axis]} = "
        return step * is_worked_out + f"{pixels(field.jump[axis])} from one unit to the next"

    def start(axis: int) -> str:
        begin = field.start[axis]
        return f"at pixel {begin} of the input: effective padding {-begin}"

    yield from by_axis("sees", written, size)
    yield from by_axis("jump", written, jump)
    yield from by_axis("begins", written, start)
    if field.exceeds(network.input):
        yield "", f"This is more than the image has: {written.shape(network.input)}"
    if isinstance(layer, Join) and layer.alignment:
        yield "", layer.alignment


def pixels(length: int | Fraction) -> str:
    """`14 pixels`, `1 pixel`."""
    return f"{length} pixel" if length == 1 else f"{length} pixels"


def by_axis(label: str, written: Notation, text: Callable[[int], str]) -> Iterator[tuple[str, str]]:
    """One line where both directions are alike, else a line for each; none for no text."""
    vertical, horizontal = text(0), text(1)
    if written.is_1d or vertical == horizontal:
        lines = [horizontal]
    else:
        lines = [vertical and f"height: {vertical}", horizontal and f"width: {horizontal}"]
    for line in filter(None, lines):
        yield label, line


def slides(layer: Spec) -> bool:
    """Whether a layer has a window, with a kernel, a stride and padding."""
    if isinstance(layer, FullyConnected):
        return len(layer.input) == 3
    return isinstance(layer, Sliding | CausalConv | TransposedConv)


def notes(name: str, network: NetworkSpec) -> list[str]:
    """What a reader must know: what is discarded or misaligned, and what is said of a preset."""
    lost = [f"{layer.name} {text}" for layer in network if (text := show_discarded(layer))]
    found = [f"No window reaches the end of what arrives: {', '.join(lost)}."] if lost else []
    found += [layer.alignment for layer in network if isinstance(layer, Join) and layer.alignment]
    return [*found, *([NOTES[name.strip()]] if name.strip() in NOTES else [])]
