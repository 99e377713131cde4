"""`tuiconv export`: a network for PyTorch, as source, or for any program that reads ONNX."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tuiconv.cli.completion import presets
from tuiconv.errors import RequestError, UserError

if TYPE_CHECKING:
    from tuiconv.nn.network import Network

STDOUT = Path("-")


def export(
    network: Annotated[
        str,
        typer.Argument(
            metavar="SPEC|PRESET|MODEL",
            autocompletion=presets,
            help="A network as text, a preset, or a file with one, such as a checkpoint.",
        ),
    ],
    as_onnx: Annotated[bool, typer.Option("--onnx", help="Write ONNX, with the weights.")] = False,
    as_pytorch: Annotated[
        bool, typer.Option("--pytorch", help="Write PyTorch source, which has no weights.")
    ] = False,
    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="FILE", help="Where to write; - is stdout.")
    ] = STDOUT,
    seed: Annotated[int, typer.Option(help="Of weights that are not trained.", min=0)] = 0,
) -> None:
    """Write a network as PyTorch source or as an ONNX file.

    The source is a class Net whose layers have the names of ours, so that it can load the weights
    of a checkpoint: Net().load_state_dict(safetensors.torch.load_file("net.safetensors")).

    ONNX holds the weights too: those of a checkpoint, else fresh ones. It takes batches of any size
    and gives what the network gives in evaluation.

    \b
    Examples:
      tuiconv export lenet5 --pytorch
      tuiconv export lenet5.safetensors --pytorch -o lenet5.py
      tuiconv export "INPUT(1,28,28) -> FC(10) -> SOFTMAX" --onnx -o net.onnx
      tuiconv export lenet5.safetensors --onnx -o lenet5.onnx
    """
    from tuiconv.files import check_writable, replacing

    if as_onnx == as_pytorch:
        found = "both are given" if as_onnx else "neither is given"
        raise RequestError(f"expected either --onnx or --pytorch; {found}")
    if output != STDOUT:
        check_writable(output)
    elif as_onnx and sys.stdout.isatty():
        raise RequestError("ONNX is no text, and would go to this terminal; expected -o FILE")
    trained = trained_network(network)
    if as_pytorch:
        source = pytorch_of(network, trained)
        if output == STDOUT:
            print(source, end="")
            return
        content = source.encode()
    else:
        content = onnx_of(network, trained, seed)
        if output == STDOUT:
            sys.stdout.buffer.write(content)
            return
    with replacing(output) as file:
        file.write(content)
    is_fresh = as_onnx and trained is None
    print(f"saved {output}" + f", with fresh weights of seed {seed}" * is_fresh)


def pytorch_of(network: str, trained: "Network | None") -> str:
    """The source of a network that is trained, or else of the one that an argument means."""
    from tuiconv.cli.networks import read_network
    from tuiconv.exchange.pytorch_source import pytorch_source

    if trained is None:
        return pytorch_source(read_network(network))
    return pytorch_source(trained.spec, expected_by(trained))


def onnx_of(network: str, trained: "Network | None", seed: int) -> bytes:
    """The ONNX file of a network that is trained, or else of the one that an argument means."""
    from tuiconv.cli.networks import read_network

    try:
        from tuiconv.exchange.onnx_writing import onnx_bytes
    except ImportError as error:
        raise UserError(
            f'to write ONNX, pip install "tuiconv[onnx]" ({error.name} is not installed)'
        ) from error
    from tuiconv.nn.network import Network

    if trained is None:
        return onnx_bytes(Network(read_network(network), seed))
    return onnx_bytes(trained, expected_by(trained))


def trained_network(network: str) -> "Network | None":
    """The network in the checkpoint that an argument names; None if it names none."""
    from tuiconv.cli.networks import file_of

    path = file_of(network)
    if path is None or path.suffix.lower() != ".safetensors":
        return None
    from tuiconv.nn.network import Network

    return Network.load(path)


def expected_by(network: "Network") -> str:
    """What numbers a network expects, in a sentence."""
    seen = network.preprocessing
    return f"It expects (pixel / 255 - {seen.mean}) / {seen.std} of pixels from 0 to 255."
