"""`tuiconv shapes`: a network's sizes, parameters, multiply-adds and receptive fields."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tuiconv.cli.options import Color, Json, Width, console_for

if TYPE_CHECKING:
    from fractions import Fraction

    from tuiconv.arithmetic import NetworkSpec, Spec


def shapes(
    network: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|PRESET", help="A preset, such as lecture-lenet, or a network as text."
        ),
    ],
    as_json: Json = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Show what leaves each layer, what it learns, what it costs and what it sees.

    Multiply-adds count one image; links are connections, biases included; the receptive field is
    on the input image.

    \b
    Examples:
      tuiconv shapes lenet5
      tuiconv shapes "INPUT(3,32,32) -> [CONV(16,3,pad=1) -> RELU -> POOL(2)]*3 -> FC(10)"
    """
    from tuiconv.arithmetic import summarize

    spec = summarize(network)
    if as_json:
        print(json.dumps(to_json(spec), indent=2))
        return
    from tuiconv.render.tables import shapes_table

    console, display = console_for(color, width)
    console.print(shapes_table(spec, console.width, display))


def to_json(network: "NetworkSpec") -> dict[str, Any]:
    """A network's arithmetic as a JSON object."""
    return {
        "spec": str(network),
        "layers": [layer_json(layer) for layer in network],
        "totals": asdict(network.totals),
    }


def layer_json(layer: "Spec") -> dict[str, Any]:
    """One layer's arithmetic; pairs are [vertical, horizontal]."""
    seen, window = layer.receptive_field, layer.window
    return {
        "name": layer.name,
        "kind": layer.word,
        "spec": str(layer),
        "input": list(layer.input),
        "output": list(layer.output),
        "kernel_size": list(window.kernel_size),
        "stride": list(window.stride),
        "padding": list(window.padding),
        "dilation": list(window.dilation),
        "parameters": layer.parameters,
        "macs": layer.macs,
        "links": layer.links,
        "units": layer.units,
        "receptive_field": list(seen.cells),
        "jump": [plain(length) for length in seen.jump],
        "start": [plain(length) for length in seen.start],
    }


def plain(length: "int | Fraction") -> float:
    """A number that JSON knows; whole ones stay whole."""
    return length if isinstance(length, int) else float(length)
