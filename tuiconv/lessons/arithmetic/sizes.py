"""How what leaves a layer comes about: along each axis, and how many numbers these are in all."""

from tuiconv.arithmetic import layers as specs
from tuiconv.arithmetic.joins import Concat
from tuiconv.arithmetic.sizes import Window
from tuiconv.arithmetic.specs import Spec
from tuiconv.lessons.arithmetic.terms import Term, given, product, total


def side_terms(layer: Spec, axis: int) -> list[Term]:
    """How many rows (axis 0) or columns (axis 1) leave a layer; nothing where they stay as many."""
    if not layer.output_formula(axis):
        return []
    arriving, leaving = layer.input[1 + axis], layer.output[1 + axis]
    match layer:
        case specs.Shuffle():
            return [product("cells, each one as so many", arriving, layer.factor)]
        case specs.Unshuffle():
            return [Term("cells, so many as one", f"{arriving} / {layer.factor}", leaving)]
        case specs.TransposedConv():
            return spread_terms(layer, axis)
    return window_terms(layer.window, arriving, axis)


def window_terms(window: Window, arriving: int, axis: int) -> list[Term]:
    """How many places a window takes on so many cells."""
    kernel, dilation = window.kernel_size[axis], window.dilation[axis]
    before, behind = window.before[axis], window.behind[axis]
    stride, span = window.stride[axis], window.span[axis]
    padded = arriving + before + behind
    free, places = padded - span, window.places(arriving, axis)
    rounding = "ceil" if window.rounds_up else "floor"
    direction = "up" if window.rounds_up else "down"
    terms = [given("cells arrive", arriving)]
    if before or behind:
        terms.append(total("with the padding before and behind", arriving, before, behind))
    if dilation > 1:
        spread = f"{dilation}·({kernel} − 1) + 1"
        terms.append(Term("cells from the window's first to its last", spread, span))
    steps = Term(f"whole steps of {stride}", f"{rounding}({free} / {stride})", places - 1)
    terms += [
        Term(f"less the window's {span}: cells it can move by", f"{padded} − {span}", free),
        steps
        if free % stride == 0
        else Term(f"steps of {stride}, rounded {direction}", steps.how, steps.value),
        total("places: the first, and one after each step", places - 1, 1),
    ]
    if window.begins_behind(arriving, axis):
        terms.append(
            Term("less the one that would begin behind the maps", f"{places} − 1", places - 1)
        )
    return terms


def spread_terms(layer: specs.TransposedConv, axis: int) -> list[Term]:
    """How many cells the windows of a transposed convolution cover."""
    window, arriving = layer.window, layer.input[1 + axis]
    stride, span = window.stride[axis], window.span[axis]
    before, behind = window.before[axis], window.behind[axis]
    last = (arriving - 1) * stride
    terms = [
        given("cells arrive, each lays a window", arriving),
        Term(
            f"where the last one begins, {stride} cells a step", f"({arriving} − 1)·{stride}", last
        ),
        total("and where it ends", last, span),
    ]
    if before or behind:
        cut = last + span - before - behind
        terms.append(
            Term("less what the padding cuts off", f"{last + span} − {before} − {behind}", cut)
        )
    if more := layer.output_padding[axis]:
        terms.append(total("and output_pad", terms[-1].value, more))
    return terms


def count_terms(layer: Spec) -> list[Term]:
    """How many numbers leave a layer."""
    match layer:
        case Concat():
            maps = total("maps of all branches", *(shape[0] for shape in layer.inputs))
            return [maps, product("numbers leave", *layer.output)]
        case specs.Flatten():
            return [product("numbers leave, one behind the other", *layer.input)]
        case specs.FullyConnected():
            return [given("numbers leave, as FC says", layer.features)]
    return [product("numbers leave: maps, rows, columns", *layer.output)]


def stands(window: Window, arriving: int, axis: int) -> list[tuple[int, int, int]]:
    """Where a window stands along an axis: place, first and last cell; one more that has no room.

    Of many places the first three and the last.
    """
    places = window.output_size(arriving, axis)
    shown = [*range(places)] if places <= 5 else [0, 1, 2, places - 1]
    return [(place, *window.sees(place, place, axis)) for place in (*shown, places)]
