"""`tuiconv shapes`: a network's sizes, parameters, multiply-adds, memory and receptive fields."""

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.completion import presets
from tuiconv.cli.options import Color, Json, Width, at_most_one, console_for
from tuiconv.errors import RequestError, unknown

if TYPE_CHECKING:
    from tuiconv.arithmetic import NetworkSpec, Shape, SpecError
    from tuiconv.arithmetic.memory import Memory

SIZELESS = (
    "This pattern has no sizes. For a table give every layer its own, such as CONV(16,3), and"
    " INPUT(3,32,32) or --input 3,32,32."
)


def shapes(
    network: Annotated[
        str | None,
        typer.Argument(
            metavar="SPEC|PRESET|FILE",
            autocompletion=presets,
            help="A network as text, a preset such as vgg16, or a file with one: text, .toml,"
            " .safetensors or .onnx. Without it, all presets are listed.",
        ),
    ] = None,
    input_shape: Annotated[
        str | None,
        typer.Option("--input", metavar="C,H,W", help="The image's shape, instead of INPUT's."),
    ] = None,
    batch: Annotated[int, typer.Option(metavar="N", help="Images at once, for the memory.")] = 1,
    bytes_per_number: Annotated[
        int, typer.Option("--bytes", metavar="4|8", help="Of every number, for the memory.")
    ] = 4,
    training: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Memory of training with an optimiser, such as adam."),
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            metavar="LAYER", help="How a layer's numbers come about; all for every layer's."
        ),
    ] = None,
    unit: Annotated[
        str | None,
        typer.Option(
            metavar="LAYER:i,j", help="What the unit in row i, column j, from 0 on, sees, drawn."
        ),
    ] = None,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="OTHER",
            autocompletion=presets,
            help="Another network, to be put beside the first.",
        ),
    ] = None,
    conversion: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="NAME",
            help="Written another way: with convolutions for FC, full-layers for convolutions that"
            " see everything, strided-convolutions for pooling, or small-kernels for large ones.",
        ),
    ] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print all columns as CSV.")] = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print all columns as a table in Markdown.")
    ] = False,
    color: Color = "auto",
    width: Width = None,
) -> None:
    """Show what leaves each layer, what it learns, what it costs and what it sees.

    Multiply-adds count one image. The receptive field is on the input image. Columns for which
    there is no room are left out; --explain shows one layer with all its arithmetic.

    \b
    Examples:
      tuiconv shapes
      tuiconv shapes lenet5
      tuiconv shapes lenet5 --explain conv2
      tuiconv shapes lenet5 --unit pool2:1,3
      tuiconv shapes lenet5-1998 --compare lenet5
      tuiconv shapes lenet5 --as small-kernels --compare lenet5
      tuiconv shapes cifar-convnet --batch 64 --training adam
      tuiconv shapes "INPUT(3,32,32) -> [CONV(16,3,pad=1) -> RELU -> POOL(2)]*3 -> FC(10)"
    """
    from tuiconv.arithmetic import NetworkSpec, SpecError
    from tuiconv.cli.networks import network_in, pattern_of, read_network, text_and_file
    from tuiconv.cli.shapes_json import json_of, write_csv

    views = {"--explain": explain, "--unit": unit, "--compare": compare}
    at_most_one({**views, "--csv": as_csv, "--markdown": as_markdown})
    # of --explain every number is in the JSON anyway
    at_most_one(
        {"--json": as_json, "--csv": as_csv, "--markdown": as_markdown, "--explain": explain}
    )
    if network is None:
        views |= {"--as": conversion, "--input": input_shape, "--training": training}
        views |= {"--batch": str(batch)} if batch != 1 else {}
        views |= {"--bytes": str(bytes_per_number)} if bytes_per_number != 4 else {}
        none_of(views)
        from tuiconv.cli.shapes_presets import list_presets

        list_presets(as_json, as_csv, as_markdown, color, width)
        return
    shape = None if input_shape is None else shape_of(input_shape)
    text, path = text_and_file(network, shape)
    failure = None
    try:
        spec = network_in(text, path, shape)
    except SpecError as error:
        needs_sizes = as_csv or as_markdown or conversion or any(views.values())
        if shape is None and not needs_sizes and (pattern := pattern_of(text)):
            print(json.dumps({"pattern": pattern}) if as_json else f"{pattern}\n{SIZELESS}")
            return
        if not error.layers or conversion is not None:
            raise
        spec, failure = NetworkSpec(error.layers), error
        if is_beyond(spec, explain or unit or "all"):
            raise
    if conversion is not None:
        spec = converted(spec, conversion)
    other = None if compare is None else read_network(compare, shape)
    asked = Asked(
        network, spec, conversion, compare, other, explain, unit, batch, bytes_per_number, training
    )
    if as_json:
        print(json.dumps(json_of(asked, failure), indent=2))
    elif as_csv:
        write_csv(spec, sys.stdout)
    else:
        print_text(asked, failure, as_markdown, color, width)
    if failure is not None:
        sys.stdout.flush()
        raise failure


@dataclass(frozen=True)
class Asked:
    """What the command line asks for.

    Raises:
        RequestError: no memory can be told of such a batch, such numbers or such training.
    """

    network: str
    """As it was written."""
    spec: "NetworkSpec"
    conversion: str | None
    """How it has been written another way."""
    compare: str | None
    """As it was written."""
    other: "NetworkSpec | None"
    """The one to compare with."""
    explain: str | None
    unit: str | None
    batch: int
    bytes_per_number: int
    training: str | None

    def __post_init__(self) -> None:
        self.memory(self.spec)  # a wrong option is refused whatever is shown

    def memory(self, spec: "NetworkSpec") -> "Memory":
        """What a network takes in the circumstances."""
        from tuiconv.arithmetic.memory import memory

        return memory(spec, self.batch, self.bytes_per_number, self.training)


def print_text(
    asked: Asked, failure: "SpecError | None", as_markdown: bool, color: str, width: int | None
) -> None:
    """Print what is asked for as lines for people, or the whole table in Markdown."""
    from tuiconv.cli.shapes_text import lines_of, markdown_of
    from tuiconv.render.lines import Lines

    console, display = console_for(color, width)
    if as_markdown:
        print("\n".join(markdown_of(asked.spec, display)))
    else:
        console.print(Lines(lines_of(asked, failure, console.width, console.height, display)))


def converted(spec: "NetworkSpec", name: str) -> "NetworkSpec":
    """A network written another way."""
    from tuiconv.arithmetic.conversions import CONVERSIONS

    if name not in CONVERSIONS:
        raise unknown("conversion", name, CONVERSIONS)
    return CONVERSIONS[name](spec)


def is_beyond(spec: "NetworkSpec", asked: str) -> bool:
    """Whether a layer or a unit is asked for that a network does not get to."""
    name = asked.partition(":")[0].strip()
    return name != "all" and all(layer.name != name for layer in spec)


def none_of(options: Mapping[str, object]) -> None:
    """Raise RequestError if an option is given that is about a network."""
    for option in (name for name, value in options.items() if value is not None):
        raise RequestError(f"{option} needs a network, such as tuiconv shapes lenet5 {option} …")


def shape_of(text: str) -> "Shape":
    """The shape of an image as it is written: `3,224,224`, or `1,100` in one dimension."""
    numbers = text.split(",")
    if len(numbers) not in (2, 3) or not all(
        number.strip().isdecimal() and len(number) <= 9 and int(number) > 0 for number in numbers
    ):
        raise RequestError(
            f'--input "{text}"; expected channels, height and width such as 3,224,224, or channels'
            " and length such as 1,100"
        )
    return tuple(map(int, numbers))
