"""`tuiconv show filters`: what small kernels do to a picture."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given, point
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, show_scene
from tuiconv.lessons.filters_view import FIRST, FiltersView, Shown


def show_filters(
    filter: Annotated[
        str,
        typer.Option(
            metavar="NAME", help='A name from `tuiconv filters`, or "gaussian(2) | sobel-x".'
        ),
    ] = FIRST.filter,
    image: Annotated[
        str,
        typer.Option(metavar="FILE", help="A picture; without it, the program's own."),
    ] = FIRST.image,
    show: Annotated[Shown, typer.Option(help="What of the picture is shown.")] = FIRST.show,
    pixel: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y",
            help="Column and row of what comes out, from 0.",
            show_default="the middle",
        ),
    ] = None,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a picture before and after a filter, its pixels, or how one of them comes about.

    \b
    Examples:
      tuiconv show filters --filter edge-8
      tuiconv show filters --filter sharpen --depth number --pixel 40,20
    """
    from tuiconv.lessons.filters_lesson import FiltersLesson

    place = given(pixel, lambda text: point("--pixel", text))
    view = FiltersView(filter, image, show, place, depth, range_)
    show_scene("filters", FiltersLesson, view, Output(as_json, svg, color, width, height))
