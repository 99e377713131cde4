"""The overview: the digit, all layers, the maps of the chosen one, and what the network says."""

from typing import Final

import numpy as np

from tuiconv.lessons.inside import layer_table, shape_text
from tuiconv.lessons.network.facts import facts, is_last
from tuiconv.lessons.network.look import Look
from tuiconv.lessons.network.passing import Passing
from tuiconv.lessons.network.softmax import can_be_spelled, fraction
from tuiconv.lessons.network.words import help_of, kernels_of
from tuiconv.lessons.scene import Bars, Columns, Maps, Panel, Pixels, Scene, Text
from tuiconv.lessons.view import RANGES

MOST_MAPS: Final = 256
"""That the wall shows at once."""
MOST_CELLS: Final = 1_000_000
"""Of all maps on the wall."""
MOST_CLASSES: Final = 12
"""That have a bar."""


def overview(look: Look) -> Scene:
    """All layers on one image."""
    view, passing = look.view, look.passing
    beside: tuple[Panel, ...] = (wall(look),)
    if is_last(look.spec, look) and view.show == "activations" and can_be_spelled(passing):
        assert view.map is not None
        beside = fraction(passing, view.map)
    panels = (
        Columns(((layer_table(passing.net.spec, view.layer),), (bars(look),))),
        Columns(((picture(look),), *((each,) for each in beside))),
        Columns(((facts(look),), (Text("image and network", (*look.about, about_model(look))),))),
    )
    return Scene(
        title=title(look),
        panels=panels,
        path=look.path,
        help=help_of(look),
        code=kernels_of(look),
    )


def title(look: Look) -> str:
    """The network, the image, and how it is read."""
    passing, before = look.passing, look.before
    found = f"{look.view.model}: image {look.view.digit:,} is read as {read_as(passing)}"
    if before is not None:
        found += f", before as {read_as(before)}"
    if passing.label is None:
        return found
    right = passing.guess == passing.label
    return found + (
        ": right" if right else f": wrong, it is {passing.net.class_names[passing.label]}"
    )


def read_as(passing: Passing) -> str:
    """`7, p = 0.9987`."""
    return f"{passing.net.class_names[passing.guess]}, p = {passing.probabilities.max():.4f}"


def about_model(look: Look) -> str:
    """The network in a sentence."""
    spec = look.passing.net.spec
    return (
        f"{look.view.model} is {look.model.about}: {spec.totals.parameters:,} parameters,"
        f" {spec.totals.macs:,} multiply-adds for an image."
    )


def picture(look: Look) -> Pixels:
    """The image as the network sees it."""
    pixels = look.passing.pixels
    size = shape_text(look.passing.net.spec.input, look.passing.net.spec.layers[0].is_1d)
    shown = pixels.transpose(1, 2, 0) if len(pixels) == 3 else pixels[0]
    return Pixels(f"what the network sees, {size}", shown)


def bars(look: Look) -> Bars:
    """The probabilities; with what they were before noise, shift and occlusion."""
    passing, before = look.passing, look.before
    names, p = passing.net.class_names, passing.probabilities
    rows, label = np.argsort(-np.nan_to_num(p), kind="stable")[:MOST_CLASSES], passing.label
    if label is not None and label not in rows:
        rows[-1] = label
    rows = np.sort(rows)
    heading = "probabilities" if before is None else "p, before → now"
    if not passing.net.ends_in_softmax:
        heading += ", the softmax of the scores"
    if len(rows) < len(names):
        heading += f", the largest {len(rows)} of {len(names)}"
    if passing.activations[-1][0].size > len(names):
        heading += ", the mean over all places"
    marked = None if label is None else int(np.flatnonzero(rows == label)[0])
    was = None if before is None else before.probabilities[rows]
    return Bars(heading, tuple(names[k] for k in rows), p[rows], marked, was)


def wall(look: Look) -> Panel:
    """The maps of the chosen layer, or a page of them."""
    view, maps = look.view, look.maps(look.place)
    if not len(maps):
        return Text(f"weights of {view.layer}", (f"{view.layer} learns nothing.",))
    assert view.map is not None
    page = max(1, min(MOST_MAPS, MOST_CELLS // maps[0].size))
    begin = view.map // page * page
    shown = maps[begin : begin + page]
    return Maps(
        wall_title(look, begin, begin + len(shown)),
        shown,
        look.quantity(look.place),
        look.limits(look.place, look.map),
        apart=view.range == "unit" and look.quantity(look.place) != "pixels",
        origin=begin,
        chosen=view.map - begin,
        key=f"maps:{begin}",
    )


def wall_title(look: Look, begin: int, end: int) -> str:
    """`conv1: 6 maps 28×28 · scale: layer`."""
    view, maps = look.view, look.maps(look.place)
    count, height, width = maps.shape
    what = "kernel" if view.show == "weights" else "map"
    if (height, width) == (1, 1):
        what, size = "unit", ""
    else:
        size = f" {height}×{width}"
    shown = (
        f"{count} {what}{'s' * (count != 1)}{size}"
        if end - begin == count
        else f"{what}s {begin}–{end - 1} of {count}"
    )
    of = {"activations": "", "weights": "weights of ", "gradients": "gradients of "}[view.show]
    if look.quantity(look.place) == "pixels" and view.range in RANGES:
        return f"{view.layer}: {shown} · black to white"
    return f"{of}{view.layer}: {shown} · scale: {view.range}"
