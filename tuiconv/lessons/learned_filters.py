"""What a network has learned to look for in pictures: the kernels of its first convolution."""

import re

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError, UserError
from tuiconv.images.filters.filter import LearnedFilter
from tuiconv.nn.layers import Conv
from tuiconv.nn.network import Network
from tuiconv.nn.shipped import load_model


def learned_filter(text: str) -> LearnedFilter:
    """A kernel of the first convolution of a trained network.

    Args:
        text: a checkpoint, or `lenet5` for the network that comes with the program, and which
            kernel, from 0: `lenet5:3`. A network with one kernel only needs no number.

    Raises:
        CheckpointError: the file is missing or holds no network.
        UserError: the kernel has numbers in it that are none.
        RequestError: there is no such kernel, or it is none to filter pictures with.
    """
    model, number = model_and_number(text)
    conv = first_convolution(load_model(model), model)
    maps = conv.spec.maps
    last = f"{model}:{maps - 1}"
    if number is None and maps > 1:
        raise RequestError(
            f"{model}: {conv.name} has {maps} kernels; which one? expected {model}:0 to {last}"
        )
    which = number or 0
    if which not in range(maps):
        raise RequestError(
            f"{model}: {conv.name} has {maps} kernel{'s' * (maps > 1)}, no number {which};"
            f" expected {model}:0" + (f" to {last}" if maps > 1 else "")
        )
    kernels = kernels_of(conv, which)
    if not np.isfinite(kernels).all():
        raise UserError(f"{model}: kernel {which} of {conv.name} has numbers that are not finite")
    over = "" if len(kernels) == 1 else ", added up over red, green and blue"
    return LearnedFilter(
        f"{model}:{which}",
        tuple(kernels),
        f"Kernel {which} of {conv.name}, as {model} has learned it{over}; without its bias.",
        "learned; the bias, which belongs to the network's own scale of inputs, is left out",
    )


def model_and_number(text: str) -> tuple[str, int | None]:
    """`lenet5:3` as the model and the kernel's number; a path may have colons of its own."""
    match = re.fullmatch(r"(.+):(-?[0-9]{1,9})", text, re.DOTALL)
    return (match[1], int(match[2])) if match else (text, None)


def first_convolution(net: Network, model: str) -> Conv:
    """The convolution that comes first in a network, if pictures can be filtered with it.

    Raises:
        RequestError: there is none, it slides over no picture, or its kernels have no centre.
    """
    found = [layer for layer in net.layers if isinstance(layer, Conv)]
    if not found:
        raise RequestError(f"{model}: has no convolution to take a kernel from: {net.spec}")
    spec = found[0].spec
    if spec.is_1d:
        raise RequestError(f"{model}: {spec.name} slides along one dimension, not over a picture")
    channels = spec.input[0]
    if channels not in (1, 3):
        raise RequestError(
            f"{model}: {spec.name} looks at {channels} channels; expected 1, grey, or 3: red, green"
            " and blue"
        )
    height, width = spec.window.span
    if height % 2 == 0 or width % 2 == 0:
        raise RequestError(
            f"{model}: {spec.name} has {height}×{width} kernels; expected an odd height and width,"
            " so that there is a middle to lay over the pixel"
        )
    return found[0]


def kernels_of(conv: Conv, which: int) -> npt.NDArray[np.float64]:
    """The kernels with which an output map looks at each channel: (channels, height, width).

    Those of channels outside its group are 0, as are the weights between dilated ones.
    """
    spec = conv.spec
    seen = spec.input[0] // spec.groups
    first = which // (spec.maps // spec.groups) * seen
    down, across = spec.dilation
    kernels = np.zeros((spec.input[0], *spec.window.span))
    kernels[first : first + seen, ::down, ::across] = conv.parameters["weight"][which]
    return kernels
