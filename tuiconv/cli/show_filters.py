"""`tuiconv show filters`: what small kernels do to a picture."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given, point
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.filters_view import FIRST, Edge, FiltersView, Shown, Stored


def show_filters(
    filter: Annotated[
        str,
        typer.Option(
            metavar="NAMES",
            help='Names from `tuiconv filters`, and kernels: "gaussian(2) | [1 -2 1]/2".',
        ),
    ] = FIRST.filter,
    image: Annotated[
        str,
        typer.Option(metavar="FILE", help="A picture; without it, the program's own."),
    ] = FIRST.image,
    edge: Annotated[Edge, typer.Option(help="What lies beyond the border.")] = FIRST.edge,
    stored: Annotated[
        Stored,
        typer.Option(
            help="How sums become pixels; of auto they are clamped, but drawn as they are where"
            " flat areas become 0."
        ),
    ] = FIRST.stored,
    show: Annotated[Shown, typer.Option(help="What of the picture is shown.")] = FIRST.show,
    edit: Annotated[
        bool, typer.Option("--edit", help="The numbers of the last kernel instead of the list.")
    ] = FIRST.edit,
    cell: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN",
            help="The number of the kernel that is edited.",
            show_default="the middle",
        ),
    ] = None,
    setting: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What the keys + and - change.", show_default="the first"
        ),
    ] = FIRST.setting,
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
      tuiconv show filters --filter "gaussian(1) | [0 1 0; 1 -4 1; 0 1 0]" --edit
    """
    from tuiconv.lessons.filters_lesson import FiltersLesson

    place = given(pixel, lambda text: point("--pixel", text))
    at = given(cell, lambda text: pair_in("--cell", text))
    view = FiltersView(filter, image, edge, stored, show, edit, at, setting, place, depth, range_)
    show_scene("filters", FiltersLesson, view, Output(as_json, svg, color, width, height))
