"""`tuiconv show training`: a run of training after some batches."""

from typing import Annotated

import typer

from tuiconv.cli.filter_words import given
from tuiconv.cli.options import Color, Json, Width
from tuiconv.cli.show_scene import Depth, Height, Output, Range, Svg, pair_in, show_scene
from tuiconv.lessons.training.view import Panels, Shown, TrainingView

FIRST = TrainingView()


def show_training(
    net: Annotated[
        str, typer.Option(metavar="PRESET|SPEC", help="What learns, as in `tuiconv train`.")
    ] = FIRST.net,
    data: Annotated[str, typer.Option(help="What it learns from.")] = FIRST.data,
    seed: Annotated[
        int, typer.Option(help="Of the weights, the order of the images and the strokes.")
    ] = FIRST.seed,
    optimizer: Annotated[str, typer.Option(help="How it learns.")] = FIRST.optimizer,
    lr: Annotated[
        float | None, typer.Option(help="Learning rate.", show_default="the optimizer's own")
    ] = None,
    momentum: Annotated[
        float | None, typer.Option(help="0 to below 1.", show_default="the optimizer's own")
    ] = None,
    batch_size: Annotated[int, typer.Option(help="Images per update.")] = FIRST.batch_size,
    weight_decay: Annotated[
        float, typer.Option(help="How strongly weights are drawn to 0.")
    ] = FIRST.weight_decay,
    changes: Annotated[
        str,
        typer.Option(
            metavar="BATCHES:NAME=VALUE;…",
            help="Settings that change on the way: 120:lr=0.05;200:momentum=0.5.",
        ),
    ] = FIRST.changes,
    batches: Annotated[
        int, typer.Option(help="How many are learned first.", min=0)
    ] = FIRST.batches,
    operation: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The last one done of the next batch: forward:LAYER, loss or backward:LAYER; or"
            " update, the last one of the batch before.",
        ),
    ] = FIRST.operation,
    setting: Annotated[
        str, typer.Option(metavar="NAME", help="Which setting is marked.")
    ] = FIRST.setting,
    panels: Annotated[
        Panels, typer.Option(help="Curves and maps, the chain rule, or what is mixed up.")
    ] = FIRST.panels,
    layer: Annotated[
        str, typer.Option(metavar="NAME", help="Such as conv2.", show_default="the first")
    ] = FIRST.layer,
    show: Annotated[Shown, typer.Option(help="What of the layer.")] = FIRST.show,
    digit: Annotated[
        int, typer.Option(help="Which test image; with an operation, which of the batch.")
    ] = FIRST.digit,
    map_: Annotated[int, typer.Option("--map", help="Which map or kernel, from 0.")] = FIRST.map,
    unit: Annotated[
        str | None,
        typer.Option(metavar="ROW,COLUMN", help="Where in it.", show_default="the middle"),
    ] = None,
    part: Annotated[int, typer.Option(help="Which part of a sum is opened, from 0.")] = FIRST.part,
    depth: Depth = FIRST.depth,
    range_: Range = FIRST.range,
    as_json: Json = False,
    svg: Svg = None,
    color: Color = "auto",
    width: Width = None,
    height: Height = None,
) -> None:
    """Show a network after some batches of training: curves, maps, the chain rule, mistakes.

    \b
    Examples:
      tuiconv show training --batches 20 --layer conv2
      tuiconv show training --batches 20 --panels confusion
      tuiconv show training --operation backward:fc3 --panels chain-rule
    """
    from tuiconv.lessons.training.lesson import TrainingLesson

    view = TrainingView(
        net=net,
        data=data,
        seed=seed,
        optimizer=optimizer,
        lr=lr,
        momentum=momentum,
        batch_size=batch_size,
        weight_decay=weight_decay,
        changes=changes,
        batches=batches,
        operation=operation,
        setting=setting,
        panels=panels,
        layer=layer,
        show=show,
        digit=digit,
        map=map_,
        unit=given(unit, lambda text: pair_in("--unit", text)),
        part=part,
        depth=depth,
        range=range_,
    )
    output = Output(as_json, svg, color, width, height)
    show_scene("training", lambda: TrainingLesson(view), view, output)
