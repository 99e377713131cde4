"""Networks by name, and test images as a network takes them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from tuiconv.arithmetic import PRESETS, NetworkSpec, parse, summarize
from tuiconv.arithmetic.specs import show_shape
from tuiconv.data.dataset import Images
from tuiconv.errors import RequestError, nearest
from tuiconv.nn.network import Network
from tuiconv.nn.prediction import prepare
from tuiconv.nn.shipped import SHIPPED, load_model

MODELS: Final = (
    SHIPPED,
    "lecture-lenet",
    "lenet5-1998",
    "lenet-1990",
    "belllabs-1989",
    "mlp1",
    "mlp2",
    "cifar-convnet",
    "all-conv",
)
"""Those that a key goes through."""


@dataclass(frozen=True, eq=False)
class Model:
    """A network and where it is from."""

    net: Network
    about: str
    """In a few words: whether it has learned."""


def read_model(name: str) -> Model:
    """A network by name.

    Args:
        name: `lenet5`, which comes trained with the program; a checkpoint; or a preset or a text
            in the pattern language, which get first weights from seed 0.

    Raises:
        UserError: there is no such network, or no such file.
    """
    if name == SHIPPED:
        return Model(load_model(name), "trained on MNIST and comes with the program")
    if name in PRESETS or name.lstrip().upper().startswith("INPUT"):
        spec = summarize(name) if name in PRESETS else parse(name)
        return Model(Network(spec), "untrained, with first weights of seed 0")
    if Path(name).is_file():
        return Model(Network.load(name), "read from a checkpoint")
    raise RequestError(
        f'no network is called "{name}"; expected {SHIPPED}, a checkpoint, a preset or a text in'
        f" the pattern language{nearest(name, PRESETS)}"
    )


def fitted(image: Images, spec: NetworkSpec) -> tuple[Images, str]:
    """An image as large as a network's INPUT, and what was done to it, in a sentence.

    Args:
        image: (channels, height, width).
        spec: the network's.

    Raises:
        RequestError: the network takes no pictures.
    """
    shape = spec.input
    channels, height, width = shape
    old = f"{image.shape[1]}×{image.shape[2]}"
    if image.shape == shape:
        return image, f"Its {old} pixels are the network's INPUT as they are."
    if spec.layers[0].is_1d and channels == 1:
        row, pixels = np.zeros(width, np.uint8), image[0].ravel()
        begin = max(len(pixels) - width, 0) // 2
        taken = pixels[begin : begin + width]
        row[: len(taken)] = taken
        return row.reshape(shape), (
            f"Its {old} pixels stand in one row, line by line; the network takes {len(taken)} from"
            " the middle of it."
        )
    if spec.layers[0].is_1d or channels not in (1, 3):
        raise RequestError(
            f"the network's INPUT is {show_shape(shape)}; pictures of {show_shape(image.shape)} fit"
            " one of 1 or 3 channels, or of a single row"
        )
    seen = prepare(image.transpose(1, 2, 0), (channels, height, width)).pixels
    how = "made red, green and blue and scaled" if channels == 3 else "scaled and centred by mass"
    return seen, f"Its {old} pixels are {how} to the network's INPUT, {show_shape(shape)}."
