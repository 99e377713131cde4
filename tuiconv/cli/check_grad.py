"""`tuiconv check-grad`: backpropagation beside the slope that changing a parameter gives."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import Color, Json, Width, console_for
from tuiconv.errors import RequestError, UserError

if TYPE_CHECKING:
    import numpy as np

    from tuiconv.data.dataset import Dataset
    from tuiconv.nn.gradient_check import Slope
    from tuiconv.nn.layers import Array, Labels
    from tuiconv.nn.network import Network

IMAGES = 8
"""In the batch whose loss is looked at."""

SAMPLED = 3
"""Parameters of an array that are drawn where no index is given."""


class GradientError(UserError):
    """The two gradients of a parameter differ."""


def check_grad(
    model: Annotated[
        str, typer.Argument(metavar="MODEL|PRESET", help="A checkpoint, a preset or a network.")
    ],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PARAM]...", help="Such as conv1.weight[2,0,1,1] or conv1.weight."),
    ] = None,
    loss: Annotated[
        str, typer.Option(help="cross_entropy, squared or svm.", metavar="NAME")
    ] = "cross_entropy",
    data: Annotated[
        str | None, typer.Option(help="Data set for the batch; random numbers by default.")
    ] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Folder that holds the data set's folder, such as mnist/.")
    ] = None,
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Compare gradients with the slopes that are measured.

    Backpropagation's gradient of a parameter w stands beside (loss(w + h) − loss(w − h)) / 2h. The
    loss is the mean of eight images, in float64. Without a parameter, or an index, three of every
    array are drawn. Ends with status 1 if two gradients disagree.

    \b
    Examples:
      tuiconv check-grad lenet5 "conv1.weight[2,0,1,1]"
      tuiconv check-grad lenet5.safetensors --data mnist --data-dir ~/data
      tuiconv check-grad digits-1989-net5 --loss squared
    """
    import numpy as np

    from tuiconv.data.load import load_dataset
    from tuiconv.nn.gradient_check import check_gradients, find_places, learned, sample_places

    console, display = console_for(color, width)
    test = None if data is None else load_dataset(data, data_dir).test
    net = network_of(model, test)
    rng = np.random.default_rng(0)
    flags = learned(net)
    if not flags:
        raise RequestError(f"{net.spec} has no parameters to check")
    if parameters:
        places = [p for text in parameters for p in find_places(flags, text, SAMPLED, rng)]
    else:
        places = sample_places(flags, SAMPLED, rng)
    x, labels = batch_of(net, test, rng)
    slopes = check_gradients(net, x, labels, places, loss)
    if as_json:
        print(json.dumps([to_json(slope) for slope in slopes], indent=2))
    else:
        from tuiconv.render.slopes import slopes_table

        console.print(slopes_table(slopes, display))
    wrong = [slope for slope in slopes if not slope.agrees]
    if wrong:
        raise GradientError(
            f"{len(wrong)} of {len(slopes)} gradients disagree; {wrong[0].parameter}: analytic"
            f" {wrong[0].analytic:.9g}, numeric {wrong[0].numeric:.9g}"
        )


def network_of(model: str, test: "Dataset | None") -> "Network":
    """The network in a checkpoint, or a new one of a preset or a text.

    Args:
        model: what it is.
        test: what it has to fit; None for anything.

    Raises:
        CheckpointError: a file that holds no network.
        RequestError: neither a file nor a network, or one that the data do not fit.
    """
    from tuiconv.arithmetic import summarize
    from tuiconv.nn.fitting import check_fits
    from tuiconv.nn.network import Network

    is_file = model.endswith(".safetensors") or ("(" not in model and Path(model).is_file())
    net = Network.load(model) if is_file else None
    spec = summarize(model) if net is None else net.spec
    if test is not None:
        check_fits(spec, test)  # before a gigabyte is filled with weights
    return Network(spec) if net is None else net


def batch_of(
    net: "Network", test: "Dataset | None", rng: "np.random.Generator"
) -> "tuple[Array, Labels]":
    """The first images of a data set with their labels, or random ones that fit."""
    if test is None:
        classes, *positions = net.spec.output
        return (
            rng.standard_normal((IMAGES, *net.spec.input)),
            rng.integers(0, classes, (IMAGES, *positions)),
        )
    return net.preprocessing(test.images[:IMAGES]), test.labels[:IMAGES]


def to_json(slope: "Slope") -> dict[str, Any]:
    """One parameter's gradients as a JSON object."""
    return {**asdict(slope), "relative_error": slope.relative_error, "agrees": slope.agrees}
