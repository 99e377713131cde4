"""`tuiconv show convolution`: a window that slides over a grid of numbers."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.convolution.view import At, Axis, ConvolutionView, Example, Operation

FIRST = ConvolutionView()


def show_convolution(
    example: Annotated[
        Example,
        typer.Option(
            help="The lecture's 5×7 numbers, a digit's corner, three channels with a bias, or eight"
            " filters on a digit."
        ),
    ] = FIRST.example,
    operation: Annotated[
        Operation,
        typer.Option(help="What networks call convolution, its relatives, or a pool."),
    ] = FIRST.operation,
    kernel: Annotated[
        str | None,
        typer.Option(metavar="ROWS,COLUMNS", help="Of the window.", show_default="the example's"),
    ] = None,
    stride: Annotated[
        str | None,
        typer.Option(
            metavar="ROWS,COLUMNS", help="Down and to the right.", show_default="the example's"
        ),
    ] = None,
    padding: Annotated[
        str | None,
        typer.Option(
            metavar="ROWS,COLUMNS",
            help="Above and below, left and right.",
            show_default="the example's",
        ),
    ] = None,
    behind: Annotated[
        str | None,
        typer.Option(
            metavar="ROWS,COLUMNS",
            help="Padding below and on the right, where it is another.",
            show_default="as padding",
        ),
    ] = None,
    dilation: Annotated[
        str | None,
        typer.Option(
            metavar="ROWS,COLUMNS", help="From tap to tap of the kernel.", show_default="1,1"
        ),
    ] = None,
    power: Annotated[float, typer.Option(help="The p of L_p pooling.")] = FIRST.power,
    beta: Annotated[float, typer.Option(help="The β of log-prob pooling.")] = FIRST.beta,
    at: Annotated[At, typer.Option(help="What is pointed at.")] = FIRST.at,
    map_: Annotated[
        int, typer.Option("--map", help="Which map of the output, from 0.", min=0)
    ] = FIRST.map,
    channel: Annotated[
        int, typer.Option(help="Which channel of the input, from 0.", min=0)
    ] = FIRST.channel,
    cell: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN",
            help="The place that is pointed at, from 0.",
            show_default="the example's",
        ),
    ] = None,
    term: Annotated[
        int, typer.Option(help="Of a sum, the line that is pointed at, from 0.", min=0)
    ] = FIRST.term,
    backward: Annotated[
        bool, typer.Option("--backward", help="Gradients instead of numbers.")
    ] = FIRST.backward,
    so_far: Annotated[
        bool, typer.Option("--so-far", help="Only the outputs that the window has come to.")
    ] = FIRST.so_far,
    setting: Annotated[
        str, typer.Option(metavar="NAME", help="Which one the keys + and − change.")
    ] = FIRST.setting,
    axis: Annotated[Axis, typer.Option(help="Along what they change it.")] = FIRST.axis,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a window that slides over a grid: its products, their sum, and the gradients.

    \b
    Examples:
      tuiconv show convolution --cell 0,1
      tuiconv show convolution --example channels --depth number
      tuiconv show convolution --stride 2,2 --padding 1,1 --backward --at input --cell 2,3
    """
    from tuiconv.lessons.convolution.lesson import ConvolutionLesson

    def pair(option: str, text: str | None) -> tuple[int, int] | None:
        return given(text, lambda words: pair_in(option, words))

    view = ConvolutionView(
        example=example,
        operation=operation,
        kernel=pair("--kernel", kernel),
        stride=pair("--stride", stride),
        padding=pair("--padding", padding),
        behind=pair("--behind", behind),
        dilation=pair("--dilation", dilation),
        power=power,
        beta=beta,
        at=at,
        map=map_,
        channel=channel,
        cell=pair("--cell", cell),
        term=term,
        backward=backward,
        so_far=so_far,
        setting=setting,
        axis=axis,
        depth=depth,
        range=range_,
    )
    show_scene("convolution", ConvolutionLesson, view, Output(as_json, svg, color, width, height))
