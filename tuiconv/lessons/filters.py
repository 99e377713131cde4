"""What filters do to a picture: before, after, what changed, the kernels, and what did not fit."""

from collections.abc import Sequence
from typing import Final, Literal, TypeAlias, get_args

from tuiconv.errors import RequestError
from tuiconv.images.apply import Filtered
from tuiconv.images.channels import as_seen
from tuiconv.images.filters.filter import Filter
from tuiconv.images.pictures import Picture
from tuiconv.images.ranges import Range
from tuiconv.lessons.filter_facts import filter_about
from tuiconv.lessons.filter_figures import difference_lines, result_lines
from tuiconv.lessons.filter_kernels import facts, kernel_summary
from tuiconv.lessons.planes import Box, Plane, difference, mean_sums
from tuiconv.lessons.scene import Panel, Pixels, Scene, Signed, Text

View: TypeAlias = Literal["both", "before", "after", "difference", "kernel"]
VIEWS: Final[tuple[View, ...]] = get_args(View)

WRITTEN: Final = 78
"""Columns that a kernel may take to be written out."""


def filter_scene(
    before: Picture,
    filtered: Filtered,
    filters: Sequence[Filter],
    view: View = "both",
    shown: Range | None = None,
    crop: Box | None = None,
) -> Scene:
    """A picture before and after some filters, with the numbers that came out.

    Args:
        before: the picture.
        filtered: what became of it.
        filters: the filters, in order.
        view: "both" has four panels, before, after, kernels and result; the others show one thing
            only, and the result.
        shown: the range to show: "signed" for a map of the sums, any other for the picture as it
            is stored. By default it is "signed" if the last filter makes flat areas 0.
        crop: the part of the picture *after* filtering that is shown, pixel by pixel. Of the
            picture before, the part is shown that the middles of its windows lie on.

    Raises:
        RequestError: the crop is not in the picture.
    """
    if crop is not None:
        check_crop(crop, filtered.picture)
    is_signed = draws_sums(filters, shown)
    whole = "" if crop is None else " of the whole picture"
    result = Text(f"result{whole}", result_lines(before, filtered))
    panels: tuple[Panel, ...]
    match view:
        case "both":
            kernels = kernel_summary(filters)
            pictures = before_panel(before, filtered, crop), after_panel(filtered, is_signed, crop)
            panels = (*pictures, kernels, result)
        case "before":
            panels = (before_panel(before, filtered, crop), result)
        case "after":
            panels = (after_panel(filtered, is_signed, crop), result)
        case "difference":
            panels = (*difference_panels(before, filtered.picture, crop), result)
        case "kernel":
            panels = kernel_panels(filters)
    return Scene(title_of(filters), panels)


def draws_sums(filters: Sequence[Filter], shown: Range | None) -> bool:
    """Whether the sums are drawn, with their signs, and not what is stored of them."""
    return filters[-1].zero_sum if shown is None else shown == "signed"


def part_panels(
    before: Picture,
    filtered: Filtered,
    filters: Sequence[Filter],
    view: View,
    shown: Range | None,
    crop: Box,
) -> tuple[Panel, ...]:
    """The pictures of `filter_scene` for a part, without numbers of the whole."""
    match view:
        case "before":
            return (before_panel(before, filtered, crop),)
        case "after":
            return (after_panel(filtered, draws_sums(filters, shown), crop),)
        case "difference":
            return (difference_panel(before, filtered.picture, crop),)
        case "kernel":
            return kernel_panels(filters)
    after = after_panel(filtered, draws_sums(filters, shown), crop)
    return before_panel(before, filtered, crop), after


def kernel_panels(filters: Sequence[Filter]) -> tuple[Panel, ...]:
    """For every filter: its kernels as signed maps and as numbers, and how they come about."""
    panels: list[Panel] = []
    for each in filters:
        if len(filters) > 1:
            panels.append(Text(each.name, (each.description,)))
        for kernel, fact in zip(each.matrices.values(), facts(each), strict=True):
            panels.append(Signed(f"{each.name}: {fact}", kernel))
        about = filter_about(each, WRITTEN)
        panels += [panel for panel in about.panels if isinstance(panel, Text)]
    return tuple(panels)


def title_of(filters: Sequence[Filter]) -> str:
    """One filter with what it does; of several, their names."""
    if len(filters) == 1:
        return f"{filters[0].name}: {filters[0].description}"
    return " | ".join(each.name for each in filters)


def before_panel(before: Picture, filtered: Filtered, crop: Box | None) -> Pixels:
    """The picture as it came, or the part of it under the middles of the windows of a crop."""
    box = None if crop is None else under(crop, before, filtered)
    return pixels_panel("before", before, box)


def after_panel(filtered: Filtered, is_signed: bool, crop: Box | None) -> Pixels | Signed:
    """What came out: the picture that is stored, or the sums as a signed map."""
    if not is_signed:
        return pixels_panel("after", filtered.picture, crop)
    what = f"sums{mean_over(filtered.picture)}"
    return signed_panel("after", what, mean_sums(filtered.stages[-1]), crop)


def difference_panels(before: Picture, after: Picture, crop: Box | None) -> tuple[Panel, ...]:
    """After − before as a signed map with its numbers; or why there is no such thing."""
    if (before.height, before.width) != (after.height, after.width):
        sizes = f"{before.width}×{before.height} before, {after.width}×{after.height} after"
        return (Text("no difference", (f"{sizes}: only pictures of one size can be subtracted",)),)
    if before.colours != after.colours:
        modes = f"mode {before.mode} before, {after.mode} after"
        return (Text("no difference", (f"{modes}: only equal colours can be subtracted",)),)
    lines = difference_lines(before, after)
    return difference_panel(before, after, crop), Text("difference", lines)


def difference_panel(before: Picture, after: Picture, crop: Box | None) -> Signed:
    """After − before as a signed map; both have the same size and colours."""
    what = f"after − before{mean_over(after)}"
    return signed_panel("difference", what, difference(before, after), crop)


def pixels_panel(name: str, picture: Picture, box: Box | None) -> Pixels:
    """A picture with its size and mode, or a part of it with its place."""
    if box is None:
        title = f"{name}: {picture.width}×{picture.height} {picture.mode}"
        return Pixels(title, as_seen(picture.pixels, picture.mode))
    x, y, width, height = box
    part = picture.pixels[y : y + height, x : x + width]
    return Pixels(f"{name} {place(box)}: {picture.mode}", as_seen(part, picture.mode), zoomed=True)


def signed_panel(name: str, what: str, plane: Plane, box: Box | None) -> Signed:
    """A map of a plane, or of a part of it with its place."""
    where, part = ("", plane) if box is None else (f" {place(box)}", plane.part(*box))
    size = part.height, part.width
    return Signed(f"{name}{where}: {what}", part.numbers(), box is not None, size)


def mean_over(picture: Picture) -> str:
    """Which colours a map is the mean of, unless there is only one."""
    if picture.colours == 1:
        return ""
    return f", mean of {''.join(picture.channel_names[: picture.colours])}"


def place(box: Box) -> str:
    """`8×6 at 10,20`: the size of a part and its upper left pixel."""
    x, y, width, height = box
    return f"{width}×{height} at {x},{y}"


def check_crop(crop: Box, after: Picture) -> None:
    """Refuse a part that is not wholly in the picture.

    Raises:
        RequestError: says what would be.
    """
    x, y, width, height = crop
    if (
        min(x, y) < 0
        or min(width, height) < 1
        or x + width > after.width
        or y + height > after.height
    ):
        raise RequestError(
            f"crop {','.join(map(str, crop))} is not in the picture, which has"
            f" {after.width}×{after.height} pixels after filtering; x,y,width,height from"
            f" 0,0,1,1 with x + width at most {after.width} and y + height at most {after.height}"
        )


def under(crop: Box, before: Picture, filtered: Filtered) -> Box:
    """The part of the picture before that the middles of a part's windows lie on.

    The window of place i has its middle at i · stride − padding + ⌊kernel / 2⌋; where padding
    takes it out of the picture, the nearest pixel is meant.
    """
    x, y, width, height = crop
    spans = []
    for axis, first, count, size in ((1, x, width, before.width), (0, y, height, before.height)):
        ends = [first, first + count - 1]
        for stage in reversed(filtered.stages):
            window = stage.window
            to_middle = window.kernel_size[axis] // 2 - window.before[axis]
            ends = [end * window.stride[axis] + to_middle for end in ends]
        low, high = (min(max(end, 0), size - 1) for end in ends)
        spans.append((low, high - low + 1))
    (left, wide), (top, high) = spans
    return left, top, wide, high
