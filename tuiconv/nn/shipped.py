"""The trained network that comes with the program."""

from importlib.resources import as_file, files
from pathlib import Path

from tuiconv.nn.checkpoint import CheckpointError
from tuiconv.nn.network import Network

SHIPPED = "lenet5"
"""What it is called where a checkpoint may be named."""


def load_model(name: str) -> Network:
    """The network in a checkpoint or, for `lenet5`, the one that comes with the program.

    That is LeNet-5 with an eleventh class, `none`, trained on MNIST with distortions.

    Raises:
        CheckpointError: the file is missing or holds no network.
    """
    if name != SHIPPED:
        if not Path(name).exists():
            raise CheckpointError(
                f"{name}: there is no such file; expected a checkpoint, or {SHIPPED}, which comes"
                " with the program"
            )
        return Network.load(name)
    with as_file(files("tuiconv") / "assets" / f"{SHIPPED}.safetensors") as path:
        return Network.load(Path(path))
