#!/usr/bin/env python3
"""Shift equivariance, measured: move the digit, and the feature maps move with it.

    python samples/lecture_shift.py
    python samples/lecture_shift.py --shift 1

A pooling of stride 2 halves the way that the maps move; LeNet-5 has two, so that 4 pixels of the
image are 1 unit behind the second. The maps' movement is that of their centre of mass: every unit
weighs as much as it differs from what an empty picture gives there. Where the way is a whole number
of units, the maps must be the very same numbers in another place; the last column counts how many
are not.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tuiconv.data.strokes import draw_digits
from tuiconv.nn.network import Network
from tuiconv.nn.shipped import SHIPPED, load_model

CANVAS = 96
"""Rows and columns of the picture: paper around the digit, so that nothing reaches an edge."""
Floats = npt.NDArray[np.float32]
Images = npt.NDArray[np.uint8]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the way of every layer's maps."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--shift", type=int, default=4, choices=range(13), help="to the right")
    parser.add_argument("--digits", type=int, default=50, help="how many are moved")
    asked = parser.parse_args(arguments)
    net = load_model(SHIPPED)
    before, after, empty = (feature_maps(net, each) for each in pictures(asked.digits, asked.shift))
    print(f"{asked.digits} digits moved {asked.shift} pixels to the right")
    print("layer    pixels a unit    expected    measured    other numbers")
    for layer in net.spec.layers[1:]:
        if layer.name not in before:
            continue
        jump = int(layer.receptive_field.jump[1])
        expected = asked.shift / jump
        ink = (each[layer.name] - empty[layer.name] for each in (before, after))
        first, second = (centre(each) for each in ink)
        others = "-"
        if expected.is_integer():
            others = f"{differing(before[layer.name], after[layer.name], int(expected)):,}"
        measured = float(np.mean(second - first))
        print(f"{layer.name:<9}{jump:>13}{expected:>12.2f}{measured:>12.2f}{others:>17}")


def pictures(count: int, shift: int) -> tuple[Images, Images, Images]:
    """Digits in the middle of black pictures, the same moved to the right, and a black picture."""
    digits, _ = draw_digits(count, np.random.default_rng(0))
    left = (CANVAS - digits.shape[3]) // 2
    still, moved = (np.zeros((count, 1, CANVAS, CANVAS), np.uint8) for _ in range(2))
    middle = slice(left, left + digits.shape[2])
    still[:, :, middle, middle] = digits
    moved[:, :, middle, left + shift : left + shift + digits.shape[3]] = digits
    return still, moved, np.zeros((1, 1, CANVAS, CANVAS), np.uint8)


def feature_maps(net: Network, images: Images) -> dict[str, Floats]:
    """What leaves each layer that has maps, by its name: (n, maps, rows, columns)."""
    activations = net.trace(net.preprocessing(images)).activations
    return {name: maps for name, maps in activations.items() if name != "input" and maps.ndim == 4}


def centre(maps: Floats) -> npt.NDArray[np.float64]:
    """The column in which the weight of an image's maps has its centre: (n,)."""
    weight = np.abs(maps).sum(axis=(1, 2), dtype=np.float64)
    centres: npt.NDArray[np.float64] = weight @ np.arange(maps.shape[3]) / weight.sum(axis=1)
    return centres


def differing(before: Floats, after: Floats, units: int) -> int:
    """How many numbers are not the same after a movement by whole units."""
    width = before.shape[3] - units
    return int(np.count_nonzero(before[..., :width] != after[..., units:]))


if __name__ == "__main__":
    main()
