"""Networks on disk: safetensors, with what is needed to use the network in the header."""

import json
from dataclasses import asdict
from pathlib import Path

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from tuiconv.arithmetic import SpecError, parse
from tuiconv.data.dataset import Preprocessing
from tuiconv.errors import UserError
from tuiconv.files import replacing
from tuiconv.nn.network import Network

FORMAT = "tuiconv-1"


class CheckpointError(UserError):
    """A file that does not hold the network it should: one line naming the file and the fault."""


def save(network: Network, path: Path) -> None:
    """Write the parameters, and in the header the spec, class names and preprocessing."""
    header = {
        "format": FORMAT,
        "spec": str(network.spec),
        "class_names": json.dumps(network.class_names),
        "preprocessing": json.dumps(asdict(network.preprocessing)),
    }
    content = to_bytes(network.state_dict(), metadata=header)
    with replacing(path) as file:
        file.write(content)


def load(path: Path) -> Network:
    """Read a network that `save` wrote.

    Raises:
        CheckpointError: the file is missing, damaged, or no checkpoint of a tuiconv network.
    """
    if not path.is_file():
        raise CheckpointError(f"{path}: there is no such file")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no dict
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file ({error})") from error
    if header.get("format") != FORMAT:
        raise CheckpointError(f"{path}: not a tuiconv network: its header has no {FORMAT} spec")
    try:
        network = Network(
            parse(header["spec"]),
            class_names=tuple(json.loads(header["class_names"])),
            preprocessing=Preprocessing(**json.loads(header["preprocessing"])),
        )
        network.load_state_dict(arrays)
    except (SpecError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{path}: its header and its arrays do not agree: {error}") from error
    return network
