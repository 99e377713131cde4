"""The overview: input, kernel and output as grids, and how the cursor's place comes about."""

from collections.abc import Iterator
from typing import Final

from tuiconv.lessons.convolution.choices import SIDES, SIZES, limits, settings_row
from tuiconv.lessons.convolution.grids import (
    MOST,
    input_panel,
    kernel_panel,
    output_panel,
    weight_shown,
)
from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.words import help_of, kernels_of, size_lines, telling
from tuiconv.lessons.inside import extent
from tuiconv.lessons.scene import Columns, Maps, Panel, Quantity, Scene, Text

MADE_UP: Final = (
    "δ, the gradient that comes back to the output, is made up here: small whole numbers. In a"
    " network it comes from the layer behind.",
)


def overview(look: Look) -> Scene:
    """Everything at once."""
    given = look.sliding.given
    return Scene(
        title=telling(look),
        panels=(
            Text(settings_row(look.view), ()),
            *grids(look),
            Text("sizes", (*size_lines(look), how_to_change(look))),
            Text("about", (*(MADE_UP * look.view.backward), given.about, *given.notes)),
        ),
        help=help_of(look),
        code=kernels_of(look),
    )


def grids(look: Look) -> Iterator[Panel | Columns]:
    """Inputs, kernels and outputs; where there are very many, all maps small and one large."""
    map_, sliding = look.view.map, look.sliding
    if look.is_pool:
        yield Columns(((input_panel(look, look.channel),), (output_panel(look, map_),)))
        return
    maps, channels = range(len(sliding.out)), range(len(sliding.x))
    inputs = tuple((input_panel(look, c),) for c in channels)
    if len(maps) > 1 and max(sliding.out.shape[1:]) > MOST:
        yield Columns((*inputs, (output_panel(look, map_),)))
        yield Columns(walls(look))
        return
    kernels = tuple((kernel_panel(look, map_, c),) for c in channels)
    outputs = tuple((output_panel(look, o),) for o in maps)
    if len(channels) == 1:
        yield Columns((*inputs, *kernels, *outputs))
    else:
        yield Columns(inputs)
        yield Columns((*kernels, *outputs))


def walls(look: Look) -> tuple[tuple[Panel, ...], ...]:
    """All kernels and all maps, small."""
    view, sliding = look.view, look.sliding
    kernels = weight_shown(look)[:, view.channel]
    maps, of = (sliding.delta, "gradients of ") if view.backward else (sliding.out, "")
    quantities: tuple[Quantity, Quantity] = ("weights", "activations")
    if view.backward:
        quantities = "gradients", "gradients"
    return tuple(
        (
            Maps(
                f"{of}{len(maps)} {what}", shown, kind, extent(shown), chosen=view.map, key="maps:0"
            ),
        )
        for what, shown, kind in zip(("kernels", "maps"), (kernels, maps), quantities, strict=True)
    )


def how_to_change(look: Look) -> str:
    """What keys do to the chosen setting, and how far it goes."""
    view = look.view
    keys = f", . choose · + − change {view.setting}"
    ends = []
    for setting in SIZES:
        for axis, side in enumerate(SIDES):
            if setting == view.setting and view.axis in ("both", side):
                low, high = limits(view, setting, axis)
                ends.append(f"{side} {low} to {high}")
    if not ends:
        return keys
    along = "both axes" if view.axis == "both" else view.axis
    return f"{keys} ({', '.join(ends)}) · a along {along}"
