"""`tuiconv apply-filter`: a picture before and after a filter."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tuiconv.cli.options import Color, Width, console_for


def apply_filter(
    image: Annotated[Path, typer.Argument(metavar="IMAGE", help="PNG, JPEG, TIFF, WebP, BMP, ...")],
    filter_name: Annotated[
        str, typer.Argument(metavar="FILTER", help="A name from `tuiconv filters`.")
    ],
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Where to write the filtered picture.")
    ] = None,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Filter a picture and show it before and after.

    The written picture has the size and mode of the original; its name decides the format.

    \b
    Examples:
      tuiconv apply-filter photo.jpg edge-8
      tuiconv apply-filter photo.png sharpen -o sharper.png
    """
    from tuiconv.files import check_writable
    from tuiconv.images.filters import find_filter
    from tuiconv.images.pictures import read_picture, write_picture
    from tuiconv.lessons.filters import filter_picture
    from tuiconv.render.scene import draw_scene

    find_filter(filter_name)
    console, display = console_for(color, width)
    if output is not None:
        check_writable(output)
    before = read_picture(image)
    if before.note:
        print(f"note: {before.note}", file=sys.stderr)
    filtered = filter_picture(before, filter_name)
    if output is not None:
        write_picture(output, filtered.after)
    console.print(draw_scene(filtered.scene, console.width, display))
    if output is not None:
        print(f"saved {output}")
