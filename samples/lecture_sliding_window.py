#!/usr/bin/env python3
"""One pass over a whole line of digits, beside a network that reads it window by window.

    python samples/lecture_sliding_window.py
    python samples/lecture_sliding_window.py --width 64

LeNet-5 reads 32×32 pixels and steps 4 pixels on for its next answer. Applied to the whole line it
computes the maps of neighbouring windows once; cut into windows, it computes most of them eight
times over. Both give the same answers.
"""

import argparse
from collections.abc import Sequence
from time import perf_counter

import numpy as np
import numpy.typing as npt

from tuiconv.arithmetic import parse
from tuiconv.arithmetic.conversions import with_convolutions
from tuiconv.data.strokes import draw_digits
from tuiconv.nn.network import Network
from tuiconv.nn.reading import answers_every
from tuiconv.nn.shipped import SHIPPED, load_model

TIMES = 20
"""A time is the shortest of so many."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Read a line of digits in both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--width", type=int, default=256, choices=range(32, 2049), metavar="32..2048"
    )
    asked = parser.parse_args(arguments)
    net = load_model(SHIPPED)
    line = net.preprocessing(line_of_digits(asked.width))
    windows = cut(line, answers_every(net))
    size = "×".join(map(str, line.shape[2:]))
    whole, single = multiply_adds(net, asked.width), multiply_adds(net, line.shape[2])
    print(f"a line of {size} pixels: {len(windows)} windows of 32×32, one every 4 pixels")
    answers, one_pass = timed(net, line)
    again, by_window = timed(net, windows)
    print("              multiply-adds        ms")
    print(f"one pass     {whole:>14,}{one_pass:>10.2f}")
    print(f"windows      {single * len(windows):>14,}{by_window:>10.2f}")
    print(f"times as much{single * len(windows) / whole:>14.2f}{by_window / one_pass:>10.2f}")
    apart = float(np.abs(answers.reshape(again.shape[1], -1).T - again).max())
    print(f"the answers differ by {apart:.1e} at most")


def line_of_digits(width: int) -> npt.NDArray[np.uint8]:
    """Stroke digits beside each other: (1, 1, 32, width)."""
    digits, _ = draw_digits(-(-width // 20), np.random.default_rng(0))
    return np.concatenate(digits[..., 6:26], axis=-1)[np.newaxis, ..., :width]


def cut(line: npt.NDArray[np.float32], step: int) -> npt.NDArray[np.float32]:
    """All windows of the network's size: (n, 1, 32, 32)."""
    height = line.shape[2]
    ways = range(0, line.shape[3] - height + 1, step)
    return np.concatenate([line[..., way : way + height] for way in ways])


def multiply_adds(net: Network, width: int) -> int:
    """Of one pass over a line; full layers slide over it as the convolutions that they are."""
    _, height, _ = net.spec.input
    return parse(str(with_convolutions(net.spec)), input=(1, height, width)).totals.macs


def timed(net: Network, images: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], float]:
    """What the network answers, and the milliseconds that it takes."""
    answers = net.outputs(images)
    best = min(seconds(net, images) for _ in range(TIMES))
    return answers, 1000 * best


def seconds(net: Network, images: npt.NDArray[np.float32]) -> float:
    """Of one pass."""
    began = perf_counter()
    net.outputs(images)
    return perf_counter() - began


if __name__ == "__main__":
    main()
