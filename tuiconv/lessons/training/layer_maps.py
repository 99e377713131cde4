"""The chosen layer: what leaves it, its weights, the gradients of both, and the last change."""

from typing import Final

from tuiconv.lessons.network.digits import exact
from tuiconv.lessons.scene import Columns, Frame, Map, Maps, Numbers, Panel, Pixels, Quantity, Text
from tuiconv.lessons.training.look import OF_WEIGHTS, Look
from tuiconv.lessons.training.looked import softmax
from tuiconv.lessons.training.view import Shown
from tuiconv.lessons.training.words import shape_words
from tuiconv.nn.layers import Array

QUANTITIES: Final[dict[Shown, Quantity]] = {
    "activations": "activations",
    "gradients": "gradients",
    "weights": "weights",
    "weight-gradients": "gradients",
    "change": "weights",
}

TITLES: Final[dict[Shown, str]] = {
    "activations": "{}",
    "gradients": "δ of {}",
    "weights": "weights of {}",
    "weight-gradients": "gradients of the weights of {}",
    "change": "last change of the weights of {}",
}

NAMES: Final[dict[Shown, str]] = {
    "activations": "activation",
    "gradients": "δ, the loss's gradient",
    "weights": "weights",
    "weight-gradients": "gradients",
    "change": "last change",
}
"""What a single map is called."""

MOST_MAPS: Final = 256
"""That the wall shows at once."""

FEW: Final = 8
"""Rows and columns of a kernel whose numbers are written out."""


def picture(look: Look) -> Pixels:
    """The image that is looked at."""
    pixels, looked = look.looked.images[look.looked.index], look.looked
    title = f"{looked.which}: {looked.net.class_names[looked.label]}{read_as(look)}"
    return Pixels(title, pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels[0])


def read_as(look: Look) -> str:
    """What the network takes the image for, once it knows."""
    if look.looked.scores is None:
        return ""
    _, p = softmax(look.looked)
    return f", read as {look.net.class_names[int(p.argmax())]} (p {p.max():.2f})"


def wall(look: Look) -> Panel:
    """The maps of the layer, or a page of them; or why there are none."""
    view, maps = look.view, look.maps(look.layer, look.view.show)
    title = TITLES[view.show].format(view.layer)
    if maps is None:
        return Text(title, (why_not(look, view.show),))
    begin = view.map // MOST_MAPS * MOST_MAPS
    shown = maps[begin : begin + MOST_MAPS]
    chosen = f", {view.map} chosen" if len(maps) > 1 else ""
    return Maps(
        f"{title}: {count_words(look, maps)}{chosen}",
        shown,
        QUANTITIES[view.show],
        look.limits(view.show, maps[view.map]),
        apart=view.range == "unit",
        chosen=view.map - begin,
        key=f"maps:{begin}",
    )


def count_words(look: Look, maps: Array) -> str:
    """How many maps or kernels of which size; or what a row and a column are."""
    if look.view.show not in OF_WEIGHTS:
        return shape_words(look.layer.spec.output)
    count, height, width = maps.shape
    parameters = look.layer.parameters
    weight = parameters.get("weight")
    if weight is None or weight.ndim == 1:
        return f"{width:,} channel{'s' * (width != 1)} in columns; rows: {', '.join(parameters)}"
    if maps.shape == (1, *weight.shape[:2]):
        return f"{height:,} outputs in rows, {width:,} inputs in columns"
    return f"{count:,} kernel{'s' * (count != 1)} {height}×{width}"


def why_not(look: Look, of: Shown) -> str:
    """What has to be done before something can be shown."""
    if of in ("gradients", "weight-gradients"):
        return "it comes with the way back through the layers: s takes the next operation"
    if of == "change":
        return "nothing was learned yet: b learns one batch"
    return f"the batch in hand has not come through {look.view.layer} yet: s goes on"


def enlarged(look: Look) -> Columns:
    """The chosen map beside what else there is at its places, with one cursor."""
    shown: tuple[Shown, ...] = ("activations", "gradients")
    if look.view.show in OF_WEIGHTS:
        shown = ("weights", "weight-gradients", "change")
    return Columns(tuple((one(look, of),) for of in shown))


def one(look: Look, of: Shown) -> Panel:
    """One map in full, its numbers written out if they are few."""
    maps, view = look.maps(look.layer, of), look.view
    if maps is None:
        return Text(NAMES[of], (why_not(look, of),))
    values, cursor = maps[view.map], view.unit or (0, 0)
    limits = look.limits(of, values)
    title = f"{NAMES[of]}: {exact(values[cursor])} at {cursor[0]},{cursor[1]}"
    if max(values.shape) <= FEW:
        return Numbers(title, values, QUANTITIES[of], limits, cursor, key="cursor")
    return Map(title, values, QUANTITIES[of], limits, (Frame(cursor, cursor),), key="cursor")
