"""What Home shows: a small picture of every lesson, computed here and now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from tuiconv.arithmetic.zoo import summarize
from tuiconv.data.strokes import draw_digits
from tuiconv.images.apply import filter_picture
from tuiconv.images.files.reading import read_picture
from tuiconv.images.filters.catalog import FILTERS
from tuiconv.lessons.scene import Map, Pixels
from tuiconv.nn.shipped import SHIPPED, load_model

MIDDLE: Final = 24
"""Rows and columns of a picture's middle, which has most of a digit."""
HIGH, WIDE = 10, 19
"""Pixels of the smallest picture of all: where there are just these, none is blurred."""
DIGIT: Final = 3
MAP: Final = 2
"""Of the first layer's feature maps, one in which the digit is easy to see."""
EDGES: Final = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
"""Sobel's kernel: what is brighter on its left than on its right."""
PYRAMID: Final = "INPUT(1,1,10) -> [CONV(1,(1,3)) -> POOL((1,2))]*2"
"""The one-dimensional network of the lecture: 10 inputs become 8, 4, 2, 1."""
OLD, NEW, GROUND = (225, 225, 225), (255, 160, 40), (40, 44, 60)
"""Colours of what is always there, of what stands out, and of what is behind them."""
Mask: TypeAlias = npt.NDArray[np.bool_]
NONE: Final = np.zeros((1, 1), np.bool_)


@dataclass(frozen=True, eq=False)
class Glimpse:
    """A small picture of a lesson, or two."""

    about: str
    """What they are."""
    pictures: tuple[Pixels | Map, ...]


def glimpses(at: Sequence[float], losses: Sequence[float]) -> dict[str, Glimpse]:
    """A small picture of every lesson, by its name.

    Args:
        at: when the network in training learned its batches, in epochs; none before it began.
        losses: of each.
    """
    return still() | {"training": training(at, losses)}


@cache
def still() -> dict[str, Glimpse]:
    """The pictures that are always the same."""
    return {
        "convolution": convolution(),
        "filters": filters(),
        "network": network(),
        "arithmetic": arithmetic(),
        "dynamic": dynamic(),
        "draw": draw(),
    }


def convolution() -> Glimpse:
    """A digit, and every place of a kernel on it."""
    windows = sliding_window_view(digit().astype(np.float64), EDGES.shape)
    sums = np.einsum("ijuv,uv->ij", windows, EDGES)
    return Glimpse(f"a {DIGIT}, its upright edges", (shown_digit(), Map("", middle(sums))))


def filters() -> Glimpse:
    """The middle of the sample picture before and under a filter."""
    with as_file(files("tuiconv") / "assets" / "sample.png") as path:
        before = read_picture(path)
    after = filter_picture(before, (FILTERS["edge-8"],)).picture
    pictures = tuple(Pixels("", middle(each.pixels)) for each in (before, after))
    return Glimpse("before and after edge-8", pictures)


def network() -> Glimpse:
    """What a digit sets off in the first layer of the network that comes with the program."""
    net = load_model(SHIPPED)
    maps = net.forward(net.checked(net.preprocessing(digit()[None, None])))[1][0]
    about = f"map {MAP} of {net.layers[0].name} for a {DIGIT}"
    return Glimpse(about, (shown_digit(), Map("", middle(maps[MAP]))))


def training(at: Sequence[float], losses: Sequence[float]) -> Glimpse:
    """The losses of a training that goes on, or else a digit to learn."""
    if len(at) < 2:
        return Glimpse(f"a {DIGIT} to learn", (shown_digit(),))
    parts = np.array_split(np.asarray(losses, np.float64), min(len(losses), WIDE))
    means = np.nan_to_num([part.mean() for part in parts])
    about = f"loss {losses[-1]:.3f} after {at[-1]:.1f} epochs"
    return Glimpse(about, (bars(means),))


def arithmetic() -> Glimpse:
    """The sizes of LeNet's maps, each of which it has once."""
    shapes = [layer.output for layer in summarize("lenet5")]
    sizes = [*dict.fromkeys(shape[1] for shape in shapes if len(shape) == 3)]
    columns = [height for size in sizes for height in (size, size, size, 0)]
    return Glimpse(" → ".join(map(str, sizes)), (bars(columns[:-1]),))


def bars(values: npt.ArrayLike) -> Pixels:
    """A column for each value, the largest as high as there is room."""
    heights = np.asarray(values, np.float64)
    rows = np.arange(HIGH)[::-1, None]
    return Pixels("", coloured(rows < np.ceil(HIGH * heights / max(heights.max(), 1e-9))))


def coloured(is_lit: Mask, is_new: Mask = NONE) -> npt.NDArray[np.uint8]:
    """RGB pixels of what is lit, and of what stands out."""
    pixels = np.where(is_lit[:, :, None], OLD, GROUND)
    return np.where((is_lit & is_new)[:, :, None], NEW, pixels).astype(np.uint8)


def dynamic() -> Glimpse:
    """The units of the lecture's pyramid; those that see the last input stand out."""
    places = list(pyramid())
    is_lit = np.zeros((2 * len(places) - 1, 2 * len(places[0]) - 1), np.bool_)
    is_new = is_lit.copy()
    for layer, columns in enumerate(places):
        is_lit[-1 - 2 * layer, columns] = True
        is_new[-1 - 2 * layer, columns[-1]] = True
    about = " → ".join(str(len(columns)) for columns in places)
    return Glimpse(about, (Pixels("", coloured(is_lit, is_new)),))


def pyramid() -> Iterator[list[int]]:
    """For every layer where its units are, in half inputs: in the middle of those they see."""
    net = summarize(PYRAMID)
    places = [2 * unit for unit in range(net.input[-1])]
    for layer in net:
        size, step = layer.window.kernel_size[1], layer.window.stride[1]
        firsts = range(0, len(places) - size + 1, step)
        places = [(places[first] + places[first + size - 1]) // 2 for first in firsts]
        yield places


def draw() -> Glimpse:
    """A digit, and how probable each class is."""
    net = load_model(SHIPPED)
    shares = np.exp(net(net.preprocessing(digit()[None, None])))[0].ravel()
    read = int(shares.argmax())
    columns, classes = np.arange(9), np.arange(10)[:, None]
    is_lit = columns <= np.rint(8 * shares[:10, None])
    scores = coloured(is_lit, classes == read)
    return Glimpse(f"read as {read}", (shown_digit(), Pixels("", scores)))


def shown_digit() -> Pixels:
    """A digit without its edges, where there is nothing."""
    return Pixels("", middle(digit()))


def middle(pixels: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """What is not at the edges."""
    top, left = ((size - MIDDLE) // 2 for size in pixels.shape[:2])
    return pixels[top : top + MIDDLE, left : left + MIDDLE]


@cache
def digit() -> npt.NDArray[np.uint8]:
    """One drawn by strokes, (height, width)."""
    images, labels = draw_digits(10, np.random.default_rng(0))
    found: npt.NDArray[np.uint8] = images[labels == DIGIT][0, 0]
    return found
