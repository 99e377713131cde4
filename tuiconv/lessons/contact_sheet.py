"""The contact sheet: what every filter makes of one picture."""

from collections.abc import Iterable

from tuiconv.images.apply import Settings, filter_picture
from tuiconv.images.channels import as_seen
from tuiconv.images.filters.filter import Filter, Magnitude
from tuiconv.images.pictures import Picture
from tuiconv.lessons.planes import mean_sums
from tuiconv.lessons.scene import Pixels, Scene, Signed


def contact_sheet(title: str, picture: Picture, filters: Iterable[Filter]) -> Scene:
    """A picture after each of some filters, which are the titles of the panels.

    Where flat areas become 0, a signed map of the sums stands for the picture; the steepness of a
    picture, most of which may be above white, is stretched from black to white.
    """
    return Scene(title, tuple(tile(picture, each) for each in filters))


def tile(picture: Picture, applied: Filter) -> Pixels | Signed:
    """What a filter makes of the picture."""
    stretched = isinstance(applied, Magnitude)
    filtered = filter_picture(
        picture, (applied,), Settings(range="minmax" if stretched else "clamp")
    )
    if applied.zero_sum:
        return Signed(applied.name, mean_sums(filtered.stages[-1]).numbers())
    return Pixels(applied.name, as_seen(filtered.picture.pixels, filtered.picture.mode))
