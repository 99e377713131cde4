"""The network that an argument means: a preset, a text in the pattern language, or a file."""

import json
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from tuiconv.errors import RequestError, UserError

if TYPE_CHECKING:
    from tuiconv.arithmetic import NetworkSpec, Shape

MADE_BY_PROGRAMS = (".safetensors", ".onnx")

SUFFIXES = (".txt", ".toml", *MADE_BY_PROGRAMS)

NO_FILE = (
    "there is no such file; expected a text in the pattern language, a run file (.toml), a"
    " checkpoint (.safetensors) or a graph (.onnx)"
)

BARE_INPUT = re.compile(r"\bINPUT\b(?!\s*\()", re.IGNORECASE)

LARGEST = 1_000_000
"""Bytes of a text; ten thousand layers are a third of it."""

LARGEST_HEADER = 100_000_000
"""Bytes of a checkpoint's header, as the format has it."""


def read_network(network: str, shape: "Shape | None" = None) -> "NetworkSpec":
    """The arithmetic of the network that an argument means.

    Args:
        network: a preset, a text in the pattern language, or a file with such a text, with a run's
            settings (.toml), a checkpoint (.safetensors) or an ONNX graph (.onnx).
        shape: of the image, instead of the one that INPUT gives.

    Raises:
        UserError: there is no such file, or it holds no network.
        SpecError: the network cannot be.
    """
    return network_in(*text_and_file(network, shape), shape)


def text_and_file(network: str, shape: "Shape | None" = None) -> tuple[str, Path | None]:
    """The text of the network that an argument means, and the file that it is from, if any.

    It is asked for once: a pipe cannot be read again.

    Raises:
        UserError: there is no such file, or it holds no network.
    """
    path = file_of(network)
    return (network, None) if path is None else (text_in(path, shape), path)


def network_in(text: str, path: Path | None, shape: "Shape | None") -> "NetworkSpec":
    """The arithmetic of a network as a text; errors name the file that it is from.

    Raises:
        SpecError: the network cannot be.
    """
    from tuiconv.arithmetic import SpecError, summarize

    try:
        return summarize(text, shape)
    except SpecError as error:
        if path is not None:
            error.args = (f"{path}: {error}",)
        raise


def pattern_of(text: str) -> str | None:
    """What a pattern without sizes, such as `INPUT -> [CONV -> RELU]*2 -> FC`, stands for.

    Returns:
        The pattern with its repetitions written out; None if INPUT has sizes.

    Raises:
        SpecError: says at which character the text goes wrong and what was expected.
    """
    from tuiconv.arithmetic import expand

    if not BARE_INPUT.search(text):
        return None
    expanded = expand(text)
    return expanded if BARE_INPUT.search(expanded) else None


def file_of(network: str) -> Path | None:
    """The file that an argument names; None for a preset or a text."""
    from tuiconv.arithmetic import PRESETS

    if network.strip() in PRESETS:
        return None
    is_text = any(sign in network for sign in "(>→")
    is_named = network.lower().endswith(SUFFIXES) or os.sep in network
    if os.path.isfile(network):  # noqa: PTH113 - of a long text, Path.is_file makes an error
        return Path(network)
    return Path(network) if is_named and not is_text else None


def text_in(path: Path, shape: "Shape | None" = None) -> str:
    """The network in a file, as a text in the pattern language or the name of a preset.

    Args:
        path: of the file.
        shape: of the image, where a graph leaves it open.

    Raises:
        UserError: the file cannot be read, or holds no network.
    """
    try:
        match path.suffix.lower():
            case ".safetensors":
                return spec_of_checkpoint(path)
            case ".toml":
                return net_of_run_file(path)
            case ".onnx":
                from tuiconv.exchange.onnx_reading import read_onnx

                return read_onnx(path, shape)
            case _:
                return text_of(path)
    except OSError as error:
        what = NO_FILE if isinstance(error, FileNotFoundError) else error.strerror or error
        # a text is the request itself, a checkpoint or a graph what it is about
        fault = UserError if path.suffix.lower() in MADE_BY_PROGRAMS else RequestError
        raise fault(f"{path}: {what}") from error


def text_of(path: Path) -> str:
    """What stands in a file of text."""
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise RequestError(f"{path}: more than {LARGEST:,} bytes; no network is as long")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError(f"{path}: not UTF-8 at byte {error.start}; expected a text") from error


def net_of_run_file(path: Path) -> str:
    """The setting `net` of a run file."""
    text = text_of(path)
    try:
        settings = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestError(f"{path}: not TOML: {error}") from error
    net = settings.get("net")
    if not isinstance(net, str):
        raise RequestError(f'{path}: names no network; expected a line such as net = "lenet5"')
    return net


def spec_of_checkpoint(path: Path) -> str:
    """The network in the header of a checkpoint: its length in 8 bytes, and JSON."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        content = file.read(length) if length <= LARGEST_HEADER else b""
    try:
        spec = json.loads(content)["__metadata__"]["spec"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(f"{path}: not a tuiconv network: its header has no spec") from error
    return str(spec)
