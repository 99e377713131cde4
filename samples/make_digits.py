#!/usr/bin/env python3
"""Writes digits in a row, dark on light, for `tuiconv predict lenet5 samples/digits.png`.

    python samples/make_digits.py             # samples/digits.png

They are stroke digits, which the network that comes with tuiconv has not been trained on. The same
picture comes out every time.
"""

from pathlib import Path

import numpy as np
from PIL import Image

from tuiconv.data.strokes import draw_digits
from tuiconv.files import replacing

DIGITS = "31415926"
GAP = 7
"""Columns between the ink of two digits, and beyond the first and the last."""


def main() -> None:
    """Draw the picture."""
    images, labels = draw_digits(200, np.random.default_rng(0))
    blank = np.zeros((images.shape[2], GAP), np.uint8)
    line = [blank]
    for digit in DIGITS:
        chosen = int(np.flatnonzero(labels == int(digit))[0])
        ink = np.flatnonzero(images[chosen, 0].any(axis=0))
        line += [images[chosen, 0, :, ink[0] : ink[-1] + 1], blank]
        labels[chosen] = -1  # the next of its class is another one
    with replacing(Path(__file__).with_name("digits.png")) as file:
        Image.fromarray(255 - np.hstack(line)).save(file, "PNG")


if __name__ == "__main__":
    main()
