"""Few digits in several places each, as in the study of 1989 that compared five networks.

There one person drew each digit twelve times with a mouse, 16 pixels high and 13 wide; each drawing
was put in 4 consecutive places of a 16×16 image. Of the 48 images of a digit, 32 chosen by chance
were for training and 16 for the test (LeCun 1989, "Generalization and network design strategies").
So a network that knows what a shift is needs to learn less than one that does not.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tuiconv.data.dataset import Dataset, Images, Splits, statistics
from tuiconv.data.reduce import chosen, covered, draw, in_turns
from tuiconv.errors import RequestError


def in_positions(
    digits: Dataset, rng: np.random.Generator, positions: int, train: int, test: int, size: int
) -> Splits:
    """Draw a few digits, put each in several places, and draw the two parts from all of these.

    Args:
        digits: bright on dark; (train + test) / positions of them are drawn.
        rng: where chance comes from.
        positions: each digit's columns begin at 0, 1, … positions − 1.
        train: so many images are for training.
        test: all others are for the test.
        size: height and width of the images; a digit's ink is made to fill size rows or
            size − positions + 1 columns, and lies in the middle of the other.

    Returns:
        Both parts, normalised by the statistics of the training part.

    Raises:
        RequestError: the images are not a whole number of digits, there are not so many, or there
            is no room for the positions.
    """
    count, over = divmod(train + test, positions) if positions >= 1 else (0, 0)
    if over or count < 1 or min(train, test) < 1:
        raise RequestError(
            f"train is {train}, test {test} and positions {positions}; expected numbers of at least"
            " 1, and train + test a multiple of positions"
        )
    width = size - positions + 1
    if not 1 <= width <= min(digits.images.shape[2:]):
        raise RequestError(
            f"size is {size} and positions {positions}; expected size − positions + 1 = {width} to"
            f" be 1 to {min(digits.images.shape[2:])}, the pixels of {digits.name}"
        )
    few = draw(digits, count, rng, "(train + test) / positions")
    images = np.zeros((count, positions, 1, size, size), np.uint8)
    for image, digit in zip(images, few.images, strict=True):
        drawing = fitted(digit, size, width)
        for place in range(positions):
            image[place, :, :, place : place + width] = drawing
    name = f"{digits.name} in {positions} positions"
    whole = replace(
        few,
        name=name,
        images=images.reshape(-1, 1, size, size),
        labels=few.labels.repeat(positions),
    )
    learned = in_turns(whole.labels, rng.permutation(len(whole)), train)
    rest = np.setdiff1d(np.arange(len(whole)), learned)
    seen = replace(whole, preprocessing=statistics(whole.images[learned]))
    return Splits(
        replace(chosen(seen, learned), name=f"{name}, to learn"),
        replace(chosen(seen, rest), name=f"{name}, to test"),
    )


def fitted(image: Images, height: int, width: int) -> npt.NDArray[np.uint8]:
    """The ink of one image (1, h, w), as large as fits into height × width, by area averaging."""
    (pixels,) = image
    rows, columns = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if len(rows) == 0:
        return np.zeros((height, width), np.uint8)
    ink = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    tall, wide = ink.shape
    scale = max(tall / height, wide / width)  # pixels of the image to one of the result
    down = covered(tall, height, height * scale)
    across = covered(wide, width, width * scale)
    smaller: npt.NDArray[np.uint8] = np.rint(down @ ink @ across.T).astype(np.uint8)
    return smaller
