"""The three grids of a convolution as panels: numbers where they have room, else maps."""

from dataclasses import replace
from typing import Final

import numpy as np

from tuiconv.lessons.convolution.look import Look
from tuiconv.lessons.convolution.terms import grad_of_weights
from tuiconv.lessons.convolution.view import At, Pair
from tuiconv.lessons.convolution.words import kernel_name
from tuiconv.lessons.inside import extent, scale
from tuiconv.lessons.scene import Cells, Frame, Limits, Map, Numbers, Quantity
from tuiconv.nn.layers import Array

MOST: Final = 12
"""Rows and columns of a grid whose numbers are written out."""
DECIMALS: Final = 2
"""That are written at most."""
CLOSE: Final = 1e-6
"""What a number may differ from a shorter one, as a share of the largest, to be written so."""


def decimals_of(values: Array) -> int:
    """As few as tell the numbers, but for float32's rounding."""
    finite = values[np.isfinite(values)].astype(np.float64)
    largest = float(np.abs(finite).max(initial=0.0))
    if 0 < largest < 0.1:
        return DECIMALS
    for places in range(DECIMALS):
        if np.allclose(np.round(finite, places), finite, rtol=0, atol=CLOSE * largest):
            return places
    return DECIMALS


def input_panel(look: Look, channel: int) -> Numbers | Map:
    """A channel of the input in its padding, or its gradient, and what of it is met."""
    view, sliding = look.view, look.sliding
    name = f"input {channel}" if len(sliding.x) > 1 else "input"
    height, width = look.size_of("input")
    quantity: Quantity = sliding.given.quantity
    values, origin = look.padded[0][channel], look.padded[1]
    title = f"{name}, {height}×{width}"
    if max(values.shape) > MOST:
        values, origin = sliding.x[channel], (0, 0)
    if view.backward:
        values, origin, quantity = sliding.backward[0][channel], (0, 0), "gradients"
        title = f"∂loss/∂{name}"
    of = sliding.backward[0] if view.backward else sliding.x
    met = () if is_elsewhere(look, "input", channel) else tuple(each.input for each in look.chosen)
    shown = [cell for cell in met if not view.backward or look.is_inside("input", cell)]
    cursor = look.cell if view.at == "input" and channel == look.channel else None
    panel = grid(title, values, quantity, limits_of(look, values, of), shown, cursor, origin)
    panel = replace(panel, key=f"input:{channel}")
    if isinstance(panel, Map):
        return panel
    rows, columns = look.meetings.reached()
    every = [*np.ndindex(values.shape)]
    padding = [at for at in every if not look.is_inside("input", added(at, origin))]
    unreached = [
        at
        for at in every
        if at not in padding and not (at[0] + origin[0] in rows and at[1] + origin[1] in columns)
    ]
    return replace(panel, padding=tuple(padding), unreached=tuple(unreached))


def kernel_panel(look: Look, map_: int, channel: int) -> Numbers:
    """The kernel that a map lays on a channel, or its gradient."""
    view, sliding = look.view, look.sliding
    weight = weight_shown(look)
    name = kernel_name(look, map_, channel)
    if sliding.is_flipped:
        name += ", turned half round"
    is_met = view.at == "input" and channel == view.channel
    is_here = view.at == "weight" and (map_, channel) == (view.map, view.channel)
    values = weight[map_, channel]
    panel = grid(
        f"∂loss/∂{name}" if view.backward else name,
        values,
        "gradients" if view.backward else "weights",
        limits_of(look, values, weight),
        [each.weight for each in look.chosen] if is_met else [],
        look.cell if is_here else None,
    )
    assert isinstance(panel, Numbers)
    return replace(panel, key=f"weight:{map_},{channel}")


def weight_shown(look: Look) -> Array:
    """The kernel as it is laid on, or its gradient, (maps, channels, height, width)."""
    weight = look.sliding.weight
    assert weight is not None
    return grad_of_weights(look) if look.view.backward else weight


def output_panel(look: Look, map_: int) -> Numbers | Map:
    """A map of the output, or the gradient that comes back to it."""
    view, sliding = look.view, look.sliding
    name = f"output {map_}" if len(sliding.out) > 1 else "output"
    height, width = look.size_of("output")
    of = sliding.delta if view.backward else sliding.out
    values, title = of[map_], name if len(of) > 1 else f"{name}, {height}×{width}"
    if view.backward:
        title = f"δ = ∂loss/∂{name}"
    met = [] if is_elsewhere(look, "output", map_) else [each.output for each in look.chosen]
    shown = [unit for unit in met if look.is_inside("output", unit)]
    cursor = look.cell if view.at == "output" and map_ == view.map else None
    quantity: Quantity = "gradients" if view.backward else "activations"
    waits = unwritten(look)
    limits = limits_of(look, values, of)
    if waits and max(values.shape) > MOST:
        values = values.copy()
        values[tuple(zip(*waits, strict=True))] = np.nan
    panel = replace(grid(title, values, quantity, limits, shown, cursor), key=f"output:{map_}")
    return replace(panel, unwritten=waits) if isinstance(panel, Numbers) else panel


def unwritten(look: Look) -> Cells:
    """The outputs that the window has not come to yet."""
    view = look.view
    if not view.so_far or view.at != "output":
        return ()
    return tuple((i, j) for i, j in np.ndindex(*look.size_of("output")) if (i, j) > look.cell)


def is_elsewhere(look: Look, grid: At, number: int) -> bool:
    """Whether the cursor is in this grid, or in another channel or map."""
    view = look.view
    if view.at == grid:
        return True
    if grid == "output":
        return view.at == "weight" and number != view.map
    return number != look.channel and (view.at == "weight" or look.is_pool)


def limits_of(look: Look, values: Array, of: Array) -> Limits:
    """The ends of the scale of a grid: its own, that of its kind, or one for all."""
    sliding = look.sliding
    if look.view.range == "unit":
        return extent([values])
    every = [sliding.x, sliding.out]
    if look.view.backward:
        every = [sliding.backward[0], sliding.delta]
    return scale(look.view.range, values, [of], every)


def grid(
    title: str,
    values: Array,
    quantity: Quantity,
    limits: Limits,
    marked: list[Pair] | tuple[Pair, ...],
    cursor: Pair | None,
    origin: Pair = (0, 0),
) -> Numbers | Map:
    """Numbers with marks, or a map with frames where there are too many.

    Args:
        title: of the panel.
        values: (rows, columns).
        quantity: what they are.
        limits: the ends of their scale.
        marked: cells, as the grid counts them.
        cursor: the cell that is pointed at, or None.
        origin: what the first row and column are counted as.
    """
    if max(values.shape) > MOST:
        frames = [Frame(cursor, cursor)] if cursor else []
        if marked:
            rows, columns = zip(*marked, strict=True)
            frames.append(Frame((min(rows), min(columns)), (max(rows), max(columns))))
        return Map(title, values, quantity, limits, tuple(frames))
    taken = tuple(added(cell, (-origin[0], -origin[1])) for cell in marked)
    chosen = None if cursor is None else added(cursor, (-origin[0], -origin[1]))
    return Numbers(
        title, values, quantity, limits, chosen, decimals_of(values), origin, marked=taken
    )


def added(cell: Pair, by: Pair) -> Pair:
    """A cell moved."""
    return cell[0] + by[0], cell[1] + by[1]
