"""One map enlarged, and what the unit under the cursor sees in earlier layers or reaches later."""

from dataclasses import replace
from typing import Final

from tuiconv.lessons.inside import as_maps, parameter_at
from tuiconv.lessons.network.digits import exact
from tuiconv.lessons.network.facts import kernel_name
from tuiconv.lessons.network.fields import Part, drawn, earlier, influence, later, rows_of
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.number import grid
from tuiconv.lessons.network.overview import picture
from tuiconv.lessons.network.sums import GROUP
from tuiconv.lessons.network.words import help_of, kernels_of
from tuiconv.lessons.scene import Columns, Frame, Map, Maps, Panel, Scene, Table, Text

FEW_ROWS: Final = 12
"""Of a kernel with so many, all weights are written out."""


def map_scene(look: Look) -> Scene:
    """The chosen map, with its cursor and the fields of the unit under it."""
    if look.view.show == "weights":
        assert look.layer is not None
        name, index = parameter_at(look.layer, *look.unit)
        title = f"{look.view.layer}.{name}[{', '.join(map(str, index))}]"
        panels = kernel_panels(look)
    else:
        gradient = look.view.show == "gradients"
        title = f"∂loss / ∂{look.unit_name}" if gradient else look.unit_name
        panels = field_panels(look)
    value = float(look.map[look.unit[1:]])
    return Scene(
        title=f"{title} = {exact(value)}",
        panels=panels,
        path=look.path,
        help=help_of(look),
        code=kernels_of(look),
    )


def kernel_panels(look: Look) -> tuple[Panel | Columns, ...]:
    """A kernel enlarged and, if it is small, its weights as numbers."""
    height, width = look.map.shape
    if height > FEW_ROWS or width > GROUP:
        return (enlarged(look),)
    written = replace(
        grid("its weights", look.map, "weights", chosen=look.unit[1:]),
        limits=look.limits(look.place, look.map),
        key="map",
    )
    return (Columns(((enlarged(look),), (written,))),)


def field_panels(look: Look) -> tuple[Panel | Columns, ...]:
    """The maps with their frames, and below them the table and what is to be said."""
    reached = look.view.field == "reached"
    parts = later(look) if reached else earlier(look)
    heading = "reaches" if reached else "sees"
    head: tuple[str, ...] = (heading, "map", "rows", "columns")
    if any(part.padding for part in parts):
        head = (*head, "of these padding")
    maps = [drawn_map(look, part) for part in drawn(look, parts)]
    if not maps:
        nothing = "No layer is behind it." if reached else "It is the image itself."
        return enlarged(look), Text(heading, (nothing,))
    table = Table(
        f"what the unit {heading}", head, tuple(row[: len(head)] for row in rows_of(look, parts))
    )
    told = (
        "Of each layer the map is shown that changes most when the unit is set to 0."
        if reached
        else "Of each layer the map is shown that moves the unit most, by its derivatives.",
    )
    if look.view.field == "effective":
        image, of_image = effective(look, parts[0])
        return (
            Columns(((enlarged(look),), (image,), (replace(picture(look), frames=image.frames),))),
            Text("effective receptive field", of_image),
            table,
        )
    # of the largest maps, which come first, each has a column of its own
    columns = ((enlarged(look), *maps[2::3]), tuple(maps[::3]), tuple(maps[1::3]))
    table_and_text = Columns(((table,), (Text("the maps", told),)))
    return Columns(tuple(each for each in columns if each)), table_and_text


def enlarged(look: Look) -> Map | Maps:
    """The chosen map with a frame around the cursor; of a vector all units."""
    maps, view = look.maps(look.place), look.view
    limits = look.limits(look.place, look.map)
    if maps.shape[1:] == (1, 1):
        title = f"{view.layer}, unit {view.map} chosen"
        return Maps(title, maps, look.quantity(look.place), limits, chosen=view.map, key="maps:0")
    cell = look.unit[1:]
    of = kernel_name(look) if view.show == "weights" else f"map {view.map}"
    return Map(
        f"{view.layer}, {of}",
        look.map,
        look.quantity(look.place),
        limits,
        (Frame(cell, cell),),
        "map",
    )


def drawn_map(look: Look, part: Part) -> Map | Maps:
    """A map of another layer, with a frame around what the unit sees or reaches of it."""
    layer, maps = look.passing.net.spec.layers[part.place], look.maps(part.place)
    one = maps[part.map]
    quantity, limits = look.quantity(part.place), look.limits(part.place, one)
    if one.size == 1:
        title = f"{layer.name}, all {len(maps)} units"
        return Maps(title, maps, quantity, limits, key=f"at:{layer.name}")
    frames = () if part.box is None else (Frame(part.box.first, part.box.last),)
    title = f"{layer.name}, map {part.map}"
    return Map(title, one, quantity, limits, frames, f"at:{layer.name}:{part.map}")


def effective(look: Look, image: Part) -> tuple[Map, tuple[str, ...]]:
    """The gradient of the unit on the image, over the frame of what it sees, and sentences."""
    gradient = as_maps(look.passing.gradients_of(look.place, look.index)[0][0])[image.map]
    frames = () if image.box is None else (Frame(image.box.first, image.box.last),)
    title = f"∂ {look.unit_name} / ∂ pixel" + f", channel {image.map}" * (image.map > 0)
    shown = Map(title, gradient, "gradients", frames=frames)
    return shown, influence(gradient, image.box)
