"""Reading a picture of any size: first as MNIST's digits were prepared, then by the network.

MNIST's digits were scaled so that the longer side of their ink is 20 pixels, and set into the
frame with their centre of mass in its middle, bright on black (LeCun et al. 1998, section III.A).
A network that learned such digits reads others best when they come the same way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tuiconv.errors import RequestError
from tuiconv.nn.evaluation import EvaluationError, log_probabilities
from tuiconv.nn.network import Network, classes_of

Floats = npt.NDArray[np.float64]

INK_SHARE = 20 / 32
"""The longer side of MNIST's ink in the frame of 32 pixels that LeNet-5 reads."""

BARE, BARE_SHARE = 28, 20 / 28
"""MNIST's own frame, and the ink's share of it, for networks that read it without a border."""

LARGE = 512
"""Pictures with a longer side than twice this are averaged down first: a network reads far less."""

LOW = 64
"""But never so far that the shorter side has fewer pixels: a line of digits is long, and as low."""

FAINT = 0.25
"""Share of the strongest ink below which a pixel is taken for paper when ink is measured.

On training digits of MNIST no smaller share reads more, and with noise on the paper they read less.
"""

FLAT = 8
"""Greys of 255 within which a picture is taken to be empty."""

LUMA = np.array([0.299, 0.587, 0.114])
"""What red, green and blue add to grey."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What a network is shown of a picture."""

    pixels: npt.NDArray[np.uint8]
    """(channels, height, width), as large as the network's INPUT."""
    inverted: bool
    """Whether dark ink on a bright ground was made bright on dark."""
    empty: bool
    """Whether there was nothing in the picture but its ground."""


@dataclass(frozen=True)
class Guess:
    """A class and its probability."""

    name: str
    probability: float


def predict(net: Network, seen: Seen, count: int = 3) -> tuple[Guess, ...]:
    """The most probable classes of a picture, the most probable first.

    Raises:
        RequestError: the network gives maps of scores, not one score per class.
        EvaluationError: an output is not a number.
    """
    check_readable(net)
    (log_p,) = log_probabilities(net, net.preprocessing(seen.pixels[np.newaxis]))
    if not np.isfinite(log_p).all():
        raise EvaluationError("the network's outputs are not all numbers: its training diverged")
    best = (-log_p).argsort(kind="stable")[:count]
    return tuple(Guess(net.class_names[k], float(np.exp(log_p[k]))) for k in best)


def check_readable(net: Network) -> None:
    """Raise RequestError unless the network takes grey or colour and gives a score per class."""
    channels = net.spec.input[0]
    if channels not in (1, 3):
        raise RequestError(f"the network's INPUT has {channels} channels; pictures have 1 or 3")
    if classes_of(net.spec) != len(net.class_names):
        found = "×".join(map(str, net.spec.output))
        raise RequestError(
            f"the network's output is {found}; expected one for each of"
            f" {len(net.class_names)} classes"
        )


def prepare(pixels: npt.NDArray[Any], shape: tuple[int, int, int]) -> Seen:
    """A picture as a network's input.

    For a grey network as MNIST's digits were made: ink bright on black, sized and centred. For a
    colour network the whole picture, as large as it fits, centred on black.

    Args:
        pixels: uint8 or uint16, (height, width) or (height, width, channels) with 1 (grey),
            2 (grey, alpha), 3 (RGB) or 4 channels (RGB, alpha).
        shape: the network's (channels, height, width); channels 1 or 3.
    """
    channels, height, width = shape
    colours = opaque(pixels)
    if channels == 3:
        rows, columns = colours.shape[:2]
        zoom = min(height / rows, width / columns)
        # c x i, then c i j
        tall = scaled(colours.transpose(2, 1, 0), zoom, (height - rows * zoom) / 2, height)
        image = scaled(tall.swapaxes(1, 2), zoom, (width - columns * zoom) / 2, width)
        return Seen(rounded(image), False, False)
    ink, inverted = ink_of(colours @ LUMA)
    if not ink.any():
        return Seen(np.zeros(shape, np.uint8), inverted, True)
    return Seen(rounded(framed(ink, height, width)[np.newaxis]), inverted, False)


def opaque(pixels: npt.NDArray[Any]) -> Floats:
    """RGB (height, width, 3) from 0 to 255; what is transparent is white, or black behind white.

    White ink on nothing would vanish on white paper.
    """
    scale = 255 / np.iinfo(pixels.dtype).max
    image = averaged(pixels.reshape(*pixels.shape[:2], -1)) * scale
    if image.shape[2] in (2, 4):
        alpha, image = image[:, :, -1:] / 255, image[:, :, :-1]
        weight = max(float(alpha.sum()), 1.0) * image.shape[2]
        behind = 255.0 if float((image * alpha).sum()) / weight < 128 else 0.0
        image = image * alpha + behind * (1 - alpha)
    return np.broadcast_to(image, (*image.shape[:2], 3))


def ink_of(grey: Floats) -> tuple[Floats, bool]:
    """How much ink is at each pixel, from 0 to 255, and whether it is darker than its ground.

    The ground is the median of the picture's edge; ink is what differs most from it.
    """
    edge = np.concatenate((grey[0], grey[-1], grey[:, 0], grey[:, -1]))
    ground = float(np.median(edge))
    above, below = float(grey.max()) - ground, ground - float(grey.min())
    inverted = below > above
    strongest = max(above, below)
    if round(strongest) < FLAT:
        return np.zeros_like(grey), inverted
    difference = ground - grey if inverted else grey - ground
    return np.clip(difference / strongest, 0, 1) * 255, inverted


def framed(ink: Floats, height: int, width: int) -> Floats:
    """The ink scaled to MNIST's share of the frame, its centre of mass in the middle.

    It is moved by whole pixels, as MNIST's was, and as far only as all of it stays in the frame.
    """
    there = ink > FAINT * 255
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    zoom = ink_side(min(height, width)) / max(cut.shape)
    tall = scaled(cut.T, zoom, start_of(cut.sum(axis=1), zoom, height), height).T
    return scaled(tall, zoom, start_of(cut.sum(axis=0), zoom, width), width)


def ink_side(frame: int) -> int:
    """How long the longer side of a digit's ink is in a frame of so many pixels."""
    return max(1, round((BARE_SHARE if frame == BARE else INK_SHARE) * frame))


def start_of(mass: Floats, zoom: float, size: int) -> float:
    """Where a line of masses begins, scaled, to have its centre of mass in the middle of `size`.

    The middle of an even number of pixels is the one after it, as MNIST has it: pixel 14 of 28.
    """
    centre = float((np.arange(len(mass)) + 0.5) @ mass / mass.sum()) * zoom
    room = int(size - len(mass) * zoom)
    return float(min(max(round(size // 2 + 0.5 - centre), 0), room))


def scaled(lines: Floats, zoom: float, start: float, size: int) -> Floats:
    """Lines of pixels (…, length) as lines of `size` others, each the mean of what it covers.

    The old pixels, scaled by `zoom`, begin at the place `start` of the new ones; what is not
    covered is 0.
    """
    length = lines.shape[-1]
    edges = np.clip((np.arange(size + 1) - start) / zoom, 0, length)
    pixel = np.minimum(edges.astype(int), length - 1)
    before = np.cumsum(lines, axis=-1) - lines
    up_to_edge = before[..., pixel] + lines[..., pixel] * (edges - pixel)
    covered: Floats = np.diff(up_to_edge, axis=-1) * zoom
    return covered


def averaged(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A large picture (height, width, channels) with square blocks of its pixels averaged."""
    height, width, channels = pixels.shape
    side = min(max(height, width) // LARGE, min(height, width) // LOW)
    if side < 2:
        return pixels
    rows, columns = height // side, width // side
    blocks = pixels[: rows * side, : columns * side].reshape(rows, side, columns, side, channels)
    means: npt.NDArray[Any] = blocks.mean(axis=(1, 3))
    return means


def rounded(image: Floats) -> npt.NDArray[np.uint8]:
    """Whole greys."""
    return np.rint(np.clip(image, 0, 255)).astype(np.uint8)
