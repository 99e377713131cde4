"""`tuiconv eval`: what a trained network gets right and wrong."""

import json
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import Color, Json, Model, Width, console_for

if TYPE_CHECKING:
    from tuiconv.data.dataset import Dataset
    from tuiconv.nn.evaluation import Evaluation

DRAWN = 6
"""How many of the worst mistakes are drawn."""


def eval_model(
    model: Model,
    data: Annotated[str, typer.Option(help="Data set; its test part is read.")] = "strokes",
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Which stroke digits are drawn.", min=0)] = 0,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Test a network: what it gets right, and what it mixes up.

    The rows of the confusion matrix are labels, the columns what the network read; colour is the
    square root of a count's share of its row. Precision: of the images read as a class, the share
    that are. Recall: of the images of a class, the share that was read so. Below, the mistakes
    whose label got the least probability are drawn.

    Stroke digits are drawn anew with --seed. They are not those that a run learned or was tested
    on, whatever its seed, so that a network's accuracy is a little different here.

    \b
    Examples:
      tuiconv eval lenet5 --data mnist --data-dir ~/data
      tuiconv eval lenet5.safetensors --data mnist --data-dir ~/data --json
    """
    from tuiconv.data.load import load_dataset
    from tuiconv.data.none import NONE
    from tuiconv.nn.evaluation import evaluate
    from tuiconv.nn.shipped import load_model

    console, display = console_for(color, width)
    net = load_model(model)
    test = load_dataset(data, data_dir, seed).test
    if data == "strokes":
        test = replace(test, name=f"{test.name} of seed {seed}")
    if net.class_names == (*test.class_names, NONE):
        test = replace(test, class_names=net.class_names)
    evaluation = evaluate(net, test)
    if net.class_names != test.class_names:
        print(
            f"note: the network's classes are {', '.join(net.class_names)}; those of {test.name}"
            f" are {', '.join(test.class_names)}; the order of both is taken to be the same",
            file=sys.stderr,
        )
    if as_json:
        print(json.dumps(to_json(evaluation, test), indent=2))
        return
    from tuiconv.render.confusion import classes_table, confusion_lines, mistake_lines
    from tuiconv.render.lines import Lines

    print(
        f"{test.name}: {evaluation.correct:,} of {evaluation.images:,} right, accuracy"
        f" {evaluation.accuracy:.2%}, mean loss {evaluation.loss:.4f}"
    )
    console.print(classes_table(evaluation, test.class_names, display))
    print("rows: label; columns: read as")
    matrix = confusion_lines(evaluation.confusion, test.class_names, console.width, display)
    console.print(Lines(matrix))
    worst = evaluation.mistakes[:DRAWN]
    if worst:
        print(f"\nthe worst {len(worst)} of {len(evaluation.mistakes):,} mistakes\n")
        drawn = mistake_lines(worst, test.images, test.class_names, console.width, display)
        console.print(Lines(drawn))


def to_json(evaluation: "Evaluation", dataset: "Dataset") -> dict[str, Any]:
    """An evaluation as a JSON object, with every mistake; classes by their number."""
    rows = zip(
        dataset.class_names,
        evaluation.confusion.sum(axis=1).tolist(),
        evaluation.precision,
        evaluation.recall,
        strict=True,
    )
    return {
        "data": dataset.name,
        "images": evaluation.images,
        "correct": evaluation.correct,
        "accuracy": evaluation.accuracy,
        "loss": evaluation.loss,
        "classes": [
            {"name": name, "images": images, "precision": precision, "recall": recall}
            for name, images, precision, recall in rows
        ],
        "confusion": evaluation.confusion.tolist(),
        "mistakes": [asdict(mistake) for mistake in evaluation.mistakes],
    }
