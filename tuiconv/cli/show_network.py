"""`tuiconv show network`: a network from inside."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.network.view import MOST_NOISE, Field, NetworkView, Shown

FIRST = NetworkView()


def show_network(
    model: Annotated[
        str,
        typer.Option(
            metavar="NAME|FILE|SPEC",
            help="lenet5, which comes trained; a checkpoint; a preset or a spec, untrained.",
        ),
    ] = FIRST.model,
    data: Annotated[
        str,
        typer.Option(metavar="NAME|PATH", help="Whose test images are read."),
    ] = FIRST.data,
    digit: Annotated[int, typer.Option(help="Which image, from 0.", min=0)] = FIRST.digit,
    wrong: Annotated[
        bool, typer.Option("--wrong", help="From that image on, the first that is read wrong.")
    ] = FIRST.wrong,
    layer: Annotated[
        str,
        typer.Option(metavar="NAME", help="Such as conv2.", show_default="the first"),
    ] = FIRST.layer,
    show: Annotated[Shown, typer.Option(help="What the maps are.")] = FIRST.show,
    map_: Annotated[
        int | None,
        typer.Option("--map", help="Which map or kernel, from 0.", min=0, show_default="the first"),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN", help="A place in the map, from 0.", show_default="the strongest"
        ),
    ] = None,
    part: Annotated[
        int, typer.Option(help="Of a sum, the channel or row that is opened, from 0.", min=0)
    ] = FIRST.part,
    field: Annotated[
        Field, typer.Option(help="Of a unit, what it sees, how strongly, or what it reaches.")
    ] = FIRST.field,
    noise: Annotated[
        float,
        typer.Option(help="Noise on the image, as a share of white.", min=0, max=MOST_NOISE),
    ] = FIRST.noise,
    shift: Annotated[
        str, typer.Option(metavar="ROWS,COLUMNS", help="The image moved down and to the right.")
    ] = "0,0",
    occlude: Annotated[
        str | None,
        typer.Option(metavar="ROW,COLUMN", help="The middle of a square that is made black."),
    ] = None,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a network's layers on an image, one map of a layer, or one unit as its arithmetic.

    \b
    Examples:
      tuiconv show network --layer conv2
      tuiconv show network --layer conv2 --depth map --unit 4,5 --field effective
      tuiconv show network --layer conv2 --depth number --map 3 --unit 4,5 --part 2
    """
    from tuiconv.lessons.network.lesson import NetworkLesson

    view = NetworkView(
        model=model,
        data=data,
        digit=digit,
        wrong=wrong,
        layer=layer,
        show=show,
        map=map_,
        unit=given(unit, lambda text: pair_in("--unit", text)),
        part=part,
        field=field,
        noise=noise,
        shift=pair_in("--shift", shift),
        occlude=given(occlude, lambda text: pair_in("--occlude", text)),
        depth=depth,
        range=range_,
    )
    show_scene("network", NetworkLesson, view, Output(as_json, svg, color, width, height))
