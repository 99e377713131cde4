"""`tuiconv filters --compare`: the contact sheet, every filter on one picture."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from tuiconv.render.depth import Display


def compare_filters(image: Path, console: "Console", display: "Display") -> None:
    """Print what every filter makes of a picture, made so small that its pixels are seen.

    In a small tile one could not tell a blurred picture of many pixels from a sharpened one.

    Raises:
        PictureError: it cannot be read.
    """
    from tuiconv.errors import printable
    from tuiconv.images.channels import as_seen
    from tuiconv.images.files.reading import read_picture
    from tuiconv.images.filters.catalog import FILTERS
    from tuiconv.images.pictures import Picture
    from tuiconv.lessons.contact_sheet import contact_sheet
    from tuiconv.render.contact_sheet import draw_contact_sheet, fit_tile

    picture = read_picture(image)
    if picture.note:
        print(f"note: {picture.note}", file=sys.stderr)
    small = Picture(fit_tile(as_seen(picture.pixels, picture.mode), console.width), "RGB")
    title = f"{printable(str(image))}: {picture.width}×{picture.height} {picture.mode}"
    if (small.width, small.height) != (picture.width, picture.height):
        title += f", shrunk to {small.width}×{small.height} and then filtered"
    scene = contact_sheet(title, small, FILTERS.values())
    console.print(draw_contact_sheet(scene, console.width, display))
