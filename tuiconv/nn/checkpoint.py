"""Networks on disk: safetensors, with what is needed to use the network in the header."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Preprocessing
from tuiconv.errors import UserError
from tuiconv.files import replacing
from tuiconv.nn.layers import Arrays
from tuiconv.nn.network import Network, check_shapes, layers_of

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
        what = "is a directory" if path.is_dir() else "there is no such file"
        raise CheckpointError(f"{path}: {what}")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            names = list(file.keys())
            dtypes = {file.get_slice(name).get_dtype() for name in names}
            if header.get("format") != FORMAT:
                raise CheckpointError(
                    f"{path}: not a tuiconv network: its header has no {FORMAT} spec"
                )
            if dtypes not in ({"F32"}, {"F64"}, set()):
                found = ", ".join(sorted(dtypes))
                raise CheckpointError(f"{path}: holds {found} arrays; expected F32, or F64, alone")
            arrays = {name: file.get_tensor(name) for name in names}
    except PermissionError as error:
        raise CheckpointError(f"{path}: permission denied") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file ({error})") from error
    try:
        return restore(header, arrays)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: header and arrays do not agree: {error}") from error


def restore(header: dict[str, str], arrays: Arrays) -> Network:
    """The network that a checkpoint's header describes, with its arrays as parameters.

    Raises:
        KeyError: the header lacks something.
        TypeError: something in it is of the wrong kind.
        ValueError: something in it is impossible, or the arrays are not of its spec.
    """
    spec = parse(header["spec"])
    check_shapes(layers_of(spec), arrays)  # before memory for the network is asked for
    class_names = json.loads(header["class_names"])
    if not (isinstance(class_names, list) and all(isinstance(name, str) for name in class_names)):
        raise TypeError(f"class names {class_names}; expected a list of texts")
    if len(spec.output) == 1 and spec.output[0] != len(class_names):
        raise ValueError(f"{len(class_names)} class names; {spec} has {spec.output[0]} outputs")
    network = Network(
        spec,
        class_names=tuple(class_names),
        preprocessing=Preprocessing(**json.loads(header["preprocessing"])),
        dtype=np.result_type(np.float32, *arrays.values()),
    )
    network.load_state_dict(arrays)
    return network
