"""`tuiconv show arithmetic`: what a network's text means, layer by layer and number by number."""

from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.filter_words import given
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.arithmetic.view import ArithmeticView, Number, Setting

if TYPE_CHECKING:
    from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson

FIRST = ArithmeticView()


def show_arithmetic(
    net: Annotated[
        str,
        typer.Option(
            metavar="NAME|SPEC",
            help="A preset or a spec; lecture-listing for a lecture's network with two faults.",
        ),
    ] = FIRST.net,
    exercise: Annotated[
        bool, typer.Option("--exercise", help="Say what of the listing's faults is mended.")
    ] = FIRST.exercise,
    other: Annotated[
        str, typer.Option(metavar="NAME|SPEC", help="A second network, to be compared.")
    ] = FIRST.other,
    layer: Annotated[
        str, typer.Option(metavar="NAME", help="Such as conv2.", show_default="the first")
    ] = FIRST.layer,
    unit: Annotated[
        str | None,
        typer.Option(
            metavar="ROW,COLUMN", help="A place in its maps, from 0.", show_default="the middle"
        ),
    ] = None,
    number: Annotated[
        Number, typer.Option(help="Which of its numbers is worked out.")
    ] = FIRST.number,
    setting: Annotated[
        Setting, typer.Option(help="Which one + and - change on the screen.")
    ] = FIRST.setting,
    batch: Annotated[int, typer.Option(help="Images at once, for the memory.")] = FIRST.batch,
    bytes_: Annotated[
        int, typer.Option("--bytes", metavar="4|8", help="Of every number.")
    ] = FIRST.bytes,
    training: Annotated[
        str, typer.Option(metavar="NAME", help="Memory of training with an optimiser.")
    ] = FIRST.training,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a network's sizes, costs and memory, one layer with its formulas, or one number.

    A network that cannot be is shown as far as it fits, with what is wrong and what would mend it;
    the exit status is 0 all the same. `tuiconv shapes` refuses it, with 2.

    \b
    Examples:
      tuiconv show arithmetic --net vgg16 --batch 64 --training adam
      tuiconv show arithmetic --net lenet5 --layer conv2 --depth map --unit 4,5
      tuiconv show arithmetic --net lenet5 --layer conv2 --depth number --number parameters
      tuiconv show arithmetic --net lecture-listing
    """
    view = ArithmeticView(
        net=net,
        exercise=exercise,
        other=other,
        layer=layer,
        unit=given(unit, lambda text: pair_in("--unit", text)),
        number=number,
        setting=setting,
        batch=batch,
        bytes=bytes_,
        training=training,
        depth=depth,
        range=range_,
    )

    def make() -> "ArithmeticLesson":
        from tuiconv.lessons.arithmetic.lesson import ArithmeticLesson

        lesson = ArithmeticLesson()
        spec = lesson.spec(view)
        if layer and spec is not None:
            spec.named(layer)  # or it says which there are
        return lesson

    show_scene("arithmetic", make, view, Output(as_json, svg, color, width, height))
