"""`tuiconv show draw`: a drawing, and what a network makes of it."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.draw.view import BROADEST, THINNEST, DrawView
from tuiconv.lessons.network.view import Field

FIRST = DrawView()


def show_draw(
    template: Annotated[
        int | None,
        typer.Option(help="The digit to begin with.", show_default="an empty canvas"),
    ] = None,
    ink: Annotated[
        str,
        typer.Option(
            metavar="POINTS",
            help="The pen's way over 28×28 pixels, | where it is lifted: \"8,6 20,6 12,24 | 9,14"
            ' 19,14", as x,y.',
            show_default="the template as it is",
        ),
    ] = FIRST.ink,
    thickness: Annotated[
        float, typer.Option(help=f"Pixels across of the pen, {THINNEST:g} to {BROADEST:g}.")
    ] = FIRST.thickness,
    pen: Annotated[str, typer.Option(metavar="ROW,COLUMN", help="Where the pen is.")] = "6,14",
    down: Annotated[bool, typer.Option("--down", help="The pen draws.")] = FIRST.down,
    stroke: Annotated[
        int | None, typer.Option(help="The stroke that is moved, from 0.", show_default="none")
    ] = None,
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE|SPEC",
            help="lenet5, which comes trained; a checkpoint; a preset or a spec, untrained.",
        ),
    ] = FIRST.model,
    layer: Annotated[
        str, typer.Option(metavar="NAME", help="Such as conv2.", show_default="the first")
    ] = FIRST.layer,
    map_: Annotated[
        int | None,
        typer.Option("--map", help="Which map, from 0.", min=0, show_default="the first"),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN", help="A place in the map, from 0.", show_default="the strongest"
        ),
    ] = None,
    part: Annotated[
        int, typer.Option(help="Of a sum, the channel that is opened, from 0.", min=0)
    ] = FIRST.part,
    field: Annotated[
        Field, typer.Option(help="Of a unit, what it sees, how strongly, or what it reaches.")
    ] = FIRST.field,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a drawing, how it is centred for a network, all layers, and what it is read as.

    \b
    Examples:
      tuiconv show draw --ink "8,6 20,6 12,24 | 10,14 18,14"
      tuiconv show draw --template 9 --stroke 0
      tuiconv show draw --template 4 --layer conv2 --map 3 --depth map
    """
    from tuiconv.lessons.draw.lesson import DrawLesson

    view = DrawView(
        template=template,
        ink=ink,
        thickness=thickness,
        pen=pair_in("--pen", pen),
        down=down,
        stroke=stroke,
        model=model,
        layer=layer,
        map=map_,
        unit=given(unit, lambda text: pair_in("--unit", text)),
        part=part,
        field=field,
        depth=depth,
        range=range_,
    )
    show_scene("draw", DrawLesson, view, Output(as_json, svg, color, width, height))
