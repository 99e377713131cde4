"""What there is to see of a picture and a filter: the whole of it, or the pixels around one."""

from dataclasses import replace
from pathlib import PurePath
from typing import Final

from tuiconv.images.filters.catalog import FILTERS
from tuiconv.images.filters.own_kernel import MOST_EDITED
from tuiconv.images.pictures import Picture
from tuiconv.lessons.filter_kernels import facts
from tuiconv.lessons.filter_terms import Terms, explain
from tuiconv.lessons.filter_terms_text import decimals_of, number
from tuiconv.lessons.filters import part_panels, place, title_of
from tuiconv.lessons.filters_settings import cell_of, kernel_of, last, settings_row
from tuiconv.lessons.filters_view import FiltersView
from tuiconv.lessons.filters_work import Work
from tuiconv.lessons.planes import Box
from tuiconv.lessons.ranges import frozen_range
from tuiconv.lessons.scene import (
    Columns,
    Frame,
    Limits,
    Map,
    Numbers,
    Panel,
    Pixels,
    Scene,
    Signed,
    Table,
    Text,
)

NAMES: Final = tuple(FILTERS)
"""Of the filters in the list, in its order."""
LIST: Final = "filters"
"""The key of the list."""
KERNEL: Final = "kernel"
"""The key of the numbers that are edited."""
BEFORE: Final = "before"
AFTER: Final = "after"
"""Keys of the pictures."""
PART: Final = (25, 17)
"""Columns and rows of pixels that are shown around one: two such parts fit a small terminal."""
MARGIN: Final = 3
"""Of these, as many at every side belong to the next part as well."""
DECIMALS: Final = 4
"""Of weights that are edited."""
FILTER: Final = (
    "A filter lays a small grid of weights, its kernel, over every pixel in turn. The numbers under"
    " it are multiplied by the weights and added up; the sum is the new pixel.",
    "Weights that add up to 1 keep flat areas as they are. Weights that add up to 0 make them 0, so"
    " that only edges remain: such sums are drawn blue below 0, orange above.",
)
CHOOSE: Final = (
    "↑ and ↓ choose a filter. a puts another behind it, which is laid on the sums of the first; x"
    " takes it off again. e lets you write all of them, with numbers and with kernels of your own:"
    ' "gaussian(2) | [0 -1 0; -1 5 -1; 0 -1 0]". Enter, or a click on a picture, shows single'
    " pixels.",
    "k shows the kernel's numbers, to be changed one by one. o opens a picture; so does dropping a"
    " file on the terminal. s saves what came out, in full size.",
)
EDIT: Final = (
    "The numbers on the left are the weights of the last filter. The arrow keys, or a click, choose"
    " one; + and − change it, and the picture follows.",
    ", and . choose what else + and − change: what the sum is divided by, what is added to it, and"
    f" how many rows and columns there are, up to {MOST_EDITED}. e lets you write them all. k goes"
    " back to the list.",
)
STORED: Final = (
    "stored says how sums become pixels: clamp makes all below 0 black and all above 255 white;"
    " signed has 0 as middle grey; abs drops the sign; minmax stretches them from black to white."
    " auto clamps, but draws the sums themselves where flat areas become 0."
)
EDGE: Final = (
    "edge says what lies beyond the border: zero (black), replicate (the outermost pixels),"
    " reflect (the picture mirrored) or wrap (its other side)."
)
RANGE: Final = (
    "Sums that may be below 0 have a colour scale. It goes as far as those in sight (unit), as all"
    " of the picture (layer), or as pixels do (global)."
)


def overview_scene(view: FiltersView, work: Work) -> Scene:
    """All filters, or the kernel of the last; and the whole picture before and after them."""
    size = work.full or (work.before.height, work.before.width)
    panels = [named(scaled(each, view, work), work) for each in work.panels]
    pictures = tuple(each for each in panels if not isinstance(each, Text))
    texts = [each for each in panels if isinstance(each, Text)]
    if work.show == "difference":
        texts = texts[:1]
    elif view.edit:  # its numbers stand on the left
        texts = [Text("kernel", tuple(facts(work.filters[-1]))), *texts[-1:]]
    if work.full is not None:
        texts = [preview_text(work, work.full)]
    left = kernel_numbers(view) if view.edit else filter_list(view)
    return Scene(
        title_of(work.filters),
        (Text(row(view, work.before, size), ()), Columns(((left,), pictures)), *texts),
        help=(*FILTER, *(EDIT if view.edit else CHOOSE), STORED, EDGE, RANGE),
        code=("filter2d",),
    )


def row(view: FiltersView, picture: Picture, size: tuple[int, int]) -> str:
    """The picture's name, size and mode, and all settings."""
    name, (height, width) = PurePath(view.image).name or "sample", size
    return f"{name} {width}×{height} {picture.mode}, {settings_row(view)}"


def preview_text(work: Work, full: tuple[int, int]) -> Text:
    """What a preview is, and that it will not stay."""
    seen = f"{work.before.width}×{work.before.height}"
    whole = f"{full[1]:,}×{full[0]:,}"
    line = f"the filters on the picture made smaller, {seen}; all {whole} pixels are being computed"
    return Text("preview", (line,))


def named(panel: Panel, work: Work) -> Panel:
    """A picture with a short title, as size and mode stand above it; a preview is called so."""
    if work.show == "kernel" or not isinstance(panel, Pixels | Signed):
        return panel
    title = panel.title.partition(":")[0] if isinstance(panel, Pixels) else panel.title
    if work.full is None:
        return replace(panel, title=title)
    return replace(panel, title=f"{title}, preview", size=work.full)


def filter_list(view: FiltersView) -> Table:
    """All filters by name; the last of the row is pointed at."""
    name = last(view).partition("(")[0].strip()
    chosen = NAMES.index(name) if name in FILTERS else None
    return Table("filters", ("name",), tuple((each,) for each in NAMES), chosen, LIST)


def kernel_numbers(view: FiltersView) -> Numbers:
    """The weights of the last filter, one of which is pointed at."""
    kernel = kernel_of(view)
    decimals = max(decimals_of(weight, DECIMALS) for weight in kernel.weights.flat)
    return Numbers(
        "kernel",
        kernel.weights,
        "weights",
        chosen=cell_of(view, kernel),
        decimals=decimals,
        key=KERNEL,
    )


def map_scene(view: FiltersView, work: Work) -> Scene:
    """The pixels around one, before and after, and its numbers."""
    x, y = pixel_of(view, work.before)
    terms = explain(work.filtered, x, y)
    box = part_around((x, y), work.before)
    parts = part_panels(work.before, work.filtered, work.filters, work.show, work.drawn, box)
    panels = (framed(scaled(each, view, work), terms, box) for each in parts)
    pictures = (each for each in panels if not isinstance(each, Text))
    return Scene(
        title_of(work.filters),
        (
            Text(row(view, work.before, (work.before.height, work.before.width)), ()),
            Columns(tuple((each,) for each in pictures)),
            numbers_of_pixel(work, terms, box),
        ),
        path=(work.name,),
        help=(
            "Before, the frame is around what the kernel lies on; after, around the pixel that"
            " its sum becomes.",
            "The arrow keys move it, and so does the mouse. Enter shows how the sum comes about.",
            STORED,
            RANGE,
        ),
        code=("filter2d",),
    )


def pixel_of(view: FiltersView, picture: Picture) -> tuple[int, int]:
    """Column and row that a view points at, within the picture; its middle where none is given."""
    width, height = picture.width, picture.height
    x, y = view.pixel or (width // 2, height // 2)
    return min(max(x, 0), width - 1), min(max(y, 0), height - 1)


def part_around(pixel: tuple[int, int], picture: Picture) -> Box:
    """As much of a picture as is shown with a pixel.

    Parts overlap by two margins, and a pixel is in that in whose margins it is not: so the picture
    stands still while one goes from pixel to pixel.
    """
    (x, width), (y, height) = map(span, pixel, PART, (picture.width, picture.height))
    return x, y, width, height


def span(at: int, most: int, whole: int) -> tuple[int, int]:
    """The first of the columns, or rows, that are shown with one, and how many they are."""
    size = min(most, whole)
    step = most - 2 * MARGIN
    return min(max((at - MARGIN) // step * step, 0), whole - size), size


def scaled(panel: Panel, view: FiltersView, work: Work) -> Panel:
    """Pictures with a key to be pointed at, and sums with the scale of the view's range."""
    if view.show == "kernel" or not isinstance(panel, Pixels | Signed):
        return panel
    key = BEFORE if panel.title.startswith(BEFORE) else AFTER
    if isinstance(panel, Pixels):
        return replace(panel, key=key)
    return replace(panel, key=key, limits=limits_of(view, work))


def limits_of(view: FiltersView, work: Work) -> Limits | None:
    """The scale of sums: of those in sight, or of all, or as far as pixels go; or as it is frozen.

    Raises:
        RequestError: there is no such range.
    """
    frozen = frozen_range(view.range)
    if frozen is not None or view.range == "unit":
        return frozen
    most = float(work.filtered.scale.most)
    if view.range == "layer" and view.show == "difference":
        most = work.largest_difference
    elif view.range == "layer":
        sums = work.filtered.statistics
        most = max(-sums.minimum, sums.maximum)
    return -most, most


def framed(panel: Panel, terms: Terms, box: Box) -> Panel:
    """A part of a picture with a frame around the pixel, or around what its kernel lies on."""
    if not isinstance(panel, Pixels | Signed) or not panel.zoomed:
        return panel
    places = terms.channels[0].sums[0].terms
    first = last = (terms.y, terms.x)
    if panel.key == BEFORE:
        first, last = ((each.row, each.column) for each in (places[0], places[-1]))
    left, top, *_ = box
    corners = ((row - top, column - left) for row, column in (first, last))
    title, frames = panel.title.replace(f" {place(box)}", ""), (Frame(*corners),)
    if isinstance(panel, Pixels):
        return replace(panel, title=title, frames=frames)
    return Map(title, panel.values, limits=panel.limits, frames=frames, key=panel.key)


def numbers_of_pixel(work: Work, terms: Terms, box: Box) -> Table:
    """What the pixel was, its sums, and what it is; and which part of the picture is shown."""
    names = [each.name for each in terms.channels]
    old = work.before.pixels[terms.y, terms.x].reshape(-1)[: len(names)].tolist()
    sums = (number(each.sum) for each in terms.channels)
    return Table(
        f"pixel {terms.x},{terms.y} in the part {place(box)}",
        ("", *names),
        (
            ("before", *map(str, old)),
            ("sum", *sums),
            ("after", *(str(each.stored) for each in terms.channels)),
        ),
    )
