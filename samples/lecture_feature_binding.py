#!/usr/bin/env python3
"""Feature binding: one stroke of a digit moves, and it becomes another digit.

    python samples/lecture_feature_binding.py
    python samples/lecture_feature_binding.py --digit 7 --stroke 0 --right 1 --down 0

The digit is drawn by strokes. One of them is moved by a pixel at a time, the others stay; every
drawing is centred as MNIST's digits were and read by the trained network. The features are always
the same ones; what changes is where they stand.
"""

import argparse
from collections.abc import Sequence

from tuiconv.lessons.draw.drawing import pixels, shifted
from tuiconv.lessons.draw.templates import template
from tuiconv.nn.prediction import predict, prepare
from tuiconv.nn.shipped import SHIPPED, load_model

THICKNESS = 2.4
"""Pixels across of the pen."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Print what is read at every step of the way."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--digit", type=int, default=1, choices=range(10))
    parser.add_argument("--stroke", type=int, default=2, help="from 0")
    parser.add_argument("--down", type=float, default=-1.0, help="pixels of a step")
    parser.add_argument("--right", type=float, default=0.0, help="pixels of a step")
    parser.add_argument("--steps", type=int, default=12)
    asked = parser.parse_args(arguments)
    strokes = template(asked.digit)
    if not 0 <= asked.stroke < len(strokes):
        parser.error(f"--stroke {asked.stroke}: the {asked.digit} has {len(strokes)}, from 0")
    net = load_model(SHIPPED)
    channels, height, width = net.spec.input
    print("step  read as  probability  and then")
    for step in range(asked.steps + 1):
        moved = [*strokes]
        moved[asked.stroke] = shifted(strokes[asked.stroke], step * asked.down, step * asked.right)
        seen = prepare(pixels(tuple(moved), THICKNESS), (channels, height, width))
        first, second = predict(net, seen, count=2)
        print(
            f"{step:>4}{first.name:>9}{first.probability:>13.4f}"
            f"  {second.name} {second.probability:.4f}"
        )


if __name__ == "__main__":
    main()
