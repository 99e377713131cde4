"""`tuiconv show dynamic`: a network over inputs of any length."""

from typing import Annotated

import typer

from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, show_scene
from tuiconv.lessons.dynamic.view import DynamicView, Shown

FIRST = DynamicView()


def show_dynamic(
    show: Annotated[
        Shown, typer.Option(help="A small network unit by unit, or LeNet-5 on a line of digits.")
    ] = FIRST.show,
    length: Annotated[int, typer.Option(help="Units: inputs, 1 to 30.", min=0)] = FIRST.length,
    layer: Annotated[
        str, typer.Option(metavar="NAME", help="Units: input, conv1, pool1, conv2 or pool2.")
    ] = FIRST.layer,
    unit: Annotated[
        int, typer.Option(help="Units: which one of the layer, from 0.", min=0)
    ] = FIRST.unit,
    data: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="Line: whose digits.", show_default="mnist if here, else strokes"
        ),
    ] = FIRST.data,
    digits: Annotated[
        str,
        typer.Option(metavar="DIGITS", help="Line: what is written.", show_default="five"),
    ] = FIRST.digits,
    line: Annotated[
        int, typer.Option(help="Line: its number, for other handwriting.", min=0)
    ] = FIRST.line,
    apart: Annotated[
        int, typer.Option(help="Line: columns from digit to digit, 16 to 40.", min=0)
    ] = FIRST.apart,
    columns: Annotated[
        int | None,
        typer.Option(
            help="Line: columns of the picture, from 32.", min=0, show_default="as needed"
        ),
    ] = None,
    place: Annotated[
        int | None,
        typer.Option(help="Line: a place, from 0.", min=0, show_default="the first digit"),
    ] = None,
    label: Annotated[
        int | None,
        typer.Option(help="Line: a class, 10 for none.", min=0, show_default="what is read"),
    ] = None,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a network over inputs of any length: its units, or a line of digits read in one pass.

    \b
    Examples:
      tuiconv show dynamic --length 14
      tuiconv show dynamic --length 14 --layer conv2 --unit 3 --depth number
      tuiconv show dynamic --show line --digits 42 --apart 32
    """
    from tuiconv.lessons.dynamic.lesson import DynamicLesson

    view = DynamicView(
        show=show,
        length=length,
        layer=layer,
        unit=unit,
        data=data,
        digits=digits,
        line=line,
        apart=apart,
        columns=columns,
        place=place,
        label=label,
        depth=depth,
        range=range_,
    )
    show_scene("dynamic", DynamicLesson, view, Output(as_json, svg, color, width, height))
