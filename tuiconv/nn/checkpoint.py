"""Networks on disk: safetensors, with what is needed to use the network in the header."""

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from tuiconv.arithmetic import parse
from tuiconv.data.dataset import Preprocessing, check_names
from tuiconv.errors import UserError
from tuiconv.files import replacing
from tuiconv.nn.layers import Arrays
from tuiconv.nn.network import RESERVED, Network, layers_of
from tuiconv.nn.progress import State
from tuiconv.nn.states import check_shapes

FORMAT = "tuiconv-1"

STATE = f"{RESERVED}."
"""Begins the names of arrays that are no parameters, but the state of a trainer."""


class CheckpointError(UserError):
    """A file that does not hold the network it should: one line naming the file and the fault."""


def save(network: Network, path: Path, state: State | None = None) -> None:
    """Write the parameters, and in the header the spec, class names and preprocessing.

    Args:
        network: what is written.
        path: a file, which is replaced as a whole.
        state: that of the network's trainer, kept in the same file for `load_state`.
    """
    arrays, plain = network.state_dict(), {}
    for name, value in (state or {}).items():
        if isinstance(value, np.ndarray):
            arrays[STATE + name] = value
        else:
            plain[name] = value
    header = {
        "format": FORMAT,
        "spec": str(network.spec),
        "class_names": json.dumps(network.class_names),
        "preprocessing": json.dumps(asdict(network.preprocessing)),
        **({} if state is None else {"state": json.dumps(plain)}),
    }
    content = memoryview(to_bytes(arrays, metadata=header))
    end = 8 + int.from_bytes(content[:8], "little")
    with replacing(path) as file:
        file.write(in_order(bytes(content[8:end])))
        file.write(content[end:])


def in_order(header: bytes) -> bytes:
    """A safetensors header, with its length before it, whose metadata is sorted by name.

    The library writes metadata in another order every time; so the same network gives the same
    bytes.
    """
    fields = json.loads(header)
    fields["__metadata__"] = dict(sorted(fields["__metadata__"].items()))
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # arrays are aligned
    return len(text).to_bytes(8, "little") + text


def load(path: Path) -> Network:
    """Read a network that `save` wrote.

    Raises:
        CheckpointError: the file is missing, damaged, or no checkpoint of a tuiconv network.
    """
    header, arrays = read(path, lambda name: not name.startswith(STATE), ("F32", "F64"))
    if len({array.dtype for array in arrays.values()}) > 1:
        raise CheckpointError(f"{path}: holds F32 and F64 arrays; expected either alone")
    try:
        return restore(header, arrays)
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: header and arrays do not agree: {error}") from error


def load_state(path: Path) -> State:
    """Read the state of a trainer that `save` wrote beside its network.

    Raises:
        CheckpointError: as for `load`, or there is no such state.
    """
    header, arrays = read(path, lambda name: name.startswith(STATE), ("F32", "F64", "I64"))
    try:
        plain = json.loads(header["state"])
        return {**plain, **{name.removeprefix(STATE): array for name, array in arrays.items()}}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: holds no state of a run to go on from") from error


def read(
    path: Path, wanted: Callable[[str], bool], allowed: tuple[str, ...]
) -> tuple[dict[str, str], Arrays]:
    """The header of a checkpoint, and some of its arrays.

    Args:
        path: the file.
        wanted: whether an array of this name is to be read.
        allowed: their dtypes, as safetensors calls them.

    Raises:
        CheckpointError: the file is missing, damaged, or no checkpoint of a tuiconv network.
    """
    if not path.is_file():
        what = "there is no such file"
        if path.is_dir():
            what = "is a directory; expected a checkpoint, such as a run's best.safetensors"
        raise CheckpointError(f"{path}: {what}")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            if header.get("format") != FORMAT:
                raise CheckpointError(
                    f"{path}: not a tuiconv network: its header has no {FORMAT} spec"
                )
            names = [name for name in list(file.keys()) if wanted(name)]
            dtypes = {file.get_slice(name).get_dtype() for name in names}
            if not dtypes <= {*allowed}:
                found = ", ".join(sorted(dtypes))
                raise CheckpointError(
                    f"{path}: holds {found} arrays; expected {' or '.join(allowed)}"
                )
            return header, {name: file.get_tensor(name) for name in names}
    except PermissionError as error:
        raise CheckpointError(f"{path}: permission denied") from error
    except (SafetensorError, OSError) as error:
        raise CheckpointError(f"{path}: not a whole safetensors file ({error})") from error


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
    check_names(class_names)
    if len(spec.output) == 1 and spec.output[0] != len(class_names):
        raise ValueError(f"{len(class_names)} class names; {spec} has {spec.output[0]} outputs")
    network = Network(
        spec,
        class_names=tuple(class_names),
        # as int, a number of a thousand digits would be no number for `Preprocessing`
        preprocessing=Preprocessing(**json.loads(header["preprocessing"], parse_int=float)),
        dtype=np.result_type(np.float32, *arrays.values()),
    )
    network.load_state_dict(arrays)
    return network
